"""Names: a clan for each natural village, given names of their time, a sign that a clan's generation shares."""

from __future__ import annotations

from random import Random
from typing import Final

from commongrid.commands.demo import naming
from commongrid.commands.demo.population.census import MALE

COMMON: Final = "杨张王李吴周刘陈田罗龙石任安冉黄何赵徐胡谭毛饶汪邓肖余彭蒋付简雷席龚熊唐夏代向袁"
CLAN, SECOND = 0.62, 0.14
"""Of a natural village's families: those of its clan, and those of a second one."""
SAME: Final = 0.04
"""A clan's people seldom marry each other."""
SHARED_SIGN: Final = 0.45
ONE_SIGN: Final = 0.16
LINEAGE: Final = "朝廷文武国正天光昌明德荣华启永世兴安邦泰"
"""Signs of a clan's generations, each some twenty-five years after the last."""
TIMES: Final = (1960, 1980, 2000)
"""Up to when a time's names were given."""
MEN: Final = (
    "国贵福德财富发旺林才清明昌正荣华成江海山云学文武忠义仁祥顺和平安全",
    "建国强军勇华平伟刚斌林海波涛云飞兵松健明志文辉东成荣贵学友祥进才生",
    "伟杰鹏浩涛磊超波飞龙宇洋帅亮斌俊凯峰辉勇鑫毅康健林海松阳旭东航权",
    "浩轩宇子涵俊熙泽睿博宸梓铭辰奕皓霖瑞嘉诚昊天翔逸航锦程一鸣晨曦佑",
)
WOMEN: Final = (
    "秀英珍兰芝花香翠莲桂菊梅玉凤仙芬淑贞芳云碧素琼群先会容美清元珠碧",
    "芳丽华玲梅英红霞萍琴艳燕敏春秀群琼珍菊莲香兰会桂平莉容娥秋云素慧",
    "婷娟丽敏静艳燕莉玲芳倩雪梅琳琴霞红丹娅欢晓春云凤菊萍芬秋慧珊露瑶",
    "欣怡梓涵雨萱诗琪思语晨曦佳若可馨艺梦妍悦彤紫嫣然钰淇瑾萌婷静雅菲",
)


class Clan:
    """Who lives in a natural village: its surname, a second one, and where its signs of generations begin."""

    def __init__(self, hamlet: str, chance: Random) -> None:
        """A hamlet called after a family is that family's."""
        named = hamlet[:1] if hamlet[1:2] == "家" else ""
        self.surname = named or chance.choice(COMMON)
        self.second = chance.choice(COMMON)
        self.first = chance.randrange(len(LINEAGE))

    def family(self, chance: Random) -> str:
        """The surname of a household's line."""
        drawn = chance.random()
        if drawn < CLAN:
            return self.surname
        return self.second if drawn < CLAN + SECOND else other(chance)

    def sign(self, year: int) -> str:
        """The sign that those of one generation share."""
        return LINEAGE[(self.first + year // 25) % len(LINEAGE)]


def other(chance: Random, but: str = "") -> str:
    """Some surname; of ``but`` seldom."""
    found = chance.choice(COMMON)
    return found if found != but or chance.random() < SAME else chance.choice(naming.SURNAMES)


def given(sex: int, year: int, sign: str, chance: Random) -> str:
    """A given name of its time; men of a clan often with their generation's sign."""
    signs = (MEN if sex == MALE else WOMEN)[sum(year >= time for time in TIMES)]
    if chance.random() < ONE_SIGN:
        return chance.choice(signs)
    shared = sign and sex == MALE and chance.random() < SHARED_SIGN
    first, second = sign if shared else chance.choice(signs), chance.choice(signs)
    return first + second if first != second else first
