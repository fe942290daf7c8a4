"""The register's rules in the editor: what records must hold and what the village approves, from a day on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import BadInput
from commongrid.matters import actions
from commongrid.matters.queries import dated
from commongrid.registry import queries
from commongrid.registry.rules.vocabularies import CHANGE_RULES, FIELD_RULES
from tests.factories.desk import COUNTY, Desk, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from commongrid.kernel.dated import Values, Vocabulary
    from tests.bed import Database

EDITOR = scope_at(COUNTY, "worklist.edit", "worklist.read")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def row(of: Vocabulary, key: str) -> tuple[UUID, Values]:
    with acting(EDITOR):
        found = next(one for one in dated.versions(EDITOR, of) if one.key == key)
    return found.id, dict(found.values)


def change(of: Vocabulary, ident: UUID | None, values: Values, on: date | None = None) -> None:
    changes = (Change(row=ident, values=values, on=on or localdate()),)
    actions.change_rules(EDITOR, Act.new(), vocabulary=of.code, changes=changes)


def test_how_long_a_phone_stays_fresh_is_changed_from_a_day_on(desk: Desk) -> None:
    ident, values = row(FIELD_RULES, "person/phone/adults")
    change(FIELD_RULES, ident, values | {"fresh_days": 90})
    with acting(EDITOR):
        days = {one.field: one.fresh_days for one in queries.field_rules(EDITOR, localdate())}
        before = {one.field: one.fresh_days for one in queries.field_rules(EDITOR, date(2020, 1, 1))}
    assert (days["phone"], before["phone"]) == (90, 365)


def test_a_new_field_is_asked_for(desk: Desk) -> None:
    values: Values = {"of": "site", "field": "door", "who": "all", "need": "wanted", "fresh_days": None, "weight": 1}
    change(FIELD_RULES, None, values)
    with acting(EDITOR):
        assert ("site", "door") in {(one.of, one.field) for one in queries.field_rules(EDITOR, localdate())}


@pytest.mark.parametrize(
    ("wrong", "column"),
    [({"field": "religion"}, "field"), ({"who": "elders", "of": "site"}, "who"), ({"weight": 0}, "weight")],
)
def test_what_no_record_has_is_not_asked_for(desk: Desk, wrong: Values, column: str) -> None:
    values: Values = {"of": "site", "field": "door", "who": "all", "need": "wanted", "fresh_days": None, "weight": 1}
    with pytest.raises(BadInput) as refused:
        change(FIELD_RULES, None, values | wrong)
    assert column in refused.value.fields


def test_the_county_says_what_the_village_approves(desk: Desk) -> None:
    ident, values = row(CHANGE_RULES, "left")
    assert values["approve"] is False
    change(CHANGE_RULES, ident, values | {"approve": True, "days": 2})
    with acting(EDITOR):
        found = queries.sorts(EDITOR, localdate())["left"]
    assert (found.approve, found.days) == (True, 2)
