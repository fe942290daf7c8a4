"""The demo county shows matters in every state, some overdue, some supervised, and a post of every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.matters.rules.table import STATES

if TYPE_CHECKING:
    from tests.bed import Database

LIVE = {code for code, state in STATES.items() if state.live}


def test_demo_shows_matters_in_every_state(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        states = {row[0] for row in owner.execute("SELECT DISTINCT state FROM matters_matter").fetchall()}
        assert states == LIVE
        for some in (
            "matters_matter WHERE closed_at IS NULL AND due_at < now()",
            "matters_supervision",
            "journal_line WHERE name = 'matters.put_right'",
            "matters_escalation",
            "matters_rating WHERE NOT satisfied",
        ):
            assert owner.execute(f"SELECT count(*) > 0 FROM {some}".encode()).fetchone() == (True,), some
        assert owner.execute(
            "SELECT max(opened_at) <= now() AND min(opened_at) < now() - interval '30 days' FROM matters_matter"
        ).fetchone() == (True,)


def test_demo_fills_every_role(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        empty = owner.execute(
            "SELECT code FROM roster_role WHERE code NOT IN (SELECT role_id FROM roster_post)"
        ).fetchall()
    assert empty == []


def test_demo_is_marked_and_lies_in_an_unassigned_range(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        assert owner.execute("SELECT code, demo FROM territory_county").fetchall() == [(990101 * 10**9, True)]


def test_demo_has_its_grids_and_natural_villages_in_the_past_too(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        began = owner.execute(
            "SELECT level, max(valid_from) < current_date - 300 FROM territory_place"
            " WHERE level IN ('grid', 'natural_village', 'villager_group') GROUP BY level"
        ).fetchall()
    assert {level for level, _past in began} == {"grid", "natural_village", "villager_group"}
    assert all(past for _level, past in began)
