"""Two records of one person: found at night, joined with both histories, told apart for good, taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.pinyin import sort_key
from commongrid.kernel.refusals import BadInput, NotAllowed, NotFound, NotYours, WrongState
from commongrid.kernel.scope import clock
from commongrid.registry import actions as registry
from commongrid.registry.joining import actions, queries
from commongrid.registry.joining.jobs import find_suspects
from commongrid.registry.models import Flag, HardshipFlag, Membership, Person, RegisteredHousehold, Site, Stay
from commongrid.registry.queries import changes_of
from commongrid.registry.rules.facts import Told
from tests.factories.desk import COUNTY, FAR_VILLAGE, GRID, HAMLET, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, id_of
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws
from tests.registry.importing.making import number, person
from tests.registry.importing.test_taking import counts, send, take

if TYPE_CHECKING:
    from tests.bed import Database

POWERS = ("people.edit", "people.read", "people.join", "people.hardship")
OFFICE = scope_at(TOWNSHIP, *POWERS)
BORN = date(1980, 1, 1)
TOLD = Told(on=date(2026, 6, 1), source="本人说明")


def join(kept: UUID, ended: UUID, scope: Any = OFFICE, **more: Any) -> UUID:
    act = Act.new()
    actions.join(scope, act, twins=actions.Twins(kept=kept, ended=ended, **more), told=TOLD)
    return act.id


def two(village: Hamlet) -> tuple[UUID, UUID]:
    """One person with a number in household 1, and the head of household 2 with a phone; the wife lives there too."""
    one = village.person(village.home("1"), "周大山", born_on=BORN, id_number=number(1))
    home = village.home("2")
    other = village.person(home, "周大山", born_on=BORN, phone="13812345678", education="70")
    village.person(home, "吴花", "10", sex="2", born_on=date(1982, 1, 1))
    return one, other


def read(ident: UUID) -> Person:
    with acting(OFFICE):
        return Person.objects.get(id=ident)


def test_one_goes_on_with_what_the_other_knew_and_both_histories_stay(village: Hamlet) -> None:
    one, other = two(village)
    registry.flag(OFFICE, Act.new(), what=registry.Recognised(type_code="veteran", person=other), told=Told(on=DAY))
    registry.flag(OFFICE, Act.new(), what=registry.Recognised(type_code="disabled", person=other), told=Told(on=DAY))
    act = join(one, other)
    kept, ended = read(one), read(other)
    assert (kept.education, kept.phone_index is not None, kept.id_index is not None) == ("70", True, True)
    assert (ended.state, ended.merged_into, ended.household_id) == ("merged", one, None)
    assert broken_laws() == []
    with acting(OFFICE):
        assert [line.name for line in journal.history(OFFICE, other)][-1] == "registry.people_joined"
        assert {change.field for change in changes_of(OFFICE, other)} >= {"*", "state", "merged_into"}
        marks = [table.objects.get(person_id=one, to_on=None).type_code for table in (Flag, HardshipFlag)]
        assert queries.joined_from(OFFICE, one) == [other]
    assert marks == ["veteran", "disabled"]

    registry.undo(OFFICE, Act.new(), done=act, told=TOLD)
    assert (read(other).state, read(one).phone_index, read(other).as_in_home) == ("here", None, "02")
    assert broken_laws() == []
    with acting(OFFICE):
        assert not Flag.objects.filter(person_id=one).exists()


def test_the_next_list_knows_who_was_joined_by_the_number(village: Hamlet) -> None:
    one = village.person(village.home("1"), "周大山", born_on=BORN)
    other = village.person(village.home("2"), "周大山", born_on=BORN, id_number=number(1))
    join(one, other)
    upload = send(person(number="1", name="周大山", id_number=number(1), education="初中"))
    assert counts(take(upload)) == (0, 1, 0, 0, 0)
    assert read(one).education == "70"


def test_a_post_holder_without_a_home_gets_the_others(village: Hamlet) -> None:
    home = village.home("1")
    lived = village.person(home, "朱文书", born_on=BORN, id_number=number(3))
    son = village.person(home, "朱小", "20", born_on=date(2010, 1, 1))
    join(id_of("clerk_person"), lived)
    kept = read(id_of("clerk_person"))
    assert (kept.household_id, kept.as_in_home, kept.born_on) == (home, "02", BORN)
    assert village.read_home(home).head_id == kept.id
    assert read(son).as_in_home == "20"
    assert broken_laws() == []


def test_who_alone_lived_there_leaves_no_household_behind(village: Hamlet) -> None:
    one = village.person(village.home("1"), "周大山", born_on=BORN)
    home = village.home("2")
    other = village.person(home, "周大山", born_on=BORN)
    join(one, other)
    assert village.read_home(home).state == "ended"
    assert broken_laws() == []


def test_in_one_household_the_head_stays_the_same_person(village: Hamlet) -> None:
    home = village.home("1")
    head = village.person(home, "周大山", born_on=BORN)
    twin = village.person(home, "周大山", "97", born_on=BORN, id_number=number(1))
    join(twin, head)
    assert (village.read_home(home).head_id, read(twin).as_in_home) == (twin, "02")
    assert broken_laws() == []


def test_what_can_not_be_joined_is_refused(village: Hamlet) -> None:
    one, other = two(village)
    third = village.person(village.home("3"), "周大山", born_on=BORN, id_number=number(2))
    with pytest.raises(BadInput):
        join(one, one)
    with pytest.raises(BadInput, match="two people"):
        join(one, third)
    with pytest.raises(WrongState, match="signs in"):
        join(other, id_of("clerk_person"))
    with pytest.raises(WrongState):
        join(one, other, seen=(1, 99))
    with pytest.raises(NotAllowed):
        join(one, other, scope=scope_at(TOWNSHIP, "people.join"))
    with pytest.raises(NotYours):
        join(one, other, scope=scope_at(FAR_VILLAGE, *POWERS))
    assert read(other).state == "here"


def test_suspects_are_found_once_and_told_apart_for_good(village: Hamlet) -> None:
    one, other = two(village)
    village.person(village.home("4"), "周大衫", born_on=BORN)
    village.person(village.home("5"), "朱文书", born_on=date(1990, 1, 1))
    assert find_suspects() == 4
    assert find_suspects() == 0
    rows = {frozenset(row.names): row for row in queries.suspects(OFFICE)[0]}
    assert {row.reason for row in rows.values()} == {"birth", "sound", "post"}
    with pytest.raises(BadInput):
        actions.tell_apart(OFFICE, Act.new(), suspect_id=rows[frozenset(["周大山"])].id, why=" ")
    actions.tell_apart(OFFICE, Act.new(), suspect_id=rows[frozenset(["周大山"])].id, why="同名的堂兄弟")
    assert find_suspects() == 0
    assert frozenset(["周大山"]) not in {frozenset(row.names) for row in queries.suspects(OFFICE)[0]}
    with pytest.raises(WrongState):
        actions.tell_apart(OFFICE, Act.new(), suspect_id=rows[frozenset(["周大山"])].id, why="again")
    with pytest.raises(NotFound):
        queries.suspect(scope_at(FAR_VILLAGE, *POWERS), rows[frozenset(["周大山"])].id)
    assert read(one).state == read(other).state == "here"


def test_a_village_can_not_take_back_a_join_nor_leave_hidden_marks_on_the_wrong_record(village: Hamlet) -> None:
    one, other = two(village)
    act = join(one, other)
    with pytest.raises(NotAllowed):
        registry.undo(CLERK, Act.new(), done=act, told=TOLD)
    assert read(other).state == "merged"


def test_a_pair_that_was_joined_and_taken_apart_again_waits_again(village: Hamlet) -> None:
    one, other = two(village)
    find_suspects()
    act = join(one, other)
    with acting(OFFICE):
        assert queries.suspects(OFFICE) == ([], False)
    registry.undo(OFFICE, Act.new(), done=act, told=TOLD)
    with acting(OFFICE):
        waiting = [set(row.names) for row in queries.suspects(OFFICE)[0]]
    assert waiting == [{"周大山"}]


def test_pairs_whose_records_are_gone_hide_nobody_who_waits(village: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    gone = tuple(
        queries.Pair(first=UUID(int=n), second=UUID(int=n + 100), place=TOWNSHIP, reason="birth") for n in range(1, 10)
    )
    actions.keep_suspects(clock("registry.suspects", "people.join"), Act.new(), found=gone)
    two(village)
    assert find_suspects() == 1
    assert [row.names for row in queries.suspects(OFFICE)[0]] == [("周大山", "周大山")]


def test_twins_who_come_within_the_hour_are_found_in_the_same_hour(village: Hamlet) -> None:
    two(village)
    now = Act.new().at
    assert find_suspects(now) == 1
    village.person(village.home("3"), "周大山", born_on=BORN)
    assert find_suspects(now) == 2


def test_the_list_has_pages(village: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    two(village)
    village.person(village.home("4"), "周大衫", born_on=BORN)
    found = find_suspects()
    seen = [queries.suspects(OFFICE, page) for page in range(1, found + 2)]
    assert [more for _, more in seen] == [True] * (found - 1) + [False, False]
    assert len({row.id for rows, _ in seen for row in rows}) == found


def test_across_townships_the_county_joins_and_either_side_sees_its_part(village: Hamlet, database: Database) -> None:
    far = scope_at(OTHER_TOWNSHIP, *POWERS, "journal.read")
    here = scope_at(TOWNSHIP, *POWERS, "journal.read")
    county = scope_at(COUNTY, *POWERS, "journal.read")
    one, _ = two(village)
    other = new_id()
    with database.as_role("owner") as owner:
        insert(
            owner, "Person", id=other, display_name="周大山", sort_key=sort_key("周大山"), place=FAR_VILLAGE,
            born_on=BORN, state="here",
        )  # fmt: skip
    find_suspects()
    across = {row.id for row in queries.suspects(county)[0] if row.place == COUNTY}
    assert len(across) == 2, "the far one resembles both here"
    assert not across & {row.id for scope in (here, far) for row in queries.suspects(scope)[0]}
    act = Act.new()
    now, told = act.at, Told(on=localdate(act.at), source="两镇电话核对")
    actions.join(county, act, twins=actions.Twins(kept=one, ended=other), told=told)
    assert [(each.id, each.ended) for each in queries.joined_across(here, now)] == [(one, False)]
    assert [(each.id, each.ended) for each in queries.joined_across(far, now)] == [(other, True)]
    assert queries.joined_across(county, now) == []
    assert queries.went_on(far, other) == (one, False)
    assert queries.went_on(county, other) == (one, True)


def test_everything_that_hangs_on_the_record_goes_along(village: Hamlet) -> None:
    one, other = two(village)
    with acting(OFFICE):
        wife = Person.objects.get(display_name="吴花").id
    new = registry.NewBooklet(place=HAMLET, number="B1")
    booklet = UUID(registry.open_booklet(OFFICE, Act.new(), new=new, told=Told(on=DAY))["booklet"])
    for who, role in ((other, "02"), (wife, "10")):
        registry.enrol(OFFICE, Act.new(), person_id=who, booklet_id=booklet, as_to_head=role, told=Told(on=DAY))
    fields = registry.Fields(of="person", subject=other, written={"bank": "6228480402564890018"})
    registry.correct(OFFICE, Act.new(), fields=fields, told=Told(on=DAY))
    made = {}
    for of, said in (
        ("organisation", {"kind": "41", "name": "合作社"}), ("site", {"kind": "11", "name": "房", "owner": str(other)}),
    ):  # fmt: skip
        holding = registry.NewHolding(of=of, place=GRID, written=said)
        made[of] = UUID(registry.add_holding(OFFICE, Act.new(), new=holding, told=Told(on=DAY))[of])
    registry.join(
        OFFICE, Act.new(), organisation_id=made["organisation"], person_id=other, duty="leader", told=Told(on=DAY)
    )
    hangs = _hangs(other)
    act = join(one, other)
    assert read(one).bank_sealed is not None
    assert _hangs(one) == hangs
    assert (_hangs(other), read(one).registered_place) == ((None, "02", 0, 0, 0, 0), HAMLET)
    registry.undo(OFFICE, Act.new(), done=act, told=TOLD)
    assert _hangs(other) == hangs
    assert _hangs(one) == (None, "", 0, 0, 0, 0)


def test_a_record_in_office_or_on_offer_does_not_end_in_another(village: Hamlet, database: Database) -> None:
    one, other = two(village)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_person SET account_id = NULL WHERE id = %s", [id_of("grid_member_person")])
    with pytest.raises(WrongState, match="holds a post"):
        join(one, id_of("grid_member_person"))
    registry.offer_record(CLERK, Act.new(), person_id=other, to_place=OTHER_VILLAGE, note="", told=Told(on=DAY))
    with pytest.raises(WrongState, match="waits for a decision"):
        join(one, other)


def _hangs(person: UUID) -> tuple[UUID | None, str, int, int, int, int]:
    """Booklet and place in it, booklets headed, stays as such a head, duties and houses."""
    with acting(OFFICE):
        who = Person.objects.get(id=person)
        return (
            who.booklet_id, who.as_in_booklet, RegisteredHousehold.objects.filter(head_id=person).count(),
            Stay.objects.filter(person_id=person, sort="registered", head=True, to_on=None).count(),
            Membership.objects.filter(person_id=person, to_on=None).count(),
            Site.objects.filter(owner_id=person).count(),
        )  # fmt: skip
