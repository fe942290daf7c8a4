"""A row of an older system's file, read into a matter or a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from commongrid.kernel.clock import localise
from commongrid.kernel.moments import Order, UnreadableDate, missing, read_moment
from commongrid.kernel.places import county_of, township_of
from commongrid.matters.importing.rules.columns import Binding
from commongrid.matters.importing.rules.faults import Account, Dirty, Fault, masked, masked_word
from commongrid.matters.rules.routing_round import OUTSIDE, UNSURE, WHOM, handled_at

NUMBER_LENGTH = 64
TITLE_LENGTH = 120
TEXT_LENGTH = 20_000
TIMES_LENGTH = 2
UNSEALED = UUID(int=0)
MOVED = {"ambiguous": "time_first", "missing": "time_forward"}

YES = frozenset(
    ["yes", "y", "true", "t", "1", "是", "有", "满意", "基本满意", "比较满意", "很满意", "非常满意", "satisfied"]
)
NO = frozenset(
    [
        "no",
        "n",
        "false",
        "f",
        "0",
        "否",
        "无",
        "没有",
        "不满意",
        "不太满意",
        "很不满意",
        "非常不满意",
        "dissatisfied",
        "unsatisfied",
    ]
)
SERIES: dict[str, str] = {
    **dict.fromkeys(("asked", "群众诉求", "诉求", "群众反映"), "asked"),
    **dict.fromkeys(("patrol", "巡查发现", "巡查", "网格巡查"), "patrol"),
    **dict.fromkeys(("systems", "系统转入", "上级系统", "其他系统"), "systems"),
    **dict.fromkeys(("register", "台账变更", "信息变更", "登记变更"), "register"),
}
SOURCES: dict[str, str] = {
    **dict.fromkeys(("villager", "群众", "村民"), "villager"),
    **dict.fromkeys(("patrol", "巡查"), "patrol"),
    **dict.fromkeys(("department", "部门"), "department"),
    **dict.fromkeys(("hotline", "热线", "12345", "12345热线"), "hotline"),
    **dict.fromkeys(("petition", "信访"), "petition"),
    **dict.fromkeys(("leader", "领导批示", "领导交办"), "leader"),
    **dict.fromkeys(("anonymous", "匿名"), "anonymous"),
}


ABOUT: Final = {"村": "village", "乡镇": "township", "单位": "unit", "县": "county", "不详": UNSURE}
"""How a file in Chinese says whom a complaint is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a file is to be read: what its words mean in this county.

    ``kinds`` and ``places`` map the file's words (case-folded) to codes; a word
    of several meanings is not in them. ``raised`` kinds are handled above the
    village, ``sealed`` ones by the unit given, at the county; where the county
    has no such unit (None) their rows are kept out. ``now_at`` leads from an ended
    place to the one that carries it on.
    """

    zone: ZoneInfo
    now: datetime
    kinds: Mapping[str, str]
    places: Mapping[str, int]
    unsorted: str
    default_place: int | None = None
    dirty: Dirty = "keep-out"
    orders: Mapping[str, Order] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()
    sealed: Mapping[str, UUID | None] = field(default_factory=dict)
    now_at: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that becomes a matter; ``doubt`` names what is doubtful about its dates, else empty."""

    row: int
    number: str
    opened_at: datetime
    closed_at: datetime | None
    title: str
    text: str
    kind: str
    kind_text: str
    place: int
    place_then: int
    unit: UUID | None
    series: str
    source: str
    due_at: datetime | None
    satisfied: bool | None
    reopened: int | None
    doubt: str


class _KeptOut(Exception):
    def __init__(self, code: str, name: str) -> None:
        self.code, self.name = code, name


@dataclass(slots=True)
class Reader:
    """Reads rows by one binding and settings, and keeps the account.

    ``known`` are numbers taken over before; whoever feeds rows looks them up.
    """

    binding: Binding
    settings: Settings
    account: Account
    seen: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def read(self, row_number: int, row: Sequence[object]) -> Taken | None:
        """The matter of a row, or None after its fault was put down in the account."""
        self.account.rows += 1
        notes: list[str] = []
        try:
            taken = self._taken(row_number, row, notes)
        except _KeptOut as out:
            self._fault(out.code, out.name, row_number, row)
            return None
        if taken.doubt:
            self._fault(taken.doubt, taken.doubt.partition("_")[0], row_number, row)
        return self._keep(taken, notes)

    def number_of(self, row: Sequence[object]) -> str:
        """The row's number as it is kept and looked up; empty where it is missing."""
        return plain(self.binding.cell(row, "number"))

    def _keep(self, taken: Taken, notes: list[str]) -> Taken:
        account = self.account
        self.seen.add(taken.number)
        account.taken += 1
        account.open += taken.closed_at is None
        account.flagged += bool(taken.doubt)
        account.notes.update(notes)
        if "kind_unsorted" in notes:
            account.unsorted[masked_word(taken.kind_text)] += 1
        return taken

    def _fault(self, code: str, name: str, row_number: int, row: Sequence[object]) -> None:
        value = masked(self.binding.cell(row, name))
        self.account.fault(Fault(row_number, code, self.binding.headers.get(name, ""), value), row)

    def _taken(self, row_number: int, row: Sequence[object], notes: list[str]) -> Taken:
        number = self._number(row)
        opened_at, closed_at, doubt = self._span(row, notes)
        kind, kind_text = self._kind(row, notes)
        place = self._place(row, kind, notes)
        title, text = self._words(row, kind_text, notes)
        return Taken(
            row=row_number,
            number=number,
            opened_at=opened_at,
            closed_at=closed_at,
            title=title,
            text=text,
            kind=kind,
            kind_text=kind_text,
            place=self.settings.now_at.get(place, place),
            place_then=place,
            unit=self.settings.sealed.get(kind),
            series=self._word(row, "series", SERIES, "asked", notes),
            source=self._word(row, "source", SOURCES, "villager", notes),
            due_at=self._due(row, notes),
            satisfied=self._satisfied(row, notes),
            reopened=self._reopened(row, notes),
            doubt=doubt,
        )

    def _number(self, row: Sequence[object]) -> str:
        number = self.number_of(row)
        if not number:
            raise _KeptOut("number_missing", "number")
        if len(number) > NUMBER_LENGTH:
            raise _KeptOut("number_too_long", "number")
        if number in self.seen:
            raise _KeptOut("number_twice", "number")
        if number in self.known:
            raise _KeptOut("number_known", "number")
        return number

    def _span(self, row: Sequence[object], notes: list[str]) -> tuple[datetime, datetime | None, str]:
        """When it was opened and closed, and the doubt about it; doubtful rows end here unless they are to be flagged.

        A flagged row without a date of opening gets its date of closing, or
        the moment of the import, as a stand-in, and counts in no figure.
        """
        now = self.settings.now
        opened_at, opened_doubt = self._when(row, "opened", notes)
        closed_at, closed_doubt = self._when(row, "closed", notes)
        doubt = opened_doubt or closed_doubt
        if not doubt and opened_at is None:
            doubt = "opened_missing"
        if not doubt and opened_at and closed_at and closed_at < opened_at:
            doubt = "closed_before_opened"
        if doubt and self.settings.dirty == "keep-out":
            raise _KeptOut(doubt, doubt.partition("_")[0])
        notes += [f"{name}_later" for name, at in (("opened", opened_at), ("closed", closed_at)) if at and at > now]
        if closed_doubt:
            closed_at = opened_at or now
        return opened_at or closed_at or now, closed_at, doubt

    def _when(self, row: Sequence[object], name: str, notes: list[str]) -> tuple[datetime | None, str]:
        value = self.binding.cell(row, name)
        if missing(value):
            return None, ""
        try:
            return self._instant(value, name, notes), ""
        except UnreadableDate:
            return None, f"{name}_unreadable"

    def _instant(self, value: object, name: str, notes: list[str]) -> datetime:
        at = read_moment(value, self.settings.orders.get(name, ""))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        found = localise(at, self.settings.zone)
        if found.existence != "ok":
            notes.append(MOVED[found.existence])
        return found.at

    def _due(self, row: Sequence[object], notes: list[str]) -> datetime | None:
        due_at, unreadable = self._when(row, "due", notes)
        notes += [unreadable] if unreadable else []
        return due_at

    def _kind(self, row: Sequence[object], notes: list[str]) -> tuple[str, str]:
        text = plain(self.binding.cell(row, "kind"))
        code = self.settings.kinds.get(text.casefold()) if text else None
        if code is None:
            notes.append("kind_unsorted")
        elif self.settings.sealed.get(code, UNSEALED) is None:
            raise _KeptOut("kind_sealed", "kind")
        return code or self.settings.unsorted, text[:TITLE_LENGTH]

    def _place(self, row: Sequence[object], kind: str, notes: list[str]) -> int:
        place, handled = self._place_named(row, notes), self._handled(row)
        if kind in self.settings.sealed or handled == "county":
            return county_of(place) or place
        if handled == "township":
            return township_of(place) or place
        return township_of(place) or place if kind in self.settings.raised else place

    def _handled(self, row: Sequence[object]) -> str:
        """The level that may handle a complaint about somebody of the government; nothing where it is about nobody.

        Of an older system's words only the level counts: which unit is meant stays open, so the county looks first.
        """
        text = plain(self.binding.cell(row, "about")).casefold()
        if not text:
            return ""
        whom = ABOUT.get(text, text)
        if whom not in WHOM:
            raise _KeptOut("about_unknown", "about")
        level = handled_at(UNSURE if whom == "unit" else whom)
        if level == OUTSIDE:
            raise _KeptOut("about_county", "about")
        return level

    def _place_named(self, row: Sequence[object], notes: list[str]) -> int:
        text = plain(self.binding.cell(row, "place"))
        place = self.settings.places.get(text.casefold()) if text else None
        if place is not None:
            return place
        if self.settings.default_place is None:
            raise _KeptOut("place_unknown", "place")
        if text:
            notes.append("place_default")
            self.account.strangers[masked_word(text)] += 1
        return self.settings.default_place

    def _words(self, row: Sequence[object], kind_text: str, notes: list[str]) -> tuple[str, str]:
        text = written(self.binding.cell(row, "text"))
        title = " ".join(written(self.binding.cell(row, "title")).split())
        if len(text) > TEXT_LENGTH:
            notes.append("text_cut")
        title = title or " ".join(text.split()) or kind_text or plain(self.binding.cell(row, "number"))
        return title[:TITLE_LENGTH], text[:TEXT_LENGTH]

    def _word(self, row: Sequence[object], name: str, words: Mapping[str, str], default: str, notes: list[str]) -> str:
        value = self.binding.cell(row, name)
        if missing(value):
            return default
        found = words.get(plain(value).casefold())
        if found is None:
            notes.append(f"{name}_unknown")
        return found or default

    def _satisfied(self, row: Sequence[object], notes: list[str]) -> bool | None:
        value = self.binding.cell(row, "satisfied")
        if missing(value):
            return None
        answer = yes_or_no(value)
        notes += ["satisfied_unreadable"] if answer is None else []
        return answer

    def _reopened(self, row: Sequence[object], notes: list[str]) -> int | None:
        value = self.binding.cell(row, "reopened")
        answer = yes_or_no(value)
        if answer is not None or missing(value):
            return None if answer is None else int(answer)
        word = plain(value)
        if word.isascii() and word.isdecimal() and len(word) <= TIMES_LENGTH:
            return int(word)
        notes.append("reopened_unreadable")
        return None


def plain(value: object) -> str:
    """A cell as a word or number: trimmed, a whole number without its ".0", no control characters."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).replace("\0", "").split())


def written(value: object) -> str:
    """A cell as somebody's text: lines kept, trimmed, without the characters that a database can't hold."""
    text = "" if value is None else value if isinstance(value, str) else plain(value)
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def yes_or_no(value: object) -> bool | None:
    """True or False where the cell says so in either language, else None."""
    word = plain(value).casefold()
    return True if word in YES else False if word in NO else None
