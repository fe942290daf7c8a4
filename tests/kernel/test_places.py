"""Place codes: laws that hold for every code, and the ways people write them."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel import places
from commongrid.kernel.places import Interval
from commongrid.kernel.refusals import BadInput

VILLAGE = 520623001001000
GRID = 520623001001003


@st.composite
def some_code(draw: st.DrawFn) -> int:
    """A code of any level, its deeper groups zero or not."""
    digits = draw(st.sampled_from([2, 4, 6, 9, 12, 15]))
    return int(str(draw(st.integers(11 * 10 ** (digits - 2), 10**digits - 1))).ljust(15, "0"))


codes = some_code()
few = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: Interval(*pair)), max_size=6)


class TestLevels:
    @pytest.mark.parametrize(
        ("text", "level", "lo", "hi"),
        [
            ("52", "province", 520000000000000, 529999999999999),
            ("5206", "prefecture", 520600000000000, 520699999999999),
            ("520623", "county", 520623000000000, 520623999999999),
            ("520623001", "township", 520623001000000, 520623001999999),
            ("520623001001", "village", 520623001001000, 520623001001999),
            ("520623001001003", "below", 520623001001003, 520623001001003),
        ],
    )
    def test_each_level_is_an_interval(self, text: str, level: str, lo: int, hi: int) -> None:
        code = places.parse(text)
        assert (places.level_of(code), places.interval(code)) == (level, (lo, hi))
        assert places.significant(code) == text

    def test_above_a_grid_stand_all_its_levels(self) -> None:
        assert places.ancestors_of(GRID) == (
            520000000000000, 520600000000000, 520623000000000, 520623001000000, VILLAGE,
        )  # fmt: skip
        assert places.village_of(GRID) == VILLAGE
        assert places.township_of(GRID) == 520623001000000
        assert places.county_of(GRID) == 520623000000000

    def test_a_township_right_under_a_prefecture_has_no_county(self) -> None:
        township = places.parse("441900003000")
        assert places.county_of(township) is None
        assert places.parent_of(township) == places.parse("4419")

    def test_a_wider_place_has_no_narrower_one(self) -> None:
        assert places.village_of(520623000000000) is None

    @given(codes)
    def test_a_place_lies_in_each_of_its_ancestors_and_in_no_sibling(self, code: int) -> None:
        for above in places.ancestors_of(code):
            assert places.interval(code).within(places.interval(above))
            assert places.interval(above) != places.interval(code)
            assert places.inside(code, above)
            assert not places.inside(above, code)

    @given(codes, codes)
    def test_two_places_are_nested_or_apart(self, left: int, right: int) -> None:
        a, b = places.interval(left), places.interval(right)
        apart = a.hi < b.lo or b.hi < a.lo
        assert apart or a.within(b) or b.within(a)

    @given(codes)
    def test_the_parent_is_the_smallest_place_above(self, code: int) -> None:
        parent = places.parent_of(code)
        assert (parent is None) == (places.level_of(code) == "province")
        if parent is not None:
            assert places.smallest_holding(code, parent) == places.interval(parent)

    @given(codes, codes)
    def test_the_smallest_place_that_holds_both_holds_both(self, left: int, right: int) -> None:
        found = places.smallest_holding(left, right)
        assert places.interval(left).within(found)
        assert places.interval(right).within(found)
        shared = [a for a in (*places.ancestors_of(left), left) if places.inside(right, a)]
        assert found == (places.interval(shared[-1]) if shared else places.EVERYWHERE)


class TestBelowVillage:
    def test_sequences_are_minted_after_every_one_ever_used(self) -> None:
        assert places.next_sequence([1, 7, 3]) == 8
        assert places.next_sequence([]) == 1
        assert places.below_village(VILLAGE, 8) == VILLAGE + 8
        assert places.sequence_of(GRID) == 3

    @pytest.mark.parametrize(("village", "sequence"), [(VILLAGE, 0), (VILLAGE, 1000), (GRID, 1), (520623000000000, 1)])
    def test_no_code_outside_a_village_s_thousand(self, village: int, sequence: int) -> None:
        with pytest.raises(BadInput):
            places.below_village(village, sequence)

    def test_a_row_s_level_must_fit_its_code(self) -> None:
        assert places.fits(GRID, "grid")
        assert places.fits(GRID, "natural_village")
        assert not places.fits(VILLAGE, "grid")
        assert places.fits(VILLAGE, "village")


class TestParse:
    @given(codes)
    def test_parse_reads_what_show_writes(self, code: int) -> None:
        assert places.parse(places.show(code)) == code
        assert places.parse(places.significant(code)) == code
        assert places.parse(str(code), places.level_of(code)) == code

    @pytest.mark.parametrize(
        "written",
        [
            "520623001001", " 520623 001 001 ", "５２０６２３００１００１", "520623001001.0", "520623001001000",
            "5.20623001001E+11", "520623001001-000", "520623001001—000", "\ufeff520623001001", 520623001001,
        ],
    )  # fmt: skip
    def test_parse_reads_a_village_however_it_was_written(self, written: str | int) -> None:
        assert places.parse(written) == VILLAGE

    @pytest.mark.parametrize(
        "written",
        [
            "", "0", "5", "520", "52062", "5206230", "52062300100100", "5206230010010001", "09", "000000000000",
            "5.20623E+11", "520623001.5", "-520623", "520623-001", "５２x", "石阡县", "１２³", "1e5", "nan", "٥٢٠٦٢٣",
        ],
    )  # fmt: skip
    def test_parse_refuses_what_is_no_code(self, written: str) -> None:
        with pytest.raises(BadInput):
            places.parse(written)

    def test_parse_refuses_a_code_of_another_level(self) -> None:
        with pytest.raises(BadInput, match="another level"):
            places.parse("520623", "township")

    @given(st.text(max_size=20))
    def test_parse_answers_or_refuses_any_text(self, written: str) -> None:
        with contextlib.suppress(BadInput):
            assert places.is_code(places.parse(written))


class TestSets:
    def test_no_codes_hold_nothing(self) -> None:
        assert places.smallest_holding() == places.NOWHERE
        assert places.union([places.NOWHERE]) == ()

    @given(few, few)
    def test_sets_of_intervals_behave_as_sets_of_codes(self, left: list[Interval], right: list[Interval]) -> None:
        a, b = ({code for one in many for code in range(one.lo, one.hi + 1)} for many in (left, right))
        for found, expected in (
            (places.union(left), a),
            (places.union([*left, *right]), a | b),
            (places.intersection(left, right), a & b),
            (places.difference(left, right), a - b),
        ):
            assert {code for code in range(41) if places.holds(found, code)} == expected
            assert all(one.hi + 1 < other.lo for one, other in itertools.pairwise(found))
