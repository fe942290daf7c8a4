"""What people write in lists of places: headings, words for levels, kinds that names give away."""

from __future__ import annotations

from typing import Final, Literal

from commongrid.kernel.places import Level
from commongrid.kernel.widths import halfwidth

Field = Literal["code", "name", "level", "parent", "name_en"]

HEADINGS: Final[dict[Field, frozenset[str]]] = {
    "code": frozenset(
        {
            "code", "id", "编码", "代码", "编号", "区划代码", "区划编码", "行政区划代码", "行政区划编码",
            "统计用区划代码", "统计用区划代码和城乡划分代码", "统计代码",
            "地区代码", "地区编码", "地方代码", "地方编码", "12位代码",
        }
    ),
    "name": frozenset({"name", "名称", "地名", "区划名称", "行政区划名称", "地区名称", "地方名称", "单位名称", "全称"}),
    "level": frozenset({"level", "type", "级别", "层级", "级次", "等级", "类型", "类别", "行政级别", "区划级别"}),
    "parent": frozenset(
        {
            "parent", "parentcode", "parentid", "pcode", "pid", "上级", "上级代码", "上级编码", "上级区划",
            "上级区划代码",
            "上级区划编码", "父级", "父级代码", "父级编码", "父代码", "父编码", "所属上级", "所属",
        }
    ),
    "name_en": frozenset({"nameen", "english", "englishname", "英文", "英文名", "英文名称"}),
}  # fmt: skip
"""Headings of a list, without spaces, underscores and brackets, in lower case."""

_BRACKETS: Final = str.maketrans("", "", " _-()[]（）【】:：.*")


def field_of(heading: str) -> Field | None:
    """The field that a heading stands for, or None."""
    word = halfwidth(heading).lower().translate(_BRACKETS)
    return next((field for field, words in HEADINGS.items() if word in words), None)


LEVEL_WORDS: Final[dict[str, tuple[Level, ...]]] = {
    **dict.fromkeys(("province", "省", "省级", "省份", "自治区", "直辖市", "1"), ("province",)),
    **dict.fromkeys(("prefecture", "city", "市级", "地级", "地市", "地级市", "自治州", "盟", "2"), ("prefecture",)),
    "市": ("prefecture", "county"),
    **dict.fromkeys(
        ("county", "district", "县", "县级", "区县", "区县级", "县区", "区", "旗", "县级市", "自治县", "3"), ("county",)
    ),
    **dict.fromkeys(
        (
            "township", "town", "street", "subdistrict", "乡", "镇", "街道", "乡级", "镇级", "乡镇", "乡镇级",
            "乡镇街道",
            "镇街", "镇街级", "民族乡", "办事处", "街道办事处", "4",
        ),
        ("township",),
    ),
    **dict.fromkeys(
        ("village", "community", "村", "村级", "行政村", "建制村", "社区", "村委会", "居委会", "5"), ("village",)
    ),
    **dict.fromkeys(("natural_village", "hamlet", "自然村", "自然寨", "寨"), ("natural_village",)),
    **dict.fromkeys(("villager_group", "group", "村民小组", "村民组", "小组", "组"), ("villager_group",)),
    **dict.fromkeys(("grid", "网格"), ("grid",)),
}  # fmt: skip
"""Levels a word may mean, after trimming a note in brackets."""

_COMMUNITY_WORDS: Final = frozenset({"community", "社区", "居委会"})
_VILLAGE_WORDS: Final = frozenset({"行政村", "建制村", "村委会", "village", "村"})
_COMMUNITY_NAMES: Final = ("居民委员会", "居委会", "社区")
_FIRST_VILLAGE_NUMBER: Final = 200
"""Communities are numbered 001 to 199 within a township, villages from 200 (rules of statistical codes)."""


def levels_meant(word: str) -> tuple[Level, ...]:
    """The levels that a word of the level column may mean; none where it is unknown."""
    plain = halfwidth(word).lower().removesuffix(".0")
    return LEVEL_WORDS.get(plain) or LEVEL_WORDS.get(plain.split("(")[0].strip().replace(" ", "_")) or ()


def kind_said(word: str) -> str | None:
    """Whether the level column says community or village; None where it leaves that open."""
    plain = halfwidth(word).lower()
    if plain in _COMMUNITY_WORDS:
        return "community"
    return "village" if plain in _VILLAGE_WORDS else None


def kind_guessed(code: int, name: str) -> str:
    """Community or village, from the name, else from the number within the township."""
    if name.endswith(_COMMUNITY_NAMES):
        return "community"
    if name.endswith(("村民委员会", "村委会", "村")):
        return "village"
    return "community" if code // 1000 % 1000 < _FIRST_VILLAGE_NUMBER else "village"
