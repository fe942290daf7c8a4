"""Reading rows of older systems: columns, dates, words, doubts. No database."""

# ruff: noqa: DTZ001 - local times have no zone until the file's zone is applied

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel.moments import UnreadableDate, order_of, read_moment
from commongrid.kernel.refusals import BadInput
from commongrid.matters.importing.rules.columns import FIELDS, bind, parse_columns
from commongrid.matters.importing.rules.faults import FAULTS, NOTES, Account, masked, masked_word
from commongrid.matters.importing.rules.reading import Reader, Settings, Taken

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEADER = ["id", "made", "done", "what", "words", "sort", "where", "line", "from", "by", "happy", "again", "about"]
COLUMNS = (
    "number=id,opened=made,closed=done,title=what,text=words,kind=sort,place=where,"
    "series=line,source=from,due=by,satisfied=happy,reopened=again,about=about"
)


def reader(**changes: Any) -> Reader:
    values: dict[str, Any] = {
        "zone": NEW_YORK,
        "now": NOW,
        "kinds": {"pothole": "G02", "g02": "G02"},
        "places": {"石桥": 990101001001000},
        "unsorted": "Z00",
        "default_place": 990101000000000,
    }
    return Reader(bind(parse_columns(COLUMNS), HEADER), Settings(**values | changes), Account())


def row(**cells: object) -> list[object]:
    return [cells.get(name, "") for name in HEADER]


def read(given: Reader, **cells: object) -> Taken | None:
    return given.read(given.account.rows + 2, row(**{"id": "1", "made": "2024-04-16 03:00:00"} | cells))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04-16T03:03:15.000", datetime(2024, 4, 16, 3, 3, 15)),
        ("2024-04-16T03:03:15.250", datetime(2024, 4, 16, 3, 3, 15, 250_000)),
        ("2024/4/16 3:05", datetime(2024, 4, 16, 3, 5)),
        ("2024.4.16", datetime(2024, 4, 16)),
        ("2024年4月16日", datetime(2024, 4, 16)),
        ("2024年4月16日 下午3时05分", datetime(2024, 4, 16, 15, 5)),
        ("2024年04月16日14时30分05秒", datetime(2024, 4, 16, 14, 30, 5)),
        ("２０２４年４月１６日 ０３：０３", datetime(2024, 4, 16, 3, 3)),
        ("2024-4-16 上午12:05", datetime(2024, 4, 16, 0, 5)),
        ("20240416030315", datetime(2024, 4, 16, 3, 3, 15)),
        ("20240416", datetime(2024, 4, 16)),
        ("16-Apr-2024", datetime(2024, 4, 16)),
        ("Apr 16, 2024 3:03 PM", datetime(2024, 4, 16, 15, 3)),
        ("2024-04-16 24:00", datetime(2024, 4, 17)),
        ("45398.5", datetime(2024, 4, 16, 12)),
        (45398.127256944, datetime(2024, 4, 16, 3, 3, 15)),
        (20240416.0, datetime(2024, 4, 16)),
        (date(2024, 4, 16), datetime(2024, 4, 16)),
        (datetime(2024, 4, 16, 3, 3, 14, 999_999), datetime(2024, 4, 16, 3, 3, 15)),
        ("2024-04-16T03:03:15Z", datetime(2024, 4, 16, 3, 3, 15, tzinfo=UTC)),
        ("2024/04/16 03:03:15 +0800", datetime(2024, 4, 16, 3, 3, 15, tzinfo=timezone(timedelta(hours=8)))),
    ],
)
def test_read_moment_understands(text: object, expected: datetime) -> None:
    assert read_moment(text) == expected


@pytest.mark.parametrize(
    "text",
    ["24-4-16", "yesterday", "2024-02-30", "2024-13-01", "99999", "2024-04-16 25:00", "0001-01-01", "12", "04/16/2024",
     "2024-04-16 03:03 or so", float("nan"), True, "2024-04-16T03:03+99:00", "9999-12-31", "\0"],
)  # fmt: skip
def test_read_moment_does_not_guess(text: object) -> None:
    with pytest.raises(UnreadableDate):
        read_moment(text)


def test_read_moment_takes_the_order_it_is_told() -> None:
    assert read_moment("04/05/2024 03:03:15 AM", "mdy") == datetime(2024, 4, 5, 3, 3, 15)
    assert read_moment("04/05/2024 03:03:15 PM", "dmy") == datetime(2024, 5, 4, 15, 3, 15)
    with pytest.raises(UnreadableDate):
        read_moment("16/04/2024", "mdy")


@given(st.text(max_size=30))
def test_read_moment_answers_or_says_unreadable(text: str) -> None:
    with suppress(UnreadableDate):
        assert 1900 <= read_moment(text, "mdy").year <= 2100


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)))
def test_read_moment_is_exact_to_the_microsecond(at: datetime) -> None:
    assert read_moment(at.isoformat()) == at
    assert read_moment(at.strftime("%Y/%m/%d %H:%M:%S.%f")) == at
    assert read_moment(at.strftime("%m/%d/%Y %I:%M:%S %p"), "mdy") == at.replace(microsecond=0)


def test_order_of_finds_the_decisive_cell() -> None:
    assert order_of(["04/05/2024", "04/16/2024 3:00"]) == ("mdy", True)
    assert order_of(["04/05/2024", "16.04.2024"]) == ("dmy", True)
    assert order_of(["04/05/2024", ""]) == ("", True)
    assert order_of(["2024-04-16", 45398.5, None]) == ("", False)


def test_order_of_is_not_turned_by_strays() -> None:
    assert order_of(["16/04/2024", "04/16/2024", "05/17/2024"]) == ("mdy", True)
    assert order_of(["2024-04-16", "04/05/2024", "2024-04-17"]) == ("", False)
    assert order_of(["2024-04-16", "32/13/2024", "99/99/9999", "00/00/2024"]) == ("", False)


def test_parse_columns_reads_pairs_and_quoted_headers() -> None:
    assert parse_columns('number=Nr, opened=Made,"title=Subject, short"') == {
        "number": "Nr",
        "opened": "Made",
        "title": "Subject, short",
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number=a,opened=b,colour=c", "colour"),
        ("number=a,opened=b,closd=c", "(closed?)"),
        ("number=a,opened=b,number=c", "twice"),
        ("number=a,opened", "field=header"),
        ("number=a", "opened"),
        ("", "number, opened"),
    ],
)
def test_parse_columns_refuses_and_says_what_there_is(text: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_columns(text)
    assert says in str(refused.value)


def test_bind_refuses_an_unknown_or_doubled_header_with_the_list() -> None:
    with pytest.raises(BadInput, match="created_dat"):
        bind({"number": "id", "opened": "created_dat"}, ["id", "created_date"])
    with pytest.raises(BadInput, match="2 columns"):
        bind({"number": "id"}, ["id", "id"])
    assert bind({"number": "ID"}, ["\ufeffid ", None]).at == {"number": 0}


def test_row_becomes_a_matter() -> None:
    given = reader()
    taken = read(given, done="2024-04-17 03:00:00", what="A hole", words="deep\r\nhole", sort="Pothole", where="石桥",
                 line="巡查发现", by="2024-04-18", happy="不满意", again="是", **{"from": "hotline"})  # fmt: skip
    assert taken == Taken(
        row=2,
        number="1",
        opened_at=datetime(2024, 4, 16, 7, tzinfo=UTC),
        closed_at=datetime(2024, 4, 17, 7, tzinfo=UTC),
        title="A hole",
        text="deep\nhole",
        kind="G02",
        kind_text="Pothole",
        place=990101001001000,
        place_then=990101001001000,
        unit=None,
        series="patrol",
        source="hotline",
        due_at=datetime(2024, 4, 18, 4, tzinfo=UTC),
        satisfied=False,
        reopened=1,
        doubt="",
    )
    assert given.account.notes == {}


def test_row_with_little_takes_defaults() -> None:
    given = reader()
    taken = read(given)
    assert taken is not None
    assert (taken.closed_at, taken.series, taken.source, taken.kind) == (None, "asked", "villager", "Z00")
    assert (taken.place, taken.title, taken.satisfied, taken.reopened) == (990101000000000, "1", None, None)
    assert given.account.notes == {"kind_unsorted": 1}
    assert (given.account.rows, given.account.taken, given.account.open) == (1, 1, 1)


def test_words_not_understood_are_counted_and_kept() -> None:
    given = reader()
    assert read(given, where="Atlantis", line="?", by="?", happy="?", again="?", sort="pothole", **{"from": "?"})
    assert given.account.notes == dict.fromkeys(
        ("place_default", "series_unknown", "source_unknown", "due_unreadable", "satisfied_unreadable",
         "reopened_unreadable"), 1
    )  # fmt: skip
    assert given.account.strangers == {"Atlantis": 1}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"id": " "}, "number_missing"),
        ({"id": "9" * 65}, "number_too_long"),
        ({"made": ""}, "opened_missing"),
        ({"made": "N/A"}, "opened_missing"),
        ({"made": "soon"}, "opened_unreadable"),
        ({"done": "soon"}, "closed_unreadable"),
        ({"done": "2024-04-16 02:59:59"}, "closed_before_opened"),
    ],
)
def test_faulty_row_is_kept_out_with_row_column_and_value(cells: dict[str, object], code: str) -> None:
    given = reader()
    assert read(given, **cells) is None
    fault = given.account.examples[code][0]
    assert (fault.row, fault.column) == (2, HEADER[["id", "made", "done"].index(next(iter(cells)))])
    assert (given.account.taken, given.account.kept_out) == (0, 1)


def test_sealed_and_raised_kinds_are_placed_above_the_village() -> None:
    unit = UUID(int=7)
    kinds = {"a": "A12", "b": "D09", "c": "H01"}
    given = reader(kinds=kinds, sealed={"A12": unit, "D09": None}, raised=frozenset(["H01"]))
    sealed, raised = read(given, id="a", sort="a", where="石桥"), read(given, id="c", sort="c", where="石桥")
    assert sealed is not None
    assert raised is not None
    assert (sealed.place, sealed.unit) == (990101000000000, unit)
    assert (raised.place, raised.unit) == (990101001000000, None)
    assert read(given, id="b", sort="b") is None
    assert given.account.faults == {"kind_sealed": 1}


@pytest.mark.parametrize(
    ("about", "place"),
    [
        ("village", 990101001000000), ("村", 990101001000000), ("township", 990101000000000),
        ("unit", 990101000000000), ("不详", 990101000000000), ("", 990101001001000),
    ],
)  # fmt: skip
def test_complaints_are_placed_at_the_level_that_may_handle_them(about: str, place: int) -> None:
    taken = read(reader(), about=about, where="石桥")
    assert taken is not None
    assert taken.place == place


def test_ended_place_leads_to_its_heir_and_stays_in_the_record() -> None:
    taken = read(reader(now_at={990101001001000: 990101001002000}), where="石桥")
    assert taken is not None
    assert (taken.place, taken.place_then) == (990101001002000, 990101001001000)


def test_row_without_any_place_is_kept_out() -> None:
    given = reader(default_place=None)
    assert read(given, where="Atlantis") is None
    assert given.account.faults == {"place_unknown": 1}


@pytest.mark.parametrize(
    ("cells", "doubt", "opened", "closed"),
    [
        ({"made": ""}, "opened_missing", NOW, None),
        ({"made": "", "done": "2024-04-17"}, "opened_missing", datetime(2024, 4, 17, 4, tzinfo=UTC), None),
        ({"done": "soon"}, "closed_unreadable", datetime(2024, 4, 16, 7, tzinfo=UTC), "opened"),
        ({"done": "2024-04-15"}, "closed_before_opened", datetime(2024, 4, 16, 7, tzinfo=UTC), None),
    ],
)
def test_doubtful_row_is_flagged_where_asked(
    cells: dict[str, object], doubt: str, opened: datetime, closed: str | None
) -> None:
    given = reader(dirty="flag")
    taken = read(given, **cells)
    assert taken is not None
    assert (taken.doubt, taken.opened_at) == (doubt, opened)
    assert closed is None or taken.closed_at == opened
    assert (given.account.flagged, given.account.kept_out, given.account.faults) == (1, 0, {doubt: 1})


def test_second_row_of_a_number_is_a_duplicate_and_a_kept_out_row_takes_no_number() -> None:
    given = reader()
    assert read(given, made="") is None
    assert read(given) is not None
    assert read(given, id="1") is None
    assert read(given, id=1.0) is None
    assert (given.account.duplicates, given.account.kept_out, given.account.taken) == (2, 1, 1)


def test_known_number_is_a_duplicate_whatever_else_is_wrong() -> None:
    given = reader()
    given.known = {"1"}
    assert read(given, made="") is None
    assert given.account.faults == {"number_known": 1}
    assert (given.account.duplicates, given.account.kept_out) == (1, 0)


def test_times_in_the_gap_and_fold_of_a_zone_are_counted() -> None:
    given = reader()
    forward = read(given, id="a", made="2024-03-10 02:30:00")
    first = read(given, id="b", made="2024-11-03 01:30:00")
    assert forward is not None
    assert first is not None
    assert forward.opened_at == datetime(2024, 3, 10, 7, 30, tzinfo=UTC)
    assert first.opened_at == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)
    assert given.account.notes["time_forward"] == given.account.notes["time_first"] == 1


def test_future_dates_are_counted_and_kept() -> None:
    given = reader()
    assert read(given, made="2027-01-01", done="2027-01-02")
    assert given.account.notes == {"kind_unsorted": 1, "opened_later": 1, "closed_later": 1}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2024-04-16 03:00", "2024-04-16 03:00"),
        ("13812345678", "13***78"),
        ("110101199003071234", "11***34"),
        ("138-1234-5678", "13***78"),
        ("x" * 40, "x" * 24 + "…"),
        (None, ""),
    ],
)
def test_masked_hides_long_numbers_and_shortens(value: object, shown: str) -> None:
    assert masked(value) == shown


def test_every_fault_and_note_has_its_sentence() -> None:
    assert all(text and remedy for text, remedy in FAULTS.values())
    assert all(NOTES.values())
    assert {name.partition("_")[0] for name in FAULTS} <= set(FIELDS)


def test_a_kind_not_understood_is_listed_whole() -> None:
    word = "县城区及各乡镇主要街道人行道地砖破损缺失和窨井盖移位"
    assert masked_word(word) == word
    assert masked(word) != word
    assert masked_word("户主 13812345678 的事") == "户主 13***78 的事"
