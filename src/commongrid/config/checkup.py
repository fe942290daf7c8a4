"""Looking an installation over: what `commongrid doctor` reports, one finding per question."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db import connection
from django.utils import timezone

from commongrid.config import backups, guard, keys
from commongrid.config.env import env
from commongrid.config.preparing import code_stamp
from commongrid.config.walls import roles, walled_models
from commongrid.journal.acting import acting
from commongrid.journal.pulses import WORKER, pulses
from commongrid.kernel.scope import clock

DOCTOR = clock("doctor")
LEAST_VERSION = 170_000
SEQUENCES, WARN_AT = 999, 800
WORKER_SILENT_AFTER = 180.0  # a long job, such as tallying a whole import, holds the round up
GIGABYTE = 2**30
LATE_BACKUP, OLD_BACKUP = 2, 8
"""Days after which the last backup is worth a word, and a fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: fine, worth knowing, or at fault and to be mended."""

    about: str
    level: Literal["ok", "note", "fault"]
    text: str
    lines: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def findings() -> list[Finding]:
    """Every question, asked in order."""
    questions: tuple[Callable[[], Iterator[Finding]], ...] = (
        *(server, role, walls, definer_functions, migrations, heartbeat),
        *(sequences, second_factor, calendar, disk, keyring, backup, erasures),
    )
    return [finding for question in questions for finding in question()]


def server() -> Iterator[Finding]:
    """The database server: version and the settings that keep what was acknowledged."""
    rows = _rows(
        "SELECT name, setting FROM pg_settings WHERE name IN ('server_version_num', 'server_version', 'fsync', "
        "'full_page_writes', 'synchronous_commit', 'data_checksums')"
    )
    said = {str(name): str(value) for name, value in rows}
    if int(said["server_version_num"]) < LEAST_VERSION:
        yield Finding("server", "fault", f"PostgreSQL {said['server_version']}: 17 or later is needed.")
    weak = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if said[name] == "off"]
    if weak:
        yield Finding("server", "fault", f"Switched off: {', '.join(weak)}. A power cut can lose acknowledged work.")
    if said["data_checksums"] == "off":
        yield Finding("server", "note", "Data checksums are off; pg_checksums can switch them on.")
    yield Finding("server", "ok", f"PostgreSQL {said['server_version']}")


def role() -> Iterator[Finding]:
    """The role that serves."""
    with connection.cursor() as cursor:
        problem = guard.complaint(cursor)
    yield Finding("role", "fault", f"{problem}.") if problem else Finding("role", "ok", "held by row-level security")


def walls() -> Iterator[Finding]:
    """Row-level security is on, and holds the owner too, on every table that declares a wall."""
    rows = _rows(
        "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(current_schema()) "
        "AND relrowsecurity AND relforcerowsecurity"
    )
    standing = {str(name) for (name,) in rows}
    scoped = {model._meta.db_table for model, wall in walled_models() if wall.scoped}
    missing = tuple(sorted(scoped - standing))
    if missing:
        yield Finding("walls", "fault", "Tables without forced row-level security:", missing)
    else:
        yield Finding("walls", "ok", f"row-level security is forced on {len(scoped)} tables")


def definer_functions() -> Iterator[Finding]:
    """Functions that run as their owner, and who may execute them: searches, and triggers that nobody can call."""
    rows = _rows(
        "SELECT p.oid::regprocedure::text, p.proowner::regrole::text, "
        "COALESCE((SELECT array_agg(CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END) "
        "  FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a "
        "  WHERE a.privilege_type = 'EXECUTE'), '{}'), p.prorettype = 'trigger'::regtype "
        "FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = to_regnamespace(current_schema()) ORDER BY 1"
    )
    lines = tuple(f"{name} runs as {owner}, executed by {', '.join(who)}" for name, owner, who, _trigger in rows)
    wrong = [
        name
        for name, owner, who, trigger in rows
        if not (set(who) <= {owner} if trigger else owner == roles()["search"] and "PUBLIC" not in who)
    ]
    if wrong:
        text = f"Executable by others than it may be, or not owned by the search role: {', '.join(map(str, wrong))}"
        yield Finding("functions", "fault", text, lines)
    else:
        yield Finding("functions", "ok", f"{len(lines)} SECURITY DEFINER functions, as they should be", lines)


def migrations() -> Iterator[Finding]:
    """The schema is what this version of the code expects."""
    (stamp,) = _rows("SELECT obj_description(to_regnamespace(current_schema())::oid, 'pg_namespace')")[0]
    if stamp == code_stamp():
        yield Finding("schema", "ok", "prepared for this version")
    else:
        yield Finding("schema", "fault", "Not prepared for this version: start `commongrid up` once.")


def heartbeat() -> Iterator[Finding]:
    """The worker beats and no job stands still or fails."""
    rows = pulses()
    worker = next((row for row in rows if row.job == WORKER), None)
    if worker is None:
        yield Finding("worker", "note", "It has not run yet; `commongrid up` starts it.")
        return
    silent = worker.age > WORKER_SILENT_AFTER
    text = f"last heartbeat {worker.age:.0f} s ago"
    yield Finding("worker", "note" if silent else "ok", text + (" (not running?)" if silent else ""))
    for row in rows:
        late = row.age > 3 * row.every + 30 and not silent
        if row.fails or late:
            text = f"{row.job} failed {row.fails} times in a row, last done {row.age:.0f} s ago"
            yield Finding("jobs", "fault", text)


def sequences() -> Iterator[Finding]:
    """Codes below a village come from 999 numbers and are never used again."""
    rows = _rows(
        "SELECT code / 1000, count(*) FROM territory_place WHERE code %% 1000 > 0 GROUP BY 1 "
        "HAVING count(*) >= %s ORDER BY 2 DESC LIMIT 20",
        [WARN_AT],
    )
    lines = tuple(f"village {village}: {used} of {SEQUENCES} numbers used" for village, used in rows)
    if lines:
        yield Finding("codes", "fault", "Villages that run out of numbers for grids and natural villages:", lines)
    else:
        yield Finding("codes", "ok", f"no village has used {WARN_AT} of its {SEQUENCES} numbers")


def second_factor() -> Iterator[Finding]:
    """Posts of weight are held by accounts with a second factor."""
    today = timezone.localdate()
    rows = _rows(
        "SELECT r.code, count(*) FROM roster_post p JOIN roster_role r ON r.code = p.role_id "
        "JOIN registry_person w ON w.id = p.person_id "
        "WHERE r.second_factor AND p.from_on <= %s AND COALESCE(p.to_on, 'infinity') > %s AND w.account_id IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM mfa_authenticator a "
        "                WHERE a.user_id = w.account_id AND a.type <> 'recovery_codes') "
        "GROUP BY 1 ORDER BY 1",
        [today, today],
    )
    lines = tuple(f"{code}: {count}" for code, count in rows)
    if lines:
        yield Finding("sign-in", "note", "Holders of weighty posts who have no second factor yet, by role:", lines)
    else:
        yield Finding("sign-in", "ok", "every account in a weighty post has a second factor")


def calendar() -> Iterator[Finding]:
    """The working calendar reaches far enough; later days are provisional."""
    from commongrid.territory.queries import calendar as calendar_of

    with acting(DOCTOR):
        until: date = calendar_of(DOCTOR).published_until
    text = f"official until {until.isoformat()}; deadlines after it are provisional"
    near = until < timezone.localdate() + timedelta(days=45)
    yield Finding("calendar", "note" if near else "ok", text)


def disk() -> Iterator[Finding]:
    """Room for the data folder."""
    usage = shutil.disk_usage(settings.DATA)
    text = f"{usage.free / GIGABYTE:.1f} GB free where the data folder is"
    yield Finding("disk", "fault" if usage.free < GIGABYTE else "note" if usage.free * 20 < usage.total else "ok", text)


def keyring() -> Iterator[Finding]:
    """Only the owner may read the keys."""
    home = keys.folder(settings.DATA)
    open_ones = tuple(str(path) for path in sorted(home.iterdir()) if stat.S_IMODE(path.stat().st_mode) & 0o077)
    if open_ones:
        yield Finding("keys", "fault", "Others may read these keys; chmod 600 them:", open_ones)
    else:
        yield Finding("keys", "ok", f"in {home}, readable by their owner alone; back them up apart from the database")


def backup() -> Iterator[Finding]:
    """How old the last backup is."""
    if not env.EMBEDDED:
        yield Finding(
            "backup", "note", "the database is not ours: its own backups hold it, with the data folder beside"
        )
        return
    if (last := backups.last(settings.DATA)) is None:
        yield Finding("backup", "note", "none was made yet: `commongrid backup FOLDER` makes one, best each night")
        return
    at, where = last
    days = (timezone.now() - at) / timedelta(days=1)
    text = f"the last one is {days:.1f} days old, in {where}"
    yield Finding("backup", "fault" if days > OLD_BACKUP else "note" if days > LATE_BACKUP else "ok", text)


def erasures() -> Iterator[Finding]:
    """Every erasure of the list beside the database is known to it; a restored backup is older than its list."""
    from commongrid.registry.keeping.jobs import missing

    if found := missing():
        text = f"{found} erasures on the list are not known to this database (restored?): run `commongrid erasures`."
        yield Finding("erasures", "fault", text)
    else:
        yield Finding("erasures", "ok", "the database knows every erasure of the list beside it")


def _rows(question: str, values: list[date | int] | None = None) -> list[tuple[Any, ...]]:
    with acting(DOCTOR), connection.cursor() as cursor:
        cursor.execute(question, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
