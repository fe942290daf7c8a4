"""Codes inside a village that is re-coded or merged: its natural villages, groups and grids are minted anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from commongrid.kernel.places import LAST_SEQUENCE, level_of, sequence_of, show, village_of
from commongrid.kernel.refusals import N_
from commongrid.territory.rules.listing import Listed, Said

if TYPE_CHECKING:
    from commongrid.territory.rules.values import Register


class Minting:
    """Where the sets inside gone villages go: ``moves`` old -> new code.

    A village under a new code keeps the numbers of its sets; those of a village
    merged into another follow after every number that one ever gave.
    """

    def __init__(
        self, register: Register, by_code: Mapping[int, Listed], gone: set[int], moves: Mapping[int, int]
    ) -> None:
        """Mint in the order of codes, so the same list always gives the same codes."""
        self.moves: dict[int, int] = {}
        self.faults: list[Said] = []
        inside: dict[int, list[int]] = defaultdict(list)
        for code, place in register.known.items():
            if place.below and (village_of(code) or 0) in gone:
                inside[village_of(code) or 0].append(code)
        last = dict(register.sequences)
        for code in by_code:
            if level_of(code) == "below":
                village = village_of(code) or 0
                last[village] = max(last.get(village, 0), sequence_of(code))
        for village in sorted(inside):
            if (target := moves.get(village)) is not None:
                self._carry(sorted(inside[village]), target, last)

    def _carry(self, codes: list[int], target: int, last: dict[int, int]) -> None:
        shift = last.get(target, 0)
        for position, code in enumerate(codes, start=1):
            number = sequence_of(code) if shift == 0 else shift + position
            if number > LAST_SEQUENCE:
                self.faults.append(
                    Said(0, N_("%(village)s has no room for the places of the villages merged into it."),
                         {"village": show(target)})
                )  # fmt: skip
                return
            self.moves[code] = target + number
            last[target] = max(last.get(target, 0), number)
