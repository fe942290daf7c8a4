"""The sheets of an exchange: their fields, headings in both languages, and how columns are recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commongrid.kernel.sheets import plain_name


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a sheet: its headings, whether a row needs it, other names that are understood."""

    field: str
    zh: str
    en: str
    needed: bool = False
    also: tuple[str, ...] = ()
    width: int = 18

    @property
    def heading(self) -> str:
        """The heading in both languages, as templates carry it."""
        return f"{self.zh} {self.en}"

    @property
    def names(self) -> set[str]:
        """Every name it is recognised by."""
        return {plain_name(name) for name in (self.heading, self.zh, self.en, *self.also)}


LAYOUTS: Final[Mapping[str, tuple[Column, ...]]] = {
    "orders": (
        Column("number", "工单编号", "Order number", needed=True, also=("编号", "工单号", "信访件编号", "受理编号")),
        Column("received", "登记时间", "Received", needed=True, also=("来电时间", "受理时间", "登记日期", "交办时间")),
        Column("text", "诉求内容", "What is asked", needed=True, also=("内容", "工单内容", "概况信息"), width=48),
        Column("place", "所属地方", "Place", also=("属地", "所属区域", "问题属地"), width=26),
        Column("kind", "事项类别", "Kind", also=("类别", "诉求类别", "工单类型"), width=26),
        Column("name", "诉求人", "Name", also=("姓名", "来电人", "信访人")),
        Column("phone", "联系电话", "Phone", also=("电话", "来电号码", "手机")),
        Column("urgency", "紧急程度", "Urgency", also=("是否紧急",)),
        Column("due", "办结时限", "Finish by", also=("办理时限", "截止时间", "办结期限")),
        Column("reply_due", "回复时限", "Reply by", also=("反馈时限",)),
        Column("about", "反映对象", "About whom", also=("被反映人", "被反映对象", "被投诉人", "被投诉对象"), width=20),
        Column("confidential", "是否保密", "In confidence", also=("保密", "要求保密")),
    ),
    "replies": (
        Column("number", "工单编号", "Order number", needed=True, also=("编号", "工单号", "信访件编号", "受理编号")),
        Column("own", "本县编号", "Number here"),
        Column(
            "reply",
            "办理结果",
            "Reply",
            needed=True,
            also=("办理情况", "处理结果", "处理情况", "答复内容", "回复内容"),
            width=60,
        ),
        Column("who", "办理单位", "Handled by", also=("承办单位", "责任单位"), width=26),
        Column("answered", "答复时间", "Answered at", also=("回复时间", "办结时间"), width=20),
    ),
    "results": (
        Column("number", "工单编号", "Order number", needed=True, also=("编号", "工单号", "信访件编号", "受理编号")),
        Column("result", "回访结果", "Result", needed=True, also=("结果", "办理状态", "评价结果", "是否解决")),
        Column("satisfied", "是否满意", "Satisfied", also=("满意度", "满意情况")),
        Column("said", "回访意见", "What was said", also=("意见", "退回理由", "备注"), width=40),
        Column("due", "重办时限", "Again by", also=("新的办结时限",)),
    ),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """One column of a layout: its heading there, and the field that fills it; none where it stays empty."""

    heading: str
    field: str = ""

    @property
    def width(self) -> int:
        """How wide it is."""
        return next((one.width for one in LAYOUTS["replies"] if one.field == self.field), 18)


OURS: Final = tuple(Placed(one.heading, one.field) for one in LAYOUTS["replies"])
"""The layout of replies while a system has given none."""

RESULT_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("solved", "已解决", "解决", "办结", "已办结", "属实解决", "是", "yes"), "solved"),
    **dict.fromkeys(("not solved", "not_solved", "未解决", "没有解决", "否", "no"), "not_solved"),
    **dict.fromkeys(("rework", "returned", "退回", "退回重办", "重办", "二次派单", "不合格"), "rework"),
}
RESULT_NAMES: Final = ("已解决 solved", "未解决 not solved", "退回重办 rework")
URGENCY_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("normal", "一般", "普通", "否", "no"), "normal"),
    **dict.fromkeys(("urgent", "紧急", "加急", "是", "yes"), "urgent"),
    **dict.fromkeys(("immediate", "特急", "特别紧急"), "immediate"),
}
URGENCY_NAMES: Final = ("一般 normal", "紧急 urgent", "特急 immediate")
ABOUT_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("village", "村", "村干部"), "village"),
    **dict.fromkeys(("township", "乡镇", "乡镇干部"), "township"),
    **dict.fromkeys(("county", "县", "县领导"), "county"),
    **dict.fromkeys(("nobody", "否", "无", "no"), ""),
}
"""Whom in the government it is about; any other word (a name, an office) is looked at by the county first."""
ABOUT_NAMES: Final = ("村 village", "乡镇 township", "县 county", "不详 unsure")
YES_NO: Final = ("是 yes", "否 no")


def fields(sort: str) -> tuple[Column, ...]:
    """The columns of a sheet, in order."""
    return LAYOUTS[sort]


def guessed(sort: str, header: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Which heading of a file is which field: as remembered, else by the names that are understood.

    A remembered heading that the file lacks falls back to the names.
    """
    plain = {plain_name(one): one for one in header if plain_name(one)}
    found: dict[str, str] = {}
    for column in LAYOUTS[sort]:
        kept = remembered.get(column.field)
        if kept is not None and plain_name(kept) in plain:
            found[column.field] = plain[plain_name(kept)]
            continue
        hit = next((plain[name] for name in plain if name in column.names), None)
        if hit is not None and hit not in found.values():
            found[column.field] = hit
    return found


def lacking(sort: str, mapped: Mapping[str, str]) -> list[Column]:
    """Fields that a row needs and no column has."""
    return [column for column in LAYOUTS[sort] if column.needed and column.field not in mapped]


def word(text: str, meant: Mapping[str, str]) -> str | None:
    """What a cell's word stands for, also where both languages stand in it ("已解决 solved"); None where unknown."""
    plain = " ".join(text.split()).casefold()
    if plain in meant:
        return meant[plain]
    parts = plain.split(" ", 1)
    return next((meant[part] for part in parts if part in meant), None)
