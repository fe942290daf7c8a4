"""How new grids are called."""

from __future__ import annotations

from commongrid.territory.rules.redividing import names_of


def test_new_grids_never_bear_a_name_that_another_bears_or_bore() -> None:
    borne = {"第1网格", "第2网格", "上河网格", "上河网格2"}
    named = names_of(["第1网格", "", "上河网格", "上河网格2", "第1网格"], borne)
    assert [zh for zh, _en in named] == ["第3网格", "第4网格", "上河网格3", "上河网格4", "第5网格"]
    assert [en for _zh, en in named] == ["Grid 3", "Grid 4", "", "", "Grid 5"]
    assert names_of(["1网格"], {"1网格"}) == [("第1网格", "Grid 1")]
