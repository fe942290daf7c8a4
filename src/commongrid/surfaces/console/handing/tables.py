"""What is handed out: tables of text with their title, place, purpose, and the day by which the file is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.registry.keeping import queries as keeping
from commongrid.registry.rules.vocabularies import EXPORTED
from commongrid.roster import queries as roster
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language, when

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

KEPT_DAYS: Final = 30
"""So long an exported file may be kept where no rule of the county says otherwise."""


def longest(scope: Scope) -> int:
    """So many days the county lets an exported file be kept."""
    rule = keeping.rules(scope, localdate()).get(EXPORTED)
    return rule.length if rule and rule.length else KEPT_DAYS


class Purpose(Form):
    """What a list is exported for, and for how many days the file is kept."""

    purpose = forms.CharField(
        label=_("What you need the list for"),
        help_text=_("It is kept in the access log and written on the sheet."),
        max_length=200,
        error_messages={"required": _("Say what you need the list for.")},
    )
    days = forms.IntegerField(
        label=_("Days until the file is deleted"), required=False, min_value=1,
        error_messages={"invalid": _("Write a whole number of days."), "min_value": _("At least one day.")},
    )  # fmt: skip

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        """With as many days as the county allows at most, which is what it is where none are said."""
        super().__init__(*args, **kwargs)
        self.most, days = longest(scope), self.fields["days"]
        days.initial = self.most
        days.widget.attrs["max"] = self.most
        days.help_text = _("At most %(most)s in this county. The day is written on the sheet.") % {"most": self.most}

    def clean_days(self) -> int:
        """Within the county's limit."""
        days: int | None = self.cleaned_data["days"]
        if days is not None and days > self.most:
            raise forms.ValidationError(
                _("The county lets a file be kept for at most %(most)s days.") % {"most": self.most}
            )
        return days or self.most

    @property
    def until(self) -> date:
        """The day by which the file is deleted."""
        return localdate() + timedelta(days=self.cleaned_data["days"])


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
class LongTable:
    """A table of any length: its rows come as they are read, once. ``sums``: it sums up the others."""

    name: str
    heads: tuple[str, ...]
    rows: Iterable[Row]
    sums: bool = False


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


def handed(scope: Scope, *, title: str, place: str, form: Purpose | str, tables: Sequence[Table]) -> Handed:
    """What a post hands out now, for what the form says; a plain purpose holds as long as the county allows."""
    if isinstance(form, Purpose):
        purpose, until = form.cleaned_data["purpose"], form.until
    else:
        purpose, until = form, localdate() + timedelta(days=longest(scope))
    return Handed(title=title, place=place, by=name_of(scope), purpose=purpose, tables=tables, until=until)


def name_of(scope: Scope) -> str:
    """Who hands out: the post and its holder."""
    faces = roster.faces(scope, {scope.post} if scope.post else ())
    return next((f"{one.label(language())} {one.name}".strip() for one in faces.values()), "")


def rows_of(cells: Iterable[Sequence[str]]) -> list[Row]:
    """Plain rows."""
    return [Row(tuple(one)) for one in cells]
