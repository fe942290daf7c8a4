"""A list of places compared with the register: what an import would do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from commongrid.journal.acting import acting
from commongrid.kernel.places import Interval, county_of, enclosing, interval, level_of, union
from commongrid.territory.models import Place, Succession
from commongrid.territory.queries.places import sequences_used
from commongrid.territory.rules.comparing import compare
from commongrid.territory.rules.values import PLAIN, Comparison, Ended, Known, Meaning, Register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commongrid.kernel.places import Level
    from commongrid.kernel.scope import Scope
    from commongrid.territory.rules.listing import Listed


WIDER = frozenset({"province", "prefecture"})


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and whether the register held anything of these counties before."""

    comparison: Comparison
    first: bool


def compared(scope: Scope, listed: Sequence[Listed], meaning: Meaning = PLAIN) -> Compared:
    """What a list would change. ``first`` tells that nothing of its counties was known, so nothing can be lost."""
    codes = [*(each.code for each in listed), *(code for pair in meaning.lineage for code in pair), *meaning.extent]
    with acting(scope):
        register = register_for(scope, codes)
    held = {county_of(code) or code for code in (*register.known, *register.ended) if level_of(code) not in WIDER}
    first = held.isdisjoint({county_of(code) or code for code in codes})
    return Compared(compare(register, listed, meaning), first)


def register_for(scope: Scope, codes: Iterable[int]) -> Register:
    """The register's places of the counties that the codes concern, and what lies above them."""
    areas = union(_area(code) for code in set(codes))
    known: dict[int, Known] = {}
    ended: dict[int, Ended] = {}
    sequences: dict[int, int] = {}
    with acting(scope):
        for area in areas:
            found = Place.objects.within(area.lo, area.hi)
            for code, level, name, name_en, kind, valid_to in found.values_list(
                "code", "level", "name", "name_en", "kind", "valid_to"
            ):
                if valid_to is None:
                    known[code] = Known(code=code, level=cast("Level", level), name=name, name_en=name_en, kind=kind)
                else:
                    ended[code] = Ended(on=valid_to.isoformat(), name=name, level=cast("Level", level))
            sequences.update(sequences_used(scope, area.lo, area.hi))
        carried_on = set(Succession.objects.filter(old__in=list(ended)).values_list("old", flat=True))
    ended |= {code: replace(ended[code], carried_on=True) for code in carried_on}
    return Register(known=known, ended=ended, sequences=sequences)


def _area(code: int) -> Interval:
    """The prefecture of a code, because counties are compared within theirs; of a province only its row."""
    prefecture = enclosing(code, "prefecture")
    return Interval(code, code) if prefecture is None else interval(prefecture)
