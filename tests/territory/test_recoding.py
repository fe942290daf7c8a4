"""A re-coding carries every reference along, and leaves alone what was sealed or counted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import models

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, WrongState
from commongrid.territory import actions, queries
from commongrid.territory.models import PlaceField
from commongrid.territory.queries.references import BENEATH
from commongrid.territory.rules.editing import Named
from commongrid.territory.rules.values import Meaning
from tests.factories.places import IMPORTER, as_owner, bring, whole
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

VILLAGE, NEXT, NEW = 990101101201000, 990101101202000, 990101101299000
ON, LATER = date(2026, 1, 5), date(2099, 6, 1)
CLERK = scope_at(VILLAGE, "places.edit", "journal.read")


@pytest.fixture
def lived_in(database: Database) -> Database:
    """A village with a natural village, a grid, a household, a person, a post and a unit."""
    with as_owner(database):
        bring(whole(), ON)
    hamlet = actions.add_natural_village(CLERK, Act.new(), village=VILLAGE, named=Named("上河"))["code"]
    actions.add_grid(CLERK, Act.new(), village=VILLAGE, named=Named("1网格"), covers=(hamlet,))
    person = uuid4()
    with database.as_role("owner") as owner:
        insert(owner, "registry_person", id=person, display_name="张三", place=VILLAGE)
        insert(owner, "registry_household", id=uuid4(), place=VILLAGE + 2, natural_village=VILLAGE + 1, number="1")
        unit(owner, VILLAGE, "白沙村委会")
    return database


def insert(owner: object, table: str, **values: object) -> None:
    columns = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    owner.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))  # type: ignore[attr-defined]


def unit(owner: object, place: int, name: str, function: str | None = None) -> UUID:
    made = uuid4()
    insert(
        owner, "roster_unit", id=made, place=place, type="committee", name_zh=name, name_en="", office_phone="",
        outside_command=False, valid_from=ON, function_id=function,
    )  # fmt: skip
    return made


def recoded() -> list[tuple[str, str, str, str]]:
    return [("990101101299", *row[1:]) if row[0] == "990101101201" else row for row in whole()]


def test_import_recodes_a_village_and_everything_follows(lived_in: Database) -> None:
    with lived_in.as_role("owner") as owner:
        before = owner.execute("SELECT id, place, facts FROM journal_line ORDER BY seq").fetchall()
    with as_owner(lived_in):
        answer = bring(recoded(), LATER)
        assert (answer["recoded"], answer["ended"], answer["rows"]) == (3, 0, 6)
        assert queries.sets_served_by(IMPORTER, NEW + 2)[0].code == NEW + 1
        assert queries.sets_served_by(IMPORTER, VILLAGE + 2) == []
        assert queries.place(IMPORTER, VILLAGE).valid_to == LATER
        assert [(event.what, event.other and event.other.code) for event in queries.events(IMPORTER, VILLAGE)] == [
            ("began", None), ("succeeded", NEW), ("ended", None),
        ]  # fmt: skip
        assert [row.code for row in queries.successors(IMPORTER, VILLAGE + 2)] == [NEW + 2]
        assert queries.search_places(IMPORTER, "990101101299")[0].name == "朝阳村村民委员会"
    with lived_in.as_role("owner") as owner:
        assert owner.execute("SELECT place, natural_village FROM registry_household").fetchall() == [(NEW + 2, NEW + 1)]
        assert owner.execute("SELECT place FROM registry_person").fetchall() == [(NEW,)]
        assert owner.execute("SELECT place FROM roster_unit WHERE name_zh = '白沙村委会'").fetchall() == [(NEW,)]
        after = owner.execute("SELECT id, place, facts FROM journal_line ORDER BY seq").fetchall()
        assert after[: len(before)] == before
        now = owner.execute(
            "SELECT place, place_now FROM journal_line WHERE place <> place_now ORDER BY seq"
        ).fetchall()
    assert now == [(VILLAGE + 1, NEW + 1), (VILLAGE + 2, NEW + 2)]


def test_import_recodes_again_and_codes_are_minted_anew(lived_in: Database) -> None:
    with as_owner(lived_in):
        bring(recoded(), LATER)
        again = [("990101101298", *row[1:]) if row[0] == "990101101299" else row for row in recoded()]
        bring(again, LATER)
        assert [row.code for row in queries.children(IMPORTER, 990101101298000)] == [990101101298001, 990101101298002]
        with pytest.raises(BadInput, match="990101101201 ended on"):
            bring(whole(), LATER)


def test_import_merges_a_village_by_lineage_and_its_sets_get_new_numbers(lived_in: Database) -> None:
    other = scope_at(NEXT, "places.edit")
    actions.add_natural_village(other, Act.new(), village=NEXT, named=Named("下河"))
    with as_owner(lived_in):
        rows = [row for row in whole() if row[0] != "990101101201"]
        bring(rows, LATER, meaning=Meaning(lineage=((VILLAGE, NEXT),)))
        assert sorted(row.code for row in queries.children(IMPORTER, NEXT)) == [NEXT + 1, NEXT + 2, NEXT + 3]
        assert queries.references_to(IMPORTER, NEXT) == {"registry_person": 1, "roster_unit": 1}
        assert queries.references_to(IMPORTER, VILLAGE) == {}


def test_import_refuses_a_merger_that_would_make_two_rows_one(lived_in: Database) -> None:
    with lived_in.as_role("owner") as owner:
        function = owner.execute("SELECT code FROM roster_function LIMIT 1").fetchone()
        assert function is not None
        unit(owner, VILLAGE, "甲", function[0])
        unit(owner, NEXT, "乙", function[0])
    with as_owner(lived_in):
        rows = [row for row in whole() if row[0] != "990101101201"]
        with pytest.raises(WrongState, match="Two rows of roster_unit would become one"):
            bring(rows, LATER, meaning=Meaning(lineage=((VILLAGE, NEXT),)))
        assert not queries.place(IMPORTER, VILLAGE).ended
        assert queries.references_to(IMPORTER, VILLAGE)["roster_unit"] == 2


def test_import_ends_a_village_and_what_is_recorded_there_stays(lived_in: Database) -> None:
    with as_owner(lived_in):
        rows = [row for row in whole() if row[0] != "990101101201"]
        assert bring(rows, LATER)["ended"] == 3
        assert queries.covers_in(IMPORTER, VILLAGE) == {}
        assert queries.references_to(IMPORTER, VILLAGE) == {"registry_person": 1, "roster_unit": 1}


@pytest.mark.usefixtures("lived_in")
def test_recode_refuses_the_app_posts_and_codes_that_are_no_places(lived_in: Database) -> None:
    with pytest.raises(NotAllowed):
        actions.recode(CLERK, Act.new(), moves=((VILLAGE, NEXT),), on=LATER)
    with as_owner(lived_in):
        for moves in (((VILLAGE, NEW),), ((VILLAGE, NEXT), (NEXT, VILLAGE)), ((VILLAGE, NEXT), (VILLAGE, NEXT))):
            with pytest.raises(BadInput):
                actions.recode(IMPORTER, Act.new(), moves=moves, on=LATER)


def test_every_column_that_holds_a_place_follows_or_says_that_it_stays() -> None:
    follows = {str(column) for column in queries.place_columns()}
    for model in apps.get_app_config("commongrid").get_models():
        for field in model._meta.local_concrete_fields:
            name = f"{model._meta.db_table}.{field.column}"
            if isinstance(field, PlaceField):
                assert (name in follows) == field.follows, name
            elif isinstance(field, models.BigIntegerField) and "place" in (field.column or "") and name not in BENEATH:
                assert field.column == "place_then" or model.__module__.split(".")[1] in {"journal", "accounts"}, (
                    f"{name} looks like a place: make it a PlaceField, or call it place_then"
                )


def test_append_only_tables_let_their_places_follow() -> None:
    for column in queries.place_columns():
        wall = column.model.wall  # type: ignore[attr-defined]
        assert not wall.append_only or column.column in wall.may_set, column


def test_import_resumes_what_a_wrong_list_ended_or_recoded(lived_in: Database) -> None:
    meaning = Meaning(resume=True)
    with as_owner(lived_in):
        bring([row for row in whole() if row[0] != "990101101201"], LATER)
        with pytest.raises(BadInput, match="If an earlier list was wrong, use --resume"):
            bring(whole(), LATER)
        assert bring(whole(), LATER, meaning=meaning)["new"] == 3
        assert queries.covers_in(IMPORTER, VILLAGE) == {VILLAGE + 2: [VILLAGE + 1]}
        bring(recoded(), LATER)
        answer = bring(whole(), LATER, meaning=meaning)
        assert (answer["new"], answer["recoded"], answer["ended"]) == (0, 3, 0)
        assert queries.covers_in(IMPORTER, VILLAGE) == {VILLAGE + 4: [VILLAGE + 3]}
        assert queries.references_to(IMPORTER, VILLAGE) == {"registry_person": 1, "roster_unit": 1}
        assert queries.references_to(IMPORTER, VILLAGE + 4) == {"registry_household": 1}
        with pytest.raises(BadInput, match="a code is never used again"):
            bring([*whole()[:-1], ("990101101299", "别的村", "village", "")], LATER, meaning=meaning)
