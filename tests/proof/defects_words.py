"""Seeded defects in who reads the words of a restricted matter, and in what comes with a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.matters.rules import relations
from tests.matters import test_sight
from tests.matters.conftest import peopled
from tests.proof.defects import Defect, patch, sql

if TYPE_CHECKING:
    from tests.bed import Database


def words_stay(database: Database) -> None:
    """A request for aid: who reads its words and reaches its person, step by step."""
    test_sight.test_restricted_words_stay_with_those_who_work_on_it_now(peopled(database))


def reports_bind(database: Database) -> None:
    """What belongs to a report is laid with it alone."""
    test_sight.test_nobody_lays_a_person_or_a_reminder_beside_a_report_that_is_not_theirs(peopled(database))


def _open(table: str, condition: str) -> str:
    return f"ALTER POLICY report ON {table} WITH CHECK ({condition})"


RIGHT = relations.level_of_actor
ANYBODY = "current_setting('cg.kind', true) IN ('public', 'post')"
DEFECTS = (
    Defect(
        "restricted words shown to whoever might visit one day",
        patch(relations, "visits_now", lambda scope, matter: "visitor" in relations.relations(scope, matter)),
        words_stay,
    ),
    Defect(
        "restricted words shown at every counter",
        patch(relations, "WORKING", relations.WORKING | {"counter"}), words_stay,
    ),
    Defect(
        "restricted words shown to a grid's visitor",
        patch(relations, "level_of_actor", lambda scope: RIGHT(scope).replace("grid", "village")), words_stay,
    ),
    Defect("a person laid beside anybody's matter", sql(_open("matters_party", ANYBODY)), reports_bind),
    Defect("first words laid for anybody's matter", sql(_open("matters_original", ANYBODY)), reports_bind),
    Defect("reminders laid without a scope", sql(_open("matters_escalation", "sort = 'told'")), reports_bind),
)  # fmt: skip
