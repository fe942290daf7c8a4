"""Fictional names: a county that exists nowhere, with people that nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from pypinyin import lazy_pinyin

PROVINCE, PREFECTURE, COUNTY = 99, 9901, 990101
COUNTY_NAME: Final = ("云岭县", "Yunling County")
TOWNSHIPS: Final = (
    "青石镇",
    "龙潭乡",
    "松林镇",
    "石门乡",
    "白马镇",
    "河坝镇",
    "茶坪乡",
    "双溪镇",
    "金竹乡",
    "花桥镇",
    "云盘乡",
    "柏坪镇",
    "大寨乡",
    "清水镇",
    "枫香乡",
    "石坎坝镇",
    "木林乡",
    "银杏镇",
    "高桥乡",
)
VILLAGE_HEADS: Final = "白上下大小新石龙松杨青红双金清长平高马水"
VILLAGE_TAILS: Final = ("沙", "坪", "坝", "井", "寨", "桥", "湾", "溪", "塘", "岭", "坡", "田", "冲", "堡", "沟", "关")
HAMLET_HEADS: Final = "王李张刘陈杨吴周黄何田罗冉安"
HAMLET_TAILS: Final = ("家湾", "家坝", "家寨", "家院子", "家坡", "家沟")
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗田冉安龙任付简雷"
GIVEN: Final = (
    "建国",
    "秀英",
    "志强",
    "桂兰",
    "永福",
    "明芳",
    "文斌",
    "红梅",
    "国华",
    "玉珍",
    "德贵",
    "春燕",
    "光荣",
    "丽娟",
    "大海",
    "小玲",
    "正才",
    "素华",
    "天明",
    "金莲",
    "世平",
    "晓红",
    "兴旺",
    "桂花",
    "昌林",
    "秋月",
    "启明",
    "雪梅",
    "成刚",
    "会芳",
)
SIZES: Final = {"hamlet": (2, 2, 2, 2), "township": (2, 6, 4, 3), "county": (19, 16, 5, 6)}
"""Townships, villages in each, natural villages and grids in each village."""


@dataclass(frozen=True, slots=True)
class Village:
    """A village to be made: its 12-digit code, name, and what lies in it."""

    code: int
    name: str
    community: bool
    hamlets: tuple[str, ...]
    grids: int


@dataclass(frozen=True, slots=True)
class Township:
    """A township to be made."""

    code: int
    name: str
    villages: tuple[Village, ...]


def english(name: str, kind: str) -> str:
    """A place's name in letters, with its kind in English."""
    return f"{''.join(lazy_pinyin(name)).capitalize()} {kind}".strip()


def county(size: str, seed: int) -> tuple[Township, ...]:
    """The whole county, the same for the same seed."""
    chance = Random(seed)
    townships, villages, hamlets, grids = SIZES[size]
    return tuple(
        Township(
            COUNTY * 1000 + 101 + n,
            TOWNSHIPS[n],
            tuple(_village(chance, COUNTY * 1000 + 101 + n, m, hamlets, grids, names) for m in range(villages)),
        )
        for n in range(townships)
        for names in [_village_names(chance, villages)]
    )


def _village_names(chance: Random, count: int) -> list[str]:
    pool = [head + tail for head in VILLAGE_HEADS for tail in VILLAGE_TAILS]
    return chance.sample(pool, count)


def _village(chance: Random, township: int, m: int, hamlets: int, grids: int, names: list[str]) -> Village:
    community = m == 0 and hamlets > 2  # noqa: PLR2004 - the town of a township of some size
    pool = [head + tail for head in HAMLET_HEADS for tail in HAMLET_TAILS]
    return Village(
        township * 1000 + (1 if community else 201 + m),
        names[m],
        community,
        tuple(chance.sample(pool, hamlets)),
        min(grids, hamlets),
    )


def person(chance: Random) -> str:
    """A name that many share and nobody in particular."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)
