"""Words that lists use for codes: what people write for relations, schooling, marriage and being away.

The code lists' own words are rows and come with them; these are the words beside them (GB/T 4761, 4658, 4762, 2261).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from commongrid.kernel.sheets import plain_name

HERE, AWAY = "here", "away"
DITTO: Final = frozenset(("同上", "同前", "同左", "〃", "″", '"', "''", "ditto", "same as above"))

_RELATION: Final = {
    "02": "户主 本人 家长 戶主 head self",
    "10": "配偶 妻 妻子 丈夫 夫 爱人 老婆 老公 之妻 之夫 夫妻 wife husband spouse",
    "20": "子 儿子 长子 次子 三子 四子 五子 六子 二子 独生子 独子 养子 继子 大儿子 二儿子 三儿子 小儿子 儿 之子 son",
    "30": "女 女儿 长女 次女 三女 四女 五女 六女 二女 独生女 养女 继女 大女儿 二女儿 三女儿 小女儿 之女 daughter",
    "28": "女婿 婿 上门女婿",
    "38": "儿媳 媳妇 儿媳妇 长媳 次媳 三媳",
    "40": "孙 孙子 孙女 长孙 次孙 三孙 外孙 外孙子 外孙女 孙男 孙儿 长孙女 次孙女 grandchild",
    "50": "父 母 父亲 母亲 父母 爸爸 妈妈 岳父 岳母 公公 婆婆 养父 养母 继父 继母 家公 家婆 father mother parent",
    "60": "祖父 祖母 爷爷 奶奶 外公 外婆 外祖父 外祖母 公 婆 grandparent grandfather grandmother",
    "70": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 兄弟 姐妹 兄弟姐妹 长兄 brother sister",
    "97": "亲属 其他 其他亲属 叔 伯 叔叔 伯父 伯母 婶 姑 姑姑 舅 舅舅 姨 侄 侄子 侄女 侄儿 外甥 外甥女 嫂 嫂子 弟媳 "
    "弟媳妇 姐夫 妹夫 孙媳 孙媳妇 孙婿 曾孙 曾孙女 重孙 relative",
    "99": "非亲属 保姆 租户 房客 朋友 寄养 雇工 无关系",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "relation": _RELATION,
    "sex": {"1": "男 男性 m male", "2": "女 女性 f female", "9": "未说明"},
    "education": {
        "10": "研究生 硕士 博士 硕士研究生 博士研究生", "20": "本科 大学 大学本科 学士",
        "30": "大专 专科 高职 大学专科", "40": "中专 中职 技校 职高 职业高中", "60": "高中 普通高中", "70": "初中",
        "80": "小学 学龄前 学前", "90": "文盲 半文盲 不识字 其他 其它",
    },
    "occupation": {
        "3": "办事员 职员 教师", "4": "经商 个体 个体户 服务员", "5": "务农 农民 种植 养殖 农业", "6": "工人 务工",
        "7": "军人", "8": "其他 其它 自由职业",
    },
    "political": {
        "01": "党员 共产党员 中共正式党员", "02": "预备党员", "03": "团员 共青团员", "13": "群众 普通群众 少先队员 无",
    },
    "marital": {
        "10": "未婚 单身", "20": "已婚 有配偶", "22": "再婚", "23": "复婚", "30": "丧偶", "40": "离异 离婚 已离婚",
    },
    "flag": {
        "dibao": "低保户 低保 低保对象", "dibao_edge": "低保边缘户 低边户", "disabled": "残疾人 残疾",
        "veteran": "退役军人 优抚对象", "vacant": "空挂户", "migrant_out": "举家外出",
        "left_behind_child": "留守儿童", "left_behind_elder": "留守老人", "left_behind_woman": "留守妇女",
        "elder_alone": "独居老人", "empty_nest": "空巢老人", "party_member": "党员", "disabled_severe": "重度残疾人",
    },
    "condition": {"sound": "正常 良好 合格 无隐患", "fault": "不合格 故障 损坏 有隐患 异常"},
    "yes": {"1": "有 属于", "0": "无 不是"},
    "state": {
        HERE: "在家 否 未外出 在村 常住 居家 home here no", AWAY: "外出 是 外出务工 务工 在外 不在家 外出就学 away yes",
    },
}  # fmt: skip


def meanings(entries: Iterable[tuple[str, str, str]], name: str) -> dict[str, str]:
    """What the words of a list stand for: its entries (code, zh, en) in every form, then the words beside them.

    A head is "self" and "head" alike (02).
    """
    found: dict[str, str] = {}
    in_force: set[str] = set()
    for code, zh, en in entries:
        in_force.add(code)
        for word in (code, code.lstrip("0"), zh, en, f"{zh} {en}", f"{code} {zh}", f"{zh} {code}"):
            if word:
                found.setdefault(plain_name(word), code)
    for code, words in WORDS.get(name, {}).items():
        if code in in_force:
            found |= {plain_name(word): code for word in words.split()}
    if name == "relation" and {"01", "02"} <= in_force:
        found = {word: "02" if code == "01" else code for word, code in found.items()}
    return found


FIXED: Final = {
    "state": ((HERE, "在家", "At home"), (AWAY, "外出", "Away")),
    "condition": (("sound", "完好", "Sound"), ("fault", "有问题", "At fault")),
    "yes": (("1", "是", "Yes"), ("0", "否", "No")),
}
"""The few words a row may say that are no code list, as the template offers them."""
