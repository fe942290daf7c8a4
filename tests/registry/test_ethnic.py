"""Ethnic group: off until the county gives a role its power, then sealed, and in no list, rule or file."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import connection

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotAllowed
from commongrid.kernel.scope import ETHNIC
from commongrid.registry import actions, queries
from commongrid.registry.importing.rules.layout import LAYOUTS
from commongrid.registry.models import Correction, Person
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.own_ledgers import SUBJECTS
from commongrid.registry.rules.requests import FIELDS as ASKED
from commongrid.registry.rules.vocabularies import FIELD_RULES
from commongrid.roster.actions.seeds import _rows
from tests.factories.desk import VILLAGE
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet

TURNED_ON = scope_at(VILLAGE, "people.edit", "people.read", "people.reveal", "people.confirm", ETHNIC)
TOLD = Told(on=date(2026, 6, 1), source="本人")


def write(person: UUID, code: str, scope: object = TURNED_ON) -> None:
    fields = actions.Fields(of="person", subject=person, written={"ethnic": code})
    actions.correct(scope, Act.new(), fields=fields, told=TOLD)  # type: ignore[arg-type]


def test_no_role_holds_its_power() -> None:
    assert ETHNIC in {row["code"] for row in _rows("powers")}
    assert ETHNIC not in {row["power"] for row in _rows("role_powers")}


def test_refuses_it_to_everybody_until_the_county_turns_it_on(village: Hamlet) -> None:
    who = village.person(village.home("1"), "周一")
    with pytest.raises(NotAllowed):
        write(who, "06", CLERK)
    reader = scope_at(VILLAGE, "people.edit", "people.read", "people.reveal", "people.confirm")
    with pytest.raises(NotAllowed):
        actions.confirm(reader, Act.new(), of="person", subject=who, fields=("ethnic",), told=TOLD)
    write(who, "06")
    assert not queries.may_reveal(reader, "ethnic")
    with acting(reader), pytest.raises(NotAllowed):
        queries.revealed(reader, who, "ethnic")


def test_it_is_sealed_with_its_history_and_can_be_taken_out(village: Hamlet) -> None:
    who = village.person(village.home("1"), "周一")
    write(who, "06")
    with acting(TURNED_ON), connection.cursor() as cursor:
        assert queries.revealed(TURNED_ON, who, "ethnic") == "06"
        assert queries.person_card(TURNED_ON, who).ethnic == "***"
        row = Correction.objects.get(subject=who, field="ethnic_sealed")
        assert (row.before, row.after) == ("", "")
        assert sealed.unseal(row.after_sealed, "registry_correction", "after_sealed", row.id) == "06"
        cursor.execute("SELECT count(*) FROM registry_person WHERE ethnic_sealed = '06'::bytea")
        assert cursor.fetchone() == (0,)
    write(who, "")
    with acting(TURNED_ON):
        assert not Person.objects.get(id=who).ethnic_sealed
        assert queries.person_card(TURNED_ON, who).ethnic == ""


def test_no_ledger_rule_list_or_request_knows_it() -> None:
    assert not [column.key for columns in SUBJECTS.values() for column in columns if "ethnic" in column.key]
    assert not [column.field for columns in LAYOUTS.values() for column in columns if "ethnic" in column.field]
    assert not [field for fields in ASKED.values() for field in fields if "ethnic" in field]
    assert FIELD_RULES.check is not None
    assert FIELD_RULES.check({"of": "person", "field": "ethnic", "who": "all"})
    assert not FIELD_RULES.check({"of": "person", "field": "native_place", "who": "all"})
