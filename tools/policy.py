"""The authorisation policy: compare it with what the code opens, and render it.

    python tools/policy.py            write docs/policy.md from the tables
    python tools/policy.py --check    fail where the code opens something else than the tables say, or the page is old
    python tools/policy.py --adopt    write what the code opens now into the table, for a person to read in the diff

The table is ``src/commongrid/config/policy.csv`` (every route and act with its
power and the scopes it admits); who has which power stands in
``roster/seeds/role_powers.csv``; who sees which rows is each table's ``wall``.
"""

from __future__ import annotations

import csv
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
SOURCE = Path("src/commongrid")
TABLE = SOURCE / "config" / "policy.csv"
PAGE = Path("docs/policy.md")
COLUMNS = ("sort", "name", "power", "scopes", "methods")
Row = tuple[str, ...]


def opened() -> list[Row]:
    """What the code opens: every route and every act."""
    return sorted({*_routes(), *_acts()})


def _routes() -> Iterator[Row]:
    from django.urls import get_resolver

    for pattern in _leaves(get_resolver().url_patterns):
        door = getattr(pattern.callback, "door", None)
        if door is not None:
            yield "route", pattern.name or door.name, door.power or "", " ".join(door.kinds), " ".join(door.methods)


def _leaves(patterns: Iterable[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern


def _acts() -> Iterator[Row]:
    from commongrid.journal.actions import ACTIONS

    for path in (
        sorted(SOURCE.glob("*/actions*")) + sorted(SOURCE.glob("*/*/actions*")) + sorted(SOURCE.glob("*/attachments*"))
    ):
        names = path.rglob("*.py") if path.is_dir() else [path]
        for name in names:
            import_module(".".join(name.relative_to("src").with_suffix("").parts).removesuffix(".__init__"))
    for one in ACTIONS.values():
        yield "act", one.name, one.power, " ".join(one.kinds), ""


def declared() -> list[Row]:
    """What the table says."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return sorted(tuple(row[name] for name in COLUMNS) for row in csv.DictReader(handle))


def differences() -> list[str]:
    """Everything opened but not declared, or declared but not opened, one sentence each."""
    code, table = set(opened()), set(declared())
    missing = [f"the code opens {' '.join(row)}: not in {TABLE}" for row in sorted(code - table)]
    gone = [f"{TABLE} declares {' '.join(row)}: the code does not open it" for row in sorted(table - code)]
    return missing + gone


def _seed(name: str) -> list[dict[str, str]]:
    with (SOURCE / "roster" / "seeds" / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def rendered() -> str:
    """The page."""
    return "\n".join([*_head(), *_who_has_what(), *_what_is_opened(), *_tables(), *_exemptions()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Authorisation policy\n"
    yield "Rendered by `tools/policy.py` from the tables that the tests probe; don't edit.\n"
    yield "A request passes when its scope is of an admitted kind, includes the power, and covers the row."
    yield "A row outside the scope answers 404 as if it did not exist; a missing power answers 403."


def _who_has_what() -> Iterator[str]:
    held: dict[str, set[str]] = {}
    for row in _seed("role_powers.csv"):
        held.setdefault(row["role"], set()).add(row["power"])
    yield "\n## Who has which power\n\n| role | 角色 | sees | powers |\n|---|---|---|---|"
    for row in _seed("roles.csv"):
        powers = ", ".join(f"`{power}`" for power in sorted(held.get(row["code"], ())))
        yield f"| {row['en']} | {row['zh']} | {row['scope_level']} | {powers} |"


def _what_is_opened() -> Iterator[str]:
    for title, sort in (("Routes", "route"), ("Acts", "act")):
        yield f"\n## {title}\n\n| name | power | scopes | methods |\n|---|---|---|---|"
        for _, name, power, scopes, methods in (row for row in declared() if row[0] == sort):
            yield f"| `{name}` | {_code(power) or 'none'} | {scopes} | {methods.replace(' HEAD', '')} |"


WRITTEN = {"scope": "in scope", "owner": "by the owner", "any": "any scope"}


def _tables() -> Iterator[str]:
    from commongrid.config import walls

    yield "\n## Tables\n"
    yield "Row-level security by place, household, unit or slip; *open*: every scope reads, written only in scope.\n"
    yield "| table | read | written | by | also | barred |\n|---|---|---|---|---|---|"
    for model, wall in walls.walled_models():
        if wall.scoped:
            by = ", ".join(column for column in (wall.place, wall.household, wall.unit, wall.slip) if column)
            written = "appended only" if wall.append_only else WRITTEN[wall.write]
            table = model._meta.db_table
            yield f"| `{table}` | {wall.read} | {written} | {by} | {_code(wall.also_see)} | {_code(wall.never)} |"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def _exemptions() -> Iterator[str]:
    from commongrid.config import walls
    from commongrid.surfaces.shared.middleware import FOREIGN

    yield "\n## Exemptions\n\nTables without row-level security, and routes without a door, each with its reason.\n"
    for model, wall in walls.walled_models():
        if not wall.scoped:
            yield f"- `{model._meta.db_table}`: {wall.exempt}"
    for package, why in FOREIGN.items():
        yield f"- routes of `{package}`: {why}"


def main(arguments: list[str]) -> int:
    """Check, adopt or render."""
    import django

    django.setup()
    if "--adopt" in arguments:
        with TABLE.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(opened())
    problems = differences()
    if "--check" in arguments:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != rendered():
            problems.append(f"{PAGE} is not what the tables say: run tools/policy.py")
    else:
        PAGE.write_text(rendered(), encoding="utf-8")
    print("\n".join(problems) or "the policy holds")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
