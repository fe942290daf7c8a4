"""The account of a takeover in words: as JSON for programs, as lines for people, each fault in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from commongrid.matters.importing.rules.faults import DUPLICATES, FAULTS, NOTES

if TYPE_CHECKING:
    from commongrid.matters.importing.jobs import Result
    from commongrid.matters.importing.rules.faults import Fault

MOST = 50
"""Words not understood that are listed, the most frequent first."""


def reason(fault: Fault) -> tuple[str, str]:
    """What is wrong and what to do, in Chinese and in English."""
    return tuple(f"{text} {remedy}" for text, remedy in (_in(fault.code, "zh-hans"), _in(fault.code, "en")))  # type: ignore[return-value]


def as_json(result: Result) -> dict[str, Any]:
    """The whole account, for a program."""
    account = result.account
    return {
        "dry_run": result.batch is None,
        "batch": str(result.batch) if result.batch else None,
        "zone": result.zone,
        "county": result.county,
        "rows": account.rows,
        "matters": account.taken,
        "open": account.open,
        "closed": account.taken - account.open,
        "flagged": account.flagged,
        "duplicates": {"in_file": account.faults["number_twice"], "known": account.faults["number_known"]},
        "kept_out": account.kept_out,
        "faults": {code: account.faults[code] for code in FAULTS if code not in DUPLICATES},
        "notes": {code: account.notes[code] for code in NOTES},
        "times": {"ambiguous_first": account.notes["time_first"], "missing_forward": account.notes["time_forward"]},
        "to_sort": [{"kind": word, "rows": number} for word, number in account.unsorted.most_common(MOST)],
        "unknown_places": [{"place": word, "rows": number} for word, number in account.strangers.most_common(MOST)],
        "date_order": result.orders,
        "examples": [_example(fault) for faults in account.examples.values() for fault in faults],
    }


def lines(result: Result) -> Iterator[str]:
    """The account for a person at a terminal."""
    account = result.account
    yield _("Rows read: %(rows)s. Times are read in %(zone)s.") % {"rows": account.rows, "zone": result.zone}
    yield _("Matters: %(taken)s, of them %(closed)s closed and %(open)s open; flagged: %(flagged)s.") % {
        "taken": account.taken,
        "closed": account.taken - account.open,
        "open": account.open,
        "flagged": account.flagged,
    }
    yield _("Duplicates: %(file)s in the file, %(known)s taken over before. Kept out: %(out)s.") % {
        "file": account.faults["number_twice"],
        "known": account.faults["number_known"],
        "out": account.kept_out,
    }
    yield from _faults(result)
    yield from (f"  {number:>9,}  {_(NOTES[code])}" for code, number in account.notes.items())
    for word, number in account.unsorted.most_common(10):
        yield _("  to be sorted: %(word)s (%(number)s)") % {"word": word or "-", "number": number}
    if result.batch:
        yield _("Taken over as batch %(batch)s. To take it out again: --undo %(batch)s") % {"batch": result.batch}
    elif account.taken:
        yield _("This was a dry run, nothing was changed. Run it again with --yes to take the matters over.")
    else:
        yield _("There is nothing to take over.")


def _faults(result: Result) -> Iterator[str]:
    for code, faults in result.account.examples.items():
        yield f"  {result.account.faults[code]:>9,}  {_(FAULTS[code][0])} {_(FAULTS[code][1])}"
        for fault in faults[:5]:
            yield "             " + _("row %(row)s, column %(column)s: %(value)s") % {
                "row": fault.row, "column": fault.column or "-", "value": fault.value or "-",
            }  # fmt: skip
        if len(faults) > 5:  # noqa: PLR2004 - as many as fit a screen
            yield "             …"


def _example(fault: Fault) -> dict[str, Any]:
    zh, en = _in(fault.code, "zh-hans"), _in(fault.code, "en")
    return {
        "row": fault.row, "column": fault.column, "code": fault.code, "value": fault.value,
        "zh": zh[0], "en": en[0], "remedy_zh": zh[1], "remedy_en": en[1],
    }  # fmt: skip


def _in(code: str, language: str) -> tuple[str, str]:
    with override(language):
        return _(FAULTS[code][0]), _(FAULTS[code][1])
