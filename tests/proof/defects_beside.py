"""Seeded defects in the walls of what hangs on a matter, of figures and of slips, and the test that must catch them."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from tests.proof import probes, statements
from tests.proof.defects import Defect, see, sql, weaker, wider
from tests.proof.world import laid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bed import Database

STEPS = ("own grid", "other village")


def steps_hold(database: Database) -> None:
    """What hangs on matters, figures, the log of reads and slips, for a few roles and relations of place."""
    tally = probes.Tally()
    world = laid()
    with database.as_role("owner") as owner, psycopg.connect(database.url("app"), autocommit=True) as app:
        seats = [world.seats[role] for role in ("county_dispatcher", "dispatcher", "grid_head", "station_handler")]
        matters = [ident for ident, facts in world.matters.items() if facts["relation"] in STEPS]
        for probe in itertools.chain(
            statements.places(app, seats),
            statements.offices(app, world, seats),
            statements.slips(app, world, matters[:2]),
            statements.beside(app, owner, world, seats, matters),
            statements.ways(app, world, seats, matters),
        ):
            tally.note(*probe)
            if tally.wrong:
                break
    assert tally.wrong == [], tally.wrong


@contextmanager
def forgetful(database: Database) -> Iterator[None]:
    """A search that keeps to the interval, and forgets what is never seen."""
    with database.as_admin() as admin:
        found = admin.execute("SELECT pg_get_functiondef('county.find_matters'::regproc)").fetchone()
        assert found is not None
        changed = found[0].replace("AND NOT ((sealed", "AND (true OR (sealed")
        assert changed != found[0]
        admin.execute(changed.encode())
    yield


STEP_DEFECTS = (
    ("visits seen without their matter", see("matters_visit", "true")),
    ("former ends seen without their matter", see("matters_former_end", "true")),
    ("supervision seen without its matter", see("matters_supervision", "true")),
    ("leader's note seen without its matter", see("matters_leader_note", "true")),
    ("reminders seen without their matter", see("matters_escalation", "true")),
    ("who reported is seen by everybody", see("matters_party", "true")),
    ("who reported in confidence is seen below", weaker("matters_party", "(NOT hidden_below)", "true")),
    ("who reported is changed by whoever sees nothing", sql("ALTER POLICY change ON matters_party USING (true)")),
    ("ratings shown before their batch", weaker("matters_rating", "(released_at IS NOT NULL)", "true")),
    (
        "what another system says shown before its batch",
        weaker("matters_external_result", "(released_at IS NOT NULL)", "true"),
    ),
    ("what another system says shown to every township post", weaker("matters_external_result", "'c'::text", "''")),
    (
        "what another system says changed by posts",
        sql(
            "GRANT UPDATE ON matters_external_result TO county_app; DROP TRIGGER stays ON matters_external_result;"
            " CREATE POLICY x ON matters_external_result FOR UPDATE TO county_app USING (true)"
        ),
    ),
    (
        "a township reads what was said of its stations",
        weaker("matters_rating", "(unit_id IS NULL)", "true"),
    ),
    (
        "ratings changed by posts",
        sql(
            "GRANT UPDATE ON matters_rating TO county_app; DROP TRIGGER stays ON matters_rating;"
            " CREATE POLICY x ON matters_rating FOR UPDATE TO county_app USING (true)"
        ),
    ),
    ("rechecks seen without their matter", see("matters_recheck", "true")),
    ("why a recheck was ordered shown to whoever did the work", see("matters_recheck_cause", "true")),
    ("public texts read before the second person", see("matters_publication", "true")),
    ("sheets that came back seen without their matter", see("matters_signed_sheet", "true")),
    ("themes show their matters to everybody", see("matters_theme_matter", "true")),
    ("figures of every place shown", see("insight_tally", "true")),
    ("guarded words shown to everybody", see("matters_guarded_word", "true")),
    ("guarded words kept by every publisher", sql("ALTER POLICY change ON matters_guarded_word USING (true)")),
    ("views of others shown", see("matters_saved_view", "true")),
    ("ledgers of others shown", see("registry_saved_ledger", "true")),
    ("long lists of others shown", see("accounts_exported_list", "true")),
    ("files of long lists shown to others", see("accounts_export_piece", "true")),
    (
        "a place's ledgers changed by its posts",
        sql(
            "ALTER POLICY change ON registry_saved_ledger USING (shared OR post ="
            " NULLIF(current_setting('cg.post', true), '')::uuid)"
        ),
    ),
    ("an office's views shown to its place", weaker("matters_saved_view", "= ''::text", "IS NOT NULL")),
    ("how much is open at every place shown", see("insight_backlog", "true")),
    ("who helps which household shown", see("roster_assignment", "true")),
    ("who helps which household shown to grids", weaker("roster_assignment", "'named_helper'", "'no_such_kind'")),
    ("who took a case up shown to grids", weaker("roster_assignment", "'petition_case'", "'no_such_kind'")),
    ("the log of reads shown", see("accounts_access_line", "true")),
    ("a slip opens every matter", wider("matters_matter", "current_setting('cg.kind', true) = 'slip'")),
    ("a search by words tells of sealed matters and complaints", forgetful),
    ("orders given to matters unseen", sql("ALTER POLICY add ON matters_order WITH CHECK (true)")),
    ("notes added to matters unseen", sql("ALTER POLICY add ON matters_note WITH CHECK (true)")),
)
DEFECTS = tuple(Defect(name, made, steps_hold) for name, made in STEP_DEFECTS)
