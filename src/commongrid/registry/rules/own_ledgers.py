"""Ledgers that people make themselves: which columns there are, what may be filtered, grouped and ordered by.

The list of columns is closed. Ethnic group and bank accounts are in none, numbers come masked, hardship is a column and
a filter only for those with its power; it is never grouped or ordered by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from commongrid.kernel.refusals import N_, BadInput, NotAllowed
from commongrid.registry.rules.fields import BELONGS
from commongrid.registry.rules.ledgers import POPULATIONS

MOST_OWN: Final = 30
"""So many ledgers of its own a post may have."""
LONGEST_NAME: Final = 40
OLDEST: Final = 200
HARDSHIP: Final = "hardship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a subject.

    ``codes`` is the code list that its values are drawn from, ``filter`` how it may be filtered by: one of its
    ``codes``, a "range" of whole numbers, "yes" or no, the type of a "flag", a "place" or a linked "member". ``also``
    are other headings that a form of others may give it.
    """

    key: str
    name: str
    codes: str = ""
    filter: str = ""
    groups: bool = False
    orders: bool = True
    also: tuple[str, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether it tells hardship."""
        return self.key == HARDSHIP


_FLAGS: Final = (
    Column(key="flags", name=N_("Flags"), filter="flag", orders=False, also=("标记", "人员类别", "身份类别")),
    Column(key=HARDSHIP, name=N_("Recognised hardship"), filter="flag", orders=False, also=("困难类型", "救助类型")),
)
_PLACE: Final = Column(
    key="place", name=N_("Place"), groups=True, also=("自然村", "村寨", "寨子", "所在村", "居住地", "行政村")
)
_GROUP: Final = Column(
    key="villager_group", name=N_("Villager group"), filter="place", groups=True, also=("村民小组", "小组", "组")
)
_GRID: Final = Column(key="grid", name=N_("Grid"), filter="place", groups=True, also=("网格", "所属网格"))
_NUMBER: Final = Column(key="number", name=N_("Number"), also=("户号", "户编号"))
_DOOR: Final = Column(key="door", name=N_("Door"), also=("门牌地址", "家庭住址", "住址", "地址", "现住址"))
_LINKED: Final = Column(
    key="linked", name=N_("Linked member"), filter="member", groups=True,
    also=("联户党员", "联户员", "联系党员", "包联党员"),
)  # fmt: skip
FILTER_LEVELS: Final = {
    "grid": ("grid",), "villager_group": ("villager_group",), "registered_place": BELONGS["registered_place"],
    "collective": BELONGS["collective"],
}  # fmt: skip
"""Of which levels the place is that a filter names."""

SUBJECTS: Final[Mapping[str, tuple[Column, ...]]] = {
    "person": (
        _PLACE, _GROUP, _GRID, _NUMBER, _DOOR,
        Column(key="head", name=N_("Head"), also=("户主", "户主姓名")), _LINKED,
        Column(key="name", name=N_("Name of the person"), also=("姓名", "成员姓名", "Name")),
        Column(key="relation", name=N_("To the head"), codes="relation", filter="codes", groups=True,
               also=("与户主关系", "关系")),
        Column(key="sex", name=N_("Sex"), codes="sex", filter="codes", groups=True, also=("性别",)),
        Column(key="born_on", name=N_("Date of birth"), also=("出生日期", "出生年月", "出生年月日")),
        Column(key="age", name=N_("Age"), filter="range", also=("年龄",)),
        Column(key="id_number", name=N_("Identity number"), orders=False,
               also=("身份证号", "身份证号码", "身份证件号码", "公民身份号码", "证件号码")),
        Column(key="phone", name=N_("Phone"), orders=False,
               also=("电话", "联系电话", "手机号", "手机号码", "联系方式")),
        Column(key="education", name=N_("Education"), codes="education", filter="codes", groups=True,
               also=("文化程度", "学历")),
        Column(key="occupation", name=N_("Occupation"), codes="occupation", filter="codes", groups=True,
               also=("职业",)),
        Column(key="political", name=N_("Political status"), codes="political", filter="codes", groups=True,
               also=("政治面貌",)),
        Column(key="marital", name=N_("Marital status"), codes="marital", filter="codes", groups=True,
               also=("婚姻状况",)),
        Column(key="state", name=N_("At home or away"), codes="person_state", filter="codes", groups=True,
               also=("是否外出", "居住状态")),
        Column(key="works_at", name=N_("Works or studies at"), also=("务工或就学去向", "务工地点", "去向")),
        Column(key="registered_place", name=N_("Registered place"), filter="place", groups=True,
               also=("户籍地", "户籍所在地")),
        Column(key="registered_door", name=N_("Registered address"), also=("户籍地详址", "户籍地址")),
        Column(key="collective", name=N_("Member of the collective of"), filter="place", groups=True,
               also=("集体经济组织成员所在村", "集体经济组织", "所属集体")),
        Column(key="former_name", name=N_("Former name"), also=("曾用名",)),
        Column(key="native_place", name=N_("Native place"), also=("籍贯",)),
        Column(key="workplace", name=N_("Workplace"), also=("服务处所", "工作单位")),
        Column(key="inflow", name=N_("Why they came"), codes="inflow", filter="codes", groups=True,
               also=("流入原因",)),
        Column(key="domicile", name=N_("How they are housed"), codes="domicile", filter="codes", groups=True,
               also=("住所类型",)),
        *_FLAGS,
    ),
    "household": (
        _PLACE, _GROUP, _GRID, _NUMBER, _DOOR,
        Column(key="head", name=N_("Head"), also=("户主", "户主姓名", "姓名")),
        Column(key="phone", name=N_("Phone of the head"), orders=False, also=("电话", "联系电话", "户主电话")),
        _LINKED,
        Column(key="people", name=N_("People"), filter="range", also=("人口数", "家庭人口", "人数")),
        Column(key="away", name=N_("Of them away"), filter="range", also=("外出人数",)),
        Column(key="state", name=N_("State"), codes="home_state", filter="codes", groups=True, also=("居住状态",)),
        *_FLAGS,
    ),
    "site": (
        _PLACE, Column(key="kind", name=N_("Kind"), codes="site", filter="codes", groups=True, also=("类型", "类别")),
        Column(key="name", name=N_("Name"), also=("名称",)), replace(_DOOR, name=N_("Address")),
        Column(key="use", name=N_("Use"), codes="use", filter="codes", groups=True, also=("用途",)),
        Column(key="hazard", name=N_("Hazard"), codes="hazard", filter="codes", groups=True, also=("隐患", "隐患类型")),
        Column(key="owner", name=N_("Owner"), also=("权属人", "产权人", "房主")),
        Column(key="built_on", name=N_("Built on"), also=("建成日期", "建成时间")),
        Column(key="storeys", name=N_("Storeys"), filter="range", also=("层数",)),
        Column(key="area_m2", name=N_("Floor area (m²)"), also=("建筑面积", "面积")),
        Column(key="self_built", name=N_("Self-built house"), codes="yes_no", filter="yes", groups=True,
               also=("自建房", "是否自建")),
    ),
    "thing": (
        _PLACE, Column(key="kind", name=N_("Kind"), codes="thing", filter="codes", groups=True, also=("类型", "类别")),
        Column(key="name", name=N_("Name"), also=("名称",)), Column(key="mark", name=N_("Mark"), also=("编号",)),
        Column(key="keeper", name=N_("Looked after by"), also=("管护人", "饲养人", "责任人")),
        Column(key="every_months", name=N_("Checked every (months)"), filter="range", also=("检查周期",)),
        Column(key="last_check_on", name=N_("Last check"), also=("上次检查",)),
        Column(key="next_check_on", name=N_("Next check"), also=("下次检查",)),
        Column(key="condition", name=N_("How it was found"), codes="condition", filter="codes", groups=True,
               also=("状况",)),
    ),
    "organisation": (
        _PLACE,
        Column(key="kind", name=N_("Kind"), codes="organisation", filter="codes", groups=True, also=("类型", "类别")),
        Column(key="name", name=N_("Name"), also=("名称", "组织名称")),
        Column(key="leader", name=N_("Leader"), also=("负责人",)),
        Column(key="credit_code", name=N_("Unified social credit code"), also=("统一社会信用代码",)),
        Column(key="founded_on", name=N_("Founded on"), also=("成立日期", "成立时间")),
        Column(key="people", name=N_("Members"), filter="range", also=("成员数", "人数")),
    ),
}  # fmt: skip
"""What a ledger may be about, and every column it may have, in the order in which columns stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a ledger shows: its subject, columns in their order, filters by name, grouping, order."""

    of: str
    columns: tuple[str, ...]
    filters: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    order: str = ""
    down: bool = False

    @property
    def sealed(self) -> bool:
        """Whether it shows hardship, or who is in it tells hardship."""
        return HARDSHIP in self.columns or HARDSHIP in self.filters


def columns(of: str, *, hardship: bool) -> dict[str, Column]:
    """The columns of a subject that a reader may choose, by key. Refuses: BadInput for no such subject."""
    if of not in SUBJECTS:
        raise BadInput(fields={"of": N_("Choose what the ledger is about.")})
    return {one.key: one for one in SUBJECTS[of] if hardship or not one.sealed}


def filter_names(of: str, *, hardship: bool) -> dict[str, Column]:
    """By the name of each filter of a subject: its column."""
    found: dict[str, Column] = {}
    for one in columns(of, hardship=hardship).values():
        ends = ("_from", "_to") if one.filter == "range" else ("",) if one.filter else ()
        found |= {f"{one.key}{end}": one for end in ends}
    return found


def checked(spec: Spec, *, hardship: bool) -> Spec:
    """The ledger with its columns in order and its empty filters gone.

    Refuses: NotAllowed where it tells hardship and the reader may not see that; BadInput for a subject, column, filter,
    group or order that is not offered, and without any column.
    """
    known = columns(spec.of, hardship=True)
    wanted = {key: text.strip() for key, text in spec.filters.items() if text.strip()}
    if not hardship and (HARDSHIP in spec.columns or HARDSHIP in wanted):
        raise NotAllowed
    if not spec.columns or not set(spec.columns) <= set(known):
        raise BadInput(fields={"columns": N_("Choose the columns from the list, at least one.")})
    if spec.group and not (spec.group in known and known[spec.group].groups):
        raise BadInput(fields={"group": N_("This can't be grouped by.")})
    if spec.order and not (spec.order in known and known[spec.order].orders):
        raise BadInput(fields={"order": N_("This can't be ordered by.")})
    _demand_filters(spec.of, wanted)
    return replace(spec, columns=tuple(dict.fromkeys(spec.columns)), filters=wanted)


def _demand_filters(of: str, wanted: Mapping[str, str]) -> None:
    names = filter_names(of, hardship=True)
    for name, text in wanted.items():
        if name == "population" and of == "person" and text in POPULATIONS:
            continue
        column = names.get(name)
        if column is None or not _fits(column.filter, text):
            raise BadInput(fields={name: N_("This can't be filtered by.")})


def _fits(how: str, text: str) -> bool:
    """Whether what a filter says is of its sort: a whole number, the code of a place, the id of a post, a code."""
    if how == "range":
        return len(text) <= 3 and text.isascii() and text.isdecimal() and int(text) <= OLDEST  # noqa: PLR2004
    if how == "place":
        return len(text) <= 15 and text.isascii() and text.isdecimal()  # noqa: PLR2004 - the digits of a place
    if how == "member":
        try:
            return bool(UUID(text))
        except ValueError:
            return False
    return len(text) <= 40  # noqa: PLR2004 - the longest code there is


def range_of(spec: Spec, key: str, highest: int = OLDEST) -> tuple[int, int] | None:
    """The lowest and highest number that a filter lets through, both included; None where it is not set."""
    if f"{key}_from" not in spec.filters and f"{key}_to" not in spec.filters:
        return None
    return int(spec.filters.get(f"{key}_from", "0")), int(spec.filters.get(f"{key}_to", str(highest)))


@dataclass(frozen=True, slots=True)
class Group:
    """One group of rows: the value they share, and how many they are."""

    value: Any
    count: int


def arranged(rows: Sequence[Mapping[str, Any]], spec: Spec) -> tuple[list[int], list[Group]]:
    """In which order the rows stand, by their number, and the groups they fall into in that order.

    Within the group rows stand in the order asked for, and where that is equal as they came; what is empty is last.
    What a column is ordered by may stand beside it, under its name with ``~`` before it: the pinyin of a name.
    """
    order = list(range(len(rows)))
    if spec.order:
        order.sort(key=lambda n: _rank(rows[n], spec.order), reverse=spec.down)
        order.sort(key=lambda n: _empty(rows[n], spec.order))
    if not spec.group:
        return order, []
    order.sort(key=lambda n: _rank(rows[n], spec.group))
    order.sort(key=lambda n: _empty(rows[n], spec.group))
    counts = Counter(_shared(rows[n], spec.group) for n in order)
    return order, [Group(value, count) for value, count in counts.items()]


def _shared(row: Mapping[str, Any], key: str) -> Any:
    value = row.get(key)
    return "" if value is None else value


def _empty(row: Mapping[str, Any], key: str) -> bool:
    return row.get(key) in (None, "")


def _rank(row: Mapping[str, Any], key: str) -> tuple[float, str]:
    """What a row is ordered by: numbers and days as numbers, everything else as text."""
    value = row.get(f"~{key}", row.get(key))
    match value:
        case bool() | int() | float():
            return float(value), ""
        case date():
            return float(value.toordinal()), ""
        case _:
            return 0.0, str(value or "")


def suggested(of: str, headings: Sequence[str], *, hardship: bool) -> list[str]:
    """For each heading of somebody else's form the column it probably means, each once; empty where none is known."""
    known = {
        plain: one.key
        for one in reversed(columns(of, hardship=hardship).values())
        for plain in {_bare(name) for name in (one.name, *one.also)}
    }
    known |= dict.fromkeys(map(_bare, RUNNING), RUNNING_NUMBER)
    found: list[str] = []
    for heading in headings:
        key = known.get(_bare(heading), "") or next((known[part] for part in _parts(heading) if part in known), "")
        found.append(key if key not in found else "")
    return found


RUNNING_NUMBER: Final = "no"
"""The column of a form that only counts its rows."""
RUNNING: Final = ("序号", "No.")


def _parts(heading: str) -> list[str]:
    """A heading over two rows, the lower part first."""
    return [_bare(part) for part in reversed(heading.split())]


def _bare(name: str) -> str:
    """A heading for comparing: no spaces, marks, brackets or case."""
    plain = "".join(name.split()).casefold().translate(dict.fromkeys(map(ord, "*＊:：.．")))
    for opened in "(（":
        plain = plain.partition(opened)[0]
    return plain
