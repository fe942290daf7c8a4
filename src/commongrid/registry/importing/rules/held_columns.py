"""The sheets of sites, things, organisations with their members, and flags: what each column is called and how read."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from commongrid.registry.importing.rules.columns import DAY_EN, DAY_ZH, Column

_TODAY = ("空着按导入当天。", "Empty: the day of the import.")
_ENDS = ("只在结束时填；登记中仍有效的从这天起终止。", "Only where it ends: what stands ends on this day.")
_VILLAGE = Column(
    field="natural_village", zh="自然村", en="Natural village", also=("村寨", "寨子", "所在自然村"), needed=True,
    width=26, offered="natural_villages", ditto=True, reads="place", hint_zh="从下拉列表中选择，可写“同上”。",
    hint_en="Choose from the list, or write 同上 (the same as above).",
)  # fmt: skip
_GRID = Column(
    field="grid", zh="网格", en="Grid", also=("所属网格", "所在网格"), width=20, offered="grids", ditto=True,
    reads="place", hint_zh="只用于新登记的；空着按自然村所属网格。",
    hint_en="Only for new records; empty: the grid that serves the natural village.",
)  # fmt: skip
_PLACE = Column(
    field="place", zh="所在村或乡镇", en="Village or township", also=("所在村", "所属村", "村", "所在地方"),
    needed=True, width=26, offered="places", ditto=True, reads="place", hint_zh="从下拉列表中选择，可写“同上”。",
    hint_en="Choose from the list, or write 同上 (the same as above).",
)  # fmt: skip
_KIND = Column(field="kind", zh="类型", en="Kind", also=("类别", "种类"), needed=True, width=20, reads="code")
_SITE = Column(
    field="site", zh="所在场所", en="At the site", also=("场所", "办公场所"), width=22, reads="words",
    hint_zh="写登记中该场所的名称。", hint_en="The site's name in the register.",
)  # fmt: skip


def _named(zh: str, en: str, *also: str, needed: bool = False) -> tuple[Column, Column, Column]:
    """Who it is: a person of the register by name, and where the name doesn't say by a number."""
    return (
        Column(
            field="person", zh=zh, en=en, also=also, needed=needed, reads="person", hint_zh="写登记中的姓名。",
            hint_en="The name in the register.",
        ),
        Column(
            field="id_number", zh="身份证件号码", en="Identity number", text=True, width=22, reads="identity",
            also=("身份证号", "身份证号码", "公民身份号码", f"{zh}身份证号"), hint_zh="村内有同名的人时填写。",
            hint_en="Where several have this name.",
        ),
        Column(
            field="number", zh="户号", en="Household number", also=("户编号", "户序号"), text=True, reads="number",
            hint_zh="也可用自然村和户号说明是谁。",
            hint_en="The natural village and the household's number say who it is, too.",
        ),
    )  # fmt: skip


def _day(field: str, zh: str, en: str, *also: str, ahead: bool = False, more: tuple[str, str] = ("", "")) -> Column:
    return Column(
        field=field, zh=zh, en=en, also=also, reads="day" if ahead else "past", hint_zh=DAY_ZH + more[0],
        hint_en=f"{DAY_EN} {more[1]}".strip(),
    )  # fmt: skip


SITES: Final = (
    _VILLAGE,
    Column(
        field="name", zh="名称", en="Name", also=("场所名称",), width=22, hint_zh="名称和地址至少填一项。",
        hint_en="The name or the address is needed.",
    ),
    replace(_KIND, offered="site"),
    Column(field="door", zh="地址", en="Address", also=("门牌地址", "详细地址", "位置"), width=24),
    Column(field="use", zh="用途", en="Use", offered="use", width=18, reads="code"),
    Column(field="hazard", zh="隐患", en="Hazard", also=("隐患类型",), offered="hazard", reads="code"),
    *_named("权属人", "Owner", "户主", "业主", "房主"),
    _day("built_on", "建成日期", "Built on", "建成时间"),
    Column(field="storeys", zh="层数", en="Storeys", also=("楼层数",), width=8),
    Column(field="area_m2", zh="建筑面积(平方米)", en="Floor area (m²)", also=("建筑面积", "面积"), width=12),
    Column(field="self_built", zh="自建房", en="Self-built house", also=("是否自建房",), offered="yes", reads="yes"),
    Column(
        field="lon", zh="经度", en="Longitude", text=True, reads="degrees",
        hint_zh="WGS 84，如 108.2312；与纬度一起填。",
        hint_en="WGS 84 degrees, like 108.2312; together with the latitude.",
    ),
    Column(field="lat", zh="纬度", en="Latitude", text=True, reads="degrees"),
    _GRID,
)  # fmt: skip
THINGS: Final = (
    _VILLAGE,
    Column(
        field="name", zh="名称", en="Name", also=("物品名称", "设施名称"), width=22, hint_zh="名称和编号至少填一项。",
        hint_en="The name or the mark is needed.",
    ),
    replace(_KIND, offered="thing"),
    Column(field="mark", zh="编号", en="Mark", also=("设备编号", "证号", "牌号"), text=True, width=18),
    _SITE,
    *_named("管护人", "Looked after by", "责任人", "饲养人", "主人"),
    Column(field="every_months", zh="检查周期(月)", en="Checked every (months)", also=("检查周期",)),
    _day("last_check_on", "上次检查", "Last check", "上次检查日期", "检查日期"),
    _day(
        "next_check_on", "下次检查", "Next check", "下次检查日期", ahead=True,
        more=("空着按上次检查和周期推算。", "Empty: from the last check and how often."),
    ),
    Column(field="condition", zh="状况", en="Condition", also=("检查结果",), offered="condition", reads="code"),
    _GRID,
)  # fmt: skip
ORGANISATIONS: Final = (
    _PLACE,
    Column(field="name", zh="名称", en="Name", also=("组织名称", "单位名称", "机构名称"), needed=True, width=28),
    replace(_KIND, offered="organisation"),
    Column(
        field="credit_code", zh="统一社会信用代码", en="Unified social credit code", also=("信用代码",), text=True,
        width=24,
    ),
    replace(_SITE, zh="办公场所", en="Office at", also=("场所", "所在场所")),
    _day("founded_on", "成立日期", "Founded on", "成立时间"),
)  # fmt: skip
MEMBERS: Final = (
    _PLACE,
    Column(
        field="organisation", zh="组织名称", en="Organisation", also=("组织", "单位名称"), needed=True, width=28,
        ditto=True, reads="words", hint_zh="先导入“组织”模板。", hint_en="Take the sheet of organisations in first.",
    ),
    *_named("姓名", "Person", "成员", "成员姓名", needed=True),
    replace(_VILLAGE, needed=False),
    Column(field="duty", zh="职务", en="Duty", also=("担任职务",), needed=True, offered="duty", reads="code"),
    _day("from_on", "任职日期", "Since", "任职时间", "加入日期", more=_TODAY),
    _day("to_on", "卸任日期", "Until", "卸任时间", "离任日期", "退出日期", "免职日期", more=_ENDS),
)  # fmt: skip
FLAGS: Final = (
    Column(
        field="flag", zh="标记", en="Flag", also=("标记类型", "类型", "类别"), needed=True, width=26, offered="flag",
        ditto=True, reads="code", hint_zh="从下拉列表中选择；监测对象按程序认定，不在此导入。",
        hint_en="Choose from the list; watched households come from their procedure, never from a sheet.",
    ),
    replace(_VILLAGE, needed=False),
    *_named("姓名", "Person", "人员姓名", "对象姓名"),
    _day("from_on", "认定日期", "Recognised on", "认定时间", "起始日期", more=_TODAY),
    _day("to_on", "终止日期", "Ends on", "终止时间", "取消日期", "截止日期", "退出日期", "停发日期", more=_ENDS),
    Column(
        field="body", zh="认定机关", en="Recognised by", also=("认定单位", "发证机关"), width=22, ditto=True,
        reads="words",
    ),
    Column(
        field="basis", zh="依据", en="Basis", also=("认定依据", "原因", "证号"), width=28, reads="words",
        hint_zh="困难类标记的依据密封保存。", hint_en="That of a flag of hardship is kept sealed.",
    ),
)  # fmt: skip
HELD: Final = {"sites": SITES, "things": THINGS, "organisations": ORGANISATIONS, "members": MEMBERS, "flags": FLAGS}
OF: Final = {"sites": "site", "things": "thing", "organisations": "organisation"}
"""The kind of record of a sheet whose rows are records of their own."""
