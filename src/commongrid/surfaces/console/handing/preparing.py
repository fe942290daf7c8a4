"""Lists too long to be handed out at once: kept as a wish, written later with the eyes of whoever asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext

from commongrid.accounts.exporting import actions
from commongrid.journal.acting import acting, settings_of
from commongrid.kernel.places import interval
from commongrid.kernel.refusals import N_, TooLarge, TooMany

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.surfaces.console.handing.tables import LongTable, Purpose
    from commongrid.surfaces.shared.doors import Asked

K = TypeVar("K")
MOST: Final = 5_000
"""So many households or matters are handed out at once; more are prepared. Ledgers count to their own limit."""
BATCH: Final = 1_000
"""So many rows are read at a time."""
LONGEST: Final = 1_048_574
"""Rows that a sheet holds under its two rows of headings."""
AT_ONCE: Final = N_("More than 5,000 rows are prepared as Excel alone: choose Excel, or a smaller place.")
"""What is said where Word, or a form of somebody else's, is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A long list: the code of what it is, its title, its place, the stem of its file's name, and which rows."""

    what: str
    title: str
    place: int
    stem: str
    rows: Mapping[str, Any]


def prepare(request: Asked, form: Purpose, wish: Wish) -> HttpResponse:
    """Have a long list prepared, and lead to where it will be found. Refuses: TooMany."""
    scope, (lo, hi) = request.scope, interval(wish.place)
    asked = actions.Asked(
        what=wish.what, lo=max(lo, scope.lo), hi=min(hi, scope.hi), until=form.until, language=get_language() or "",
        session=request.session.session_key or "", sight=sight(scope),
        rows={
            "purpose": form.cleaned_data["purpose"], "title": wish.title, "place": wish.place, "stem": wish.stem,
            "rows": dict(wish.rows),
        },
    )  # fmt: skip
    actions.ask_list(scope, request.act, asked=asked)
    messages.success(request, gettext("This list is long: it is being prepared. You find it here, also later."))
    return redirect("prepared")


def prepared(request: Asked, form: Purpose, wish: Wish) -> HttpResponse | None:
    """A list above MOST: being prepared, or nothing where the form says why it isn't."""
    if request.POST.get("into") == "docx":
        form.add_error(None, gettext(AT_ONCE))
        return None
    try:
        return prepare(request, form, wish)
    except TooMany as refusal:
        form.refuse(refusal)
        return None


def sight(scope: Scope) -> bytes:
    """What a post sees, as a digest: its places, how they are narrowed, its unit and standing."""
    alike: dict[str, Any] = {name: tuple(sorted(getattr(scope, name))) for name in ("grids", "households", "units")}
    told = "\n".join(f"{name}={value}" for name, value in sorted(settings_of(replace(scope, **alike)).items()))
    return hashlib.sha256(told.encode()).digest()


def power_of(what: str) -> str:
    """The power that opens a list."""
    return "matters.read" if what == "matters" else "people.read"


@dataclass(slots=True)
class Eyes:
    """The sight of whoever asked, while their list is written: ``look`` finds it anew, ``note`` takes the share.

    ``steps`` is how many rows will be read in all, once that is known.
    """

    look: Callable[[], Scope]
    note: Callable[[float], None]
    steps: int = 0
    done: int = 0

    @contextmanager
    def open(self) -> Iterator[Scope]:
        """See for a moment what the post sees now. Refuses: what ``look`` refuses."""
        scope = self.look()
        with acting(scope):
            yield scope

    def batches(self, keys: Sequence[K]) -> Iterator[Sequence[K]]:
        """The keys in parts that are read at once; how far it has come is noted before each."""
        for at in range(0, len(keys), BATCH):
            self.note(self.done / max(self.steps, 1))
            part = keys[at : at + BATCH]
            yield part
            self.done += len(part)


def demand_room(number: int) -> None:
    """Refuse with TooLarge what no sheet holds."""
    if number > LONGEST:
        raise TooLarge(
            N_("More than %(most)s rows fit in no sheet: choose a smaller place, or narrow the list."),
            most=f"{LONGEST:,}",
        )


Maker = Callable[[Eyes, Mapping[str, Any]], Iterable["LongTable"]]
"""Gives the tables of a list, one after the other, read with these eyes."""
