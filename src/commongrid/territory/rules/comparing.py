"""Comparing a list of places with the register: new, renamed, re-coded, ended, unchanged.

A place is known by its code. One that is missing from the list and one that is
new under the same parent with the same name are the same place re-coded, unless
the name repeats there: then nothing is guessed and a lineage must say. What
lies outside the list's reach is left alone: a parent's children are within it
when the list names the parent's own row with children, or at least half of the
children that are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from commongrid.kernel.places import county_of, inside, level_of, parent_of, show, township_of, village_of
from commongrid.kernel.refusals import N_
from commongrid.territory.rules.listing import Listed, Said, is_below
from commongrid.territory.rules.minting import Minting
from commongrid.territory.rules.pairing import Pairing
from commongrid.territory.rules.values import PLAIN, Change, Comparison, Known, Meaning, Register

Lineage = Sequence[tuple[int, int]]


def compare(register: Register, listed: Iterable[Listed], meaning: Meaning = PLAIN) -> Comparison:
    """What the list changes, or its faults with their rows."""
    by_code = {each.code: each for each in listed}
    lineage = meaning.lineage
    faults = [*_used_again(register, by_code, meaning), *_lineage_faults(register, by_code, lineage)]
    reach = Reach(register, by_code, lineage, meaning.extent)
    faults += _parents_missing(register, by_code, reach.gone)
    if faults:
        return Comparison(faults=tuple(faults))
    new = {code: each for code, each in by_code.items() if code not in register.known}
    pairing = Pairing(register, {code: register.known[code] for code in reach.gone}, new, lineage)
    minting = Minting(register, by_code, reach.gone, pairing.moves)
    faults += [*minting.faults, *_villages_unnamed(register, reach.gone, pairing.moves, by_code)]
    if faults:
        return Comparison(faults=tuple(faults))
    moves = {**pairing.moves, **minting.moves}
    successions = dict.fromkeys((*pairing.successions, *minting.moves.items()))
    changes = tuple(_changes(register, by_code, reach, Moves(moves, pairing.recoded, minting.moves)))
    return Comparison(
        changes=(*changes, *_resumed_inside(register, changes)),
        moves=moves,
        successions=tuple(successions),
        notes=(*reach.notes, *pairing.notes, *_name_wandered(register, new, by_code)),
    )


def _used_again(register: Register, by_code: Mapping[int, Listed], meaning: Meaning) -> list[Said]:
    """An ended code is given to no other place; the same place goes on only where that is said."""
    faults = []
    for code, each in by_code.items():
        past = register.ended.get(code)
        if past is None or (meaning.resume and past.name == each.name):
            continue
        text = N_("%(code)s ended on %(on)s; a code is never used again.")
        if past.name == each.name:
            text = N_(
                "%(code)s ended on %(on)s; a code is never used again. If an earlier list was wrong, use --resume."
            )
        faults.append(Said(each.row, text, {"code": show(code), "on": past.on}))
    return faults


def _resumed_inside(register: Register, changes: Iterable[Change]) -> Iterable[Change]:
    """What ended inside a village on the day the village ended goes on with it."""
    back = {change.code: register.ended[change.code].on for change in changes if _goes_on(register, change)}
    for code, past in register.ended.items():
        if is_below(past.level) and not past.carried_on and back.get(village_of(code) or 0) == past.on:
            yield Change(what="new", level=past.level, code=code, name=past.name)


def _goes_on(register: Register, change: Change) -> bool:
    return change.what == "new" and change.level == "village" and change.code in register.ended


def _lineage_faults(register: Register, by_code: Mapping[int, Listed], lineage: Lineage) -> list[Said]:
    faults = []
    for old, new in lineage:
        if old not in register.known:
            faults.append(Said(0, N_("Lineage: %(code)s is not a place in force."), {"code": show(old)}))
        if new not in by_code and new not in register.known:
            faults.append(Said(0, N_("Lineage: %(code)s is neither in the list nor known."), {"code": show(new)}))
        if old == new or level_of(old) != level_of(new) or is_below(level_of(old)):
            faults.append(
                Said(
                    0,
                    N_("Lineage: %(old)s and %(new)s must be two places of one level."),
                    {"old": show(old), "new": show(new)},
                )
            )
    return faults + _rings(lineage)


def _rings(lineage: Lineage) -> list[Said]:
    """A place can't be its own successor's successor."""
    after: dict[int, set[int]] = defaultdict(set)
    for old, new in lineage:
        after[old].add(new)
    for start, next_ones in after.items():
        seen, ahead = set[int](), list(next_ones)
        while ahead:
            code = ahead.pop()
            if code == start:
                return [Said(0, N_("Lineage: %(code)s follows itself."), {"code": show(start)})]
            if code not in seen:
                seen.add(code)
                ahead += after.get(code, ())
    return []


def _parents_missing(register: Register, by_code: Mapping[int, Listed], gone: set[int]) -> list[Said]:
    """A township's county and a village's township must be there, in the list or in the register."""
    faults = []
    for code, each in by_code.items():
        parent = parent_of(code)
        if parent is None or each.level in {"province", "prefecture", "county"} or parent in by_code:
            continue
        if parent not in register.known or parent in gone:
            faults.append(
                Said(
                    each.row,
                    N_("%(code)s %(name)s: its parent %(parent)s is neither in the list nor known."),
                    {"code": show(code), "name": each.name, "parent": show(parent)},
                )
            )
    return faults


class Reach:
    """What the list speaks about: ``gone`` are the known places within its reach that it does not name."""

    def __init__(
        self, register: Register, by_code: Mapping[int, Listed], lineage: Lineage, extent: Sequence[int]
    ) -> None:
        """Work out the reach level by level, widest first, because what is gone takes its children along."""
        self._known, self._listed, self._extent = register.known, by_code, extent
        self.gone: set[int] = set()
        self.notes: list[Said] = []
        self.counties = {county_of(code) or parent_of(code) for code in by_code if level_of(code) != "province"}
        self._children: dict[int | None, list[Known]] = defaultdict(list)
        for place in self._known.values():
            self._children[parent_of(place.code)].append(place)
        self._named: dict[int | None, list[Listed]] = defaultdict(list)
        for each in by_code.values():
            self._named[parent_of(each.code)].append(each)
        declared = {old for old, _new in lineage if old not in by_code}
        for level in ("county", "township", "village"):
            for place in self._known.values():
                if place.level == level and place.code not in by_code and self._is_gone(place, declared):
                    self.gone.add(place.code)
        self._say_what_is_left()

    def _is_gone(self, place: Known, declared: set[int]) -> bool:
        parent = parent_of(place.code)
        return (
            place.code in declared
            or parent in self.gone
            or any(inside(place.code, code) for code in self._extent)
            or (place.level == "county" and self._recoded_county(place))
            or (place.level != "county" and self._complete(parent))
        )

    def _recoded_county(self, place: Known) -> bool:
        """A county is gone only where the list has one of its name in the same prefecture."""
        return any(
            each.level == "county" and each.name == place.name and each.code not in self._known
            for each in self._named[parent_of(place.code)]
        )

    def _complete(self, parent: int | None) -> bool:
        """Whether the list names the parent's children completely."""
        named, known = self._named[parent], self._children[parent]
        if not named:
            return False
        if parent in self._listed and level_of(parent or 0) == "township":
            return True
        codes, names = {each.code for each in named}, {each.name for each in named}
        return 2 * sum(child.code in codes or child.name in names for child in known) >= len(known)

    def _say_what_is_left(self) -> None:
        for parent in self._listed:
            known = [c for c in self._children[parent] if c.code not in self._listed and c.code not in self.gone]
            if not known or level_of(parent) not in {"county", "township"} or parent in self.gone:
                continue
            self.notes.append(
                Said(
                    self._listed[parent].row,
                    N_("%(name)s: the list names only some of its places; %(count)s others are left as they are."),
                    {"name": self._listed[parent].name, "count": len(known)},
                )
            )

    def holds(self, place: Known) -> bool:
        """Whether the place lies in the list's reach, so that it is counted."""
        code = place.code
        if code in self._listed or code in self.gone:
            return True
        if place.below:
            return (village_of(code) or 0) in self._listed or (village_of(code) or 0) in self.gone
        return False


class Moves:
    """Where codes go: ``all`` of them, the one-to-one ``recoded`` places, and those ``minted`` inside villages."""

    def __init__(self, moves: Mapping[int, int], recoded: Mapping[int, int], minted: Mapping[int, int]) -> None:
        """Keep the mappings, also backwards."""
        self.all = moves
        self.recoded = {**recoded, **minted}
        self.before = {new: old for old, new in self.recoded.items()}


def _changes(register: Register, by_code: Mapping[int, Listed], reach: Reach, moves: Moves) -> Iterable[Change]:
    """One change per place: first what the list names, then what it does not."""
    for code, each in by_code.items():
        yield _listed_change(each, register.known.get(code), register.known.get(moves.before.get(code, 0)))
    for code, place in register.known.items():
        if code in by_code or not reach.holds(place):
            continue
        if (new := moves.recoded.get(code)) is None:
            ends = code in reach.gone or (place.below and (village_of(code) or 0) in reach.gone)
            yield _same(place, "ended" if ends else "unchanged")
        elif new not in by_code:  # minted inside its new village
            yield Change(
                what="recoded", level=place.level, code=new, name=place.name, name_en=place.name_en, kind=place.kind,
                old=code, former=place.name,
            )  # fmt: skip


def _same(place: Known, what: str) -> Change:
    return Change(
        what="ended" if what == "ended" else "unchanged",
        level=place.level, code=place.code, name=place.name, name_en=place.name_en, kind=place.kind,
    )  # fmt: skip


def _listed_change(each: Listed, same_code: Known | None, before: Known | None) -> Change:
    """What the list's row means for the place of its code, or for the one that had another code before."""
    earlier = same_code or before
    name_en = each.name_en if each.name_en is not None else ""
    kind = each.kind_or_guess
    if earlier is not None:
        if each.name_en is None and each.name == earlier.name:
            name_en = earlier.name_en
        kind = each.kind if each.kind is not None else earlier.kind or kind
    change = Change(
        what="new", level=each.level, code=each.code, name=each.name, name_en=name_en, kind=kind, row=each.row,
        former=earlier.name if earlier else "", old=before.code if before and not same_code else None,
    )  # fmt: skip
    if same_code is None:
        return change if before is None else _as(change, "recoded")
    same = (each.name, name_en, kind) == (same_code.name, same_code.name_en, same_code.kind)
    return _as(change, "unchanged" if same else "renamed")


def _as(change: Change, what: str) -> Change:
    return Change(
        what="recoded" if what == "recoded" else "renamed" if what == "renamed" else "unchanged",
        level=change.level, code=change.code, name=change.name, name_en=change.name_en, kind=change.kind,
        old=change.old, former=change.former, row=change.row,
    )  # fmt: skip


def _villages_unnamed(
    register: Register, gone: set[int], moves: Mapping[int, int], by_code: Mapping[int, Listed]
) -> list[Said]:
    """A township can be re-coded only by a list that names its villages: their codes begin with it."""
    has_villages = {township_of(code) for code in by_code if level_of(code) == "village"}
    with_villages = {township_of(code) for code, place in register.known.items() if place.level == "village"}
    return [
        Said(0, N_("%(old)s becomes %(new)s, but the list does not name its villages."),
             {"old": show(code), "new": show(moves[code])})
        for code in sorted(gone)
        if level_of(code) == "township" and code in moves and code in with_villages and moves[code] not in has_villages
    ]  # fmt: skip


def _name_wandered(register: Register, new: Mapping[int, Listed], by_code: Mapping[int, Listed]) -> list[Said]:
    """A code that got another name while its old name appears at a new code: perhaps a re-coding, so it is said."""
    fresh = {(parent_of(code), each.name): each for code, each in new.items()}
    notes = []
    for code, each in by_code.items():
        known = register.known.get(code)
        if known is None or known.name == each.name:
            continue
        other = fresh.get((parent_of(code), known.name))
        if other is not None:
            notes.append(
                Said(
                    each.row,
                    N_("%(code)s is renamed %(name)s while %(former)s appears as %(other)s; "
                       "if it was re-coded, say so in a lineage."),
                    {"code": show(code), "name": each.name, "former": known.name, "other": show(other.code)},
                )
            )  # fmt: skip
    return notes
