"""Which new place is an old one re-coded: by declared lineage, else by name under the same parent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from commongrid.kernel.places import county_of, level_of, parent_of, show
from commongrid.kernel.refusals import N_
from commongrid.territory.rules.listing import Listed, Said

if TYPE_CHECKING:
    from commongrid.territory.rules.values import Known, Register

Key = Callable[[int, str], Hashable]


class Pairing:
    """Pairs of gone and new places.

    ``moves``: where the references of a gone place go. ``recoded``: the pairs
    that are one place under another code. ``successions``: all pairs to keep.
    """

    def __init__(
        self,
        register: Register,
        gone: Mapping[int, Known],
        new: Mapping[int, Listed],
        lineage: Sequence[tuple[int, int]],
    ) -> None:
        """Pair county, township and village in this order: a village's parent may itself be re-coded."""
        self._register = register
        self.gone, self.new = gone, new
        self.moves: dict[int, int] = {}
        self.recoded: dict[int, int] = {}
        self.successions: list[tuple[int, int]] = list(lineage)
        self.notes: list[Said] = []
        self._declare(lineage)
        for level in ("county", "township", "village"):
            self._by_name(level)
            if level == "township":
                self._merged_townships()
        self.moves = {old: self._end_of(old) for old in self.moves}

    def _end_of(self, old: int) -> int:
        """Where a chain of successors ends; rings were refused before."""
        code = self.moves[old]
        while code in self.moves:
            code = self.moves[code]
        return code

    def _declare(self, lineage: Sequence[tuple[int, int]]) -> None:
        olds, news = Counter(old for old, _ in lineage), Counter(new for _, new in lineage)
        for old, new in lineage:
            if old in self.gone:
                self.moves.setdefault(old, new)
                if new in self.new and olds[old] == news[new] == 1:
                    self.recoded[old] = new

    def _pair(self, old: int, new: int) -> None:
        self.moves[old] = self.recoded[old] = new
        self.successions.append((old, new))

    def _open(self, level: str) -> tuple[list[Known], list[Listed]]:
        """What is not yet paired at the level."""
        taken = {new for _old, new in self.successions}
        return (
            [place for place in self.gone.values() if place.level == level and place.code not in self.moves],
            [each for each in self.new.values() if each.level == level and each.code not in taken],
        )

    def _by_name(self, level: str) -> None:
        """Same name under the same (or the re-coded) parent; with the same number there first, else only if unique."""

        def parent(code: int) -> int | None:
            above = parent_of(code)
            return self.moves.get(above, above) if above is not None else None

        def exact(code: int, name: str) -> Hashable:
            return parent(code), name, code // 1000 % 1000 if level == "village" else 0

        def by_name(code: int, name: str) -> Hashable:
            return parent(code), name

        for key in (exact, by_name) if level == "village" else (by_name,):
            for old, new in self._unique(level, key):
                self._pair(old, new)
        self._say_repeated(level, by_name)
        if level == "village":
            self._say_elsewhere()

    def _say_elsewhere(self) -> None:
        """A village that ended while one of its name begins in another township: said, never guessed."""
        open_gone, open_new = self._open("village")
        fresh = {(county_of(each.code), each.name): each for each in open_new}
        for place in open_gone:
            other = fresh.get((county_of(place.code), place.name))
            if other is not None and parent_of(other.code) != parent_of(place.code):
                self.notes.append(
                    Said(
                        other.row,
                        N_("%(name)s ends as %(old)s and begins as %(new)s in another township; "
                           "if it is the same place, say so in a lineage."),
                        {"name": place.name, "old": show(place.code), "new": show(other.code)},
                    )
                )  # fmt: skip

    def _unique(self, level: str, key: Key) -> list[tuple[int, int]]:
        gone, new = self._grouped(level, key)
        both = [(olds, new.get(name, [])) for name, olds in gone.items()]
        return [(olds[0], news[0]) for olds, news in both if len(olds) == len(news) == 1]

    def _grouped(self, level: str, key: Key) -> tuple[dict[Hashable, list[int]], dict[Hashable, list[int]]]:
        gone: dict[Hashable, list[int]] = defaultdict(list)
        new: dict[Hashable, list[int]] = defaultdict(list)
        open_gone, open_new = self._open(level)
        for place in open_gone:
            gone[key(place.code, place.name)].append(place.code)
        for each in open_new:
            new[key(each.code, each.name)].append(each.code)
        return gone, new

    def _say_repeated(self, level: str, key: Key) -> None:
        gone, new = self._grouped(level, key)
        for name, olds in gone.items():
            if news := new.get(name):
                self.notes.append(
                    Said(
                        self.new[news[0]].row,
                        N_("%(name)s repeats under one parent: %(old)s end and %(new)s begin unless a lineage "
                           "says which became which."),
                        {
                            "name": self.gone[olds[0]].name,
                            "old": ", ".join(map(show, olds)),
                            "new": ", ".join(map(show, news)),
                        },
                    )
                )  # fmt: skip

    def _merged_townships(self) -> None:
        """A township that ended while at least half its villages appear by name under one other: merged into that."""
        open_gone, _new = self._open("township")
        if not open_gone:
            return
        villages: dict[int | None, list[Known]] = defaultdict(list)
        for place in self.gone.values():
            if place.level == "village":
                villages[parent_of(place.code)].append(place)
        fresh: dict[str, set[int | None]] = defaultdict(set)
        for each in self.new.values():
            if each.level == "village":
                fresh[each.name].add(parent_of(each.code))
        for township in open_gone:
            own = villages[township.code]
            votes = Counter(code for place in own for code in fresh.get(place.name, ()) if code != township.code)
            target, found = votes.most_common(1)[0] if votes else (None, 0)
            if target is not None and own and 2 * found >= len(own) and level_of(target) == "township":
                self.moves[township.code] = target
                self.successions.append((township.code, target))
                self.notes.append(
                    Said(
                        0,
                        N_("%(name)s %(old)s is taken to be merged into %(new)s, which has its villages by name."),
                        {"name": township.name, "old": show(township.code), "new": show(target)},
                    )
                )
