"""Duplicates, mutated: twins of every class planted among people who only look so, and found exactly as the rule says.

What is expected is written with each class, by hand and without the product's
query: a twin is found for its reason, a decoy never is.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import new_id
from commongrid.kernel.pinyin import sort_key
from commongrid.kernel.scope import clock
from commongrid.registry.joining.jobs import find_suspects
from commongrid.registry.joining.models import Suspect
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, VILLAGE
from tests.figures import Record
from tests.proof.world import insert
from tests.registry.conftest import Hamlet
from tests.sizes import size

if TYPE_CHECKING:
    import psycopg

    from tests.bed import Database

EACH = size(3, 40)
"""So many of each class."""
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋韩杨朱秦尤许何吕施张孔曹严金魏陶姜", "明建国春秀英德海勇军平东南西北"
HOMOPHONES = dict(zip(GIVEN, "鸣健帼椿绣瑛得醢永君萍冬男希卑", strict=True))
"""Characters that a clerk hears as the same; some have another tone."""
ELSEWHERE = FAR_VILLAGE


@dataclass(frozen=True, slots=True)
class Someone:
    """What the rule looks at."""

    name: str
    born_on: date | None
    place: int = VILLAGE
    number: str = ""
    phone: str = ""
    home: bool = True
    state: str = "here"


def somebody(dice: random.Random, n: int) -> Someone:
    """A person whom no other resembles: the name of three signs and the birth are theirs alone."""
    first, rest = SURNAMES[n % len(SURNAMES)], GIVEN[n // len(SURNAMES) % len(GIVEN)]
    born = date(1935, 1, 1) + timedelta(days=17 * n)
    return Someone(f"{first}{rest}{dice.choice(GIVEN)}", born, number=f"n{n}", phone=f"p{n}")


def sounding(one: Someone) -> str:
    """Another name that is spoken the same."""
    return one.name[0] + HOMOPHONES[one.name[1]] + one.name[2]


Class = Callable[[Someone], tuple[Someone, Someone]]
TWINS: dict[str, tuple[str, Class]] = {
    "one has no number": ("birth", lambda a: (a, replace(a, number="", phone=""))),
    "neither has one": ("birth", lambda a: (replace(a, number=""), replace(a, number="", phone=""))),
    "in another township": ("birth", lambda a: (a, replace(a, number="", phone="", place=ELSEWHERE))),
    "away at work": ("birth", lambda a: (a, replace(a, number="", phone="", state="away"))),
    "spelt otherwise": ("sound", lambda a: (a, replace(a, number="", phone="", name=sounding(a)))),
    "same phone, no birth": ("phone", lambda a: (a, replace(a, number="", born_on=None))),
    "same phone, neither born": ("phone", lambda a: (
        replace(a, born_on=None), replace(a, number="", born_on=None, place=ELSEWHERE))),
    "entered for a post": ("post", lambda a: (
        a, replace(a, number="", phone="", born_on=None, home=False))),
}  # fmt: skip
DECOYS: dict[str, Class] = {
    "two numbers": lambda a: (a, replace(a, number=a.number + "x", phone="")),
    "born a year later": lambda a: (a, replace(a, number="", phone="", born_on=a.born_on and a.born_on.replace(
        year=a.born_on.year + 1, day=min(a.born_on.day, 28)))),
    "spelt otherwise, elsewhere": lambda a: (a, replace(a, number="", phone="", name=sounding(a), place=ELSEWHERE)),
    "other name, same birth": lambda a: (a, replace(a, number="", phone="", name=a.name[0] + "俊杰")),
    "same phone, other name": lambda a: (a, replace(a, number="", born_on=None, name=a.name[0] + "俊杰")),
    "same phone, other birth": lambda a: (a, replace(a, number="", born_on=date(2020, 5, 5))),
    "one has died": lambda a: (a, replace(a, number="", phone="", state="dead")),
    "one has moved out": lambda a: (a, replace(a, number="", phone="", state="gone")),
    "for a post elsewhere": lambda a: (
        a, replace(a, number="", phone="", born_on=None, home=False, place=ELSEWHERE)),
}  # fmt: skip


@pytest.fixture
def home(database: Database, village: Hamlet) -> dict[int, UUID]:
    """A household in either village."""
    with database.as_role("owner") as owner:
        far = new_id()
        insert(owner, "Household", id=far, place=ELSEWHERE, natural_village=HAMLET, number="far")
    return {VILLAGE: village.home("1"), ELSEWHERE: far}


def entered(owner: psycopg.Connection[object], one: Someone, homes: dict[int, UUID]) -> UUID:
    """Write somebody down as any door would leave them."""
    ident = new_id()
    index = {name: hashlib.sha256(text.encode()).digest() for name, text in (("id", one.number), ("phone", one.phone))
             if text}  # fmt: skip
    sealed = {f"{name}_sealed": b"sealed" for name in index} | {f"{name}_index": value for name, value in index.items()}
    over = None if one.state in ("here", "away") else date(2026, 1, 1)
    insert(
        owner, "Person", id=ident, display_name=one.name, sort_key=sort_key(one.name), place=one.place,
        born_on=one.born_on, state=one.state, ended_on=over,
        household_id=homes[one.place] if one.home and over is None else None, **sealed,
    )  # fmt: skip
    return ident


def planted(owner: psycopg.Connection[object], homes: dict[int, UUID]) -> Iterator[tuple[str, str, tuple[UUID, UUID]]]:
    """Every class so often: its name, the reason it is found for or nothing, and both records."""
    dice, n = random.Random(20261126), 0
    classes = [(name, reason, made) for name, (reason, made) in TWINS.items()]
    classes += [(name, "", made) for name, made in DECOYS.items()]
    for name, reason, made in classes:
        for _ in range(EACH):
            n += 1
            one, other = made(somebody(dice, n))
            yield name, reason, (entered(owner, one, homes), entered(owner, other, homes))


def test_every_twin_is_found_for_its_reason_and_no_one_else(
    database: Database, home: dict[int, UUID], figure: Record
) -> None:
    assert GRID // 1000 == VILLAGE // 1000
    with database.as_role("owner") as owner:
        pairs = list(planted(owner, home))
    expected = {frozenset(both): (name, reason) for name, reason, both in pairs if reason}
    decoys = {frozenset(both): name for name, reason, both in pairs if not reason}
    while find_suspects():
        pass
    with acting(clock("registry.suspects", "people.join")):
        found = {frozenset((row.first, row.second)): row.reason for row in Suspect.objects.all()}
    missed = [name for both, (name, reason) in expected.items() if found.get(both) != reason]
    wrong = [decoys.get(both, "two who were never planted together") for both in found.keys() - expected.keys()]
    figure("planted duplicates and people who only look so", asked=len(pairs), done=len(pairs),
           wrong=len(missed) + len(wrong))  # fmt: skip
    assert (missed, wrong) == ([], [])
