"""Somebody who has moved out of the county, and the scopes that erase them or hand their file out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from commongrid.kernel.act import Act
from commongrid.registry import actions as registry
from commongrid.registry.keeping import actions
from commongrid.registry.rules.facts import Told
from tests.factories.desk import COUNTY, TOWNSHIP
from tests.factories.scopes import scope_at
from tests.registry.conftest import CLERK, Hamlet

if TYPE_CHECKING:
    from tests.bed import Database


ADMIN = scope_at(COUNTY, "people.erase", "people.read")
OFFICE = scope_at(TOWNSHIP, "people.file", "people.read", "people.hardship", "people.looks")
END_MATTERS = (
    "UPDATE matters_matter SET state = 'closed', closed_at = now() - interval '1 hour', outcome = 'done', step = '',"
    " owner_level = '', clock = '', due_at = NULL, alarm_at = NULL"
)
WHY = actions.Why(basis="purpose", reason="查无此人")
TOLD = Told(on=date(2026, 6, 1))
PHONE = "13900001234"


def somebody(village: Hamlet, name: str = "周一山", **said: Any) -> UUID:
    """A couple, of whom one has moved out of the county."""
    home = village.home("1")
    who = village.person(home, name, phone=PHONE, **said)
    village.person(home, "吴二花", "10")
    registry.moved_out(CLERK, Act.new(), person_id=who, to="", told=TOLD)
    return who


def words(database: Database, matter: UUID) -> str:
    with database.as_role("owner") as owner:
        row = owner.execute("SELECT text FROM matters_matter WHERE id = %s", [matter]).fetchone()
    assert row
    return str(row[0])


def now() -> datetime:
    return datetime.now(UTC)
