"""The register's rules in the editor: what records must hold and what the village approves, from a day on."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils.timezone import localdate
from psycopg import connect
from psycopg.errors import IntegrityError

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.dated import Change
from commongrid.kernel.refusals import BadInput, NotFound
from commongrid.matters import actions
from commongrid.matters.queries import dated
from commongrid.registry import actions as register
from commongrid.registry import queries
from commongrid.registry.actions import NewHolding
from commongrid.registry.models import Code
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.holdings import ASKED_FOR
from commongrid.registry.rules.vocabularies import CHANGE_RULES, CODE_LISTS, FIELD_RULES, FLAG_TYPES
from tests.factories.desk import COUNTY, GRID, Desk, lay
from tests.factories.scopes import scope_at
from tests.proof.probes import become
from tests.proof.world import insert
from tests.refusing import sentence_of
from tests.registry.conftest import Hamlet

if TYPE_CHECKING:
    from commongrid.kernel.dated import Values, Vocabulary
    from tests.bed import Database

OFFICE = scope_at(COUNTY, "people.edit", "people.read", "people.hardship")
EDITOR = scope_at(COUNTY, "worklist.edit", "worklist.read")
SOLAR: Values = {"list": "thing", "code": "61", "zh": "光伏板", "en": "Solar panel"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def row(of: Vocabulary, key: str) -> tuple[UUID, Values]:
    with acting(EDITOR):
        found = next(one for one in dated.versions(EDITOR, of) if one.key == key)
    return found.id, dict(found.values)


def change(of: Vocabulary, ident: UUID | None, values: Values | None, on: date | None = None) -> None:
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


def test_a_county_adds_a_type_of_flag_and_ends_it(desk: Desk) -> None:
    values: Values = {"code": "drought_2026", "zh": "旱灾受损户", "en": "Hit by the drought", "group": "assistance",
                      "of": "household", "sensitive": True}  # fmt: skip
    change(FLAG_TYPES, None, values)
    ident, kept = row(FLAG_TYPES, "drought_2026")
    for column, other in (("sensitive", False), ("of", "person")):
        with pytest.raises(BadInput) as refused:
            change(FLAG_TYPES, ident, kept | {column: other})
        assert column in refused.value.fields
    change(FLAG_TYPES, ident, kept | {"zh": "旱灾户"}, localdate() + timedelta(days=9))
    with acting(OFFICE):
        named = {one.code: one.zh for one in queries.flag_types(OFFICE, "household")}
    assert named["drought_2026"] == "旱灾受损户"
    ident, _values = row(FLAG_TYPES, "veteran")
    change(FLAG_TYPES, ident, None)
    with acting(OFFICE):
        assert "veteran" not in {one.code for one in queries.flag_types(OFFICE, "person")}
        assert queries.flag_words(OFFICE)["veteran"].zh


def test_the_type_that_a_procedure_gives_does_not_end(desk: Desk) -> None:
    ident, _values = row(FLAG_TYPES, "sudden")
    with pytest.raises(BadInput, match="procedure"):
        change(FLAG_TYPES, ident, None)


def test_the_database_keeps_hardship_out_of_the_open_flags(desk: Desk) -> None:
    home = Hamlet().home("1")
    with desk.database.as_role("owner") as owner:
        for code, refused in (("relocation", True), ("dibao", True), ("veteran", False)):
            flag = {"id": Act.new().id, "type_code": code, "household": home, "place": GRID, "from_on": localdate()}
            with pytest.raises(IntegrityError, match="no open flag") if refused else nullcontext():
                insert(owner, "Flag", **flag)


def test_the_database_keeps_what_a_type_of_flag_is(desk: Desk) -> None:
    scope = f"SET LOCAL cg.kind='post'; SET LOCAL cg.lo='{COUNTY}'; SET LOCAL cg.hi='{COUNTY + 999999999}'"
    with desk.database.as_role("app") as app:
        for words, refused in (("sensitive = false", True), ("code = 'dibao_2026'", True), ("zh = '低保户'", False)):
            with pytest.raises(IntegrityError, match="stays") if refused else nullcontext(), app.transaction():
                app.execute(scope)
                done = app.execute(f"UPDATE registry_flag_type SET {words} WHERE code = 'dibao'")
                assert done.rowcount == 1


def things(*also: str) -> dict[str, str]:
    """The kinds of things that a form offers."""
    with acting(OFFICE):
        return {one.code: one.zh for one in queries.codes(OFFICE, "thing", also=also)["thing"].values()}


def add(kind: str) -> UUID:
    new = NewHolding(of="thing", place=GRID, written={"kind": kind})
    return UUID(register.add_holding(OFFICE, Act.new(), new=new, told=Told(on=localdate()))["thing"])


def test_a_county_adds_a_kind_of_thing_renames_it_and_ends_it(desk: Desk) -> None:
    change(CODE_LISTS, None, SOLAR)
    assert things()["61"] == "光伏板"
    add("61")
    ident, _values = row(CODE_LISTS, "thing/61")
    change(CODE_LISTS, ident, SOLAR | {"zh": "光伏组件"}, localdate() + timedelta(days=9))
    assert things()["61"] == "光伏板"
    add("61")
    change(CODE_LISTS, ident, SOLAR | {"zh": "太阳能板"})
    ident, values = row(CODE_LISTS, "thing/61")
    assert (values["zh"], things()["61"]) == ("太阳能板", "太阳能板")


def test_an_ended_kind_is_offered_no_more_and_stays_the_word_of_what_carries_it(desk: Desk) -> None:
    held = add("12")
    ident, values = row(CODE_LISTS, "thing/12")
    change(CODE_LISTS, ident, None)
    assert "12" not in things()
    assert things("12")["12"] == values["zh"] == "灭火器"
    with acting(OFFICE):
        assert queries.code_words(OFFICE, "thing")["thing"]["12"].zh == "灭火器"
        assert queries.holding(OFFICE, "thing", held).values["kind"] == "12"
    assert sentence_of(add, "12") == "Choose one of the list."
    assert sentence_of(change, CODE_LISTS, None, values | {"zh": "水枪"}).startswith("This code has ended")
    change(CODE_LISTS, None, values)
    assert "12" in things()


def test_a_code_list_takes_no_second_row_of_a_code_or_name(desk: Desk) -> None:
    for faulty, sentence in (
        ({"code": "11"}, "There is a row of this kind already"),
        ({"zh": "犬只"}, "Another row is called so."),
        ({"en": "dog"}, "Another row is called so."),
        ({"list": "relation"}, "Choose one that is offered."),
        ({"code": "六一"}, "A code is made of letters"),
        ({"code": "123456789"}, "This is too long."),
        ({"en": ""}, "Please fill this in."),
    ):
        assert sentence_of(change, CODE_LISTS, None, SOLAR | faulty).startswith(sentence), faulty
    change(CODE_LISTS, None, SOLAR | {"list": "site", "code": "62", "zh": "犬只"})


def test_what_pages_ask_for_by_its_code_is_renamed_and_never_ended(desk: Desk) -> None:
    for key in sorted(ASKED_FOR):
        ident, values = row(CODE_LISTS, "/".join(key))
        assert sentence_of(change, CODE_LISTS, ident, None).startswith("Pages ask for this one"), key
        change(CODE_LISTS, ident, values | {"zh": f"{values['zh']}（新）"})


def test_what_a_standard_says_is_in_no_editor_and_past_every_action_nobody_changes_it(desk: Desk) -> None:
    with acting(EDITOR):
        standard = Code.objects.get(list="sex", code="1").id
        assert {str(one.values["list"]) for one in dated.versions(EDITOR, CODE_LISTS)} == {
            "site", "thing", "organisation", "duty", "hazard",
        }  # fmt: skip
    with pytest.raises(NotFound):
        change(CODE_LISTS, standard, SOLAR)
    changed = {}
    for scope, code in ((EDITOR, "sex"), (EDITOR, "thing"), (scope_at(GRID, "worklist.edit"), "thing")):
        with connect(desk.database.url("app"), autocommit=True) as app, app.transaction():
            become(app, scope)
            statement = "UPDATE registry_code SET standard = 'x' WHERE list = %s AND code IN ('1', '11')"
            changed[scope.lo, code] = app.execute(statement, [code]).rowcount
    assert changed == {(EDITOR.lo, "sex"): 0, (EDITOR.lo, "thing"): 1, (GRID, "thing"): 0}
