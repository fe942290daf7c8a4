"""`commongrid import places FILE`: the national list of codes, compared with the register and applied."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commongrid.territory.queries import Compared
    from commongrid.territory.rules.listing import Listed, Said
    from commongrid.territory.rules.values import Change, Meaning

HELP = (
    "Bring a list of place codes in (CSV or XLSX): shows what is new, renamed, re-coded and ended. A county that is "
    "not there yet is taken in at once; changes to places that are there are applied with --yes."
)
SHOWN = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    """The list, and how it is meant."""
    parser.add_argument(
        "file", type=Path, help="the list: code and name, perhaps level and parent; with or without headings"
    )
    parser.add_argument("--yes", action="store_true", help="apply changes to places that are there already")
    parser.add_argument("--preview", action="store_true", help="change nothing, not even where nothing is there yet")
    parser.add_argument("--json", action="store_true", help="print counts per level, changes and notes as JSON")
    parser.add_argument(
        "--columns", default="", metavar="'code=…,name=…'",
        help="which heading of the file stands for code, name, level, parent, name_en, where it is not found by itself",
    )  # fmt: skip
    parser.add_argument(
        "--lineage",
        type=Path,
        metavar="FILE",
        help="pairs of old and new code, for splits, mergers and repeated names",
    )
    parser.add_argument(
        "--extent", action="append", default=[], metavar="CODE",
        help="the list is complete for this place: what it does not name there has ended (may be repeated)",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help="an earlier list was wrong: places of the same code and name go on",
    )  # fmt: skip
    parser.add_argument("--on", type=_day, metavar="DATE", help="the day from which the changes hold (default: today)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a date like 2026-11-24"
        raise argparse.ArgumentTypeError(message) from None


def run(args: argparse.Namespace) -> int:
    """Read, compare, say, and apply where that is wanted."""
    from commongrid.commands.opening import county_open

    with county_open(as_owner=True):
        return _Import(args).run()


class _Import:
    """One run of the command."""

    def __init__(self, args: argparse.Namespace) -> None:
        from commongrid.kernel.scope import clock

        self.args = args
        self.faults: Sequence[Said] = ()
        self.scope = clock("import places", "places.import")

    def run(self) -> int:
        """Say what the list means; apply it when nothing can be lost or the person said yes."""
        from commongrid.territory import queries

        listed, meaning, notes = self._read()
        if self.faults:
            return self._faulty(self.faults)
        found = queries.compared(self.scope, listed, meaning)
        if found.comparison.faults:
            return self._faulty(found.comparison.faults)
        wanted = not self.args.preview and (self.args.yes or found.first)
        if found.comparison.changed and wanted:
            self._apply(listed, meaning)
        applied = wanted or not found.comparison.changed
        self._say(found, [*notes, *found.comparison.notes], applied=applied)
        return 0

    def _read(self) -> tuple[tuple[Listed, ...], Meaning, list[Said]]:
        """The file, how it is meant and what is to be said; faults are kept aside."""
        from commongrid.kernel.places import parse
        from commongrid.kernel.sheets import read_rows
        from commongrid.territory.rules.lineage import read_lineage
        from commongrid.territory.rules.listing import read_list
        from commongrid.territory.rules.values import Meaning

        sheet = read_rows(_there(self.args.file), self.args.file.name, headers=0)
        found = read_list(sheet.numbered, _columns(self.args.columns))
        lineage: tuple[tuple[int, int], ...] = ()
        self.faults = found.faults
        if self.args.lineage is not None:
            pairs = read_rows(_there(self.args.lineage), self.args.lineage.name, headers=0)
            lineage, faults = read_lineage(pairs.numbered)
            self.faults = (*found.faults, *faults)
        extent = tuple(parse(code) for code in self.args.extent)
        return found.places, Meaning(lineage=lineage, extent=extent, resume=self.args.resume), list(found.notes)

    def _apply(self, listed: tuple[Listed, ...], meaning: Meaning) -> None:
        from commongrid.kernel.act import Act
        from commongrid.kernel.refusals import N_, BadInput, Unavailable
        from commongrid.territory import actions, queries

        if not queries.may_import():
            raise Unavailable(N_("Only the owner role may import places: set DATABASE_OWNER_URL."))
        act = Act.new()
        today = queries.calendar(self.scope).day_of(act.at)
        if self.args.on is not None and self.args.on > today:
            raise BadInput(N_("--on can't be a day to come."))
        actions.import_places(self.scope, act, listed=listed, on=self.args.on or today, meaning=meaning)

    def _faulty(self, faults: Sequence[Said]) -> int:
        """Print every fault with its row; nothing is changed."""
        if self.args.json:
            _print_json({"applied": False, "faults": [{"row": each.row, "text": _sentence(each)} for each in faults]})
        for each in faults[:SHOWN]:
            print(_with_row(each), file=sys.stderr)
        more = len(faults) - SHOWN
        print(_("Nothing was changed: the list has %(count)s faults.", count=len(faults)), file=sys.stderr)
        if more > 0:
            print(_("%(count)s more are not shown.", count=more), file=sys.stderr)
        return 1

    def _say(self, found: Compared, notes: Sequence[Said], *, applied: bool) -> None:
        comparison = found.comparison
        for note in notes:
            print(_with_row(note), file=sys.stderr)
        if self.args.json:
            changes = [_as_json(each) for each in comparison.changes if each.what not in {"unchanged", "new"}]
            said = [{"row": note.row, "text": _sentence(note)} for note in notes]
            _print_json({**comparison.counts(), "applied": applied, "changes": changes, "notes": said})
            return
        for line in _table(comparison.counts()):
            print(line)
        for line in _details(comparison.changes, first=found.first):
            print(line)
        if not comparison.changed:
            print(_("Nothing to change: the register is as the list says."))
        elif applied:
            print(_("Applied."))
        else:
            print(_("Nothing was changed. Run it again with --yes to apply this."))


def _there(path: Path) -> Path:
    from commongrid.kernel.refusals import N_, BadInput

    if not path.is_file():
        raise BadInput(N_("There is no file %(file)s."), file=path)
    return path


def _columns(text: str) -> dict[str, str]:
    """``code=编码,name=名称`` as a mapping."""
    from commongrid.kernel.refusals import N_, BadInput

    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not heading.strip() for _field, sign, heading in pairs):
        raise BadInput(N_("Write --columns as field=heading, separated by commas."))
    return {field.strip(): heading.strip() for field, _sign, heading in pairs}


def _(text: str, /, **params: object) -> str:
    from django.utils.translation import gettext

    return gettext(text) % params if params else gettext(text)


def _sentence(said: Said) -> str:
    return _(said.text, **said.params)


def _with_row(said: Said) -> str:
    return _("Row %(row)s: %(text)s", row=said.row, text=_sentence(said)) if said.row else _sentence(said)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def _as_json(change: Change) -> dict[str, Any]:
    from commongrid.kernel.places import show

    return {
        "what": change.what, "level": change.level, "code": show(change.code), "name": change.name,
        "old_code": show(change.old) if change.old else None, "old_name": change.former or None,
    }  # fmt: skip


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Levels and kinds of change in the reader's words."""
    levels = {
        "province": _("Province"), "prefecture": _("Prefecture"), "county": _("County"),
        "township": _("Township"), "village": _("Village"), "natural_village": _("Natural village"),
        "villager_group": _("Villager group"), "grid": _("Grid"),
    }  # fmt: skip
    whats = {
        "new": _("new"), "renamed": _("renamed"), "recoded": _("re-coded"), "ended": _("ended"),
        "unchanged": _("unchanged"),
    }  # fmt: skip
    return levels, whats


def _table(counts: dict[str, dict[str, int]]) -> Iterable[str]:
    """Counts per level, in columns that also line up with Chinese words."""
    levels, whats = _names()
    widest = max(_width(levels[level]) for level in counts)
    yield " " * widest + "".join(_right(whats[what], 12) for what in whats)
    for level, row in counts.items():
        yield levels[level] + " " * (widest - _width(levels[level])) + "".join(_right(str(n), 12) for n in row.values())


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _right(text: str, width: int) -> str:
    return " " * max(1, width - _width(text)) + text


def _details(changes: Sequence[Change], *, first: bool) -> Iterable[str]:
    """One line for each place that changes; of a county that is new only the numbers matter."""
    from commongrid.kernel.places import show

    _levels, whats = _names()
    for what in ("renamed", "recoded", "ended", "new"):
        found = [each for each in changes if each.what == what]
        if what == "new" and first:
            continue
        for each in found[:SHOWN]:
            before = " ".join(filter(None, (show(each.old) if each.old else "", each.former)))
            arrow = f"{before} -> " if before and what in {"renamed", "recoded"} else ""
            code = f"{show(each.code)} " if what != "renamed" else ""
            lead = f"{show(each.code)} " if what == "renamed" else ""
            yield f"{whats[what]}: {lead}{arrow}{code}{each.name}"
        if len(found) > SHOWN:
            yield _("%(count)s more are not shown.", count=len(found) - SHOWN)
