"""Scope: what one request may see and do, as a plain value.

A post in force becomes a Scope; beside it there are only the slip (one matter,
by the hash of its code), the public, and the clock (a named job). Every query
takes it as its first argument, and ``journal.acting`` hands it to PostgreSQL,
where row-level security decides the same again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from commongrid.kernel.refusals import NotAllowed

READING = frozenset({"matters.read", "figures.read", "matters.import"})
"""Any of these lets a post have to do with matters at all; without one the wall shows it none."""
AUDIT = "journal.verify"
"""Opens the journal's lines about matters that are out of sight, as far as they say anything."""
CENTRE = "matters.divert"
"""At a township or the county: the centre, which alone knows who reported in confidence and in what words."""
HARDSHIP = "people.hardship"
"""Opens hardship and health flags of those in scope."""
ETHNIC = "people.ethnic"
"""Opens ethnic group, as a sealed field with a reason; no role holds it unless the county gives it one."""
LOOKS = "people.looks"
"""Opens who has looked at the records in scope, for the people they are about."""
PUBLISH = "matters.publish"
BELOW_A_VILLAGE = ("grid", "natural_village", "villager_group", "party_group", "household")
"""Levels of role that stand with the grid."""
EVERYWHERE = (10**14, 10**15 - 1)
"""The interval of every place code: 15 digits."""

Kind = Literal["post", "slip", "public", "clock"]
Narrow = Literal["", "grids", "households", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """An interval of places, perhaps narrowed, plus powers.

    ``lo`` and ``hi`` are 15-digit place codes, both included; the default is
    empty and sees nothing. ``narrow`` says which rows of the interval remain:
    "grids" those at exactly the codes in ``grids``, "households" those of
    ``households``, "unit" those handled by ``unit``. ``units`` are ``unit`` and
    everything it answers to: a complaint about any of them is out of sight.
    ``asks_proof``: the post may act only in a session that showed a second factor.
    """

    kind: Kind
    lo: int = 1
    hi: int = 0
    powers: frozenset[str] = frozenset()
    narrow: Narrow = ""
    grids: tuple[int, ...] = ()
    households: tuple[UUID, ...] = ()
    unit: UUID | None = None
    units: tuple[UUID, ...] = ()
    post: UUID | None = None
    person: UUID | None = None
    role: str = ""
    level: str = ""
    place: int | None = None
    account: int | None = None
    asks_proof: bool = False
    slip: bytes | None = None
    job: str = ""

    @property
    def author(self) -> str:
        """Who acts, as the journal writes it."""
        match self.kind:
            case "post":
                return f"post:{self.post}"
            case "slip":
                return f"slip:{(self.slip or b'').hex()}"
            case "clock":
                return f"clock:{self.job}"
            case _:
                return "public"

    @property
    def standing(self) -> str:
        """How walls know it, a letter each.

        r(eads matters), a(udits), c(entre), v(illage), g(rid), h(ardship read), l(ooks told), p(ublishes). Whoever may
        publish reads no hardship, whatever a county gave the role.
        """
        held = {
            "r": bool(READING & self.powers),
            "a": AUDIT in self.powers,
            "c": CENTRE in self.powers and self.level in ("township", "county"),
            "v": self.level == "village",
            "g": self.level in BELOW_A_VILLAGE,
            "h": HARDSHIP in self.powers and PUBLISH not in self.powers,
            "l": LOOKS in self.powers,
            "p": PUBLISH in self.powers and self.level in ("township", "county"),
        }
        return "".join(letter for letter, holds in held.items() if holds)

    def may(self, power: str) -> bool:
        """Whether the power is included."""
        return power in self.powers

    def demand(self, power: str) -> None:
        """Refuse with NotAllowed unless the power is included."""
        if power not in self.powers:
            raise NotAllowed

    def covers(self, place: int) -> bool:
        """Whether a row with no more than a place would be seen (as row-level security decides)."""
        if not self.lo <= place <= self.hi:
            return False
        return self.narrow == "" or (self.narrow == "grids" and place in self.grids)


def public(*powers: str, account: int | None = None) -> Scope:
    """Anyone: sees only published rows; a signed-in person choosing a post is still this."""
    return Scope(kind="public", powers=frozenset(powers), account=account)


def clock(job: str, *powers: str, lo: int = EVERYWHERE[0], hi: int = EVERYWHERE[1]) -> Scope:
    """A named job with its powers written beside it; it is recorded as the author."""
    return Scope(kind="clock", job=job, powers=frozenset(powers), lo=lo, hi=hi)


def slip(hashed: bytes, *powers: str) -> Scope:
    """The holder of a slip code: sees one matter, by the hash of its code."""
    return Scope(kind="slip", slip=hashed, powers=frozenset(powers))
