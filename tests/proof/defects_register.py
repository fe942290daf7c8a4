"""Seeded defects in the walls of the register, and the test that must catch them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from commongrid.kernel.wall import WHOLE_COUNTY
from commongrid.registry.models.requests import WITH_THE_OTHER_SIDE
from tests.proof import register
from tests.proof.defects import Defect, see, sql, weaker, wider
from tests.proof.probes import Tally
from tests.proof.world import laid

if TYPE_CHECKING:
    from tests.bed import Database

SEATS = ("village_clerk", "grid_head", "township_team", "linked_member", "auditor")


def register_holds(database: Database) -> None:
    """Every table of the register for a few roles, up to the first probe that comes out otherwise."""
    tally, world = Tally(), laid()
    with database.as_role("owner") as owner, psycopg.connect(database.url("app"), autocommit=True) as app:
        for probe in register.probes(app, owner, [world.seats[role] for role in SEATS]):
            tally.note(*probe)
            if tally.wrong:
                break
    assert tally.wrong == []


DEFECTS = tuple(
    Defect(name, made, register_holds)
    for name, made in (
        ("who lived with whom shown to everybody", see("registry_stay", "true")),
        ("former values shown to everybody", see("registry_correction", "true")),
        (
            "former values of every home of the village shown to its grids",
            weaker("registry_correction", "h.id = registry_correction.household", "true"),
        ),
        (
            "former values of homes that came along kept from their grid",
            weaker("registry_correction", "h.id = registry_correction.household", "false"),
        ),
        (
            "that hardship began shown to whoever sees the home",
            weaker("registry_correction", "'hardship'::text", "'x'::text"),
        ),
        ("history written over by whoever may undo", sql("DROP TRIGGER undone ON registry_correction")),
        ("hardship shown to whoever sees the place", weaker("registry_hardship_flag", "'clock'::text", "'post'::text")),
        ("flags shown to everybody", see("registry_flag", "true")),
        ("hardship entered among the open flags", sql("DROP TRIGGER open ON registry_flag")),
        ("what a standard says changed by the county", see("registry_code", WHOLE_COUNTY, "change")),
        (
            "things shown past the grid",
            weaker("registry_thing", "WHEN 'grids'::text THEN", "WHEN 'grids'::text THEN true OR"),
        ),
        ("who belongs to what shown to everybody", see("registry_membership", "true")),
        ("booklets shown to everybody", see("registry_registered_household", "true")),
        ("what the field reported shown to everybody", see("registry_change_request", "true")),
        ("changes asked for anywhere", sql("ALTER POLICY add ON registry_change_request WITH CHECK (true)")),
        ("an offer shown to everybody", see("registry_handover", "true")),
        ("an offer shown to the other side's grids", weaker("registry_handover", "= ''::text", "IS NOT NULL")),
        (
            "the other side makes itself an offer",
            sql(f"ALTER POLICY add ON registry_handover WITH CHECK ({WITH_THE_OTHER_SIDE})"),
        ),
        ("sites entered anywhere", sql("ALTER POLICY add ON registry_site WITH CHECK (true)")),
        ("how complete records are shown to everybody", see("registry_record_tally", "true")),
        ("who looked at a record shown to any who see it", weaker("accounts_access_line", "'l'::text", "''::text")),
        ("looks at hardship shown to the village", weaker("accounts_access_line", "'h'::text", "''::text")),
        ("what was exported shown to everybody", wider("accounts_access_line", "subject_kind = 'list'")),
        ("who looked at a record shown to everybody", wider("accounts_access_line", "subject IS NOT NULL")),
    )
)  # fmt: skip
