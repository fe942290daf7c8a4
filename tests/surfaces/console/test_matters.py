"""The queue and the page of one matter: what they show to whom, what each step does, and what a refusal keeps."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commongrid.journal import attachments
from commongrid.kernel.act import Act, new_id
from commongrid.matters import actions
from commongrid.matters.actions import code_of
from commongrid.matters.queries import forget_vocabularies, vocabulary
from commongrid.roster.queries import faces
from commongrid.territory.actions import Market, set_market_days
from tests.factories import crafted, desk
from tests.factories.desk import id_of
from tests.factories.scenes import _dispute
from tests.surfaces.console.conftest import counting
from tests.surfaces.console.test_record import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.factories.desk import Desk
    from tests.factories.scenes import Scene

Clients = "Callable[[str], Client]"


def url(matter: UUID, step: str = "") -> str:
    """The address of a matter, or of a step."""
    return f"/console/matters/{matter}/{step}"


def test_queue_shows_only_what_the_post_sees(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("村口涵洞塌陷")
    assert "村口涵洞塌陷" in as_post("dispatcher").get("/console/matters/").text
    assert "村口涵洞塌陷" not in as_post("far_dispatcher").get("/console/matters/").text


def test_queue_asks_little_whatever_its_length(scene: Scene, as_post: Callable[..., Client]) -> None:
    for number in range(3):
        scene.report(f"第{number}处路面塌陷")
    client = as_post("dispatcher")
    client.get("/console/matters/")
    with counting() as few:
        client.get("/console/matters/")
    for number in range(3, 9):
        scene.report(f"第{number}处路面塌陷")
    with counting() as many:
        client.get("/console/matters/")
    assert len(many) == len(few)
    assert len(many) <= 7, "\n".join(many)  # session, account, scope; the rows with names of places, units


def test_queue_narrows_and_pages_by_key(scene: Scene, as_post: Callable[..., Client]) -> None:
    for number in range(53):
        scene.report(f"第{number:02}处路面塌陷")
    client = as_post("dispatcher")
    first = client.get("/console/matters/?urgency=normal&class=G")
    follow = first.context["next"]
    assert len(first.context["rows"]) == 50
    second = client.get("/console/matters/", {"urgency": "normal", "class": "G", "after": follow})
    numbers = [row.row.number for page in (first, second) for row in page.context["rows"]]
    assert len(numbers) == len(set(numbers)) == 53
    assert not client.get("/console/matters/?urgency=urgent").context["rows"]


def test_queue_has_a_tab_for_what_presses(scene: Scene, as_post: Callable[..., Client]) -> None:
    for urgency in ("normal", "urgent", "immediate"):
        scene.report(f"{urgency}的事", urgency=urgency)
    pressing = as_post("dispatcher").get("/console/matters/?view=urgent").context["rows"]
    assert [row.row.urgency for row in pressing] == ["immediate", "urgent"]


def test_what_it_was_about_before_is_told_by_name(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.report("狗追校车", kind="G02")
    scene.do("dispatcher", actions.put_right, matter, right=actions.Right(kind_code="D11"), reason="是狗的事")
    assert "before: Bridges and culverts)" in as_post("dispatcher").get(url(matter)).text


def test_one_matter_asks_for_each_thing_once(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.answered("校门口斑马线看不清")
    client = as_post("county_dispatcher")
    client.get(url(matter))
    with counting() as statements:
        client.get(url(matter))
    assert len(statements) <= 26, "\n".join(statements)


def test_queue_leaves_out_filters_that_make_no_sense(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("dispatcher")
    for query in ("state=x", "unit=x", "place=9", "series='", "after=x", "q=%00", "class=1", f"unit={uuid4()}"):
        assert client.get(f"/console/matters/?{query}", follow=True).status_code == 200


def test_a_whole_number_opens_its_matter(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.report("村口涵洞塌陷")
    number = actions_number(scene, matter)
    answer = as_post("dispatcher").get("/console/search/", {"q": number.replace("-", "")})
    assert answer.headers["Location"] == url(matter)
    assert as_post("far_dispatcher").get("/console/search/", {"q": number}).status_code == 200


def actions_number(scene: Scene, matter: UUID) -> str:
    """A matter's number, past every wall."""
    with scene.desk.database.as_role("owner") as owner:
        row = owner.execute("SELECT number FROM matters_matter WHERE id = %s", [matter]).fetchone()
    assert row is not None
    return str(row[0])


def test_matter_masks_the_person_and_names_officials_by_title(scene: Scene, as_post: Callable[..., Client]) -> None:
    page = as_post("dispatcher").get(url(scene.at_township("路塌方"))).text
    assert "李*芳 138****1234" in page
    assert "李小芳" not in page
    assert "Baisha clerk" in page
    assert "朱文书" not in page


def test_matter_offers_exactly_what_may_be_done(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.at_township("路塌方")
    offered = {step.code for step in as_post("dispatcher").get(url(matter)).context["steps"]}
    assert offered == {
        "divert", "start", "raise", "refer", "split", "call_meeting", "merge", "withdraw_for", "add_for", "instruct",
    }  # fmt: skip
    assert [step.code for step in as_post("clerk").get(url(matter)).context["steps"]] == ["withdraw_for", "add_for"]
    assert {step.code for step in as_post("supervisor").get(url(matter)).context["steps"]} == {"supervise"}


def test_divert_suggests_who_leads_first_and_sends_it(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.at_township("路塌方")
    client = as_post("dispatcher")
    first = client.get(url(matter)).context["steps"][0].first[0]
    assert first.value == f"unit:{id_of('transport_unit')}"
    assert first.checked
    answer = client.post(url(matter, "divert"), {"target": first.value, "reason": "", "act": str(new_id())})
    assert answer.headers["Location"] == url(matter)
    assert as_post("station").get(url(matter)).status_code == 200


def test_the_handler_answers_with_photos_that_a_refusal_keeps(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.in_hand("桥面破损")
    client = as_post("station")
    sent = {"answer": "", "act": str(new_id()), "photos": [picture()]}
    refused = client.post(url(matter, "answer"), sent)
    step = next(step for step in refused.context["steps"] if step.code == "answer")
    assert refused.status_code == 422
    assert len(step.form.tickets) == 1
    assert step.form.tickets[0].split(":")[0] in refused.text  # signed anew each time it is asked for
    client.post(
        url(matter, "answer"), {"answer": "桥面已补平", "act": str(new_id()), "ticket": step.form.tickets}, follow=True
    )
    assert len(as_post("dispatcher").get(url(matter)).context["photos"]) == 1


def test_a_refused_step_keeps_the_words(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.at_township("路塌方")
    sent = {"target": f"unit:{id_of('water_unit')}", "reason": "", "act": str(new_id())}
    answer = as_post("dispatcher").post(url(matter, "divert"), sent)
    step = next(step for step in answer.context["steps"] if step.code == "divert")
    assert answer.status_code == 422
    assert step.form.errors["reason"]
    assert next(one for one in (*step.first, *step.others) if one.checked).value == sent["target"]
    given = scene.with_station("桥面破损")
    late = as_post("dispatcher").post(url(given, "accept"), {"note": "请尽快", "act": str(new_id())})
    assert late.status_code in {403, 409}
    assert "请尽快" in late.text


def test_missing_words_are_asked_for_and_nothing_happens(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.report("村口涵洞塌陷")
    answer = as_post("dispatcher").post(url(matter, "reject"), {"reason": "", "act": str(new_id())})
    assert answer.status_code == 422
    assert "Say why it is not accepted" in answer.text
    assert "To accept" in as_post("dispatcher").get(url(matter)).text


def test_a_step_sent_twice_is_done_once(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter, act = scene.report("村口涵洞塌陷"), str(new_id())
    client = as_post("dispatcher")
    for _time in range(2):
        assert client.post(url(matter, "accept"), {"kind_code": "G02", "note": "", "act": act}).status_code == 302
    other = client.post(url(matter, "accept"), {"kind_code": "G02", "note": "别的", "act": act})
    assert other.status_code == 409


def test_a_matter_that_moved_away_answers_404(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.do("station", actions.give_back, scene.with_station("桥面破损"), basis="桥梁归县交通运输局")
    assert as_post("station").get(url(matter)).status_code == 404
    assert as_post("station").post(url(matter, "answer"), {"answer": "办好了"}).status_code == 404
    assert as_post("far_dispatcher").get(url(matter)).status_code == 404


def test_leaving_ones_sight_goes_back_to_the_queue(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.with_station("桥面破损")
    answer = as_post("station").post(url(matter, "give_back"), {"basis": "桥梁归县交通运输局"}, follow=True)
    assert answer.redirect_chain == [("/console/matters/", 302)]
    assert "no longer with you" in answer.text


def test_the_loop_by_its_pages(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.with_station("校门口斑马线看不清", kind="G01")

    def step(name: str, code: str, **sent: str) -> None:
        answer = as_post(name).post(url(matter, code), {**sent, "act": str(new_id())})
        assert answer.status_code == 302, (code, answer.text[:3000])

    step("supervisor", "supervise", note="请本周答复", reply_on="")
    step("station", "start", note="明天去")
    step("station", "answer", answer="已重新划线")
    step("dispatcher", "pass_on", answer="已重新划线")
    step("county_dispatcher", "visit", mode="phone", result="asked", solved="yes", satisfied="no", words="划得太慢")
    step("dispatcher", "close", note="")
    page = as_post("county_dispatcher").get(url(matter)).text
    assert "划得太慢" in page
    assert "划得太慢" not in as_post("station").get(url(matter)).text


def test_visit_asks_for_both_answers(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.answered("校门口斑马线看不清")
    answer = as_post("county_dispatcher").post(
        url(matter, "visit"), {"mode": "phone", "result": "asked", "solved": "yes"}
    )
    assert answer.status_code == 422
    assert "Please say whether it is solved." not in answer.text
    assert "Please say whether they are satisfied." in answer.text


def test_the_address_of_a_step_opened_again_leads_to_its_matter(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.with_station("校门口斑马线看不清")
    again = as_post("station").get(url(matter, "answer"))
    assert (again.status_code, again["Location"]) == (302, url(matter))
    assert as_post("station").put(url(matter, "answer")).status_code == 405


def test_parts_of_one_whole_are_named_once_among_the_similar(scene: Scene, as_post: Callable[..., Client]) -> None:
    whole, other = scene.at_township("桥头护坡垮塌"), scene.at_township("桥面破损")
    units = (id_of("transport_unit"), id_of("water_unit"))
    scene.do("dispatcher", actions.split, whole, unit_ids=units, note="各管一段", reason="水源也受影响")
    alike = as_post("dispatcher").get(url(other)).context["alike"]
    assert [one.row.id for one in alike] == [whole]


def test_market_days_are_offered_where_a_day_is_chosen(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.at_township("几家一起修")
    assert "market-days" not in as_post("dispatcher").get(url(matter)).text.replace('list="market-days"', "")
    market = Market(place=desk.TOWNSHIP, sort="cycle", numbers=(3,), anchor=timezone.localdate() + timedelta(days=2))
    set_market_days(scene.as_post("county_dispatcher"), Act.new(), market=market)
    forget_vocabularies()
    page = as_post("dispatcher").get(url(matter)).text
    assert f'value="{market.anchor}T09:00"' in page
    assert "Market days" in page
    numbers = tuple(actions_number(scene, one) for one in (matter, scene.at_township("又要修")))
    dispatcher = scene.as_post("dispatcher")
    theme = actions.open_theme(dispatcher, Act.new(), name="年年修", numbers=numbers, story="每年雨后")
    assert f"/themes/{theme['theme']}/" in as_post("dispatcher").get(url(matter)).text


def test_a_decision_is_seen_before_it_is_made_and_ends_by_itself(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.do("station", actions.give_back, scene.with_station("桥面破损"), basis="按清单归县局")
    scene.with_station("另一座桥", kind="G01")
    last = timezone.localdate() + timedelta(days=30)
    sent = {"target": f"unit:{id_of('water_unit')}", "basis": "渠桥归水务站", "until": last.isoformat()}
    client = as_post("county_dispatcher")
    assert 'value="check">See what it changes' in client.get(url(matter)).text
    page = client.post(url(matter, "decide"), {**sent, "step": "check"})
    assert page.status_code == 200
    assert "What this changes" in page.text
    assert "With somebody else, where they stay: 1" in page.text
    assert not [one for one in vocabulary.work_list(scene.as_post("dispatcher")) if one.decided]
    assert client.post(url(matter, "decide"), sent).status_code == 302
    (row,) = [one for one in vocabulary.work_list(scene.as_post("dispatcher")) if one.decided]
    assert (row.unit, row.valid_to) == (id_of("water_unit"), last + timedelta(days=1))
    again = scene.do("station", actions.give_back, scene.with_station("第三座桥"), basis="按清单归县局")
    late = client.post(url(again, "decide"), {**sent, "until": "2020-01-01"})
    assert (late.status_code, late.context["steps"][0].form.errors.keys()) == (422, {"until"})


def test_decide_makes_a_row_of_the_work_list(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.do("station", actions.give_back, scene.with_station("桥面破损"), basis="桥梁归县交通运输局")
    sent = {"target": f"unit:{id_of('transport_county_unit')}", "basis": "桥梁养护归县局", "act": str(new_id())}
    assert as_post("county_dispatcher").post(url(matter, "decide"), sent).status_code == 302
    assert "By decision" in as_post("dispatcher").get("/console/work-list/?class=G").text


def test_reveal_shows_one_field_once_and_is_logged(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.answered("校门口斑马线看不清")
    client = as_post("county_dispatcher")
    without = client.post(url(matter, "reveal"), {"what": "reporter:phone", "reason": ""})
    assert without.status_code == 422
    shown = client.post(url(matter, "reveal"), {"what": "reporter:phone", "reason": "回访"})
    assert "13812341234" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Refresh"] == f"300; url={url(matter)}"
    assert "13812341234" not in client.get(url(matter)).text
    with scene.desk.database.as_role("owner") as owner:
        logged = owner.execute("SELECT about, reason FROM accounts_access_line WHERE event = 'revealed'").fetchall()
    assert logged == [("reporter.phone", "回访")]
    assert (
        as_post("county_leader").post(url(matter, "reveal"), {"what": "reporter:phone", "reason": "看看"}).status_code
        == 404
    )


def test_whoever_reported_reads_on_the_slip_who_had_their_phone_shown_and_why(
    scene: Scene, as_post: Callable[..., Client]
) -> None:
    matter, other = scene.answered("校门口斑马线看不清"), scene.answered("村口没有路灯")
    as_post("county_dispatcher").post(url(matter, "reveal"), {"what": "reporter:phone", "reason": "回访前核对"})
    pages = [Client().get(reverse("slip", args=[code_of(one)])).text for one in (matter, other)]
    assert ["回访前核对" in page for page in pages] == [True, False]
    assert post_name(scene, "county_dispatcher") in pages[0]
    assert "13812341234" not in pages[0]


def post_name(scene: Scene, name: str) -> str:
    """Whoever holds a post, as everybody may read it."""
    return faces(scene.as_post(name), [id_of(name)])[id_of(name)].name


def test_printing_an_agreement_is_logged(scene: Scene, as_post: Callable[..., Client]) -> None:
    file = _dispute(scene)["file"]
    assert as_post("mediator").get(reverse("mediation_agreement", args=[file])).status_code == 200
    with scene.desk.database.as_role("owner") as owner:
        found = owner.execute("SELECT about, subject_kind FROM accounts_access_line WHERE event = 'printed'").fetchall()
    assert found == [("agreement", "matter")]


def test_reveal_sent_twice_is_logged_twice(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter, client = scene.answered("校门口斑马线看不清"), as_post("county_dispatcher")
    sent = {"what": "reporter:phone", "reason": "回访", "act": str(new_id())}
    assert [client.post(url(matter, "reveal"), sent).status_code for _ in range(2)] == [200, 200]
    with scene.desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM accounts_access_line WHERE event = 'revealed'").fetchone() == (2,)


def test_photos_are_hidden_with_the_words_of_a_restricted_matter(scene: Scene, as_post: Callable[..., Client]) -> None:
    photo = attachments.stage(crafted.picture(random.Random(7), "JPEG"))
    matter = scene.report("两家为水沟争吵", kind="A01", place=desk.GRID, by="grid_head", photos=(photo,))
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_post SET role_id = 'township_team' WHERE id = %s", [id_of("township_principal")])
    working, looking = as_post("grid_head").get(url(matter)), as_post("township_principal").get(url(matter))
    assert (working.status_code, looking.status_code) == (200, 200)
    assert (len(working.context["photos"]), looking.context["photos"]) == (1, [])
    assert "水沟" not in looking.text


def test_pages_are_refused_without_the_power(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.report("村口涵洞塌陷", place=desk.VILLAGE)
    assert as_post("auditor").get("/console/matters/").status_code == 403
    assert as_post("auditor").get(url(matter)).status_code == 403
    assert as_post("grid_head").post(url(matter, "accept"), {}).status_code == 403


def test_a_public_text_is_looked_at_before_anybody_reads_it(scene: Scene, as_post: Callable[..., Client]) -> None:
    centre, matter = as_post("dispatcher"), scene.answered("斑马线看不清", kind="G01")
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    told = {"title": "斑马线", "text": "有村民反映看不清。", "answer": "已施划。", "until": until, "act": str(new_id())}
    address = reverse("publication_new", args=[matter])
    page = centre.post(address, {**told, "do": "look"})
    assert page.status_code == 200
    assert "As anybody will read it" in page.text
    assert 'value="publish"' in page.text
    assert "斑马线" not in centre.get("/published").text
    assert centre.post(address, {**told, "do": "publish"}).status_code == 302
    assert "斑马线" in centre.get("/published").text
    assert "斑马线" in centre.get("/published?kind=G&page=0").text
    assert "??" not in centre.get("/published?kind=G").text


def test_the_slip_names_the_office_and_that_it_was_done_again(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.answered("斑马线看不清", kind="G01")
    code = code_of(matter)
    events = as_post("dispatcher").get(reverse("slip", args=[code])).context["events"]
    named = {one.title: one.who for one in events if one.who}
    assert len(set(named.values())) == 1
    assert {"Given to the office in charge", "Answered"} <= set(named)
    said = {"act": str(new_id()), "solved": "no", "satisfied": "no", "words": "还是看不清"}
    as_post("dispatcher").post(reverse("slip_rate", args=[code]), said)
    events = as_post("dispatcher").get(reverse("slip", args=[code])).context["events"]
    assert "Not solved: another office does it once more" in [one.title for one in events]
