"""The sheets of the register: their columns, how they are recognised, and how a header of one or two rows is found.

``VERSION`` is written into the name of a template's sheet. A column keeps every
heading it ever had among its names, so an old template is still understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commongrid.kernel.refusals import N_, BadInput
from commongrid.kernel.sheets import Cell, text_of
from commongrid.registry.importing.rules.columns import DAY_EN, DAY_ZH, Column, bare
from commongrid.registry.importing.rules.held_columns import HELD

VERSION: Final = 4
LOOKED_AT: Final = 8
"""So many rows with content are looked at for the header; above it stand titles and notes."""
SAID: Final = "表格导入 by file"
"""What the history of a record says where others name who said so; an undoing names its own reason."""
NAMED: Final = "问题 What to do"
"""The column of faults in a returned workbook; it is passed over when that comes back."""
_VERSION: Final = re.compile(r"\bv([0-9]{1,3})$")


_NATURAL_VILLAGE = Column(
    field="natural_village", zh="自然村", en="Natural village", also=("村寨", "寨子", "所在自然村", "居住自然村"),
    needed=True, width=26, offered="natural_villages", ditto=True,
    hint_zh="从下拉列表中选择；同一户每行都写，可写“同上”。",
    hint_en="Choose from the list; on every row of a household, or write 同上 (the same as above).",
)  # fmt: skip
_NUMBER = Column(
    field="number", zh="户号", en="Household number", also=("户编号", "户序号", "住户编号", "家庭编号"), needed=True,
    text=True, ditto=True, hint_zh="在自然村内不重复；同一户写同一个号。",
    hint_en="Unique inside the natural village; the same for everybody of one household.",
)  # fmt: skip
_DOOR = Column(
    field="door", zh="门牌地址", en="Door", also=("住址", "家庭住址", "现住址", "门牌号", "地址"), width=24, ditto=True,
    hint_zh="只用于新户；已有的户请用“户”模板更改。",
    hint_en="Only for new households; change known ones with the sheet of households.",
)  # fmt: skip
_GROUP = Column(
    field="villager_group", zh="村民小组", en="Villager group", also=("村民组", "组别", "所在组", "组"), width=20,
    offered="villager_groups", ditto=True, hint_zh="从下拉列表中选择。", hint_en="Choose from the list.",
)  # fmt: skip
PEOPLE: Final = (
    _NATURAL_VILLAGE,
    _NUMBER,
    Column(
        field="relation", zh="与户主关系", en="To the head", also=("关系", "与户主的关系", "家庭关系", "称谓"),
        needed=True, offered="relation", hint_zh="每户只有一行写“户主”。",
        hint_en="One row of each household says “Head”.",
    ),
    Column(
        field="name", zh="姓名", en="Name", also=("成员姓名", "人员姓名", "家庭成员姓名", "家庭成员"), needed=True,
        hint_zh="与身份证一致。", hint_en="As on the identity card.",
    ),
    Column(
        field="id_number", zh="身份证件号码", en="Identity number", text=True, width=22,
        also=("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证", "居民身份证号码"),
        hint_zh="18位，按文本填写；出生日期和性别可由它得出。",
        hint_en="18 signs, written as text; birth and sex follow from it.",
    ),
    Column(
        field="sex", zh="性别", en="Sex", offered="sex", width=8, hint_zh="有身份证号时可不填。",
        hint_en="Not needed with an identity number.",
    ),
    Column(
        field="born_on", zh="出生日期", en="Date of birth", also=("出生年月日", "生日", "出生年月", "出生时间"),
        hint_zh=DAY_ZH + "有身份证号时可不填。", hint_en=DAY_EN + " Not needed with an identity number.",
    ),
    Column(
        field="phone", zh="联系电话", en="Phone", also=("电话", "手机号", "手机", "手机号码", "联系方式", "电话号码"),
        text=True, width=16, hint_zh="按文本填写；密封保存。", hint_en="Written as text; kept sealed.",
    ),
    Column(
        field="education", zh="文化程度", en="Education", also=("学历", "受教育程度"), offered="education", width=18
    ),
    Column(field="occupation", zh="职业", en="Occupation", also=("职业类别",), offered="occupation", width=18),
    Column(field="political", zh="政治面貌", en="Political status", offered="political", width=18),
    Column(field="marital", zh="婚姻状况", en="Marital status", also=("婚姻", "婚姻状态"), offered="marital"),
    Column(
        field="state", zh="是否外出", en="Away", also=("居住状态", "外出情况", "是否外出务工"),
        offered="state", hint_zh="写“在家”或“外出”；空着表示在家。",
        hint_en="“At home” or “Away”; empty means at home.",
    ),
    Column(
        field="works_at", zh="务工或就学去向", en="Works or studies at", width=22,
        also=("外出地点", "务工地点", "去向", "外出务工地点"),
    ),
    Column(
        field="registered_place", zh="户籍地", en="Registered at", also=("户籍所在地", "户口所在地"), width=24,
        offered="registered", ditto=True, hint_zh="从下拉列表中选择，或写12位区划代码。",
        hint_en="Choose from the list, or write the 12-digit code.",
    ),
    Column(
        field="booklet", zh="户口簿号", en="Booklet", also=("户口本号", "户口簿编号", "户口号"), text=True, ditto=True,
        hint_zh="户籍地在本辖区的才填；同一本写同一个号。",
        hint_en="Only where it is registered in your area; the same for everybody in one booklet.",
    ),
    Column(
        field="as_in_booklet", zh="与户口簿户主关系", en="To the booklet's head", offered="relation", width=18,
        also=("与户籍户主关系", "户籍关系", "户口簿关系"), hint_zh="填了户口簿号就要填；一本只有一个“户主”。",
        hint_en="Needed with a booklet; one in each says “Head”.",
    ),
    Column(
        field="collective", zh="集体经济组织成员所在村", en="Member of the collective of", width=24,
        also=("集体经济组织", "所属集体经济组织", "集体经济组织成员"), offered="registered", ditto=True,
        hint_zh="从下拉列表中选择。", hint_en="Choose from the list.",
    ),
    Column(
        field="bank", zh="银行账号", en="Bank account", text=True, width=24,
        also=("银行卡号", "一卡通账号", "银行账户", "开户账号", "社保卡银行账号"),
        hint_zh="按文本填写，12至19位；密封保存。",
        hint_en="Written as text, 12 to 19 digits; kept sealed.",
    ),
    Column(
        field="since", zh="住入日期", en="Lives there since", also=("入住日期", "入住时间"), ditto=True,
        hint_zh=DAY_ZH + "空着按导入当天。", hint_en=DAY_EN + " Empty: the day of the import.",
    ),
    _DOOR,
    _GROUP,
    Column(field="former_name", zh="曾用名", en="Former name", also=("曾用名字", "别名")),
    Column(field="native_place", zh="籍贯", en="Native place", width=18),
    Column(
        field="registered_door", zh="户籍地详址", en="Registered address", width=26,
        also=("户籍地址", "户籍详细地址", "户口地址"),
    ),
    Column(field="workplace", zh="服务处所", en="Workplace", also=("工作单位", "单位"), width=24),
    Column(field="inflow", zh="流入原因", en="Why they came", also=("来本地原因",), offered="inflow", width=16),
    Column(
        field="domicile", zh="住所类型", en="How they are housed", offered="domicile", width=18,
        also=("居住类型", "住房类型"),
    ),
)  # fmt: skip
HOMES: Final = (
    _NATURAL_VILLAGE,
    _NUMBER,
    Column(field="door", zh="门牌地址", en="Door", also=("住址", "家庭住址", "门牌号", "地址"), width=24),
    _GROUP,
    Column(
        field="grid", zh="网格", en="Grid", also=("所属网格", "所在网格"), width=20, offered="grids", ditto=True,
        hint_zh="空着按自然村所属网格。", hint_en="Empty: the grid that serves the natural village.",
    ),
    Column(
        field="lon", zh="经度", en="Longitude", text=True, hint_zh="WGS 84，如 108.2312；与纬度一起填。",
        hint_en="WGS 84 degrees, like 108.2312; together with the latitude.",
    ),
    Column(field="lat", zh="纬度", en="Latitude", text=True),
    Column(field="began_on", zh="立户日期", en="Founded on", also=("建户日期",), hint_zh=DAY_ZH, hint_en=DAY_EN),
)  # fmt: skip
LAYOUTS: Final[Mapping[str, tuple[Column, ...]]] = {"people": PEOPLE, "homes": HOMES, **HELD}
SHEETS: Final = {
    "people": "人员 People", "homes": "户 Households", "sites": "场所 Sites", "things": "物品 Things",
    "organisations": "组织 Organisations", "members": "组织成员 Members", "flags": "标记 Flags",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Headed:
    """Where a sheet's header was found: the rows above its first row of data, and which column is which field."""

    above: int
    header: tuple[str, ...]
    at: Mapping[str, int]
    headings: Mapping[str, str]

    def cell(self, cells: Sequence[Cell], field: str) -> Cell:
        """The cell of a field, empty where the sheet lacks it."""
        place = self.at.get(field)
        return cells[place] if place is not None and place < len(cells) else ""


def sheet_name(sort: str) -> str:
    """What a template's sheet is called, with its version."""
    return f"{SHEETS[sort]} v{VERSION}"


def demand_version(name: str) -> None:
    """Refuse with BadInput a template that is newer than this system."""
    found = _VERSION.search(name)
    if found and int(found[1]) > VERSION:
        raise BadInput(N_("This template is newer than this system. Get the template here again and copy the rows in."))


def headed(sort: str, rows: Sequence[Sequence[Cell]]) -> Headed:
    """Find the header among the first rows with content: one row, or two read together.

    Refuses: BadInput where no row names the columns, where one that every row
    needs is lacking, or where two columns are the same field.
    """
    best, found = 0, None
    for first in range(min(len(rows), LOOKED_AT)):
        for depth in (1, 2):
            names = _names(rows[first : first + depth])
            at = _recognised(sort, names)
            if len(at) > best:
                best, found = len(at), Headed(
                    above=first + depth, header=tuple(text for text, _ in names),
                    at={field: columns[0] for field, columns in at.items()},
                    headings={field: names[columns[0]][0] for field, columns in at.items()},
                )  # fmt: skip
                twice = [names[columns[1]][0] for columns in at.values() if len(columns) > 1]
    if found is None or best < 2:  # noqa: PLR2004 - a single word may stand anywhere
        raise BadInput(N_("No row of this sheet names its columns. Get the template and copy the rows in."))
    if twice:
        raise BadInput(N_("Two columns have the same name: %(name)s."), name=twice[0][:40])
    if lacking := [column.heading for column in LAYOUTS[sort] if column.needed and column.field not in found.at]:
        raise BadInput(
            N_("The sheet lacks a column that every row needs: %(name)s. Add it, or use the template."),
            name=", ".join(lacking),
        )
    return found


def _names(rows: Sequence[Sequence[Cell]]) -> list[tuple[str, set[str]]]:
    """Per column its heading, and every name it may be recognised by."""
    width = max((len(row) for row in rows), default=0)
    texts = [[" ".join(text_of(row[n]).split()) if n < len(row) else "" for n in range(width)] for row in rows]
    found = []
    for parts in zip(*texts, strict=True):
        said = list(dict.fromkeys(part for part in parts if part))
        found.append((" ".join(said), {bare(name) for name in (*said, " ".join(said))}))
    return found


def _recognised(sort: str, names: Sequence[tuple[str, set[str]]]) -> dict[str, list[int]]:
    at: dict[str, list[int]] = {}
    for column in LAYOUTS[sort]:
        if hits := [n for n, (_, known) in enumerate(names) if known & column.names]:
            at[column.field] = hits
    return at
