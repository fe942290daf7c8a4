"""People without a phone: orders and answers on paper, photographed back into their step."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from PIL import Image

from commongrid.accounts.models import AccessLine
from commongrid.journal import attachments
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.actions import Paper
from commongrid.matters.actions.papers import sheet_of
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.queries.papers import paper_order, sheets_of
from commongrid.surfaces.shared.sheets import token
from tests.factories.desk import VILLAGE
from tests.matters.test_merging import in_parts
from tests.matters.waits import wanted

if TYPE_CHECKING:
    from tests.factories.scenes import Scene


def photo(shade: int = 90) -> bytes:
    """A photo as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 100, 110)).save(out, "JPEG")
    return out.getvalue()


def paper(of: UUID, reason: str = "", shade: int = 90) -> Paper:
    return Paper(of=of, photos=(attachments.stage(photo(shade)),), reason=reason)


def ordered(scene: Scene) -> tuple[UUID, UUID]:
    """Given to the village by the township; the order is printed."""
    matter = scene.at_township("村口水沟堵了", kind="F01")
    scene.do("dispatcher", actions.divert, matter, place=VILLAGE, reason="村里就近办")
    order = paper_order(scene.as_post("dispatcher"), matter)
    assert order is not None
    return matter, order.id


def came_back(scene: Scene, by: str, matter: UUID, of: Paper, answer: str = "水沟已清通。") -> None:
    actions.answer_on_paper(scene.as_post(by), Act.new(), matter_id=matter, paper=of, answer=answer)


@pytest.mark.parametrize("by", ["clerk", "dispatcher"])
def test_an_order_comes_back_on_paper(scene: Scene, by: str) -> None:
    matter, order = ordered(scene)
    came_back(scene, by, matter, paper(order))
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert m.row.state in ("answered", "to_rate", "to_file")
    assert (m.row.handler_level, m.orders[-1].outcome, m.notes[-1].text) == ("village", "answered", "水沟已清通。")
    sheet = sheets_of(scene.as_post("dispatcher"), matter)[0]
    assert len(attachments.files_of(scene.as_post("clerk"), sheet.id)) == 1
    assert attachments.files_of(scene.as_post("far_dispatcher"), sheet.id) == ()


def test_a_better_photo_needs_a_reason_and_the_answer_stays(scene: Scene) -> None:
    matter, order = ordered(scene)
    came_back(scene, "dispatcher", matter, paper(order))
    with pytest.raises(BadInput) as refused:
        came_back(scene, "dispatcher", matter, paper(order, shade=10))
    assert "reason" in refused.value.fields
    came_back(scene, "dispatcher", matter, paper(order, "第一张照糊了", 10), "改口")
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert [note.text for note in m.notes if note.sort == "answer"] == ["水沟已清通。"]
    assert [one.reason for one in sheets_of(scene.as_post("dispatcher"), matter)] == ["第一张照糊了", ""]


def test_an_order_that_has_moved_on_takes_nothing(scene: Scene) -> None:
    matter, order = ordered(scene)
    scene.do("dispatcher", actions.call_up, matter, reason="镇里来办")
    with pytest.raises(WrongState, match="moved on"):
        came_back(scene, "dispatcher", matter, paper(order))
    assert sheets_of(scene.as_post("dispatcher"), matter) == []


@pytest.mark.parametrize(
    ("by", "photos", "answer", "refusal"),
    [
        ("dispatcher", True, " ", BadInput), ("dispatcher", False, "好了", BadInput),
        ("far_clerk", True, "好了", NotFound), ("station", True, "好了", NotFound), ("secretary", True, "好了", None),
    ],
)  # fmt: skip
def test_who_may_enter_an_order_and_with_what(
    scene: Scene, by: str, *, photos: bool, answer: str, refusal: Any
) -> None:
    matter, order = ordered(scene)
    of = paper(order) if photos else Paper(of=order, photos=())
    if refusal is None:
        came_back(scene, by, matter, of, answer)
        return
    with pytest.raises(refusal):
        came_back(scene, by, matter, of, answer)


def asked(scene: Scene) -> tuple[UUID, UUID]:
    matter = scene.answered("学校门口斑马线看不清")
    return matter, sheet_of(matter, queries.matter(scene.as_post("dispatcher"), matter).row.round)


def test_the_person_ticks_on_paper_and_the_handler_sees_neither_rating_nor_sheet(scene: Scene) -> None:
    matter, sheet = asked(scene)
    visitor = scene.as_post("county_dispatcher")
    actions.rate_on_paper(visitor, Act.new(), matter_id=matter, paper=paper(sheet), answers=(True, True, "修得好"))
    m = queries.matter(visitor, matter)
    assert [(one.solved, one.satisfied, one.via, one.words) for one in m.ratings] == [(True, True, "paper", "修得好")]
    assert m.visits[-1].mode == "paper"
    kept = sheets_of(visitor, matter)[0]
    assert len(attachments.files_of(visitor, kept.id)) == 1
    station = scene.as_post("station")
    assert sheets_of(station, matter) == []
    assert attachments.files_of(station, kept.id) == ()
    assert queries.matter(station, matter).row.state == "answered"


def test_not_solved_on_paper_opens_it_again_and_the_old_sheet_is_out_of_date(scene: Scene) -> None:
    matter, sheet = asked(scene)
    visitor = scene.as_post("county_dispatcher")
    actions.rate_on_paper(visitor, Act.new(), matter_id=matter, paper=paper(sheet), answers=(False, False, ""))
    assert queries.matter(visitor, matter).row.state == "reopened"
    other, printed = asked(scene)
    scene.do("county_dispatcher", actions.visit, other, result="asked", answers=(True, True, ""))
    with pytest.raises(WrongState, match="moved on"):
        actions.rate_on_paper(visitor, Act.new(), matter_id=other, paper=paper(printed), answers=(True, True, ""))


def test_both_questions_are_needed_and_the_handler_does_not_ask(scene: Scene) -> None:
    matter, sheet = asked(scene)
    visitor = scene.as_post("county_dispatcher")
    with pytest.raises(BadInput):
        actions.rate_on_paper(visitor, Act.new(), matter_id=matter, paper=paper(sheet))
    with pytest.raises((NotAllowed, NotFound)):
        actions.rate_on_paper(
            scene.as_post("station"), Act.new(), matter_id=matter, paper=paper(sheet), answers=(True, True, "")
        )


def test_the_sheets_hold_no_more_than_their_step_needs_and_lead_back(scene: Scene, client: Client) -> None:
    matter, order = ordered(scene)
    scene.desk.sign_in(client, "dispatcher", "zh-hans")
    page = client.get(f"/console/matters/{matter}/order").content.decode()
    assert scene.number(matter) in page
    assert "李小芳" not in page
    assert "1234" not in page.replace(scene.number(matter), "")
    address = f"/console/sheets/{token('o', matter, order)}/"
    assert "李*芳" in client.get(address).content.decode()
    sent = {"telling": "0000", "answer": "水沟已清通。", "photos": io.BytesIO(photo())}
    wrong = client.post(address, sent)
    assert wrong.status_code == 422
    assert "另一张" in wrong.content.decode() or "编号" in wrong.content.decode()
    assert "水沟已清通。" in wrong.content.decode()
    right = client.post(
        address, {"telling": scene.number(matter)[-4:], "answer": "水沟已清通。", "photos": io.BytesIO(photo())}
    )
    assert right.status_code == 302
    assert "没有在办的交办" in client.get(f"/console/matters/{matter}/order").content.decode()
    scene.desk.sign_in(client, "far_dispatcher", "zh-hans")
    assert client.get(f"/console/matters/{matter}/order").status_code == 404
    assert client.get(address).status_code == 404


def test_the_answer_sheet_is_printed_by_whoever_asks(scene: Scene, client: Client) -> None:
    matter, sheet = asked(scene)
    scene.desk.sign_in(client, "county_dispatcher", "en")
    page = client.get(f"/console/matters/{matter}/answer-sheet").content.decode()
    assert "Is it solved?" in page
    assert "Signature" in page
    address = f"/console/sheets/{token('a', matter, sheet)}/"
    form = {"telling": scene.number(matter)[-4:], "solved": "yes", "photos": io.BytesIO(photo())}
    assert client.post(address, form).status_code == 422
    form = {**form, "satisfied": "no", "words": "慢了", "photos": io.BytesIO(photo())}
    assert client.post(address, form).status_code == 302
    assert queries.matter(scene.as_post("county_dispatcher"), matter).ratings[-1].satisfied is False


def test_on_paper_each_office_that_answered_a_part_is_asked_about(scene: Scene, client: Client) -> None:
    matter, transport, roads = in_parts(scene)
    sheet = sheet_of(matter, queries.matter(scene.as_post("dispatcher"), matter).row.round)
    scene.desk.sign_in(client, "county_dispatcher", "en")
    printed = client.get(f"/console/matters/{matter}/answer-sheet").content.decode()
    address = f"/console/sheets/{token('a', matter, sheet)}/"
    shown = client.get(address).content.decode()
    for name in ("Qingshi Transport Station", "Qingshi Planning Office"):
        assert name in printed
        assert f"{name}: Is it solved?" in shown
    ticks = {f"{of}_{unit.hex}": "yes" for of in ("solved", "satisfied") for unit in (transport, roads)}
    ticks[f"satisfied_{roads.hex}"] = "no"
    form = {"telling": scene.number(matter)[-4:], "words": "路边还堆着土"}
    lacking = {name: value for name, value in ticks.items() if name != f"solved_{roads.hex}"}
    assert client.post(address, {**form, **lacking, "photos": io.BytesIO(photo())}).status_code == 422
    assert client.post(address, {**form, **ticks, "photos": io.BytesIO(photo())}).status_code == 302
    m = queries.matter(scene.as_post("county_dispatcher"), matter)
    assert {(one.unit, one.satisfied, one.via) for one in m.ratings} == {
        (transport, True, "paper"), (roads, False, "paper"),
    }  # fmt: skip
    assert m.row.state == "to_file"


def test_where_it_stands_is_printed_for_whoever_has_no_phone(scene: Scene, client: Client) -> None:
    parked = scene.do("dispatcher", actions.park, scene.in_hand("路要拓宽"), wanted=wanted(90, reason="no_funds"))
    refused = scene.do("dispatcher", actions.reject, scene.report("要求改低保", by="dispatcher"), reason="不属乡镇职权")
    answered, secret = scene.answered("斑马线看不清"), scene.report("家里打人", kind="A12", by="dispatcher")
    says = {parked: "材料要等厂家发货", refused: "不属乡镇职权", answered: "涵洞已换成 1 米管"}
    for language, title, again in (("zh-hans", "书面告知", "凭条丢了"), ("en", "Told in writing", "Slip lost?")):
        scene.desk.sign_in(client, "dispatcher", language)
        for matter, words in says.items():
            page = client.get(f"/console/matters/{matter}/told").content.decode()
            for shown in (title, words, again, scene.number(matter)):
                assert shown in page
            assert actions.code_of(matter) not in page, "the code is the person's"
            assert "/told" in client.get(f"/console/matters/{matter}/").content.decode()
    assert "再问一次" in _page(scene, client, refused)
    assert client.get(f"/console/matters/{secret}/told").status_code == 404
    scene.desk.sign_in(client, "station", "en")
    assert client.get(f"/console/matters/{parked}/told").status_code == 403
    with acting(TICK):
        assert AccessLine.objects.filter(event="printed", about="told", subject=parked).count() == 2


def _page(scene: Scene, client: Client, matter: UUID) -> str:
    scene.desk.sign_in(client, "dispatcher", "zh-hans")
    return client.get(f"/console/matters/{matter}/told").content.decode()
