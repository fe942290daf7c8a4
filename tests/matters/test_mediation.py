"""Mediation: violence asked about first, the file and who sees it, signed, concluded, checked."""

from __future__ import annotations

import io
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils import timezone
from PIL import Image

from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, WrongState
from commongrid.matters import actions, queries
from commongrid.matters.actions import mediating
from commongrid.matters.actions.mediating import Agreement, Beginning, PartySaid
from commongrid.matters.queries import mediation as files
from tests.factories.desk import GRID, VILLAGE, id_of
from tests.matters.test_loop import slip_of

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

BOUNDARY = Beginning(
    method="joint", mediator="覃调解", committee="白沙村人民调解委员会", facts="两家为地界争执",
    parties=(PartySaid(name="王大山", phone="13812340001", address="上河组3号"), PartySaid(name="李二河")),
)  # fmt: skip
JUSTICE = id_of("justice_unit")
TODAY = date(2026, 11, 24)
WORDS = Agreement(
    facts="两家为一垄地界争执", text="以老石坎为界，各退一尺。", performance="十日内立界桩。", on=date(2020, 1, 2)
)


def picture(shade: int = 90) -> attachments.Staged:
    """A photo as a phone would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 100, 110)).save(out, "JPEG")
    return attachments.stage(out.getvalue())


def begun(scene: Scene, by: str = "mediator", *, kind: str = "A03", violence: bool = False) -> tuple[UUID, UUID]:
    """A boundary dispute, accepted in the village and taken up for mediation."""
    matter = scene.report("两家为地界争执", kind=kind, place=VILLAGE)
    scene.do("clerk", actions.accept, matter)
    answer = mediating.begin(
        scene.as_post(by), Act.new(), matter_id=matter, violence=violence, beginning=None if violence else BOUNDARY
    )
    return matter, UUID(str(answer.get("mediation", matter)))


def agreed(scene: Scene) -> tuple[UUID, UUID]:
    """Agreed, printed, signed, photographed and concluded."""
    matter, file = begun(scene)
    mediator = scene.as_post("mediator")
    mediating.sit(mediator, Act.new(), mediation_id=file, on=TODAY, attended="王大山、李二河、覃调解", note="各说各理")
    mediating.word_agreement(mediator, Act.new(), mediation_id=file, agreement=WORDS)
    mediating.sign(mediator, Act.new(), mediation_id=file, photos=(picture(),))
    mediating.agree(mediator, Act.new(), matter_id=matter, mediation_id=file)
    return matter, file


def test_a_dispute_is_mediated_signed_answered_and_checked(scene: Scene) -> None:
    matter, file = agreed(scene)
    mediator = scene.as_post("mediator")
    row = files.mediation(mediator, file)
    assert (row.outcome, row.number.startswith("人调〔"), row.signed is not None) == ("agreed", True, True)
    assert queries.matter(mediator, matter).notes[-1].text == f"调解达成协议（{row.number}）。"
    assert row.check_due_at is not None
    assert row.check_due_at > timezone.now() + timedelta(days=29)
    assert [one.name for one in row.parties] == ["王*山", "李*河"]
    assert row.sessions[0].attended == "王大山、李二河、覃调解"
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert m.row.state in ("answered", "to_rate")  # visited where the draw says so
    assert "人调" in m.notes[-1].text
    scene.do("mediator", mediating.check, matter, mediation_id=file, kept=True, found="界桩已立")
    assert files.to_check(mediator) == []
    with pytest.raises(WrongState, match="waits to be checked"):
        scene.do("mediator", mediating.check, matter, mediation_id=file, kept=True, found="界桩已立")


def test_violence_makes_it_the_sealed_kind_and_nothing_is_mediated(scene: Scene) -> None:
    matter, file = begun(scene, violence=True)
    with pytest.raises(NotFound):
        queries.matter(scene.as_post("mediator"), matter)
    m = queries.matter(scene.as_post("police"), matter)
    assert (m.row.kind.code, m.row.sealed, m.row.state, m.row.step) == ("A12", True, "reported", "receipt")
    with pytest.raises(NotFound):
        files.mediation(scene.as_post("police"), file)


def test_violence_that_comes_to_light_later_closes_the_file_off(scene: Scene) -> None:
    matter, file = begun(scene)
    mediating.begin(scene.as_post("mediator"), Act.new(), matter_id=matter, violence=True)
    for who in ("mediator", "justice"):
        with pytest.raises(NotFound):
            files.mediation(scene.as_post(who), file)
    assert files.mediation(scene.as_post("police"), file).outcome == "violence"


def test_violence_said_by_another_post_closes_the_file_off(scene: Scene) -> None:
    matter, file = begun(scene)
    mediating.begin(scene.as_post("secretary"), Act.new(), matter_id=matter, violence=True)
    for who in ("mediator", "justice", "secretary"):
        with pytest.raises(NotFound):
            files.mediation(scene.as_post(who), file)
    assert files.mediation(scene.as_post("police"), file).outcome == "violence"


def test_violence_that_comes_to_light_afterwards_closes_the_former_file_off_too(scene: Scene) -> None:
    matter, file = agreed(scene)
    scene.do("mediator", mediating.check, matter, mediation_id=file, kept=False, found="界桩被拔，还动了手")
    scene.do("dispatcher", actions.divert, matter, unit_id=JUSTICE, reason="司法所来调")
    mediating.begin(scene.as_post("justice"), Act.new(), matter_id=matter, violence=True)
    with pytest.raises(NotFound):
        files.mediation(scene.as_post("mediator"), file)
    row = files.mediation(scene.as_post("police"), file)
    assert (row.outcome, row.sealed) == ("agreed", True)


def test_a_second_post_is_told_that_it_is_being_mediated(scene: Scene) -> None:
    matter, _file = begun(scene)
    with pytest.raises(WrongState, match="being mediated already"):
        mediating.begin(scene.as_post("secretary"), Act.new(), matter_id=matter, violence=False, beginning=BOUNDARY)


def test_what_was_not_kept_is_mediated_anew_by_another_post(scene: Scene) -> None:
    matter, file = agreed(scene)
    scene.do("mediator", mediating.check, matter, mediation_id=file, kept=False, found="界桩被拔")
    scene.do("dispatcher", actions.divert, matter, unit_id=id_of("transport_unit"), reason="因挖路而起")
    station = scene.as_post("station")
    answer = mediating.begin(station, Act.new(), matter_id=matter, violence=False, beginning=BOUNDARY)
    first = files.mediation(scene.as_post("mediator"), file)
    assert files.mediation(station, UUID(str(answer["mediation"]))).number == f"{first.number}-2"


def test_a_file_ends_when_its_matter_is_called_up_and_another_begins_anew(scene: Scene) -> None:
    matter, file = begun(scene)
    scene.do("dispatcher", actions.call_up, matter, reason="镇里来调")
    row = files.mediation(scene.as_post("mediator"), file)
    assert (row.outcome, row.ended_at is not None, row.sealed) == ("handed_on", True, False)
    scene.do("dispatcher", actions.divert, matter, unit_id=JUSTICE, reason="司法所来调")
    mediating.begin(scene.as_post("justice"), Act.new(), matter_id=matter, violence=False, beginning=BOUNDARY)


def test_a_file_ends_when_the_person_takes_the_matter_back(scene: Scene) -> None:
    matter, file = begun(scene)
    actions.withdraw(slip_of(matter), Act.new(), matter_id=matter)
    assert files.mediation(scene.as_post("justice"), file).outcome == "handed_on"


def test_a_file_stays_open_while_its_matter_is_paused(scene: Scene) -> None:
    matter, file = begun(scene)
    wanted = actions.Wanted(until=timezone.localdate() + timedelta(days=9), reason="parts", words="等测绘", told="call")
    scene.do("secretary", actions.pause, matter, wanted=wanted)
    assert files.mediation(scene.as_post("mediator"), file).ended_at is None


SEEN = {
    "mediator": True, "justice": True, "secretary": False, "clerk": False, "grid_head": False, "dispatcher": False,
    "county_dispatcher": False, "station": False, "far_dispatcher": False, "police": False,
}  # fmt: skip


@pytest.mark.parametrize("who", SEEN)
def test_who_sees_the_dispute_file(scene: Scene, who: str) -> None:
    _matter, file = begun(scene)
    scope = scene.as_post(who)
    found = {row.id for row in files.mediations(scope)}
    assert (file in found) == SEEN[who]


def test_a_grid_head_sees_what_he_mediates_himself(scene: Scene) -> None:
    matter = scene.report("两家为水沟争吵", kind="A02", place=GRID, by="grid_head")
    answer = mediating.begin(
        scene.as_post("grid_head"), Act.new(), matter_id=matter, violence=False, beginning=BOUNDARY
    )
    file = UUID(str(answer["mediation"]))
    assert files.mediation(scene.as_post("grid_head"), file).matter == matter
    with pytest.raises(NotFound):
        files.mediation(scene.as_post("grid_member"), file)


def test_the_photo_of_the_sheet_is_seen_with_the_file_not_with_the_matter(scene: Scene) -> None:
    _matter, file = agreed(scene)
    assert len(attachments.files_of(scene.as_post("mediator"), file)) == 1
    assert attachments.files_of(scene.as_post("secretary"), file) == ()


def test_a_photo_is_replaced_only_with_a_reason_and_both_are_kept(scene: Scene) -> None:
    _matter, file = agreed(scene)
    mediator = scene.as_post("mediator")
    with pytest.raises(BadInput) as refused:
        mediating.sign(mediator, Act.new(), mediation_id=file, photos=(picture(200),))
    assert "reason" in refused.value.fields
    first = files.mediation(mediator, file).signed
    mediating.sign(mediator, Act.new(), mediation_id=file, photos=(picture(200),), reason="第一张照糊了")
    assert files.mediation(mediator, file).signed != first
    assert len(attachments.files_of(mediator, file)) == 2


def test_nothing_is_concluded_without_words_and_a_signed_sheet(scene: Scene) -> None:
    matter, file = begun(scene)
    mediator = scene.as_post("mediator")
    with pytest.raises(WrongState, match="Write down first"):
        mediating.agree(mediator, Act.new(), matter_id=matter, mediation_id=file)
    with pytest.raises(WrongState, match="no words to sign"):
        mediating.sign(mediator, Act.new(), mediation_id=file, photos=(picture(),))
    mediating.word_agreement(mediator, Act.new(), mediation_id=file, agreement=WORDS)
    with pytest.raises(WrongState, match="signed sheet"):
        mediating.agree(mediator, Act.new(), matter_id=matter, mediation_id=file)


def test_failing_ends_in_words_with_the_ways_that_stay_open(scene: Scene) -> None:
    matter, file = begun(scene)
    ways = "可到县人民法院起诉，或向县农村土地承包仲裁委员会申请仲裁。"
    scene.do("mediator", mediating.fail, matter, mediation_id=file, ways_on=ways)
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert m.notes[-1].text.startswith("调解未达成协议。"), "in the reporter's language"
    assert ways in m.notes[-1].text
    assert files.mediation(scene.as_post("mediator"), file).outcome == "not_agreed"


def test_an_agreement_that_is_not_kept_opens_the_dispute_again(scene: Scene) -> None:
    matter, file = agreed(scene)
    scene.do("mediator", mediating.check, matter, mediation_id=file, kept=False, found="界桩被拔")
    m = queries.matter(scene.as_post("dispatcher"), matter)
    assert (m.row.state, m.row.owner_level, m.row.round) == ("reopened", "township", 2)
    again = files.mediation(scene.as_post("mediator"), file)
    assert (again.kept, again.found) == (False, "界桩被拔")


BAD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("parties", {"parties": (PartySaid(name="王大山"),)}),
    ("method", {"method": "duel"}),
    ("mediator", {"mediator": " "}),
    ("committee", {"committee": ""}),
)


@pytest.mark.parametrize(("field", "changed"), BAD)
def test_refuses_a_beginning_without_what_the_paper_needs(scene: Scene, field: str, changed: dict[str, Any]) -> None:
    matter = scene.report("两家为地界争执", kind="A03", place=VILLAGE)
    scene.do("clerk", actions.accept, matter)
    with pytest.raises(BadInput) as refused:
        mediating.begin(
            scene.as_post("mediator"), Act.new(), matter_id=matter, violence=False,
            beginning=replace(BOUNDARY, **changed),
        )  # fmt: skip
    assert field in refused.value.fields


def test_what_is_no_dispute_is_not_mediated(scene: Scene) -> None:
    matter = scene.report("水管漏水", kind="B01", place=VILLAGE)
    scene.do("clerk", actions.accept, matter)
    with pytest.raises(WrongState, match="Only disputes"):
        mediating.begin(scene.as_post("mediator"), Act.new(), matter_id=matter, violence=False, beginning=BOUNDARY)


def test_the_judicial_office_gives_a_file_to_another_mediator(scene: Scene) -> None:
    _matter, file = begun(scene)
    with pytest.raises(NotAllowed):
        mediating.hand(
            scene.as_post("mediator"), Act.new(), mediation_id=file, post_id=id_of("secretary"), mediator="杨书记"
        )
    mediating.hand(
        scene.as_post("justice"), Act.new(), mediation_id=file, post_id=id_of("secretary"), mediator="杨书记"
    )
    assert files.mediation(scene.as_post("secretary"), file).mediator == "杨书记"


@pytest.mark.parametrize("post", [id_of("clerk"), id_of("station"), UUID(int=7)])
def test_refuses_a_file_to_whoever_does_not_mediate_there(scene: Scene, post: UUID) -> None:
    _matter, file = begun(scene)
    with pytest.raises(BadInput) as refused:
        mediating.hand(scene.as_post("justice"), Act.new(), mediation_id=file, post_id=post, mediator="某人")
    assert "post_id" in refused.value.fields


@pytest.mark.parametrize(("hour", "day"), [(15, 24), (17, 25)])
def test_a_day_is_the_countys_and_none_to_come(scene: Scene, hour: int, day: int) -> None:
    """At 15:00 UTC it is still the 24th there, at 17:00 the 25th."""
    _matter, file = begun(scene)
    mediator = scene.as_post("mediator")

    def at() -> Act:
        return replace(Act.new(), at=datetime(2026, 11, 24, hour, tzinfo=UTC))

    for on, refusal in ((date(2026, 11, day + 1), pytest.raises(BadInput)), (date(2026, 11, day), nullcontext())):
        with refusal:
            mediating.sit(mediator, at(), mediation_id=file, on=on, attended="王大山、李二河")
        with refusal:
            mediating.word_agreement(mediator, at(), mediation_id=file, agreement=replace(WORDS, on=on))
