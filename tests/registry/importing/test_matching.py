"""What only other rows or the register can tell of a row: known, changed, in doubt, out; one head per household."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from commongrid.kernel.pinyin import sound
from commongrid.registry.importing.rules import matching
from commongrid.registry.importing.rules.known import Facts, Known, KnownHome, KnownPerson
from tests.factories.desk import GRID, HAMLET
from tests.registry.importing.making import HEAD, person, row
from tests.registry.importing.test_mutants import as_csv, read

HOME = KnownHome(id=UUID(int=1), place=GRID, natural_village=HAMLET, number="1", head=UUID(int=10), state="lived")
HEADED = KnownPerson(
    id=UUID(int=10), name="周大山", sounds=sound("周大山"), id_index=b"a", phone_index=None, state="here",
    household=HOME.id, place=GRID, as_in_home="02", born_on=date(1980, 1, 1), home=(HAMLET, "1"),
)  # fmt: skip
DEAD = replace(HEADED, id=UUID(int=11), state="dead")
ENDED = replace(HOME, id=UUID(int=9), number="9", head=None, state="ended")
KNOWN = Known(
    by_number={b"a": HEADED, b"d": DEAD}, elsewhere=frozenset([b"e"]),
    homes={(HAMLET, "1"): HOME, (HAMLET, "9"): ENDED}, inside={HOME.id: [HEADED]}, named={"周大山": [HEADED]},
)  # fmt: skip
Asked = tuple[dict[str, object], bytes | None]


def plan(
    *rows: tuple[dict[str, object], bytes | None], answered: dict[int, str] | None = None, known: Known = KNOWN
) -> list[tuple[str, str]]:
    """Status and reason of rows, each with its blind index."""
    _reader, found = read(as_csv([list(HEAD), *(row(cells) for cells, _ in rows)]), name="a.csv")
    pairs = [(one, Facts(id_index=index)) for one, (_, index) in zip(found, rows, strict=True)]
    return [(one.status, one.why) for one in matching.planned(pairs, known, answered)]


@pytest.mark.parametrize(
    ("said", "kept"), [("上河村9号", True), (" 上河村 1 号 ", False), ("上河村1号", False), ("", False)]
)
def test_only_another_door_is_told_to_be_kept(said: str, kept: bool) -> None:
    known = replace(KNOWN, homes={(HAMLET, "1"): replace(HOME, door="上河村1号")})
    _reader, found = read(as_csv([list(HEAD), row(person(relation="子", name="周二", door=said))]), name="a.csv")
    placed = matching.planned([(found[0], Facts(id_index=None))], known)
    assert [(one.status, one.kept) for one in placed] == [("new", ("door_kept",) if kept else ())]


def test_what_a_known_home_and_person_keep_is_told() -> None:
    day = date(2020, 5, 1)
    homes = {(HAMLET, "1"): replace(HOME, villager_group=HAMLET + 11)}
    known = replace(KNOWN, homes=homes, lives_since={HEADED.id: day})
    told = {"villager_group": "一组", "since": "2021-05-01"}
    _reader, found = read(as_csv([list(HEAD), row(person(**told)), row(person(since="2020-05-01"))]), name="a.csv")
    (other,), (same,) = (matching.planned([(one, Facts(id_index=b"a"))], known) for one in found)
    assert (other.status, other.kept) == ("same", ("group_kept", "since_kept"))
    assert (same.status, same.kept) == ("same", ())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(person(), b"a")], [("same", "")]),
        ([(person(), b"a"), (person(relation="子", name="周二"), b"a")], [("same", ""), ("out", "id_number_twice")]),
        ([(person(number="1", name="别人"), b"n")], [("out", "second_head")]),
        ([(person(relation="配偶"), b"a")], [("out", "head_otherwise")]),
        ([(person(number="2", relation="妻"), None)], [("out", "no_head")]),
        ([(person(number="2", name="甲"), None), (person(number="2", name="乙"), None)],
         [("new", ""), ("out", "second_head")]),
        ([(person(number="2", name=""), None), (person(number="2", relation="妻", name="乙"), None)],
         [("out", ""), ("out", "head_out")]),
        ([(person(number="9", name="甲"), None)], [("out", "home_ended")]),
        ([(person(number="2", name="甲"), b"e")], [("out", "elsewhere")]),
        ([(person(number="1", relation="子"), b"d")], [("out", "ended")]),
        ([(person(number="2"), b"a")], [("out", "lives_elsewhere")]),
        ([(person(relation="子", name="周二"), None), (person(relation="子", name="周二"), None)],
         [("new", ""), ("out", "twice")]),
        ([(person(name="周大三"), b"a")], [("doubt", "other_name")]),
        ([(person(name="周大闪", relation="子", born_on="1980-01-01"), None)], [("new", "")]),
        ([(person(name="周大杉", born_on="1980-01-01"), None)], [("doubt", "like_name")]),
        ([(person(number="2", born_on="1980-01-01"), None)], [("doubt", "other_home")]),
        ([(person(number="2", born_on="1980-01-01"), b"n")], [("new", "")]),
        ([(person(born_on="1980-01-01"), None), (person(born_on="1980-01-01"), None)],
         [("same", ""), ("out", "twice")]),
    ],
)  # fmt: skip
def test_what_becomes_of_a_row(rows: list[Asked], expected: list[tuple[str, str]]) -> None:
    assert plan(*rows) == expected


def test_one_plan_one_digest_and_answers_change_it() -> None:
    doubt = (person(name="周大三"), b"a")
    assert plan(doubt, answered={2: "same"}) == [("changed", "")]
    assert plan(doubt, answered={2: "new"}) == [("doubt", "other_name")]
    _reader, found = read(as_csv([list(HEAD), row(person())]), name="a.csv")
    placed = matching.planned([(found[0], Facts(id_index=b"a"))], KNOWN)
    assert matching.digest(placed) == matching.digest(placed)
    assert matching.digest(placed) != matching.digest(matching.planned([(found[0], Facts(id_index=b"n"))], KNOWN))


def digest_of(known: Known, **cells: object) -> str:
    """The digest of a plan with one row of the head that is known by number."""
    _reader, found = read(as_csv([list(HEAD), row(person(**cells))]), name="a.csv")
    return matching.digest(matching.planned([(found[0], Facts(id_index=b"a"))], known))


@pytest.mark.parametrize(("index", "expected"), [(b"a", ("out", "sex_kept")), (None, ("changed", ""))])
def test_a_row_without_a_number_says_no_other_sex_than_the_number_kept(
    index: bytes | None, expected: tuple[str, str]
) -> None:
    known = replace(KNOWN, inside={HOME.id: [replace(HEADED, id_index=index, sex="1")]})
    assert plan((person(born_on="1980-01-01", sex="女"), None), known=known) == [expected]


def test_what_a_row_would_overwrite_is_part_of_the_plan() -> None:
    later = replace(KNOWN, by_number={b"a": replace(HEADED, version=2)})
    assert digest_of(KNOWN, sex="男") != digest_of(later, sex="男")
    assert digest_of(KNOWN, sex="男") != digest_of(KNOWN, sex="男", works_at="浙江")
    assert digest_of(KNOWN, name="周大三") != digest_of(later, name="周大三")
    assert digest_of(KNOWN) == digest_of(later)
