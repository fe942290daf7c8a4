"""Seeded defects in the walls of links and of grid division, and the tests that must catch them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from tests.proof import grids, links
from tests.proof.defects import Defect, see, sql, weaker
from tests.proof.probes import Tally
from tests.proof.world import laid

if TYPE_CHECKING:
    from tests.bed import Database

SEATS = ("village_clerk", "grid_head", "township_team", "linked_member", "auditor")


def links_hold(database: Database) -> None:
    """Every table of outreach for a few roles, up to the first probe that comes out otherwise."""
    _hold(database, links.probes)


def grids_hold(database: Database) -> None:
    """Every table of grid division for a few roles, up to the first probe that comes out otherwise."""
    _hold(database, grids.probes)


def _hold(database: Database, probes: object) -> None:
    tally, world = Tally(), laid()
    with database.as_role("owner") as owner, psycopg.connect(database.url("app"), autocommit=True) as app:
        for probe in probes(app, owner, [world.seats[role] for role in SEATS]):  # type: ignore[operator]
            tally.note(*probe)
            if tally.wrong:
                break
    assert tally.wrong == []


WITHIN_THE_GRID = "WHEN 'grids'::text THEN"
DEFECTS = (
    *(
        Defect(name, made, links_hold)
        for name, made in (
            ("who declined shown to everybody", see("outreach_declaration", "true")),
            (
                "whom a household would rather not have shown past the grid",
                weaker("outreach_choice", WITHIN_THE_GRID, f"{WITHIN_THE_GRID} true OR"),
            ),
            (
                "plans of links shown past the grid",
                weaker("outreach_plan", WITHIN_THE_GRID, f"{WITHIN_THE_GRID} true OR"),
            ),
            ("who is to be whose contact shown to everybody", see("outreach_planned_link", "true")),
            ("a notice that was taken down shown to everybody", see("outreach_notice", "true")),
            ("the talent register shown to everybody", see("roster_talent", "true")),
            ("what a unit was, written anywhere", sql("ALTER POLICY add ON roster_unit_former WITH CHECK (true)")),
            ("who is on duty hidden from those who ask", see("roster_duty_turn", "false")),
            ("days of duty taken off anywhere", see("roster_duty_turn", "true", "remove")),
        )
    ),
    *(
        Defect(name, made, grids_hold)
        for name, made in (
            ("proposals of grids shown to everybody", see("roster_division", "true")),
            (
                "what is only proposed of a household shown past the grid",
                weaker("roster_division_home", WITHIN_THE_GRID, f"{WITHIN_THE_GRID} true OR"),
            ),
            ("grids of a proposal shown to everybody", see("roster_division_grid", "true")),
            ("who is planned for a grid shown to everybody", see("roster_division_seat", "true")),
            ("rivers drawn anywhere", sql("ALTER POLICY add ON territory_barrier WITH CHECK (true)")),
            ("a succession written anywhere", sql("ALTER POLICY add ON territory_succession WITH CHECK (true)")),
        )
    ),
)
