"""The registered side of a list of people: booklets with their heads, the collective, the bank account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput
from commongrid.registry import actions as registry
from commongrid.registry.importing import actions, queries
from commongrid.registry.models import Person, RegisteredHousehold, Stay
from commongrid.registry.queries import changes_of
from commongrid.registry.rules.facts import Told
from tests.factories.desk import HAMLET, VILLAGE
from tests.registry.conftest import CLERK, DAY, Hamlet, broken_laws
from tests.registry.importing.making import family, person
from tests.registry.importing.test_taking import counts, people, send, take

BANK = "6222021234567890123"


def in_booklet(rows: list[dict[str, object]], booklet: str = "5224-7") -> list[dict[str, object]]:
    """The same rows, all in one booklet as in the household."""
    return [{**one, "booklet": booklet, "as_in_booklet": one["relation"]} for one in rows]


def bank_of(one: Person) -> str:
    return sealed.unseal(one.bank_sealed, "registry_person", "bank_sealed", one.id)


def booklets() -> dict[str, RegisteredHousehold]:
    with acting(CLERK):
        return {one.number: one for one in RegisteredHousehold.objects.all()}


def faults(upload: UUID) -> list[tuple[int, str]]:
    return [(row, code) for row, code, *_ in queries.found(CLERK, upload)["faults"]]


def test_booklets_come_in_are_undone_and_come_in_once_more(village: Hamlet) -> None:
    rows = in_booklet(family(1, 1))
    rows[0] |= {"bank": BANK, "collective": "白沙村"}
    answer = take(send(*rows))
    assert counts(answer) == (3, 0, 0, 0, 1)
    found, booklet = people(), booklets()["5224-7"]
    head = next(one for one in found.values() if one.as_in_home == "02")
    assert {(one.booklet_id, one.registered_place) for one in found.values()} == {(booklet.id, VILLAGE)}
    assert (booklet.head_id, booklet.place, head.collective, bank_of(head)) == (head.id, VILLAGE, VILLAGE, BANK)
    with acting(CLERK):
        stays = Stay.objects.filter(sort="registered")
        assert sorted(stays.values_list("as_to_head", "head")) == [("02", True), ("10", False), ("20", False)]
        assert [one.field for one in changes_of(CLERK, booklet.id)] == ["*"]
    with pytest.raises(BadInput, match="nothing new"):
        take(send(*rows))
    actions.undo_import(CLERK, Act.new(), batch_id=UUID(answer["batch"]), reason="错了")
    assert (people(), booklets()) == ({}, {})
    assert counts(take(send(*rows))) == (3, 0, 0, 0, 1)
    assert broken_laws() == []


def test_who_is_known_gets_booklet_and_account_and_loses_them_when_it_is_undone(village: Hamlet) -> None:
    take(send(*family(1, 1)))
    rows = in_booklet(family(1, 1))
    rows[1] |= {"bank": BANK}
    answer = take(send(*rows))
    assert counts(answer) == (0, 3, 0, 0, 0)
    wife = next(one for one in people().values() if one.as_in_home == "10")
    assert (wife.as_in_booklet, bank_of(wife)) == ("10", BANK)
    assert booklets()["5224-7"].head_id is not None
    rows[1] |= {"bank": BANK[::-1], "as_in_booklet": "其他亲属"}
    again = take(send(*rows))
    assert counts(again) == (0, 1, 2, 0, 0)
    with acting(CLERK):
        assert Stay.objects.get(person_id=wife.id, sort="registered", to_on=None).as_to_head == "97"
    for batch in (again, answer):
        actions.undo_import(CLERK, Act.new(), batch_id=UUID(batch["batch"]), reason="错了")
    assert {(one.booklet_id, one.as_in_booklet, one.bank_sealed) for one in people().values()} == {(None, "", None)}
    assert booklets() == {}
    assert broken_laws() == []


def other_booklet(who: UUID, place: int = VILLAGE) -> None:
    new = registry.NewBooklet(place=place, number="1-1")
    made = registry.open_booklet(CLERK, Act.new(), new=new, told=Told(on=DAY))
    of: dict[str, Any] = {"person_id": who, "booklet_id": UUID(made["booklet"]), "as_to_head": ""}
    registry.enrol(CLERK, Act.new(), **of, told=Told(on=DAY))


def test_nobody_stands_in_two_booklets_and_none_has_two_heads(village: Hamlet) -> None:
    take(send(*family(1, 1)))
    head = next(one for one in people().values() if one.as_in_home == "02")
    other_booklet(head.id)
    rows = in_booklet(family(1, 1))
    assert faults(send(*rows)) == [(2, "booklet_other")]
    assert faults(send(*in_booklet(family(1, 1)[1:], "1-1"))) == []
    second = person(number="1", relation="长子", name="周新", born_on="2010-01-01", booklet="1-1", as_in_booklet="户主")
    assert faults(send(second)) == [(2, "booklet_second_head")]
    assert faults(send({**family(1, 1)[0], "booklet": "1-1", "as_in_booklet": "妻子"})) == [
        (2, "booklet_head_otherwise")
    ]
    twice = in_booklet(family(2, 2))
    twice[1]["as_in_booklet"] = "户主"
    assert faults(send(*twice)) == [(3, "booklet_second_head")]


def test_a_booklet_kept_at_a_natural_village_is_met_and_what_a_row_leaves_empty_stays(village: Hamlet) -> None:
    take(send(*family(1, 1)))
    head = next(one for one in people().values() if one.as_in_home == "02")
    other_booklet(head.id, HAMLET)
    rows = [*in_booklet(family(1, 1), "1-1"), *in_booklet([family(2, 2)[0]], "1-1")]
    rows[3] |= {"as_in_booklet": "其他亲属"}
    answer = take(send(*rows))
    assert counts(answer) == (1, 2, 1, 0, 1)
    booklet = booklets()["1-1"]
    assert len(booklets()) == 1
    assert {(one.booklet_id, one.registered_place) for one in people().values()} == {(booklet.id, HAMLET)}
    with acting(CLERK):
        assert set(Stay.objects.filter(sort="registered").values_list("place", flat=True)) == {HAMLET}
    said = [{**one, "registered_place": "白沙村"} for one in rows]
    with pytest.raises(BadInput, match="nothing new"):
        take(send(*said))


def test_who_left_a_booklet_is_entered_into_it_by_file_once_more(village: Hamlet) -> None:
    take(send(*family(1, 1)))
    take(send(*in_booklet(family(1, 1))))
    wife = next(one for one in people().values() if one.as_in_home == "10")
    registry.strike(CLERK, Act.new(), person_id=wife.id, told=Told(on=localdate()))
    assert counts(take(send(*in_booklet(family(1, 1))))) == (0, 1, 2, 0, 0)
    with acting(CLERK):
        assert Stay.objects.filter(person_id=wife.id, sort="registered").count() == 2


def test_a_booklet_of_another_area_is_not_entered_here(village: Hamlet) -> None:
    rows = [{**one, "registered_place": "990102201201"} for one in in_booklet(family(1, 1))]
    told = faults(send(*rows))
    assert {code for _, code in told} <= {"booklet_elsewhere", "registered_place_unknown", "no_head", "head_out"}
    assert told
