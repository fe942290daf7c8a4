"""What is handed out: tables of text with their title, place, purpose, and the day by which the file is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.roster import queries as roster
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language, when

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

KEPT_DAYS: Final = 30
"""So long an exported file may be kept."""


class Purpose(Form):
    """What a list is exported for."""

    purpose = forms.CharField(
        label=_("What you need the list for"),
        help_text=_("It is kept in the access log and written on the sheet."),
        max_length=200,
        error_messages={"required": _("Say what you need the list for.")},
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``head`` ones stand over a group of rows."""

    cells: tuple[str, ...]
    head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its name, its headings and its rows."""

    name: str
    heads: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Everything that a file says."""

    title: str
    place: str
    by: str
    purpose: str
    tables: Sequence[Table]
    at: datetime = field(default_factory=timezone.now)
    until: date = field(default_factory=lambda: localdate() + timedelta(days=KEPT_DAYS))

    @property
    def told(self) -> str:
        """Where, when, by whom and what for, and until when it may be kept."""
        text = gettext(
            "%(place)s · exported %(when)s by %(by)s for: %(purpose)s. Only for this purpose; delete it by %(until)s."
        )
        return text % {
            "place": self.place, "when": when(self.at), "by": self.by, "purpose": self.purpose,
            "until": when(self.until, "date"),
        }  # fmt: skip


def handed(scope: Scope, *, title: str, place: str, purpose: str, tables: Sequence[Table]) -> Handed:
    """What a post hands out now."""
    faces = roster.faces(scope, {scope.post} if scope.post else ())
    by = next((f"{one.label(language())} {one.name}".strip() for one in faces.values()), "")
    return Handed(title=title, place=place, by=by, purpose=purpose, tables=tables)


def rows_of(cells: Iterable[Sequence[str]]) -> list[Row]:
    """Plain rows."""
    return [Row(tuple(one)) for one in cells]
