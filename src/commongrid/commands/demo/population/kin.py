"""Who is what to whom in a planned household, in as few bytes as a county of them allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from commongrid.commands.demo.population.census import MALE, OLD

HEAD, SPOUSE, SON, DAUGHTER, SON_IN_LAW, DAUGHTER_IN_LAW = "02", "10", "20", "30", "28", "38"
GRANDCHILD, PARENT, SIBLING = "40", "50", "70"
SINGLE, MARRIED, WIDOWED, DIVORCED = "10", "20", "30", "40"
KINDS: Final = ("great", "three", "skipped", "young", "grown", "couple", "alone", "away")
"""Four generations, three, grandparents with grandchildren, parents with children, elders with a grown child, one
generation, one person; and those who are wholly away."""
ROLES: Final = (HEAD, SPOUSE, SON, DAUGHTER, SON_IN_LAW, DAUGHTER_IN_LAW, GRANDCHILD, PARENT, SIBLING)
STATES: Final = (SINGLE, MARRIED, WIDOWED, DIVORCED)
LEVEL: Final = {
    HEAD: 0, SPOUSE: 0, SIBLING: 0, PARENT: 1, SON: -1, DAUGHTER: -1, SON_IN_LAW: -1, DAUGHTER_IN_LAW: -1,
    GRANDCHILD: -2,
}  # fmt: skip
"""By relation (GB/T 4761): how many generations above the head."""
CHILD: Final = {MALE: SON, 2: DAUGHTER}
IN_LAW: Final = {SON: DAUGHTER_IN_LAW, DAUGHTER: SON_IN_LAW}
WOMAN_MARRIES, MAN_MARRIES = 20, 22


class Member(NamedTuple):
    """One of a household: what they are to its head, sex, age, whether married, whether away for work."""

    role: str
    sex: int
    age: int
    marital: str = SINGLE
    away: bool = False


class Planned(NamedTuple):
    """A household as planned: its kind and its people, the head first."""

    kind: str
    people: tuple[Member, ...]

    @property
    def here(self) -> tuple[Member, ...]:
        """Those who live here."""
        return tuple(one for one in self.people if not one.away)

    @property
    def generations(self) -> int:
        """How many generations live here."""
        return len({LEVEL[one.role] for one in self.here})

    @property
    def old(self) -> bool:
        """Whether anybody over 65 lives here."""
        return any(one.age >= OLD for one in self.here)


def packed(kind: str, people: Iterable[Member]) -> bytes:
    """A household in one byte and three for each of its people."""
    out = bytearray((KINDS.index(kind),))
    for one in people:
        out += bytes((ROLES.index(one.role) | one.sex << 4 | one.away << 6, one.age, STATES.index(one.marital)))
    return bytes(out)


def unpacked(row: bytes) -> Planned:
    """The household that ``packed`` made."""
    return Planned(KINDS[row[0]], tuple(_members(row)))


def _members(row: bytes) -> Iterator[Member]:
    for at in range(1, len(row), 3):
        first, age, marital = row[at : at + 3]
        yield Member(ROLES[first & 15], first >> 4 & 3, age, STATES[marital], bool(first >> 6))


class Line(NamedTuple):
    """A young family: whoever carries the line on, their partner, their children."""

    line: Member
    partner: Member | None
    children: tuple[Member, ...]

    def beneath(self, *, head_is_parent: bool) -> list[Member]:
        """As members of a household whose head is the line's parent, or the line itself."""
        if head_is_parent:
            role = CHILD[self.line.sex]
            partner = [self.partner._replace(role=IN_LAW[role])] if self.partner else []
            return [self.line._replace(role=role), *partner, *(one._replace(role=GRANDCHILD) for one in self.children)]
        partner = [self.partner._replace(role=SPOUSE)] if self.partner else []
        return [self.line._replace(role=HEAD), *partner, *(one._replace(role=CHILD[one.sex]) for one in self.children)]


def couple_under(elders: Sequence[Member], role: str) -> list[Member]:
    """Elders as head and spouse, or both as parents."""
    if role == PARENT:
        return [one._replace(role=PARENT) for one in elders]
    return [one._replace(role=HEAD if n == 0 else SPOUSE) for n, one in enumerate(elders)]
