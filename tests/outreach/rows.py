"""A village whose households have contacts, a plan that waits for the meeting, and a notice: for tests of each page."""

from __future__ import annotations

from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.outreach import actions
from commongrid.outreach.queries.links import members_of
from tests.factories.desk import HAMLET, VILLAGE
from tests.outreach.conftest import SECRETARY, Row, laid


def link_rows() -> dict[str, UUID]:
    """Two members, eight households linked, one of them wished otherwise, the next plan ready to read."""
    row: Row = laid(first=20)
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    row.wish(3, "liked", row.east)
    row.wish(4, "not", row.west)
    actions.post_notice(SECRETARY, Act.new(), natural_village=HAMLET)
    plan = row.plan(keep=0)
    with acting(SECRETARY):
        post = members_of(SECRETARY, [row.west], VILLAGE, localdate())[row.west]
    return {"plan": plan, "linker": post, "linked": row.homes[3]}
