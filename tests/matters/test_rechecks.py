"""Looking once more after the end, drawn by a seed that anybody can check, and slips given anew."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from commongrid.insight.queries.dispatching import Period
from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.queries.rechecks import rechecked
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import slip
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Contact
from commongrid.matters.actions import themes as theming
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import FormerEnd, Matter, Recheck, RecheckCause
from commongrid.matters.queries import listing, rechecking, themes, vocabulary
from commongrid.matters.queries.drawing import draws
from commongrid.matters.queries.listing import lanes
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import BRIDGE, Scene
from tests.matters.test_loop import ANYONE, assert_owed, rate, row, slip_of
from tests.matters.test_merging import answer

LATER = timedelta(days=13, hours=1)  # the longest delay of an order


def closed(scene: Scene, *, satisfied: bool, text: str = "涵洞塌了") -> UUID:
    """Solved by the station, rated, filed and closed."""
    matter = scene.at_township(text, kind=BRIDGE)
    answer(scene, matter)
    rate(matter, solved=True, satisfied=satisfied)
    if row(matter).closed_at is None:
        scene.do("dispatcher", actions.close, matter)
    return matter


def everything(share: str) -> None:
    """Draw this share of the good ratings."""
    queries.forget_vocabularies()
    found = dict(queries.limits(TICK))
    found["recheck_share"] = replace(found["recheck_share"], amount=Decimal(share))
    vocabulary._memory[str(connection.settings_dict["NAME"]), "limits"] = (time.monotonic(), found)


def order_all(at: datetime) -> int:
    """The hourly job once, late enough that every order chosen has its day, and none is overdue."""
    return jobs.rechecks(at)


def test_ask_recheck_is_for_the_centre_and_not_offered_in_the_village(scene: Scene) -> None:
    matter = scene.report("水管漏水", kind="B01")
    scene.do("clerk", actions.accept, matter)
    scene.do("clerk", actions.start, matter)
    scene.do("clerk", actions.answer, matter, answer="已修好。")
    scene.do("dispatcher", actions.visit, matter, result="asked", answers=(True, True, ""))
    scene.do("dispatcher", actions.close, matter)
    assert "ask_recheck" not in queries.may_now(scene.as_post("clerk"), matter)
    assert "ask_recheck" in queries.may_now(scene.as_post("dispatcher"), matter)
    with pytest.raises(WrongState):
        scene.do("clerk", actions.ask_recheck, matter, reason="再看一次")


def test_a_township_leaves_a_recheck_of_its_own_work_to_the_county(scene: Scene) -> None:
    matter = scene.at_township("路灯坏了", kind="G03")
    scene.do("dispatcher", actions.start, matter)
    scene.do("dispatcher", actions.answer, matter, answer="已修好。")
    scene.do("county_dispatcher", actions.visit, matter, result="asked", answers=(True, True, ""))
    scene.do("dispatcher", actions.close, matter)
    assert "ask_recheck" not in queries.may_now(scene.as_post("dispatcher"), matter)
    with pytest.raises(WrongState, match="its centre asks for that"):
        scene.do("dispatcher", actions.ask_recheck, matter, reason="再看看")
    scene.do("county_dispatcher", actions.ask_recheck, matter, reason="再看看")


def test_what_the_centre_asks_for_is_ordered_no_sooner_than_the_others(scene: Scene) -> None:
    matter = closed(scene, satisfied=True)
    scene.do("county_dispatcher", actions.ask_recheck, matter, reason="有人电话反映又塌了")
    end = row(matter).closed_at
    assert end is not None
    order_all(end + timedelta(days=6, hours=23))
    assert row(matter).recheck_level == "", "an order in the first week would be the centre's"
    order_all(end + LATER)
    assert row(matter).recheck_level != ""


def test_an_order_looks_the_same_whatever_caused_it(scene: Scene) -> None:
    jobs.draw()
    everything("1")
    low, drawn, asked = (closed(scene, satisfied=good, text=text) for good, text in
                         ((False, "低分的"), (True, "抽中的"), (True, "中心要查的")))  # fmt: skip
    everything("0")
    jobs.rechecks()
    scene.do("county_dispatcher", actions.ask_recheck, asked, reason="有人电话反映又塌了")
    everything("1")
    order_all(datetime.now(UTC) + LATER)
    with acting(TICK):
        causes = dict(RecheckCause.objects.values_list("matter", "cause"))
        assert RecheckCause.objects.filter(recheck=None).count() == 0
    assert {causes[low], causes[drawn]} == {"low", "drawn"}
    handler, seen = scene.as_post("station"), []
    for matter in (low, drawn, asked):
        m, told = queries.matter(handler, matter), queries.matter(scene.as_post("clerk"), matter).history
        ordered = next(line for line in told if line.name == "matters.recheck_ordered")
        shown = [line.name for line in m.history]
        seen.append((m.row.state, m.row.outcome, shown, ordered.author, ordered.facts))
        assert rechecking.causes(handler, matter) == [], "the cause is the centre's alone"
        assert rechecking.causes(scene.as_post("clerk"), matter) == []
    assert seen[0] == seen[1] == seen[2]
    assert "centre" in {one.cause for one in rechecking.causes(scene.as_post("county_dispatcher"), asked)}
    with acting(handler):
        assert not RecheckCause.objects.exists()


def test_every_page_of_what_is_to_be_rechecked_is_reached_and_its_words_stay_inside(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.draw()
    wanted = {closed(scene, satisfied=False) for _ in range(3)}
    order_all(datetime.now(UTC) + LATER)
    monkeypatch.setattr(listing, "PAGE", 1)
    county, found, after = scene.as_post("county_dispatcher"), list[UUID](), ""
    for _ in range(4):
        page = queries.queue(county, queries.Filters(lane="recheck"), after)
        found += [one.id for one in page.rows]
        after = page.next
        if not after:
            break
    assert (len(found), set(found)) == (3, wanted)
    scene.do("county_dispatcher", actions.recheck, found[0], result="holds", note="问过邻居，他只是想要钱")
    assert [one for one in queries.followed(slip_of(found[0])).said if "邻居" in one.text] == []


def test_a_recheck_that_holds_stays_closed_and_one_that_fails_goes_to_somebody_else(scene: Scene) -> None:
    jobs.draw()
    first, second = closed(scene, satisfied=False), closed(scene, satisfied=False)
    was = row(first).closed_at
    order_all(datetime.now(UTC) + LATER)
    found = row(first)
    assert (found.recheck_level, found.state) == ("county", "closed")
    assert {lane.code: lane.count for lane in lanes(scene.as_post("county_dispatcher"))}["recheck"] == 2
    with pytest.raises(NotAllowed):
        scene.do("clerk", actions.recheck, first, result="holds", note="看过")
    with pytest.raises(BadInput):
        scene.do("county_dispatcher", actions.recheck, first, result="holds", note=" ")
    scene.do("county_dispatcher", actions.recheck, first, result="holds", note="管子在，路平")
    assert (row(first).closed_at, row(first).outcome, row(first).recheck_level) == (was, "rated", "")
    with pytest.raises(WrongState):
        scene.do("county_dispatcher", actions.recheck, first, result="fails", note="又塌了")
    scene.do("county_dispatcher", actions.recheck, second, result="fails", note="又塌了一角")
    again = assert_owed(second)
    assert (again.state, again.reopened, again.round, again.outcome) == ("reopened", 1, 2, "")
    with pytest.raises(WrongState):
        scene.do("dispatcher", actions.divert, second, unit_id=again.barred_unit, reason="再交")


def test_a_recheck_nobody_makes_falls_to_the_county_and_lapses_counted(scene: Scene) -> None:
    jobs.draw()
    matter = closed(scene, satisfied=False)
    order_all(datetime.now(UTC) + LATER)
    jobs.rechecks(datetime.now(UTC) + LATER * 3)
    with acting(TICK):
        assert list(Recheck.objects.values_list("matter", "result")) == [(matter, "lapsed")]
    assert row(matter).recheck_level == ""


def rated_on(scene: Scene, matter: UUID, day: datetime) -> UUID:
    """Move a matter's rating and its end to a day; answers the rating."""
    with scene.desk.database.as_role("owner") as owner, owner.transaction():
        owner.execute("ALTER TABLE matters_rating DISABLE TRIGGER stays")
        moved = owner.execute(
            "UPDATE matters_rating SET at = %s WHERE matter_id = %s RETURNING id", [day, matter]
        ).fetchone()
        owner.execute("ALTER TABLE matters_rating ENABLE TRIGGER stays")
        owner.execute("UPDATE matters_matter SET closed_at = %s WHERE id = %s", [day, matter])
    assert moved is not None
    return UUID(str(moved[0]))


def test_the_draw_is_what_a_few_lines_of_other_code_say(scene: Scene) -> None:
    weeks = [
        [rated_on(scene, closed(scene, satisfied=True, text=f"{day:%d} {n}"), day) for n in range(2)]
        for day in (datetime(2026, 1, 6, 4, tzinfo=UTC), datetime(2026, 1, 13, 4, tzinfo=UTC))
    ]
    seed = "5" * 64
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO matters_draw_seed (month, value, published_at) VALUES ('2026-01-01', %s, '2025-12-28')", [seed]
        )
    first, second = (min(week, key=lambda one: sha256(f"{seed}:{one}".encode()).hexdigest()[:8]) for week in weeks)

    def drawn(share: str, day: int) -> set[UUID]:
        everything(share)
        at = datetime(2026, 1, day, 15, 59, tzinfo=UTC)  # a minute before the day ends here
        return {one.rating for one in rechecking.owed(TICK, at, "Asia/Shanghai")}

    assert drawn("1", 11) == set(), "the week is not over"
    assert drawn("0.01", 12) == {first}, "at least one"
    assert drawn("0.25", 19) == {first}, "one of four was drawn in the first week"
    assert drawn("0.26", 19) == {first, second}, "never less than the share"
    assert drawn("1", 19) == {one for week in weeks for one in week}
    assert drawn("0", 19) == set()


def test_no_order_is_given_before_its_draw_could_have_been(scene: Scene) -> None:
    jobs.draw()
    everything("1")
    matters = [closed(scene, satisfied=good, text=f"涵洞 {good}") for good in (True, False)]
    order_all(datetime.now(UTC) + LATER)
    with acting(TICK):
        waits = [(one.order_at, row(one.matter_id).closed_at) for one in RecheckCause.objects.all()]
    assert len(waits) == len(matters)
    assert all(end and timedelta(days=7) <= given - end < timedelta(days=14) for given, end in waits)
    assert {row(one).recheck_level for one in matters} == {"county"}


def test_the_fingerprint_is_public_before_the_month_and_the_seed_after_it(scene: Scene) -> None:
    jobs.draw(datetime(2027, 3, 20, 2, 0, tzinfo=UTC))
    assert jobs.draw(datetime(2027, 3, 28, 2, 0, tzinfo=UTC)) == 1
    before = draws(ANYONE, datetime(2027, 3, 28, 3, 0, tzinfo=UTC))
    assert [(one.month.month, one.seed, one.in_time) for one in before] == [(4, "", True), (3, "", False)]
    after = draws(ANYONE, datetime(2027, 5, 1, 3, 0, tzinfo=UTC))
    assert [sha256(one.seed.encode()).hexdigest() for one in after] == [one.fingerprint for one in before]


def test_a_lost_slip_is_replaced_and_the_old_code_dies(scene: Scene) -> None:
    matter = scene.answered("斑马线看不清", contact=Contact(name="李小芳", phone="13812341234"))
    old = slip_of(matter)
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.renew_slip, matter, told="王五")
    answered = actions.renew_slip(scene.as_post("dispatcher"), Act.new(), matter_id=matter, told="13812341234")
    with pytest.raises(NotFound):
        queries.followed(old)
    fresh = slip(slip_hash(settings.KEYS.slip, actions.code_of(matter, int(answered["slip_no"]))), "matters.rate")
    assert queries.followed(fresh).id == matter
    nameless = scene.at_township("没留姓名", contact=Contact())
    with pytest.raises(WrongState):
        scene.do("dispatcher", actions.renew_slip, nameless, told="13812341234")
    secret = scene.at_township("保密的", contact=Contact(name="李小芳"), confidential=True)
    with pytest.raises((WrongState, NotAllowed, NotFound)):
        scene.do("clerk", actions.renew_slip, secret, told="李小芳")


def test_what_a_patrol_found_is_checked_and_never_rated(scene: Scene) -> None:
    matter = scene.at_township("巡查发现涵洞塌了", kind=BRIDGE, source="patrol")
    assert (row(matter).series, row(matter).to_rate) == ("patrol", False)
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="交通站负责")
    assert row(matter).to_rate is False


def test_a_theme_holds_matters_and_never_a_name(scene: Scene) -> None:
    matters = [scene.at_township(f"涵洞第 {n} 次塌", kind=BRIDGE) for n in range(3)]
    numbers = tuple(row(one).number for one in matters)
    by = scene.as_post("dispatcher")
    assert [len(one.matters) for one in themes.proposals(by, datetime.now(UTC))] == [3]
    for name, some in (("李小芳的涵洞", numbers), ("学校涵洞", numbers[:1]), ("", numbers), ("学校涵洞", ("1", "2"))):
        with pytest.raises(BadInput):
            actions.open_theme(by, Act.new(), name=name, numbers=some)
    theme = UUID(str(actions.open_theme(by, Act.new(), name="学校涵洞", numbers=numbers[:2])["theme"]))
    with pytest.raises(BadInput):
        actions.add_to_theme(by, Act.new(), theme_id=theme, number=numbers[0])
    actions.add_to_theme(by, Act.new(), theme_id=theme, number=numbers[2])
    found, members = themes.theme(scene.as_post("county_dispatcher"), theme)
    assert (found.count, [one.id for one in members]) == (3, matters)
    assert themes.proposals(by, datetime.now(UTC)) == []
    with pytest.raises(NotFound):
        themes.theme(scene.as_post("clerk"), theme)
    actions.close_theme(by, Act.new(), theme_id=theme, found="已换成一米管，列入年度计划")
    with pytest.raises(WrongState):
        actions.close_theme(by, Act.new(), theme_id=theme, found="再关")
    assert [row(one).state for one in matters] == ["accepted"] * 3, "a theme ends no matter"


def test_no_theme_holds_complaints_about_officials(scene: Scene) -> None:
    about = actions.About(whom="township")
    complaints = [scene.report(f"镇里修的桥第 {n} 次塌", kind=BRIDGE, about=about) for n in range(3)]
    plain = [scene.at_township(f"涵洞第 {n} 次塌", kind=BRIDGE) for n in range(2)]
    county = scene.as_post("county_dispatcher")
    assert themes.proposals(county, datetime.now(UTC)) == []
    numbers = [row(one).number for one in (*plain, *complaints)]
    with pytest.raises(BadInput, match="in no theme"):
        actions.open_theme(county, Act.new(), name="桥", numbers=(numbers[0], numbers[2]))
    typed = numbers[0].replace("-", " "), numbers[1].replace("-", "－")
    theme = UUID(str(actions.open_theme(county, Act.new(), name="涵洞", numbers=typed)["theme"]))
    with pytest.raises(BadInput, match="in no theme"):
        actions.add_to_theme(county, Act.new(), theme_id=theme, number=numbers[2])
    more = row(scene.at_township("涵洞又塌", kind=BRIDGE)).number.replace("-", "")
    actions.add_to_theme(county, Act.new(), theme_id=theme, number=more)
    assert themes.theme(county, theme)[0].count == 3


def test_what_was_found_worse_than_rated_is_counted_for_the_centre_apart_from_ratings(scene: Scene) -> None:
    everything("1")
    jobs.draw()
    good, sound, low = (closed(scene, satisfied=yes, text=f"涵洞 {yes}") for yes in (True, True, False))
    now = timezone.now()
    rated = loop_figures(scene.as_post("county_dispatcher"), Question(at=now))
    assert (rated.rated, rated.satisfied) == (3, 2)
    order_all(now)
    order_all(now + LATER)
    for matter, result in ((good, "fails"), (sound, "holds"), (low, "holds")):
        scene.do("county_dispatcher", actions.recheck, matter, result=result, note="到现场看过")
    period = Period(
        area=interval(desk.COUNTY), begin=now - timedelta(days=1), end=now + timedelta(days=30), series="asked"
    )
    for who in ("county_dispatcher", "dispatcher"):
        rows = rechecked(scene.as_post(who), period)
        found = {one.cause: (one.ordered, one.holds, one.worse, one.lapsed) for one in rows}
        assert found == {"drawn": (2, 1, 1, 0), "low": (1, 1, 0, 0), "centre": (0, 0, 0, 0)}, who
    patrol = replace(period, series="patrol")
    assert {one.ordered for one in rechecked(scene.as_post("county_dispatcher"), patrol)} == {0}, "never added up"
    for who in ("station", "clerk", "supervisor"):
        assert {one.ordered for one in rechecked(scene.as_post(who), period)} == {0}, who


def test_a_matter_that_two_put_into_a_theme_at_once_is_refused_to_the_second(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    matters = [scene.at_township(f"涵洞第 {n} 次塌", kind=BRIDGE) for n in range(4)]
    numbers, by = [row(one).number for one in matters], scene.as_post("dispatcher")
    actions.open_theme(by, Act.new(), name="学校涵洞", numbers=tuple(numbers[:2]))
    other = UUID(str(actions.open_theme(by, Act.new(), name="河边涵洞", numbers=tuple(numbers[2:]))["theme"]))
    with acting(by):
        taken = Matter.objects.get(id=matters[0])
    monkeypatch.setattr(theming, "_found", lambda *_args, **_more: [taken])  # as it was read a moment before
    with pytest.raises(BadInput):
        actions.add_to_theme(by, Act.new(), theme_id=other, number=numbers[0])


@pytest.mark.parametrize("end", ["closed", "rejected", "withdrawn"])
def test_a_slip_lost_after_the_end_is_replaced_and_nothing_else_changes(scene: Scene, end: str) -> None:
    if end == "closed":
        matter = closed(scene, satisfied=True)
    else:
        matter = scene.report("路灯不亮", kind=BRIDGE, by="dispatcher")
        if end == "rejected":
            scene.do("dispatcher", actions.reject, matter, reason="不属本县")
        else:
            scene.do("dispatcher", actions.withdraw_for, matter, told="李小芳", words="不用了", came="counter")
    before = row(matter)
    answered = actions.renew_slip(scene.as_post("dispatcher"), Act.new(), matter_id=matter, told="13812341234")
    after = row(matter)
    columns = [one.attname for one in Matter._meta.concrete_fields]
    changed = {name for name in columns if getattr(after, name) != getattr(before, name)}
    assert changed == {"slip_no", "slip_hash"}
    fresh = slip(slip_hash(settings.KEYS.slip, actions.code_of(matter, int(answered["slip_no"]))), "matters.rate")
    assert (queries.followed(fresh).id, queries.followed(fresh).may_rate) == (matter, False)
    with acting(TICK):
        assert not FormerEnd.objects.filter(matter_id=matter).exists()
