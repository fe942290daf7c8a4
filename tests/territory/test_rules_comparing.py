"""What a list changes against what is known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.territory.rules.comparing import compare
from commongrid.territory.rules.values import Comparison, Ended, Known, Meaning, Register
from tests.factories.places import CONTEXT, COUNTY, SIBLING, TOWNSHIPS, VILLAGES, Row, read, whole


def register(
    rows: Sequence[Row], *, below: Sequence[tuple[int, str, str]] = (), ended: dict[int, Ended] | None = None
) -> Register:
    """A register that holds a list, and places inside villages."""
    known = {
        each.code: Known(code=each.code, level=each.level, name=each.name, kind=each.kind_or_guess)
        for each in read(rows)
    }
    for code, level, name in below:
        known[code] = Known(code=code, level=level, name=name)  # type: ignore[arg-type]
    sequences: dict[int, int] = {}
    for code, _level, _name in below:
        sequences[code - code % 1000] = max(code % 1000, sequences.get(code - code % 1000, 0))
    return Register(known=known, ended=ended or {}, sequences=sequences)


def numbers(comparison: Comparison, level: str) -> dict[str, int]:
    """The counts of a level that are not zero."""
    assert comparison.faults == ()
    return {what: n for what, n in comparison.counts()[level].items() if n}


def without(rows: Sequence[Row], *codes: str) -> list[Row]:
    return [row for row in rows if row[0] not in codes]


def changed(rows: Sequence[Row], code: str, *, to: str | None = None, name: str | None = None) -> list[Row]:
    """A list with one row under another code or name."""
    return [(to or row[0], name or row[1], *row[2:]) if row[0] == code else row for row in rows]


def test_compare_first_list_is_all_new() -> None:
    found = compare(Register(), read(whole()))
    assert found.counts() == {
        "county": {"new": 1, "renamed": 0, "recoded": 0, "ended": 0, "unchanged": 0},
        "township": {"new": 3, "renamed": 0, "recoded": 0, "ended": 0, "unchanged": 0},
        "village": {"new": 9, "renamed": 0, "recoded": 0, "ended": 0, "unchanged": 0},
        "natural_village": dict.fromkeys(("new", "renamed", "recoded", "ended", "unchanged"), 0),
        "grid": dict.fromkeys(("new", "renamed", "recoded", "ended", "unchanged"), 0),
    }


def test_compare_same_list_again_changes_nothing() -> None:
    found = compare(register(whole()), read(whole()))
    assert not found.changed
    assert [numbers(found, level) for level in ("county", "township", "village")] == [
        {"unchanged": 1}, {"unchanged": 3}, {"unchanged": 9},
    ]  # fmt: skip


def test_compare_gone_renamed_and_recoded() -> None:
    rows = without(whole(), "990101001001", "990101201201")
    rows = changed(rows, "990101001201", name="新溪口村村民委员会")
    rows = changed(rows, "990101101202", to="990101101299")
    found = compare(register(whole()), read(rows))
    assert numbers(found, "village") == {"renamed": 1, "recoded": 1, "ended": 2, "unchanged": 5}
    assert found.moves == {990101101202000: 990101101299000}
    assert found.successions == ((990101101202000, 990101101299000),)
    assert found.notes == ()


def test_compare_township_recoded_with_its_villages_by_name() -> None:
    rows = [
        (code.replace("990101201", "990101103"), name, level, parent.replace("990101201", "990101103"))
        for code, name, level, parent in whole()
    ]
    below = [(990101201202001, "natural_village", "上河"), (990101201202004, "grid", "1网格")]
    found = compare(register(whole(), below=below), read(rows))
    assert numbers(found, "township") == {"recoded": 1, "unchanged": 2}
    assert numbers(found, "village") == {"recoded": 3, "unchanged": 6}
    assert (numbers(found, "natural_village"), numbers(found, "grid")) == ({"recoded": 1}, {"recoded": 1})
    assert found.moves[990101201202004] == 990101103202004
    assert len(found.moves) == 6


def test_compare_township_recoded_without_its_villages_is_refused() -> None:
    rows = changed([*CONTEXT, *TOWNSHIPS], "990101201000", to="990101103000")
    found = compare(register(whole()), read(rows))
    assert [str(fault) for fault in found.faults] == [
        "990101201000 becomes 990101103000, but the list does not name its villages."
    ]


def test_compare_township_merged_into_another_with_its_villages() -> None:
    rows = without(whole(), "990101201000", "990101201201", "990101201202", "990101201203")
    rows += [("990101101204", "龙井村村民委员会", "village", ""), ("990101101205", "坪上村村民委员会", "village", "")]
    found = compare(register(whole()), read(rows))
    assert numbers(found, "township") == {"ended": 1, "unchanged": 2}
    assert numbers(found, "village") == {"recoded": 2, "ended": 1, "unchanged": 6}
    assert found.moves[990101201000000] == 990101101000000
    assert "is taken to be merged into" in str(found.notes[0])


def test_compare_name_that_repeats_is_not_guessed() -> None:
    rows = changed(whole(), "990101101202", name="朝阳村村民委员会")
    twice = register(rows)
    later = without(rows, "990101101201", "990101101202")
    later += [("990101101211", "朝阳村村民委员会", "village", ""), ("990101101212", "朝阳村村民委员会", "village", "")]
    found = compare(twice, read(later))
    assert numbers(found, "village") == {"new": 2, "ended": 2, "unchanged": 7}
    assert "repeats under one parent" in str(found.notes[0])
    said = compare(twice, read(later), Meaning(lineage=((990101101201000, 990101101211000),)))
    assert numbers(said, "village") == {"recoded": 2, "unchanged": 7}


def test_compare_same_name_in_another_township_is_said_and_not_guessed() -> None:
    rows = [*without(whole(), "990101201202"), ("990101101209", "龙井村村民委员会", "village", "")]
    found = compare(register(whole()), read(rows))
    assert numbers(found, "village") == {"new": 1, "ended": 1, "unchanged": 8}
    assert [note.row for note in found.notes] == [16]
    said = compare(register(whole()), read(rows), Meaning(lineage=((990101201202000, 990101101209000),)))
    assert numbers(said, "village") == {"recoded": 1, "unchanged": 8}


def test_compare_rename_whose_old_name_appears_elsewhere_is_said() -> None:
    rows = [
        *changed(whole(), "990101101201", name="东风村村民委员会"),
        ("990101101209", "朝阳村村民委员会", "village", ""),
    ]
    found = compare(register(whole()), read(rows))
    assert numbers(found, "village") == {"new": 1, "renamed": 1, "unchanged": 8}
    assert "if it was re-coded, say so in a lineage" in str(found.notes[0])


def test_compare_merger_and_split_by_lineage() -> None:
    merged = without(whole(), "990101101201", "990101101202")
    below = [
        (990101101201001, "natural_village", "上河"), (990101101202001, "natural_village", "下河"),
        (990101101203007, "natural_village", "中河"),
    ]  # fmt: skip
    pairs = [(990101101201000, 990101101203000), (990101101202000, 990101101203000)]
    found = compare(register(whole(), below=below), read(merged), Meaning(lineage=tuple(pairs)))
    assert numbers(found, "village") == {"ended": 2, "unchanged": 7}
    assert numbers(found, "natural_village") == {"recoded": 2, "unchanged": 1}
    assert found.moves == {
        990101101201000: 990101101203000, 990101101202000: 990101101203000,
        990101101201001: 990101101203008, 990101101202001: 990101101203009,
    }  # fmt: skip
    split = [
        *without(whole(), "990101101201"),
        ("990101101211", "朝阳一村", "", ""),
        ("990101101212", "朝阳二村", "", ""),
    ]
    pairs = [(990101101201000, 990101101211000), (990101101201000, 990101101212000)]
    parted = compare(register(whole()), read(split), Meaning(lineage=tuple(pairs)))
    assert numbers(parted, "village") == {"new": 2, "ended": 1, "unchanged": 8}
    assert (parted.moves, parted.successions) == ({990101101201000: 990101101211000}, tuple(pairs))


def test_compare_ends_what_lies_inside_an_ended_village() -> None:
    below = [(990101101201001, "natural_village", "上河"), (990101101201002, "grid", "1网格")]
    found = compare(register(whole(), below=below), read(without(whole(), "990101101201")))
    assert (numbers(found, "natural_village"), numbers(found, "grid")) == ({"ended": 1}, {"ended": 1})


def test_compare_leaves_alone_what_the_list_does_not_speak_about() -> None:
    everything = register([*whole(), *SIBLING])
    one_county = compare(everything, read(without(whole(), "990101101201")))
    assert (numbers(one_county, "county"), numbers(one_county, "village")) == (
        {"unchanged": 1}, {"ended": 1, "unchanged": 8},
    )  # fmt: skip
    one_township = compare(everything, read([COUNTY, TOWNSHIPS[1], *VILLAGES[3:5]]))
    assert numbers(one_township, "township") == {"unchanged": 1}
    assert numbers(one_township, "village") == {"ended": 1, "unchanged": 2}
    assert [str(note) for note in one_township.notes] == [
        "云岭县: the list names only some of its places; 2 others are left as they are."
    ]
    whole_of_it = compare(everything, read([COUNTY, TOWNSHIPS[1], *VILLAGES[3:5]]), Meaning(extent=(990101000000000,)))
    assert numbers(whole_of_it, "village") == {"ended": 7, "unchanged": 2}
    only_townships = compare(everything, read([*CONTEXT, *TOWNSHIPS]))
    assert numbers(only_townships, "village") == {}
    assert not only_townships.changed


def test_compare_kind_follows_the_list_only_where_it_says_one() -> None:
    rows = [(code, name, "", parent) for code, name, _level, parent in whole()]
    assert not compare(register(whole()), read(rows)).changed
    turned = [(*row[:2], "community", row[3]) if row[0] == "990101101201" else row for row in whole()]
    assert numbers(compare(register(whole()), read(turned)), "village") == {"renamed": 1, "unchanged": 8}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*whole()[:6], VILLAGES[0], ("990102001001", "外村", "village", "")],
         "990102001001 外村: its parent 990102001000 is neither in the list nor known."),
        (without(whole(), "990101201000"),
         "990101201201 朝阳村村民委员会: its parent 990101201000 is neither in the list nor known."),
    ],
)  # fmt: skip
def test_compare_refuses_rows_without_a_parent(rows: list[Row], expected: str) -> None:
    assert str(compare(register(whole()), read(rows)).faults[0]) == expected


def test_compare_refuses_codes_that_ended() -> None:
    (fault,) = compare(
        register(CONTEXT, ended={990101001000000: Ended(on="2025-01-01", name="青石乡", level="township")}),
        read([COUNTY, TOWNSHIPS[0]]),
    ).faults
    assert (fault.row, str(fault)) == (3, "990101001000 ended on 2025-01-01; a code is never used again.")


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ((990101101999000, 990101101201000), "990101101999 is not a place in force"),
        ((990101101201000, 990101101999000), "990101101999 is neither in the list nor known"),
        ((990101101201000, 990101101000000), "must be two places of one level"),
        ((990101101201000, 990101101201000), "must be two places of one level"),
    ],
)
def test_compare_refuses_a_wrong_lineage(pair: tuple[int, int], expected: str) -> None:
    assert expected in " ".join(map(str, compare(register(whole()), read(whole()), Meaning(lineage=(pair,))).faults))


def test_compare_refuses_a_lineage_that_runs_in_a_ring() -> None:
    pairs = [(990101101201000, 990101101202000), (990101101202000, 990101101201000)]
    assert "follows itself" in str(compare(register(whole()), read(whole()), Meaning(lineage=tuple(pairs))).faults[-1])


def test_compare_refuses_a_merger_without_room() -> None:
    below = [(990101101201001, "grid", "1网格"), (990101101203999, "grid", "999网格")]
    pairs = [(990101101201000, 990101101203000)]
    found = compare(
        register(whole(), below=below), read(without(whole(), "990101101201")), Meaning(lineage=tuple(pairs))
    )
    assert "has no room" in str(found.faults[0])


NAMES = st.sampled_from(["甲村", "乙村", "丙村", "丁村"])
LISTS = st.lists(
    st.tuples(st.sampled_from(["001", "101"]), st.integers(201, 208), NAMES),
    min_size=2,
    max_size=10,
    unique_by=lambda row: row[:2],
).filter(lambda rows: {township for township, *_ in rows} == {"001", "101"})


def rows_of(drawn: list[tuple[str, int, str]]) -> list[Row]:
    villages = [(f"990101{township}{number}", name, "village", "") for township, number, name in drawn]
    return [COUNTY, *TOWNSHIPS[:2], *villages]


@settings(max_examples=200, deadline=None)
@given(st.lists(LISTS, min_size=1, max_size=4))
def test_compare_any_sequence_of_lists_ends_where_the_last_list_is(drawn: list[list[tuple[str, int, str]]]) -> None:
    known: dict[int, Known] = {}
    ended: dict[int, Ended] = {}
    last: list[Row] = []
    for rows in drawn:
        last = [row for row in rows_of(rows) if int(row[0]) * 1000 not in ended]
        found = compare(Register(known=known, ended=ended), read(last))
        assert found.faults == ()
        after = dict(known)
        for change in found.changes:
            gone = change.code if change.what == "ended" else change.old
            if gone is not None:
                del after[gone]
                ended[gone] = Ended(on="2026-01-01", name="", level="village")
            if change.what != "ended":
                after[change.code] = Known(code=change.code, level=change.level, name=change.name, kind=change.kind)
        assert set(found.moves) <= set(ended)
        assert set(found.moves.values()) <= set(after)
        known = after
        assert not compare(Register(known=known, ended=ended), read(last)).changed
    listed = {each.code: each.name for each in read(last)}
    named = {code: place.name for code, place in known.items()}
    townships = {code // 1_000_000 for code in listed if code % 1_000_000}
    assert {code: name for code, name in named.items() if code // 1_000_000 in townships or code in listed} == listed
