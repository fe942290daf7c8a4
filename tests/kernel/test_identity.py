"""Identity numbers: the standard's own example, what is read as meant, and one wrong digit anywhere."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commongrid.kernel.identity import OLDEST, check_sign, id_number
from commongrid.kernel.refusals import BadInput

TODAY, THEN = date(2026, 11, 24), date(1999, 7, 1)
# the two examples printed in GB 11643-1999, annex A
EXAMPLES = ("11010519491231002X", "440524188001010014")


@pytest.mark.parametrize("number", EXAMPLES)
def test_the_standards_examples_agree(number: str) -> None:
    """The second was born in 1880: in the year of the standard that was not too long ago."""
    assert check_sign(number[:17]) == number[17]
    read = id_number(number, today=THEN)
    assert (read.text, str(read.region)) == (number, number[:6])
    assert read.born_on.strftime("%Y%m%d") == number[6:14]


def test_sex_is_the_parity_of_the_order() -> None:
    assert id_number(EXAMPLES[0], today=THEN).sex == "2"
    assert id_number(EXAMPLES[1], today=THEN).sex == "1"


@pytest.mark.parametrize(
    "written",
    ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ", "'11010519491231002X"],
)
def test_what_was_meant_is_read(written: str) -> None:
    assert id_number(written, today=TODAY).text == EXAMPLES[0]


def test_a_first_generation_number_is_completed() -> None:
    assert id_number("110105491231002", today=TODAY).text == EXAMPLES[0]


@pytest.mark.parametrize(
    "written",
    [
        "", "123", "1101051949123100", "1.10105E+17", "110105194912310000.0", "11010519491331002X",
        "11010519490230002X", "110105194912310021", "张三", "01010519491231002X", "11010520991231002X",
        "440524188001010014",
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        id_number(written, today=TODAY)


_days = some.dates(min_value=date(TODAY.year - OLDEST, 1, 1), max_value=TODAY)


@given(region=some.integers(110000, 829999), born=_days, order=some.integers(0, 999), at=some.integers(0, 17))
def test_any_single_wrong_digit_is_found(region: int, born: date, order: int, at: int) -> None:
    first = f"{region}{born:%Y%m%d}{order:03}"
    number = first + check_sign(first)
    assert id_number(number, today=TODAY).text == number
    wrong = number[:at] + ("0" if number[at] != "0" else "1") + number[at + 1 :]
    with pytest.raises(BadInput):
        id_number(wrong, today=TODAY)
