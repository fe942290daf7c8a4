"""Words of danger: what is caught, what is read over."""

from __future__ import annotations

import pytest

from commongrid.matters.actions.seeding import _dangers
from commongrid.matters.rules.danger import DangerWord, danger_in

LISTED = tuple(DangerWord(row.word, row.kind_code) for row in _dangers())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("家暴", "A12"), ("我男人喝酒打我，我怕他今晚再打", "A12"), ("隔壁 打 孩子", "A12"),
        ("My husband  BEATS me", "A12"), ("she was raped", "D13"), ("有人持刀", "D09"), ("他说不想活了", "D15"),
        ("I’m afraid of him", "A12"),
    ],
)  # fmt: skip
def test_words_of_danger_mean_their_kind(text: str, kind: str) -> None:
    assert danger_in(text, LISTED)[0].kind_code == kind


@pytest.mark.parametrize("text", ["路灯坏了，请打我电话", "the grapes are drapery", "井打得深，水清", "村口涵洞堵了"])
def test_other_words_mean_none(text: str) -> None:
    assert danger_in(text, LISTED) == ()


def test_a_harmless_phrase_hides_no_other() -> None:
    (found,) = danger_in("请打我电话，他又打我，还殴打老人", LISTED)
    assert (found.kind_code, found.words) == ("A12", ("打我", "殴打"))
