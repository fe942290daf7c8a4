"""The half year before: matters that went their ways without anybody watching, most of them well.

What a post owes is read from the matter itself, step by step, so a kind's own
way (settled in the grid, passed up, given to a station, visited or not) needs
no telling here. A plan follows from its seed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commongrid.commands.demo import hours, naming
from commongrid.commands.demo.tales import REGISTER, SERIES, SPOTS, Tale
from commongrid.matters.actions import Contact, Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commongrid.matters.queries import MatterRow

DAYS: Final = 183
"""How far back it reaches."""
FATES: Final = {"well": 68, "late": 12, "unhappy": 6, "again": 5, "disagrees": 2, "silent": 7}
"""How often a matter ends how: in time and rated well, late, not satisfied, reopened once, reopened twice, unrated."""
URGENCIES: Final = {"normal": 30, "urgent": 50, "immediate": 20}
"""Of matters that may be pressing; of the others one in eight is urgent."""
GOOD: Final = ("办得快，谢谢。", "满意。", "修好了，放心了。", "态度好，办得也好。", "解决了，感谢。", "")
BAD: Final = ("等得太久了。", "修是修了，做得不细。", "跑了三趟才有人来。")
UNSOLVED: Final = ("还是老样子。", "下雨又不行了。", "只做了一半。")
WORDS: Final[Mapping[str, dict[str, object]]] = {
    "raise": {"reason": "本级没有条件办，请上级安排。"},
    "decide": {"basis": "由原单位先行处置。"},
    "review": {"finding": "现场复核，工程和答复属实，已当面说明理由。"},
}
"""What is said with a step that needs words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A matter of the past: when and where it was told, what of, by whom, how pressing, and how it ends."""

    at: datetime
    place: int
    tale: Tale
    spot: str
    source: str
    urgency: str
    fate: str
    contact: Contact
    matter: UUID
    chance: Random

    def report(self) -> Report:
        """What was told."""
        title, text = (one.format(spot=self.spot) for one in (self.tale.title, self.tale.text))
        return Report(
            kind_code=self.tale.kind, place=self.place, title=title, text=text, source=self.source,
            urgency=self.urgency, contact=self.contact,
        )  # fmt: skip


def plan(seed: str, grids: Mapping[int, Sequence[int]], count: int, now: datetime) -> list[Remembered]:
    """So many matters spread over the time before now, the oldest first: the same for the same seed."""
    chance, villages = Random(seed), list(grids)
    days = (now - timedelta(days=DAYS * (1 - (n + chance.random()) / count)) for n in range(count))
    return sorted((_one(chance, grids, villages, about, now) for about in days), key=lambda one: one.at)


def _one(
    chance: Random, grids: Mapping[int, Sequence[int]], villages: list[int], about: datetime, now: datetime
) -> Remembered:
    tale = chance.choice(chance.choices([tales for tales, _often in SERIES], [often for _tales, often in SERIES])[0])
    source, village = chance.choice(tale.sources), chance.choice(villages)
    office = source != "villager" or tale.kind.startswith(REGISTER)
    at = hours.soon(about, chance, office=office)
    at = at if at <= now else hours.before(about, office=office)
    return Remembered(
        at=at, place=chance.choice(list(grids[village]) or [village]), tale=tale, spot=chance.choice(SPOTS),
        source=source, urgency=_urgency(chance, tale), fate=_drawn(chance, FATES), contact=_contact(chance, source),
        matter=_number(at, chance), chance=Random(chance.random()),
    )  # fmt: skip


def _drawn(chance: Random, of: Mapping[str, int]) -> str:
    return chance.choices(list(of), list(of.values()))[0]


def _urgency(chance: Random, tale: Tale) -> str:
    if tale.pressing:
        return _drawn(chance, URGENCIES)
    return "urgent" if chance.random() < 1 / 8 else "normal"


def _contact(chance: Random, source: str) -> Contact:
    """One in seven keeps their name; what is found on patrol has no reporter."""
    name, phone = naming.person(chance), f"1380000{chance.randrange(10**4):04}"
    return Contact() if source == "patrol" or chance.random() < 1 / 7 else Contact(name=name, phone=phone)


def _number(at: datetime, chance: Random) -> UUID:
    """An id as a device makes them (UUIDv7), but by chance alone, so that the draws fall the same."""
    moment, head, tail = int(at.timestamp() * 1000), chance.getrandbits(12), chance.getrandbits(62)
    return UUID(int=moment << 80 | 7 << 76 | head << 64 | 2 << 62 | tail)


def owed(row: MatterRow, one: Remembered) -> list[tuple[str, dict[str, object]]]:
    """What somebody does next, with its words; the second where the first is refused. Nothing where nobody does."""
    answer: dict[str, object] = {"answer": one.tale.answer}
    passed_up = ("raise", WORDS["raise"])
    match row.step:
        case "settle":
            return [("settle", answer), passed_up]
        case "start" if row.owner_level == "village" and row.state == "accepted" and one.tale.up:
            return [passed_up, ("start", {})]
        case "answer" | "pass_on":
            return [(row.step, answer)]
        case "visit":
            return [("visit", _visit(row, one))]
        case "rate":
            solved, satisfied, words = _said(row, one)
            told: dict[str, object] = {"solved": solved, "satisfied": satisfied, "words": words}
            return [] if one.fate == "silent" else [("rate", told)]
        case step:
            return [(step, WORDS.get(step, {}))]


def _visit(row: MatterRow, one: Remembered) -> dict[str, object]:
    if not (row.kind.rated and row.series == "asked"):
        return {"result": "checked", "mode": "in_person"}
    if one.fate == "silent":
        return {"result": "not_reached"}
    return {"result": "asked", "answers": _said(row, one)}


def _said(row: MatterRow, one: Remembered) -> tuple[bool, bool, str]:
    """The two answers and a word, as the fate wants them."""
    if one.fate == "disagrees" or (one.fate == "again" and not row.reopened):
        return False, False, one.chance.choice(UNSOLVED)
    if one.fate == "unhappy":
        return True, False, one.chance.choice(BAD)
    return True, True, one.chance.choice(GOOD)


def when(row: MatterRow, one: Remembered, at: datetime) -> datetime:
    """When the next step is taken: after a share of the time it has, at work, and late only where that is its fate.

    What is immediate is done at night too, where it can't wait.
    Who waits for a rating that never comes looks again when its time is over.
    """
    left, office = (row.due_at or at) - at, row.step != "rate"
    late = row.step == "answer" and one.fate == "late" and not row.reopened
    if row.step == "rate" and one.fate == "silent":
        return at + left + timedelta(hours=13)
    if row.step == "visit" and one.fate == "silent":
        return hours.soon(at + timedelta(days=1), one.chance)
    share = one.chance.uniform(1.15, 1.7) if late else one.chance.uniform(*SHARE.get(row.step, (0.1, 0.5)))
    meant = at + max(left * share, timedelta(minutes=8))
    shifted = hours.soon(meant, one.chance, office=office)
    if late or shifted < at + left:
        return shifted
    earlier = hours.before(meant, office=office)
    return earlier if earlier > at else meant if one.urgency == "immediate" else shifted


SHARE: Final[Mapping[str, tuple[float, float]]] = {"answer": (0.25, 0.85)}
"""How much of the time it has a step takes, where it is not a tenth to a half."""
