"""Leaders' notes: recorded by office, answered through the centre, out of sight of whom they must not reach."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, WrongState
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Instruction
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import LeaderNote, Matter
from commongrid.matters.queries import Filters, leaders
from commongrid.notices import jobs as notices
from commongrid.notices.models import Notice
from tests.factories.desk import id_of
from tests.matters.test_loop import row, slip_of
from tests.matters.waits import add_post
from tests.readers import readers_see

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

LEADER = id_of("county_leader")
BY_OFFICE = Instruction(leader=LEADER, words="请县交通局会同镇里月底前恢复通车")


def noted(scene: Scene, matter: UUID, by: str = "county_dispatcher", instruction: Instruction = BY_OFFICE) -> UUID:
    """A note on a matter."""
    return scene.do(by, actions.instruct, matter, instruction=instruction)


def answered(scene: Scene, matter: UUID) -> UUID:
    """The county centre's answer to its leaders."""
    return scene.do("county_dispatcher", actions.report_back, matter, text="便道已通，主路下周完工。")


def owing(scene: Scene, by: str) -> int:
    """How many leaders' notes wait for a centre."""
    return next(one.count for one in queries.lanes(scene.as_post(by)) if one.code == "leader")


def test_the_office_records_it_and_the_matter_keeps_its_owner_and_limits(scene: Scene) -> None:
    matter = scene.in_hand("塌方")
    before = row(matter)
    noted(scene, matter)
    after = row(matter)
    assert (after.state, after.owner_level, after.unit_id, after.due_at) == (
        before.state, before.owner_level, before.unit_id, before.due_at,
    )  # fmt: skip
    seen = queries.matter(scene.as_post("station"), matter)
    assert [(one.text, one.leader, one.level) for one in seen.leader_notes] == [(BY_OFFICE.words, LEADER, "county")]
    assert [line.name for line in seen.history][-1] == "matters.instructed"


def test_only_the_leaders_own_centre_owes_the_answer_and_the_leader_reads_it(scene: Scene) -> None:
    matter = noted(scene, scene.in_hand("塌方"))
    assert (owing(scene, "county_dispatcher"), owing(scene, "dispatcher")) == (1, 0)
    for by, wanted in (("county_dispatcher", Filters(lane="leader")), ("dispatcher", Filters(noted=True))):
        assert [one.id for one in queries.queue(scene.as_post(by), wanted).rows] == [matter]
    with pytest.raises(WrongState, match="waits"):
        scene.do("dispatcher", actions.report_back, matter, text="已办")
    assert leaders.notes_of_leader(scene.as_post("county_leader"))[0][0].account == ""
    answered(scene, matter)
    assert owing(scene, "county_dispatcher") == 0
    assert row(matter).leader_due_at is None
    ((note, shown),) = leaders.notes_of_leader(scene.as_post("county_leader"))
    assert (note.account, shown.id) == ("便道已通，主路下周完工。", matter)
    assert leaders.notes_of_leader(scene.as_post("county_dispatcher")) == []
    with pytest.raises(WrongState):
        answered(scene, matter)


def test_the_leader_writes_their_own_and_nobody_elses(scene: Scene) -> None:
    matter = scene.in_hand("塌方")
    with pytest.raises(NotAllowed):
        noted(scene, matter, "township_principal")
    noted(scene, matter, "township_principal", Instruction(words="先保校车"))
    assert owing(scene, "dispatcher") == 1
    assert queries.matter(scene.as_post("dispatcher"), matter).leader_notes[0].leader == id_of("township_principal")


def test_it_is_refused_without_leader_words_or_a_day_that_is_to_come(scene: Scene) -> None:
    matter = scene.in_hand("塌方")
    yesterday = timezone.localdate() - timedelta(days=1)
    for wrong, field in (
        (Instruction(words="快"), "leader"),
        (Instruction(leader=id_of("township_principal"), words="快"), "leader"),
        (Instruction(leader=LEADER, words=" "), "words"),
        (Instruction(leader=LEADER, words="快", reply_on=yesterday), "reply_on"),
    ):
        with pytest.raises(BadInput) as refused:
            noted(scene, matter, instruction=wrong)
        assert field in refused.value.fields
    with pytest.raises(NotAllowed):
        noted(scene, matter, "supervisor")
    assert row(matter).leader_due_at is None


def test_a_complaint_takes_no_note_of_whom_it_is_about(scene: Scene) -> None:
    add_post(scene, "vice", "county_leader", scene.as_post("county_dispatcher").place or 0)
    matter = scene.at_township("塌方")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE matters_matter SET accused_person_id = %s WHERE id = %s", [id_of("county_leader_person"), matter]
        )
    with pytest.raises(BadInput) as refused:
        noted(scene, matter)
    assert "leader" in refused.value.fields
    noted(scene, matter, instruction=Instruction(leader=id_of("vice"), words="依规办理"))


def test_the_answer_is_owed_after_the_end_too_and_the_reporter_sees_neither(scene: Scene) -> None:
    matter = noted(scene, scene.in_hand("塌方"))
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    assert owing(scene, "county_dispatcher") == 1
    with acting(slip_of(matter)):
        assert Matter.objects.count() == 1
        assert LeaderNote.objects.count() == 0
    answered(scene, matter)
    assert owing(scene, "county_dispatcher") == 0


def test_a_matter_that_comes_from_a_note_keeps_whose(scene: Scene) -> None:
    matter = scene.report(
        "通村路塌方，两个组出不来", kind="G01", by="county_dispatcher", source="leader",
        leader=Instruction(leader=LEADER, reply_on=timezone.localdate() + timedelta(days=9)),
    )  # fmt: skip
    (note,) = queries.matter(scene.as_post("county_dispatcher"), matter).leader_notes
    assert (note.text, note.leader, row(matter).source) == ("通村路塌方，两个组出不来", LEADER, "leader")
    assert row(matter).leader_due_at == note.due_at
    with pytest.raises(BadInput) as refused:
        scene.report("路断了", by="county_dispatcher", source="leader", leader=Instruction())
    assert "leader" in refused.value.fields


def test_a_note_on_a_confidential_report_needs_words_of_its_own(scene: Scene) -> None:
    with pytest.raises(BadInput) as refused:
        scene.report(
            "请不要说是我讲的：沟渠被填了", by="county_dispatcher", source="leader", confidential=True,
            leader=Instruction(leader=LEADER),
        )  # fmt: skip
    assert list(refused.value.fields) == ["leader_words"]
    matter = scene.report(
        "请不要说是我讲的：沟渠被填了", by="county_dispatcher", source="leader", confidential=True, leader=BY_OFFICE
    )
    (note,) = queries.matter(scene.as_post("county_dispatcher"), matter).leader_notes
    assert note.text == BY_OFFICE.words


def test_what_waits_stands_before_what_was_answered(scene: Scene) -> None:
    first, second = (noted(scene, scene.with_station(text)) for text in ("桥栏断了", "水渠堵了"))
    answered(scene, first)
    notes = [
        (one.matter, one.answered_at is None) for one, _row in leaders.notes_of_leader(scene.as_post("county_leader"))
    ]
    assert notes == [(second, True), (first, False)]
    with acting(scene.as_post("county_leader")):
        rows = LeaderNote.objects.order_by(leaders.WAITING_FIRST).values_list("matter", flat=True)
        assert list(rows[:1]) == [second], "whatever is cut off was answered"


def late_lines(matter: UUID) -> list[str]:
    """To whom the clock told that an answer is late, in order."""
    return [str(line.facts["level"]) for line in history(TICK, matter) if line.name == "matters.note_overdue"]


def told_late() -> list[UUID | None]:
    """The posts that heard of it, in order."""
    readers_see()
    notices.read(timezone.now())
    with acting(notices.SCOPE):
        return list(
            Notice.objects.filter(sort="note_late", channel="inbox").order_by("at", "id").values_list("post", flat=True)
        )


def test_an_answer_that_is_late_is_told_to_the_centre_and_the_leader_then_to_the_county(scene: Scene) -> None:
    matter = noted(scene, scene.in_hand("塌方"), "township_principal", Instruction(words="先保校车"))
    with acting(TICK):
        due = LeaderNote.objects.get(matter_id=matter).due_at
    jobs.tick(due - timedelta(seconds=1))
    assert late_lines(matter) == []
    jobs.tick(due)
    jobs.tick(due + timedelta(minutes=1))
    assert late_lines(matter) == ["township"], "once each"
    assert set(told_late()) == {id_of("dispatcher"), id_of("township_principal")}
    with acting(TICK):
        further = LeaderNote.objects.get(matter_id=matter).raise_at
    assert further is not None
    jobs.tick(further)
    jobs.tick(further + timedelta(days=60))
    assert late_lines(matter) == ["township", "county"]
    assert told_late()[2:] == [id_of("county_dispatcher")]


def test_an_answered_note_is_never_told_late_and_a_countys_own_has_nobody_above(scene: Scene) -> None:
    matter, other = noted(scene, scene.in_hand("塌方")), noted(scene, scene.in_hand("断桥"))
    answered(scene, matter)
    jobs.tick(timezone.now() + timedelta(days=60))
    jobs.tick(timezone.now() + timedelta(days=120))
    assert (late_lines(matter), late_lines(other)) == ([], ["county"])
