"""Reads for the takeover: what words mean in this county, which numbers are known, batches and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.places import interval, parse, significant
from commongrid.kernel.refusals import N_, BadInput, NotFound
from commongrid.matters.importing.models import Batch
from commongrid.matters.models import Kind
from commongrid.matters.rules.named import UNSORTED
from commongrid.roster import queries as roster
from commongrid.territory.models import Place, Succession

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from commongrid.kernel.scope import Scope

_KNOWN = "SELECT external_number FROM matters_matter WHERE external_system = %s AND external_number = ANY(%s)"
_TOUCHED = """
SELECT EXISTS (SELECT 1 FROM matters_matter m JOIN journal_line l ON l.subject = m.id WHERE m.batch = %(batch)s)
    OR EXISTS (SELECT 1 FROM matters_matter m WHERE m.batch = %(batch)s AND m.deadline_no > 1)
"""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What a file may call a place: its codes in every form, and names that only one place has.

    ``now`` leads from an ended place to the one that carries it on.
    """

    codes: Mapping[str, int]
    now: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class KindWords:
    """What stands for a kind: its code or Chinese name, in a file of kinds the English one too; and how kinds stand.

    ``raised`` are handled above the village, out of its sight; ``sealed`` lead
    to the unit competent for them, None where the county has none.
    """

    codes: Mapping[str, str]
    english: Mapping[str, str]
    raised: frozenset[str]
    sealed: Mapping[str, UUID | None]


def kind_words(scope: Scope, county: int) -> KindWords:
    """The words of the work list as it is today; groups are no kinds."""
    today = localdate()
    with acting(scope):
        rows = [
            row for row in Kind.objects.filter(valid_from__lte=today).exclude(parent="").order_by("position", "code")
            if row.valid_to is None or row.valid_to > today
        ]  # fmt: skip
        sealed = {
            row.code: unit.id if (unit := roster.unit_above(scope, row.competent, county)) else None
            for row in rows if row.visibility == "sealed"
        }  # fmt: skip
    codes = _unique((row.zh, row.code) for row in rows) | {row.code.casefold(): row.code for row in rows}
    english = _unique((row.en, row.code) for row in rows)
    return KindWords(codes, english, frozenset(row.code for row in rows if row.routed_round), sealed)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Words that stand for one thing only."""
    listed = [(word.casefold(), thing) for word, thing in pairs if word]
    times = Counter(word for word, _ in listed)
    return {word: thing for word, thing in listed if times[word] == 1}


def mapped_kinds(known: KindWords, rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, str]:
    """The county's own words plus those of a file of kinds: the older system's word, then a code or name.

    An empty second cell leaves a word to be sorted; a first row whose second
    cell is no kind is the header. Refuses: BadInput, naming row and word.
    """
    codes, meant = dict(known.codes), {**known.english, **known.codes}
    for index, (number, cells) in enumerate(rows):
        old, new = (" ".join(cells[n].split()).casefold() if n < len(cells) else "" for n in (0, 1))
        if not old:
            continue
        if new and new not in meant:
            if not index:
                continue
            raise BadInput(
                N_('Row %(row)s of the file of kinds: "%(word)s" is no kind of the work list.'),
                row=number,
                word=new[:40],
            )
        codes[old] = meant[new] if new else UNSORTED
    return codes


def place_words(scope: Scope, county: int) -> PlaceWords:
    """The words for the county's places: names alone or after those above them, ended ones by code only."""
    lo, hi = interval(county)
    with acting(scope):
        rows = list(Place.objects.within(lo, hi).values_list("code", "name", "name_en", "parent", "valid_to"))
        heirs = Counter(Succession.objects.filter(old__gte=lo, old__lte=hi).values_list("old", flat=True))
        carried = dict(Succession.objects.filter(old__gte=lo, old__lte=hi).values_list("old", "new"))
    above = {code: (zh, parent) for code, zh, _, parent, _ in rows}
    said = {
        code: {word.casefold() for word in (zh, en, *_after_those_above(above, code)) if word}
        for code, zh, en, _, ended in rows
        if ended is None
    }
    names = Counter(word for words in said.values() for word in words)
    codes = {word: code for code, words in said.items() for word in words if names[word] == 1}
    for code, *_ in rows:
        codes |= dict.fromkeys((str(code), significant(code), f"{code}"[:12] if not code % 1000 else str(code)), code)
    over = {code: carried[code] if heirs[code] == 1 else parent for code, _, _, parent, ended in rows if ended}
    return PlaceWords(codes, {code: _last(over, code) for code in over})


def _after_those_above(above: Mapping[int, tuple[str, int | None]], code: int) -> Iterator[str]:
    """A place as people write it: its name after its village's, its township's, its county's."""
    word, over = above[code]
    while over is not None and over in above:
        name, over = above[over]
        word = name + word
        yield word


def _last(over: Mapping[int, int | None], code: int) -> int:
    """The end of a line of successors."""
    for _ in range(len(over)):
        following = over.get(code)
        if following is None:
            break
        code = following
    return code


def place_named(words: PlaceWords, text: str) -> int:
    """The place an operator names by code or by a name that only one has. Refuses: BadInput."""
    found = words.codes.get(" ".join(text.split()).casefold())
    if found is None and any(sign.isdigit() for sign in text):
        found = words.codes.get(str(parse(text)))
    if found is None:
        raise BadInput(N_('The county has no place "%(place)s", or several of that name: give its code.'), place=text)
    return words.now.get(found, found)


def known_numbers(scope: Scope, system: str, numbers: list[str]) -> set[str]:
    """Which of the numbers were taken over from this system before."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_KNOWN, [system, numbers])
        return {row[0] for row in cursor}


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A file taken over, as read."""

    id: UUID
    place: int
    system: str
    rows: int
    taken: int
    flagged: int
    open: int
    opened_from: datetime
    opened_to: datetime
    at: datetime
    undone_at: datetime | None


_BATCH = ("id", "place", "system", "rows", "taken", "flagged", "open", "opened_from", "opened_to", "at", "undone_at")


def batches(scope: Scope, limit: int = 100) -> list[BatchRow]:
    """The files taken over, newest first."""
    with acting(scope):
        return [BatchRow(*row) for row in Batch.objects.order_by("-at", "id").values_list(*_BATCH)[:limit]]


def batch(scope: Scope, batch_id: UUID) -> BatchRow:
    """One file taken over. Refuses: NotFound."""
    with acting(scope):
        row = Batch.objects.filter(id=batch_id).values_list(*_BATCH).first()
    if row is None:
        raise NotFound(N_("There is no import with this id."))
    return BatchRow(*row)


def touched(scope: Scope, batch_id: UUID) -> bool:
    """Whether anything was done to a batch's matters since, by a person or the clock."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"batch": batch_id})
        return bool(cursor.fetchone()[0])
