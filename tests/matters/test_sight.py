"""Who sees what: sealed kinds, complaints, confidential reporters, restricted words, slips, the public."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import NotAllowed, NotFound, Refusal, WrongState
from commongrid.kernel.scope import public, slip
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Contact, Report, code_of
from commongrid.matters.models import Escalation, Matter, Note, Party, PublicFace, Rating
from commongrid.matters.queries import listing
from tests.factories import desk
from tests.factories.scenes import Scene
from tests.matters.test_loop import row, slip_of
from tests.proof.probes import become

ANYONE = public("matters.report")
VIOLENCE, MINORS, AFFAIRS, CONDUCT, FAMILY = "A12", "D13", "I99", "I05", "A01"
EVERYONE = (
    "county_dispatcher", "supervisor", "county_leader", "dispatcher", "township_principal", "secretary", "clerk",
    "grid_head", "grid_member", "station", "department", "mediator", "roads",
)  # fmt: skip


def tell(kind: str, *, place: int = desk.GRID, contact: Contact | None = None, **more: object) -> UUID:
    """Somebody without a post reports."""
    told = Report(
        kind_code=kind,
        place=place,
        text="说不得的事",
        contact=contact or Contact(name="李小芳", phone="13812341234"),
        **more,  # type: ignore[arg-type]
    )
    return UUID(actions.report(ANYONE, Act.new(), report=told)["matter"])


def sees(scene: Scene, name: str, matter: UUID) -> bool:
    """Whether raw reads in this post's scope find anything of the matter."""
    with acting(scene.as_post(name)):
        return any((
            Matter.objects.filter(id=matter).exists(), Party.objects.filter(matter_id=matter).exists(),
            Note.objects.filter(matter_id=matter).exists(), Escalation.objects.filter(matter_id=matter).exists(),
            PublicFace.objects.filter(id=matter).exists(),
        ))  # fmt: skip


@pytest.mark.parametrize(("kind", "competent"), [(VIOLENCE, "police"), (MINORS, "police"), (CONDUCT, "discipline")])
def test_refuses_sealed_kinds_to_everyone_but_the_competent_body(scene: Scene, kind: str, competent: str) -> None:
    matter = tell(kind)
    assert [name for name in EVERYONE if sees(scene, name, matter)] == []
    assert sees(scene, competent, matter)
    detail = queries.matter(scene.as_post(competent), matter)
    assert detail.may == ("receipt", "hand_on", "unseal")
    for name in ("dispatcher", "secretary", "county_dispatcher"):
        with pytest.raises(NotFound):
            scene.do(name, actions.accept, matter)
        assert all("kind" not in line.facts for line in history(scene.as_post(name), matter))
    scene.do(competent, actions.receipt, matter)
    with acting(scene.as_post(competent)):
        assert Matter.objects.get(id=matter).outcome == "handed_over"


def test_sealed_by_staff_leaves_their_sight_too(scene: Scene) -> None:
    told = Report(kind_code=VIOLENCE, place=desk.GRID, text="夜里有人求救")
    matter = UUID(actions.report(scene.as_post("clerk"), Act.new(), report=told)["matter"])
    assert not sees(scene, "clerk", matter)
    assert sees(scene, "police", matter)


def test_sorted_into_a_sealed_kind_leaves_the_dispatchers_sight(scene: Scene) -> None:
    matter = tell("Z00")
    assert sees(scene, "dispatcher", matter)
    scene.do("dispatcher", actions.accept, matter, kind_code=VIOLENCE)
    assert [name for name in EVERYONE if sees(scene, name, matter)] == []
    assert queries.matter(scene.as_post("police"), matter).may == ("receipt", "hand_on", "unseal")


def test_refuses_a_complaint_to_the_village_it_is_about(scene: Scene) -> None:
    matter = tell(AFFAIRS)
    below = ("secretary", "clerk", "grid_head", "grid_member", "mediator")
    assert [name for name in below if sees(scene, name, matter)] == []
    assert sees(scene, "dispatcher", matter)
    scene.do("dispatcher", actions.accept, matter)
    with pytest.raises(Refusal):
        scene.do("dispatcher", actions.divert, matter, place=desk.VILLAGE, reason="村里自己办")
    assert queries.suggestions(scene.as_post("dispatcher"), matter)
    assert all(one.place != desk.VILLAGE for one in queries.suggestions(scene.as_post("dispatcher"), matter))


def test_sorted_into_a_complaint_leaves_the_villages_sight(scene: Scene) -> None:
    told = Report(kind_code="G03", place=desk.VILLAGE, text="书记家门口的路灯")
    matter = UUID(actions.report(ANYONE, Act.new(), report=told)["matter"])
    scene.do("clerk", actions.accept, matter, kind_code=AFFAIRS)
    assert not sees(scene, "clerk", matter) or _only_its_face(scene, matter)
    assert sees(scene, "dispatcher", matter)


def _only_its_face(scene: Scene, matter: UUID) -> bool:
    with acting(scene.as_post("clerk")):
        return not Matter.objects.filter(id=matter).exists() and not Party.objects.filter(matter_id=matter).exists()


def test_confidential_reporters_are_known_to_the_centre_and_hidden_below(scene: Scene) -> None:
    matter = tell("G03", confidential=True)
    assert queries.matter(scene.as_post("clerk"), matter).parties == ()
    assert [party.part for party in queries.matter(scene.as_post("dispatcher"), matter).parties] == ["reporter"]


def test_confidential_matters_are_shown_no_finer_than_the_village(scene: Scene) -> None:
    matter = tell("G03", confidential=True)
    seen = queries.matter(scene.as_post("clerk"), matter)
    assert (seen.row.place, seen.row.owner_level) == (desk.VILLAGE, "township"), "whoever reads it has it first"
    with pytest.raises(NotAllowed):
        scene.do("clerk", actions.accept, matter)
    with acting(scene.as_post("grid_head")):
        assert not Matter.objects.filter(id=matter).exists()
    assert queries.revealed(scene.as_post("dispatcher"), matter, "reporter", "where") == str(desk.GRID)


LATER = "夜里十一点倒的，从我家后门看得见"


def reads(scene: Scene, name: str, matter: UUID) -> bool:
    """Whether raw reads in this post's scope find what was said later."""
    with acting(scene.as_post(name)):
        found = (*Note.objects.filter(matter=matter).values_list("text", flat=True),
                 *Rating.objects.filter(matter=matter).values_list("words", flat=True))  # fmt: skip
        return any(LATER in text for text in found)


def test_what_is_said_later_of_a_confidential_matter_is_for_the_centre_too(scene: Scene) -> None:
    again = scene.report("往河里倒东西", kind="G02", confidential=True)
    scene.do("dispatcher", actions.reject, again, reason="请向环保部门反映")
    actions.ask_again(slip_of(again), Act.new(), matter_id=again, words=LATER)
    taken = scene.report("往河里倒东西", kind="G02", confidential=True)
    scene.do("dispatcher", actions.withdraw_for, taken, told="李小芳", came="counter", words=LATER)
    rated = scene.answered("往河里倒东西", kind="G02", confidential=True)
    actions.rate(slip_of(rated), Act.new(), matter_id=rated, solved=True, satisfied=True, words=LATER)
    jobs.ratings(timezone.now() + timedelta(days=100))
    for matter in (again, taken, rated):
        assert [name for name in ("clerk", "secretary", "station") if reads(scene, name, matter)] == []
        assert reads(scene, "dispatcher", matter)
    with acting(scene.as_post("station")):
        assert Rating.objects.get(matter=rated).satisfied


def test_words_beside_a_rating_in_confidence_come_no_earlier_than_the_rating(scene: Scene) -> None:
    matter = scene.at_township("往河里倒东西", kind="G02", confidential=True)
    scene.do("dispatcher", actions.start, matter)
    scene.do("dispatcher", actions.answer, matter, answer="已清理")
    actions.rate(slip_of(matter), Act.new(), matter_id=matter, solved=True, satisfied=False, words=LATER)
    assert not reads(scene, "dispatcher", matter)
    assert reads(scene, "county_dispatcher", matter)


def test_sorted_into_a_complaint_by_the_township_leaves_the_villages_sight_too(scene: Scene) -> None:
    matter = tell("Z00")
    assert sees(scene, "clerk", matter)
    scene.do("dispatcher", actions.accept, matter, kind_code=AFFAIRS)
    assert not sees(scene, "clerk", matter)
    assert (row(matter).place, row(matter).owner_level) == (desk.TOWNSHIP, "township")
    assert queries.revealed(scene.as_post("dispatcher"), matter, "reporter", "where") == str(desk.GRID)
    with pytest.raises(Refusal):
        scene.do("dispatcher", actions.divert, matter, place=desk.VILLAGE, reason="村里自己办")


def test_confidential_and_sorted_into_a_complaint_keeps_its_reporter(scene: Scene) -> None:
    matter = tell("G03", confidential=True)
    scene.do("dispatcher", actions.accept, matter, kind_code=AFFAIRS)
    assert not sees(scene, "clerk", matter) or _only_its_face(scene, matter)
    with acting(scene.as_post("dispatcher")):
        assert Party.objects.get(matter_id=matter).name_sealed is not None


@pytest.mark.parametrize("table", ["order", "note", "party", "visit", "rating", "supervision", "escalation"])
def test_refuses_the_public_to_touch_the_steps_of_a_matter(scene: Scene, table: str) -> None:
    matter = scene.in_hand("路边的护栏", contact=Contact(name="李小芳", phone="13812341234"))
    for kind in (ANYONE, slip(slip_hash(settings.KEYS.slip, code_of(UUID(int=7))), "matters.rate")):
        with psycopg.connect(scene.desk.database.url("app")) as app, suppress(psycopg.errors.InsufficientPrivilege):
            become(app, kind)
            assert app.execute(f"DELETE FROM matters_{table}".encode()).rowcount == 0
    assert queries.matter(scene.as_post("dispatcher"), matter).orders


def test_contacts_are_masked_and_revealed_to_those_who_need_them(scene: Scene) -> None:
    matter = tell("G03")
    (party,) = queries.matter(scene.as_post("clerk"), matter).parties
    assert (party.name, party.phone) == ("李*芳", "138****1234")
    assert queries.revealed(scene.as_post("clerk"), matter, "reporter", "phone") == "13812341234"
    with pytest.raises(NotFound):
        queries.revealed(scene.as_post("far_clerk"), matter, "reporter", "phone")
    with scene.desk.database.as_role("owner") as owner:
        stored = owner.execute(
            "SELECT name_sealed, phone_sealed FROM matters_party WHERE matter_id = %s", [matter]
        ).fetchone()
    assert stored is not None
    assert all(b"13812341234" not in bytes(value) and "李".encode() not in bytes(value) for value in stored)


def test_restricted_words_are_for_those_who_work_on_it(scene: Scene) -> None:
    matter = tell(FAMILY)
    leader = queries.matter(scene.as_post("county_leader"), matter)
    assert leader.row.id == matter
    assert queries.matter(scene.as_post("grid_head"), matter).text == "说不得的事"
    with pytest.raises(NotFound):
        queries.matter(scene.as_post("far_clerk"), matter)


def test_restricted_words_stay_with_those_who_work_on_it_now(scene: Scene) -> None:
    """A request for aid is the township's: village and grid know it is there, and while a visit is due whom to see."""
    matter = tell("B09")

    def reads(name: str) -> tuple[bool, bool]:
        found = queries.matter(scene.as_post(name), matter)
        shown = found.text != ""
        assert shown == (found.row.title != "") == bool(found.parties) == ("说不得" in found.text)
        try:
            queries.revealed(scene.as_post(name), matter, "reporter", "phone")
        except NotFound:
            assert not found.reachable
            return shown, False
        assert found.reachable
        return shown, True

    below = ("clerk", "grid_head", "grid_member")
    assert [reads(name) for name in below] == [(False, False)] * 3
    assert reads("dispatcher") == (True, True)
    scene.do("dispatcher", actions.accept, matter)
    scene.do("dispatcher", actions.divert, matter, unit_id=desk.id_of("transport_unit"), reason="先由该站核实")
    scene.do("station", actions.start, matter)
    assert reads("station") == (True, True)
    assert [reads(name)[0] for name in below] == [False] * 3
    scene.do("station", actions.answer, matter, answer="已办")
    scene.do("dispatcher", actions.pass_on, matter, answer="已办")
    assert [reads(name) for name in below] == [(True, True), (False, True), (False, True)]
    scene.do("clerk", actions.visit, matter, result="asked", mode="phone", answers=(True, True, ""))
    assert [reads(name) for name in below] == [(False, False)] * 3
    assert reads("dispatcher") == (True, True), "it has still to be filed"
    scene.do("dispatcher", actions.close, matter, note="已归档")
    assert reads("dispatcher") == (True, False)
    assert [reads(name) for name in below] == [(False, False)] * 3


def test_words_hidden_from_a_reader_are_not_found_by_searching(scene: Scene) -> None:
    matter = tell(FAMILY)
    with scene.desk.database.as_role("owner") as owner:
        owner.execute(
            "UPDATE roster_post SET role_id = 'township_team' WHERE id = %s", [desk.id_of("township_principal")]
        )
    looking, working = scene.as_post("township_principal"), scene.as_post("grid_head")
    assert [row.id for row in queries.search(working, "说不得")] == [matter]
    assert queries.search(looking, "说不得") == []
    assert queries.queue(looking, queries.Filters(text="说不得")).rows == ()
    assert [row.id for row in queries.queue(looking).rows] == [matter]


def found_by(scene: Scene, name: str, how: str, text: str) -> set[UUID]:
    """What a search function of the database tells a post, asked by raw SQL."""
    with acting(scene.as_post(name)), connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s, 0, %s, 100)", [text, 10**15])
        return {one for (one,) in cursor.fetchall()}


def test_refuses_to_let_a_search_tell_of_what_a_post_never_sees(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed kinds, and complaints about oneself or one's unit: by words of the title and by the number."""
    plain = scene.at_township("涵洞塌了", kind="G02")
    sealed, person, unit = (scene.at_township("涵洞塌了", kind="G02") for _ in range(3))
    with scene.desk.database.as_role("owner") as owner:
        change = "UPDATE matters_matter SET opened_at = now(), {} WHERE id = %s"
        owner.execute(change.format("sealed = true, unit_id = %s"), [desk.id_of("police_unit"), sealed])
        owner.execute(change.format("accused_person_id = %s"), [desk.id_of("dispatcher_person"), person])
        owner.execute(change.format("accused_unit_id = %s"), [desk.id_of("transport_unit"), unit])
        owner.execute("UPDATE matters_matter SET unit_id = %s WHERE id IN (%s, %s)",
                      [desk.id_of("transport_unit"), plain, unit])  # fmt: skip
    seen = {
        "dispatcher": {plain, unit}, "county_dispatcher": {plain, person, unit}, "police": {sealed},
        "station": {plain}, "auditor": set(),
    }  # fmt: skip
    numbers = {one: row(one).number.replace("-", "")[-5:] for one in (plain, sealed, person, unit)}
    for name, matters in seen.items():
        assert found_by(scene, name, "find_matters", "涵洞") == matters, name
        told = {one for one, ending in numbers.items() if one in found_by(scene, name, "find_numbers", ending)}
        assert told == matters, name
    monkeypatch.setattr(listing, "SEARCHED", 1)
    page = scene.desk.sign_in(client, "station").get("/console/search/", {"q": "涵洞"}).content.decode()
    assert row(plain).number in page, "what is hidden takes no place from what is seen"
    assert row(unit).number not in page


def test_a_slip_opens_its_own_matter_alone(scene: Scene) -> None:
    matter, other = tell("G03"), tell("G03")
    own = slip(slip_hash(settings.KEYS.slip, code_of(matter)), "matters.rate")
    assert queries.followed(own).id == matter
    with acting(own):
        assert list(Matter.objects.values_list("id", flat=True)) == [matter]
    with pytest.raises(NotFound):
        actions.withdraw(own, Act.new(), matter_id=other)
    with pytest.raises(WrongState):
        actions.rate(own, Act.new(), matter_id=matter, solved=True, satisfied=True)


def test_a_sealed_slip_shows_a_receipt_and_nothing_else(scene: Scene) -> None:
    matter = tell(VIOLENCE)
    view = queries.followed(slip(slip_hash(settings.KEYS.slip, code_of(matter)), "matters.rate"))
    assert (view.title, view.said, view.owner_zh, view.may_rate, view.may_withdraw) == ("", (), "", False, False)


def test_the_public_sees_faces_of_public_kinds_only(scene: Scene) -> None:
    tell("G03", place=desk.VILLAGE)
    tell(FAMILY)
    faces = queries.similar(ANYONE, place=desk.VILLAGE)
    assert [(face.kind.code, face.place) for face in faces] == [("G03", desk.VILLAGE)]
    with acting(ANYONE):
        assert Matter.objects.count() == 0


def test_powers_come_first(scene: Scene) -> None:
    matter = tell("G03")
    with pytest.raises(NotAllowed):
        scene.do("county_leader", actions.accept, matter)
    with pytest.raises(NotAllowed):
        scene.do("dispatcher", actions.accept, matter)
    with pytest.raises(NotAllowed):
        actions.accept(ANYONE, Act.new(), matter_id=matter)


LAID = {
    "party": ("(id, matter_id, part, place, hidden_below, language) VALUES (%(id)s, %(matter)s, 'accused', %(place)s,"
              " false, 'zh')"),
    "original": "(id, place, title, text) VALUES (%(matter)s, %(place)s, 'x', 'y')",
    "escalation": ("(id, matter_id, deadline_no, sort, level, place, due_at, at) VALUES (%(id)s, %(matter)s, 99,"
                   " 'told', 'county', %(place)s, now(), now())"),
    "public_face": ("(id, kind_code, place, opened_on, state, series) VALUES (%(id)s, 'G01', %(place)s, current_date,"
                    " 'open', 'asked')"),
    "external_case": ("(id, matter_id, place, system, number) VALUES (%(id)s, %(matter)s, %(place)s, 'petition', '1')"),
}  # fmt: skip
"""What a report brings along, each as one INSERT."""


def test_nobody_lays_a_person_or_a_reminder_beside_a_report_that_is_not_theirs(scene: Scene) -> None:
    """By raw SQL, as the public, as a post far away, and as nobody."""
    values = {"id": Act.new().id, "matter": scene.at_township("桥", kind="G02"), "place": desk.TOWNSHIP}
    with scene.desk.database.as_role("app") as app:
        for who in (public(), scene.as_post("far_clerk"), None):
            for table, statement in LAID.items():
                with app.transaction(force_rollback=True):
                    if who is not None:
                        become(app, who)
                    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                        app.execute(f"INSERT INTO matters_{table} {statement}".encode(), values)
