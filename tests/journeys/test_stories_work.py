"""Stories in which several offices, other systems and bodies outside take part, told by their pages to their end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from commongrid.insight.queries import dispatching as given
from commongrid.journal.acting import acting
from commongrid.kernel.act import new_id
from commongrid.kernel.places import interval
from commongrid.matters import jobs
from commongrid.matters.actions import code_of
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Escalation, Matter
from tests.factories import desk
from tests.factories.desk import VILLAGE, id_of
from tests.journeys.telling import Counted, Story, alert, row
from tests.matters.conftest import scene

if TYPE_CHECKING:
    from uuid import UUID

    from tests.factories.scenes import Scene

__all__ = ["scene"]


@pytest.fixture
def story(scene: Scene) -> Story:
    """A county that visits everybody of whom it draws a sample, so that no story hangs on a draw; it reads Chinese."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_limit SET amount = 1 WHERE code = 'sample_share'")
    return Story(scene, language="zh-hans")


def today() -> given.Period:
    """The last day and the next, in the whole county."""
    now, day = timezone.now(), timedelta(days=1)
    return given.Period(area=interval(desk.COUNTY), begin=now - day, end=now + day, series="asked")


def at_township(story: Story, text: str, kind: str) -> UUID:
    """Told by somebody, accepted by the township's dispatcher."""
    matter = story.told(text, kind, name="李小芳", phone="13812341234")
    if row(matter).owner_level == "village":
        story.step("clerk", matter, "raise", reason="村里办不了")
    return story.step("dispatcher", matter, "accept")


def parts(matter: UUID) -> dict[UUID, UUID]:
    """The parts of a matter by unit."""
    with acting(TICK):
        return dict(Matter.objects.filter(parent_id=matter).values_list("unit_id", "id"))


def part_done(story: Story, by: str, part: UUID, words: str) -> None:
    """A part taken on, answered, taken in by the centre; its clocks are its own."""
    Story(story.scene, language=story.language).worked(by, part, words)


def says_of_each(story: Story, matter: UUID, *said: tuple[str, str]) -> None:
    """Two answers for every office that answered."""
    form = {"act": str(new_id()), "words": ""}
    for n, (solved, satisfied) in enumerate(said):
        form |= {f"solved_{n}": solved, f"satisfied_{n}": satisfied}
    answer = story.browser().post(f"/s/{code_of(matter)}/rate", form)
    assert answer.status_code == 302, alert(answer)
    story.looks(matter)


def test_a_power_cut_is_asked_of_a_body_outside_the_countys_command(story: Story) -> None:
    with story.scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command, office_phone,"
            " valid_from) VALUES (%s, %s, 'outside', '青石供电所', 'Qingshi Power Supply', 'power', true, '', %s)",
            [id_of("power_unit"), desk.TOWNSHIP, desk.FROM],
        )
    cut = at_township(story, "全寨停电两天，冰箱里的药要坏了", "B02")
    story.given("dispatcher", cut, "power", "线路产权属供电公司")
    asked = [(one, count) for one, count, _ in given.asked(story.scene.as_post("county_dispatcher"), today())]
    assert asked == [(id_of("power_unit"), 1)], "shown apart"
    story.overdue(cut, 20)
    with acting(TICK):
        told = list(Escalation.objects.filter(matter_id=cut, sort="overdue").values_list("level", flat=True))
    assert told == ["township"], "only the centre that asked is told, nobody escalates over them"
    story.step("dispatcher", cut, "remind", note="寨上有人等药")
    story.step("dispatcher", cut, "answer", answer="供电所已换变压器，今晚来电。")
    story.says(cut, "yes", "yes")
    story.step("dispatcher", cut, "close")
    way = "reported raised accepted diverted overdue reminded answered rated closed"
    clocks = "respond courtesy courtesy visit file"
    story.ends(cut, "rated", way, clocks, Counted(on_time=None))


def test_three_offices_meet_and_the_person_gets_one_answer(story: Story) -> None:
    pier = at_township(story, "河堤桥台要垮，水已经掏空了脚", "G02")
    units = [str(id_of(name + "_unit")) for name in ("transport", "roads", "transport_county")]
    when = (timezone.localtime() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    said = {"units": units, "at": when, "venue": "镇政府三楼", "note": "站清淤，规划办看桥台，县局定方案",
            "reason": "桥台归规划办看"}  # fmt: skip
    story.step("dispatcher", pier, "call_meeting", **said)
    its = parts(pier)
    assert len(its) == 3
    assert "联席会商通知" in story.page("dispatcher", f"/console/matters/{pier}/summons")
    with story.scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_meeting SET at = now() - interval '1 hour' WHERE matter_id = %s", [pier])
    story.step("dispatcher", pier, "attend", came=[str(one) for one in its.values()])
    part_done(story, "station", its[id_of("transport_unit")], "已清淤 40 米")
    assert "还有分办件没有答复" in story.refused("dispatcher", pier, "answer", answer="修好了")
    part_done(story, "roads", its[id_of("roads_unit")], "桥台已加固")
    part_done(story, "department", its[id_of("transport_county_unit")], "方案已批，护坡完工")
    story.step("dispatcher", pier, "answer", answer="已清淤、加固桥台并做好护坡，桥恢复通行。")
    slip = story.slip(pier)
    assert "已清淤 40 米" not in slip, "one answer, not three"
    assert "已召集几个单位会商" in slip
    assert "交通运输局" not in slip, "who was called is not the person's to follow"
    says_of_each(story, pier, ("yes", "yes"), ("yes", "yes"), ("yes", "yes"))
    story.step("dispatcher", pier, "close")
    way = "reported accepted meeting_called attended answered units_rated closed"
    clocks = "respond finish visit file"
    story.ends(pier, "rated", way, clocks, Counted())


def test_split_between_two_with_one_answer_rated_office_by_office(story: Story) -> None:
    road = at_township(story, "路边沟堵了，水冲坏了路面", "G01")
    units = [str(id_of(name + "_unit")) for name in ("transport", "roads")]
    story.step("dispatcher", road, "split", units=units, note="交通站修路面，规划办清沟", reason="清沟归规划办")
    its = parts(road)
    part_done(story, "station", its[id_of("transport_unit")], "路面已补")
    part_done(story, "roads", its[id_of("roads_unit")], "沟已清")
    story.step("dispatcher", road, "answer", answer="沟已清，路面已补。")
    assert "由几个单位分头办理" in story.slip(road)
    says_of_each(story, road, ("yes", "yes"), ("yes", "no"))
    assert row(road).state == "to_file", "somebody is not satisfied: it is read before it ends"
    story.step("dispatcher", road, "close")
    way = "reported raised accepted split answered units_rated closed"
    clocks = "respond finish visit file"
    story.ends(road, "rated", way, clocks, Counted(satisfied=0))


def test_the_wrong_department_gives_it_back_once_and_the_work_list_remembers(story: Story) -> None:
    bridge = at_township(story, "小桥桥面破损", "G02")
    story.given("dispatcher", bridge, "transport")
    story.step("station", bridge, "give_back", basis="村内小桥按清单归规划建设办")
    story.matter("station", bridge, 404)
    story.step("county_dispatcher", bridge, "decide", target=f"unit:{id_of('roads_unit')}", basis="村内小桥归镇规划办")
    assert "give_back" not in [
        one.code for one in story.browser("roads").get(f"/console/matters/{bridge}/").context["steps"]
    ]
    story.worked("roads", bridge, "桥面已补。")
    story.says(bridge, "yes", "yes")
    story.step("dispatcher", bridge, "close")
    way = "reported accepted diverted given_back decided started answered passed_on rated closed"
    clocks = "respond respond decide respond finish pass visit file"
    story.ends(bridge, "rated", way, clocks, Counted())
    again = at_township(story, "另一座小桥桥面破损", "G02")
    first = story.browser("dispatcher").get(f"/console/matters/{again}/").context["steps"][0].first[0]
    assert first.value == f"unit:{id_of('roads_unit')}", "the question is asked only once"


def test_a_petition_has_its_sixty_days_and_thirty_more(story: Story) -> None:
    more = {"source": "petition", "external_system": "petition", "external_number": "5206232611001"}
    letter = story.recorded("dispatcher", "来信反映通村路被水毁后一直没有恢复", "G02", VILLAGE, **more)
    opened = row(letter)
    assert opened.series == "systems"
    assert opened.external_due_at is not None
    assert opened.external_due_at - opened.opened_at > timedelta(days=59)
    story.step("dispatcher", letter, "accept")
    case = story.browser("dispatcher").get(f"/console/matters/{letter}/").context["m"].cases[0]
    story.step("dispatcher", letter, "extend_theirs", case_id=str(case.id), reason="要现场勘验")
    later = row(letter).external_due_at
    assert later is not None
    assert (later - opened.external_due_at).days == 30
    story.given("dispatcher", letter, "transport")
    story.step("station", letter, "start")
    assert row(letter).due_at == later, "their clock wins"
    story.step("station", letter, "answer", answer="水毁路段已恢复通车。")
    story.step("dispatcher", letter, "pass_on", answer="水毁路段已恢复通车。")
    assert "visit" not in [
        one.code for one in story.browser("clerk").get(f"/console/matters/{letter}/").context["steps"]
    ]
    result = {"case_id": str(case.id), "result": "solved", "satisfied": "yes"}
    story.step("dispatcher", letter, "take_result", **result)
    for said in ("已将答复转告您", "来源系统已反馈办理结果"):
        assert said in story.slip(letter)
    way = "reported accepted order_extended diverted started answered passed_on result_taken"
    clocks = "respond respond finish pass file"
    story.ends(letter, "rated", way, clocks, Counted(series="systems"))


def test_a_unit_is_dissolved_while_it_holds_a_matter(story: Story) -> None:
    road = at_township(story, "通村路塌方", "G01")
    story.given("dispatcher", road, "transport")
    story.step("station", road, "start")
    with story.scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_unit SET valid_to = %s, successor_id = %s WHERE id = %s",
            [timezone.localdate(), id_of("roads_unit"), id_of("transport_unit")],
        )
    limit = row(road).finish_due_at
    assert jobs.dissolve() == 1
    story.looks(road)
    assert row(road).finish_due_at == limit, "whoever follows inherits the limit"
    story.worked("roads", road, "塌方已清，单边通行。")
    story.says(road, "yes", "yes")
    story.step("dispatcher", road, "close")
    way = "reported raised accepted diverted started unit_dissolved started answered passed_on rated closed"
    clocks = "respond respond finish respond finish pass visit file"
    story.ends(road, "rated", way, clocks, Counted())
