"""What the register refuses, each with its own sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry import actions, queries
from commongrid.registry.actions import Leaving, Recognised
from commongrid.registry.keeping import actions as keeping
from commongrid.registry.rules.facts import Into, NewHome, NewPerson, Told
from commongrid.registry.rules.requests import reported
from tests.factories.desk import COUNTY, GRID, HAMLET
from tests.factories.scopes import scope_at
from tests.refusing import not_so, sentence_of
from tests.registry.conftest import CLERK, DAY

if TYPE_CHECKING:
    from tests.registry.conftest import Hamlet

TOLD = Told(on=DAY)
COUNTY_WIDE = scope_at(COUNTY, "people.erase", "people.file", HARDSHIP, level="county")
LIST = "Choose one of the list."


@pytest.mark.parametrize(
    ("sort", "said", "sentence"),
    [
        ("eclipse", {}, "Choose what happened."),
        ("other", {"words": "长" * 201}, "This is too long"),
        ("born", {"sex": "1"}, "Enter the person's name"),
        ("correct", {"words": "不对"}, "Say which field is wrong"),
        ("split", {"words": " "}, "Please say in a few words"),
    ],
)
def test_a_report_says_what_happened(sort: str, said: dict[str, str], sentence: str) -> None:
    assert sentence_of(reported, sort, said).startswith(sentence)


def test_homes_births_marriages_and_flags(village: Hamlet) -> None:
    home = village.home("1")
    one, child = village.person(home, "周大山"), village.person(home, "周小山", "20", born_on=date(2015, 1, 1))
    new = NewHome(place=GRID, natural_village=HAMLET, number="2")
    born = NewPerson(name="周三", born_on=date(2026, 2, 1))
    flag, into = {"told": TOLD}, {"into": Into(household=home), "told": TOLD}
    assert not_so(CLERK, [
        (actions.found_household, {"new": replace(new, number="1")}, "The natural village has a household"),
        (actions.found_household, {"new": replace(new, natural_village=GRID)}, "Choose a natural village"),
        (actions.found_household, {"new": replace(new, door="门" * 121)}, "At most 120 characters."),
        (actions.found_household, {"new": replace(new, lon=181.0, lat=26.0)}, "This point is not on the"),
        (actions.born, {**into, "child": born}, "The child was born on the day of the birth."),
        (actions.born, {"into": Into(household=village.home("3")), "told": TOLD, "child": NewPerson(name="周四")},
         "Nobody lives in this household."),
        (actions.married, {**into, "person_id": one, "spouse_id": one}, "Choose two people."),
        (actions.married, {**into, "person_id": one, "spouse_id": child}, "Nobody marries before 18"),
        (actions.flag, {**flag, "what": Recognised(type_code="eclipse", person=one)}, LIST),
        (actions.flag, {**flag, "what": Recognised(type_code="migrant_out", person=one)}, "This flag belongs"),
        (actions.flag, {**flag, "what": Recognised(type_code="migrant_out")}, "Say whom it is about."),
    ]) == []  # fmt: skip
    reader = replace(CLERK, powers=CLERK.powers | {"people.reveal"})
    with acting(reader):
        assert sentence_of(queries.revealed, reader, one, "display_name") == "Choose what to show."


def test_moves_partings_and_what_is_recognised(village: Hamlet) -> None:
    home, (head, wife, son, old) = village.family()
    lone = village.person(village.home("2"), "郑五")
    new, early = NewHome(place=GRID, natural_village=HAMLET, number="3"), Told(on=date(2026, 2, 1))
    of: dict[str, Any] = {"household_id": home, "told": TOLD}
    into: dict[str, Any] = {"into": Into(household=home), "told": TOLD}
    veteran: dict[str, Any] = {"what": Recognised(type_code="veteran", person=head), "told": TOLD}
    away: dict[str, Any] = {"person_id": son, "to": "广东", "told": TOLD}
    given = UUID(actions.flag(CLERK, Act.new(), **veteran)["flag"])
    assert not_so(CLERK, [
        (actions.moved, into | {"person_id": head}, "The person lives in this household already."),
        (actions.married, into | {"person_id": head, "spouse_id": lone}, "The register says that one of them"),
        (actions.returned, {"person_id": son, "told": TOLD}, "The register does not have this person as away."),
        (actions.split, of | {"leaving": Leaving(people=(head, wife, son, old), head=head, home=new)}, "Nobody would"),
        (actions.split, of | {"leaving": Leaving(people=(lone,), head=lone, home=new)}, "Choose people who live"),
        (actions.split, of | {"leaving": Leaving(people=(son,), head=old, home=new)}, "The head of the new household"),
        (actions.merge_households, into | {"household_id": home}, "Choose another household to merge into."),
        (actions.set_head, of | {"person_id": lone}, "Choose people who live"),
        (actions.set_head, of | {"person_id": son, "told": early}, "This is before the person came"),
        (actions.flag, veteran, "The record has this flag already."),
        (actions.flag, {"what": Recognised(type_code="sudden", household=home), "told": TOLD}, "Only the procedure"),
        (actions.unflag, {"flag_id": given, "told": early}, "This is before the flag began."),
    ]) == []  # fmt: skip
    actions.left_for_work(CLERK, Act.new(), **away)
    assert not_so(CLERK, [(actions.left_for_work, away, "The register has this person as away already.")]) == []


def test_erasing_and_handing_a_file_out(village: Hamlet) -> None:
    one = village.person(village.home("1"), "周大山")
    erase = {"person_id": one}
    assert not_so(COUNTY_WIDE, [
        (keeping.erase_person, erase | {"why": keeping.Why(basis="purpose", reason="要求")}, "This record is in use."),
        (keeping.erase_person, erase | {"why": keeping.Why(basis="whim", reason="要求")}, "Choose the legal basis."),
        (keeping.erase_person, erase | {"why": keeping.Why(basis="purpose", reason=" ")}, "Please say why"),
        (keeping.give_file, erase | {"shown_by": "wink"}, "Say how they showed who they are."),
    ]) == []  # fmt: skip
    assert village.read(one).erased_at is None
