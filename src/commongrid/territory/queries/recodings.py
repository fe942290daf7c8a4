"""Where a place lay on an earlier day, under the codes of that day: rows follow a re-coding, and past figures with it.

Below a village a re-coding only renames: a grid, a natural village or a group goes on under another code. A village
may be merged into another; which land was whose until then say the places inside it. Grids divided anew stay in their
village, so a succession that leads out of one is a re-coding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.timezone import localdate

from commongrid.journal.sending import once
from commongrid.kernel.places import Interval, interval, level_of
from commongrid.territory.models import Place, Succession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Lay:
    """A place as it lay on a day: the codes it bore then, and every code that has changed since, now and then.

    ``names`` is every code that a place below a village ever bore, for former values were written down under those;
    none where it had ended.
    """

    codes: tuple[int, ...]
    then: Mapping[int, int] = field(default_factory=dict)
    names: tuple[int, ...] = ()

    def now(self, column: str) -> Q:
        """The rows that lay in it, by a column that holds their place of today."""
        areas = [interval(code) for code in self.codes]
        found = _any(column, areas)
        came = [new for new, old in self.then.items() if _in(new, areas) and not _in(old, areas)]
        went = [new for new, old in self.then.items() if _in(old, areas) and not _in(new, areas)]
        return (found & ~_any(column, map(_all_of, came)) if came else found) | _any(column, map(_all_of, went))

    def codes_then(self, column: str) -> Q:
        """The rows that lay in it, by a column that holds a place of that day."""
        return _any(column, map(interval, self.codes))

    def today(self, codes: Iterable[int]) -> list[int]:
        """What places of that day are called today."""
        new = {old: new for new, old in self.then.items()}
        return [new.get(code, code) for code in codes]

    def that_day(self, code: int) -> int:
        """What a place of today was called that day, or the village that what began since lies in."""
        return self.then.get(code) or self.then.get(code // 1000 * 1000, code)


def lay_on(place: int, on: date) -> Lay:
    """A place as it lay on a day. One that has come by its code since is what it was before."""
    if on >= localdate():
        return Lay((place,), names=(place,))
    then = _changed_since(on)
    if level_of(place) == "below":
        code = then.get(place, place)
        return Lay((code,), then, _names(code, on))
    return Lay(_before(place, on) or (place,), then) if then else Lay((place,))


def _changed_since(on: date) -> dict[int, int]:
    """Each code of today that was another on the day, with that one.

    Of a village that took others in none is told: what of it came from where, its places inside tell.
    """

    def ask() -> dict[int, int]:
        pairs = list(_recodings().filter(on__gt=on).order_by("on", "old").values_list("old", "new"))
        wide = [new for _old, new in pairs if level_of(new) != "below"]
        shared = set(Place.objects.filter(code__in=wide, valid_from__lte=on).values_list("code", flat=True))
        then: dict[int, int] = {}
        for old, new in pairs:
            if new in then or new in shared:
                shared.add(new)
                then.pop(new, None)
            else:
                then[new] = then.pop(old, old)
        return then

    return once(("codes changed since", on), ask)


def _names(place: int, on: date) -> tuple[int, ...]:
    """The codes that a place below a village ever bore, its own included; none where it had ended by the day."""

    def ask() -> tuple[int, ...]:
        if Place.objects.filter(code=place, valid_to__lte=on).exists():
            return ()
        found, asked = {place}, {place}
        while asked:
            pairs = _recodings().filter(Q(old__in=asked) | Q(new__in=asked)).values_list("old", "new")
            asked = {code for pair in pairs for code in pair} - found
            found |= asked
        return tuple(sorted(found))

    return once(("every code", place, on), ask)


def _recodings() -> QuerySet[Succession]:
    return Succession.objects.annotate(was=F("old") / 1000, now=F("new") / 1000).exclude(was=F("now"))


def _before(place: int, on: date) -> tuple[int, ...]:
    """The places that one which did not bear its code on a day yet was then; none where it did."""

    def ask() -> tuple[int, ...]:
        if Place.objects.filter(code=place, valid_from__lte=on).exists():
            return ()
        found, codes = {place}, {place}
        while codes:
            codes = set(Succession.objects.filter(new__in=codes, on__gt=on).values_list("old", flat=True)) - found
            found |= codes
        return tuple(Place.objects.on(on).filter(code__in=found).order_by("code").values_list("code", flat=True))

    return once(("before its code", place, on), ask)


def _in(code: int, areas: Iterable[Interval]) -> bool:
    return any(area.holds(code) for area in areas)


def _all_of(code: int) -> Interval:
    """What goes along with a code: with a village all that begins inside it later."""
    return interval(code) if level_of(code) == "village" else Interval(code, code)


def _any(column: str, areas: Iterable[Interval]) -> Q:
    single, wide = set[int](), list[Interval]()
    for area in areas:
        if area.lo == area.hi:
            single.add(area.lo)
        else:
            wide.append(area)
    found = Q(**{f"{column}__in": single})
    for area in wide:
        found |= Q(**{f"{column}__range": area})
    return found
