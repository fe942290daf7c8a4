"""Pinyin for finding and ordering Chinese names without a Chinese collation in the database.

Readings come from the package ``pypinyin``, which knows words but not that the
first character of a person's name is a surname: 单 is Shan there, not Dan. The
tables below put that right (readings after 现代汉语词典, 7th edition).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from commongrid.kernel.widths import halfwidth

_SURNAMES: Final = {
    "万俟": ("mo4", "qi2"), "尉迟": ("yu4", "chi2"), "单于": ("chan2", "yu2"), "长孙": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"), "宰父": ("zai3", "fu3"), "亓官": ("qi2", "guan1"), "令狐": ("ling2", "hu2"),
    "皇甫": ("huang2", "fu3"), "宇文": ("yu3", "wen2"), "夏侯": ("xia4", "hou2"), "鲜于": ("xian1", "yu2"),
    "单": ("shan4",), "曾": ("zeng1",), "仇": ("qiu2",), "解": ("xie4",), "查": ("zha1",), "区": ("ou1",),
    "朴": ("piao2",), "盖": ("ge3",), "华": ("hua4",), "任": ("ren2",), "乐": ("yue4",), "纪": ("ji3",),
    "召": ("shao4",), "折": ("she2",), "员": ("yun4",), "种": ("chong2",), "秘": ("bi4",), "冼": ("xian3",),
    "逄": ("pang2",), "繁": ("po2",), "缪": ("miao4",), "牟": ("mu4",), "晟": ("cheng2",), "逯": ("lu4",),
    "翟": ("zhai2",), "尉": ("wei4",), "葛": ("ge3",), "过": ("guo1",), "重": ("chong2",), "黑": ("he4",),
    "洗": ("xian3",), "燕": ("yan1",), "应": ("ying1",), "宁": ("ning4",), "覃": ("qin2",), "句": ("gou1",),
    "隗": ("wei3",), "郇": ("xun2",), "訾": ("zi1",), "乜": ("nie4",), "车": ("che1",), "肖": ("xiao1",),
    "相": ("xiang4",), "哈": ("ha3",), "那": ("na1",), "占": ("zhan1",), "柏": ("bai3",), "都": ("du1",),
    "戚": ("qi1",), "郝": ("hao3",), "贾": ("jia3",), "沈": ("shen3",), "石": ("shi2",), "行": ("xing2",),
    "曲": ("qu1",), "谌": ("chen2",), "庹": ("tuo3",), "妫": ("gui1",), "麴": ("qu1",), "阚": ("kan4",),
    "呙": ("guo1",), "冉": ("ran3",), "佴": ("nai4",), "么": ("yao1",), "幺": ("yao1",), "便": ("pian2",),
    "难": ("ning4",), "祭": ("zhai4",), "降": ("jiang4",), "薄": ("bo2",), "藏": ("zang1",), "臧": ("zang1",),
    "参": ("shen1",), "不": ("fou1",), "少": ("shao4",), "褶": ("xi2",), "撒": ("sa3",), "殷": ("yin1",),
    "俞": ("yu2",), "虑": ("lu4",), "适": ("kuo4",), "称": ("chen1",), "红": ("hong2",), "谷": ("gu3",),
}  # fmt: skip

_NAMED: Final = {"长": "chang2", "重": "chong2", "朝": "chao2", "都": "du1", "乐": "le4", "行": "xing2", "佛": "fo2"}
"""Characters that in names, of people and of places, are read otherwise than pypinyin reads them alone."""

_RUNS: Final = re.compile(r"[^\W_a-zA-Z0-9]+|[a-zA-Z0-9]+")


class Reading(NamedTuple):
    """How one Chinese character is read, with its tone (``shan4``), or a run of letters and digits as it stands."""

    text: str
    syllable: bool


@lru_cache(maxsize=65_536)
def readings(name: str, *, place: bool = False) -> tuple[Reading, ...]:
    """One reading per Chinese character and per run of letters and digits, in lower case.

    The first characters are read as a surname; with ``place`` only where the
    family's house or village is meant (任家寨).
    """
    plain = halfwidth(name)
    family = not place or plain[1:2] == "家"
    known = (_SURNAMES.get(plain[:2]) or _SURNAMES.get(plain[:1]) or ()) if family else ()
    found = [Reading(syllable, syllable=True) for syllable in known]
    for run in _RUNS.findall(plain[len(known) :]):
        found += [Reading(run.lower(), syllable=False)] if run.isascii() else map(_read, run, _spoken(run))
    return tuple(found)


def initials(name: str, *, place: bool = False) -> str:
    """First letters, for search: 单雄信 is ``sxx``, 石阡县 (as a place) ``sqx``; digits and letters are kept."""
    return "".join(each.text[0] if each.syllable else each.text for each in readings(name, place=place))


def sort_key(name: str, *, place: bool = False) -> str:
    """Text that byte order sorts as a dictionary does: by syllable, then tone, then the characters.

    Store it beside the name and order by it under collation "C".
    """
    return " ".join(each.text for each in readings(name, place=place)) + "\x1f" + halfwidth(name).replace("\0", "")


def sound(name: str) -> str:
    """How a name sounds: its pinyin with tones."""
    return sort_key(name).partition("\x1f")[0]


def _spoken(run: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # a large table, needed only where names are stored

    spoken = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True)
    if len(spoken) != len(run):  # other scripts come back as one piece
        spoken = [one for sign in run for one in lazy_pinyin(sign, style=Style.TONE3, neutral_tone_with_five=True)]
    return spoken


def _read(character: str, reading: str) -> Reading:
    return Reading(_NAMED.get(character, reading.lower()), syllable=True)
