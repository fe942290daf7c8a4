"""What is published of counts: whoever knows the whole and all that is shown learns no number below five."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commongrid.kernel.counting import LEAST, shown_parts

COUNTS = st.dictionaries(st.integers(0, 20), st.integers(0, 30), max_size=8)


@given(COUNTS)
def test_what_is_hidden_is_never_few(parts: dict[int, int]) -> None:
    shown = shown_parts(parts)
    assert set(shown) == set(parts)
    assert all(told in (None, parts[part]) and (told is None or told >= LEAST) for part, told in shown.items())
    hidden = sum(parts[part] for part, told in shown.items() if told is None)
    everything_hidden = all(told is None for told in shown.values())
    assert hidden == 0 or hidden >= LEAST or everything_hidden


def test_the_next_larger_one_goes_with_a_small_one() -> None:
    assert shown_parts({"a": 3, "b": 9, "c": 20}) == {"a": None, "b": None, "c": 20}
    assert shown_parts({"a": 3, "b": 4, "c": 20}) == {"a": None, "b": None, "c": 20}
    assert shown_parts({"a": 0, "b": 9}) == {"a": None, "b": 9}
