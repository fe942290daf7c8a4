"""What people of the demo county came about in the last half year: one tale for each sort, with what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """Something that happens again and again: its kind, words with a {spot}, what was done, and who told of it.

    ``up``: the village passes it up, for a station or office to do.
    ``pressing``: it may be urgent, now and then immediate.
    """

    kind: str
    title: str
    text: str
    answer: str
    sources: tuple[str, ...] = ("villager",)
    up: bool = False
    pressing: bool = False


SPOTS: Final = (
    "村口", "学校门前", "老井边", "晒坝旁", "卫生室门口", "三岔路口",
    "山塘坝下", "村委会后面", "桥头", "上寨", "下寨", "河边",
)  # fmt: skip
REGISTER: Final = "L"
"""The class of changes to the register: the grid writes down what people come to tell."""
BOTH: Final = ("villager", "patrol")
PATROL: Final = ("patrol",)
HOTLINE: Final = ("hotline",)

ASKED: Final = (
    Tale(kind="G01", up=True, title="{spot}路面坑洼", text="{spot}路面坏了一大片，下雨积水，摩托车过不去。",
         answer="已用级配碎石填平压实，排水沟一并清理。"),
    Tale(kind="G01", up=True, title="{spot}塌方堵路", text="{spot}上边坡垮下来一堆土，堵了半边路。", pressing=True,
         answer="已出动机械清除塌方，恢复通行，边坡挂网防护。"),
    Tale(kind="G02", title="{spot}涵洞堵塞", text="{spot}的涵洞被泥沙堵住，水漫到路上。", pressing=True,
         answer="已清淤疏通，进水口加装了拦污栅。"),
    Tale(kind="G02", title="{spot}小桥护栏松动", text="{spot}小桥的护栏晃得厉害，老人孩子过桥害怕。",
         answer="护栏立柱已重新浇筑，刷了反光漆。"),
    Tale(pressing=True, kind="G03", up=True, title="{spot}路灯不亮", text="{spot}的路灯坏了好几天，晚上看不见。",
         sources=BOTH, answer="已更换灯头和控制器，当晚恢复照明。"),
    Tale(kind="G04", up=True, title="{spot}渠道漏水", text="{spot}的水渠裂了口子，下游田里进不了水。",
         answer="裂缝已凿开补浇，通水试验正常。"),
    Tale(kind="B01", up=True, title="{spot}几户停水", text="{spot}这几户水管停水，要到河里挑。", pressing=True,
         answer="主管接头已更换，水压恢复正常，逐户看过。"),
    Tale(pressing=True, kind="B01", up=True, title="自来水发黄", text="这几天{spot}放出来的水发黄，有泥腥味。",
         answer="已清洗蓄水池并更换滤料，水质检测合格，结果已张贴。"),
    Tale(kind="F01", title="{spot}垃圾没人清", text="{spot}的垃圾箱满了，苍蝇多。", sources=BOTH,
         answer="已清运，并把清运改为两天一次。"),
    Tale(pressing=True, kind="F02", up=True, title="{spot}污水外溢", text="{spot}的污水管冒水，味道很重。",
         answer="管道已疏通，破损的一段已更换。"),
    Tale(kind="F04", title="{spot}粪水流到路上", text="养猪户的粪水流到{spot}路面，臭。",
         answer="已督促养殖户修好化粪池，路面冲洗干净。"),
    Tale(kind="F08", up=True, title="{spot}河道垃圾多", text="{spot}河道里漂着垃圾和树枝，涨水会堵。",
         answer="已组织打捞清理，安排专人每周巡河。"),
    Tale(kind="F10", title="{spot}夜里太吵", text="{spot}夜里放音响到十二点，孩子睡不着。",
         answer="已上门劝说，约定晚上九点后不放。"),
    Tale(kind="A02", title="{spot}两家争道", text="{spot}两家为过道堆柴火吵了几回。",
         answer="网格长到场调解，柴火当场挪走，两家握手。"),
    Tale(kind="A03", title="{spot}田埂争议", text="{spot}两家田埂界线说不清，每年春耕都吵。",
         answer="对照承包合同现场丈量，立了界桩，双方签字。"),
    Tale(kind="A08", title="欠工钱没结清", text="在{spot}帮人砌墙，尾款拖了三个月。",
         answer="双方到村调解室对账，当场付清尾款。"),
    Tale(kind="B07", title="{spot}老人无人照料", text="{spot}独居老人摔了一跤，子女在外。",
         answer="已联系子女，村里安排邻居送饭并每日探望。"),
    Tale(kind="D11", title="{spot}狗没拴", text="{spot}有大狗没拴，追小孩。",
         answer="已上门告知，狗已拴好并打了疫苗。"),
    Tale(kind="H01", up=True, title="{spot}稻田生虫", text="{spot}一片稻子卷叶，怕传开。",
         answer="农技员到田查看，统一用药，七天后复查已控制。"),
    Tale(kind="H04", up=True, title="想请收割机", text="{spot}坡上稻子熟了，请帮忙安排收割机。",
         answer="已联系农机合作社，按片排定时间并收割完。"),
    Tale(kind="K01", title="代办残疾证换证", text="家在{spot}，老人行动不便，想请村里代办换证。",
         answer="材料已代交，新证已送到家里。"),
    Tale(kind="K02", title="问养老保险怎么缴", text="在外打工，问城乡居民养老保险怎么补缴。",
         answer="已当面说明补缴年限和办法，留了办事指南。"),
    Tale(kind="K03", title="代办医保参保", text="{spot}两位老人不会用手机，请代办医保缴费。",
         answer="已代办缴费，凭证已送到家。"),
    Tale(kind="K06", title="收菜缺人手", text="{spot}一户家里有病人，菜烂在地里，想请人帮忙收。",
         answer="六名志愿者帮忙收完，并联系了收购点。"),
)  # fmt: skip
FOUND: Final = (
    Tale(kind="D02", up=True, title="{spot}急弯缺标志", text="巡查发现{spot}急弯处没有警示标志。", sources=PATROL,
         pressing=True, answer="已装急弯标志和广角镜。"),
    Tale(pressing=True, kind="D07", title="{spot}水塘无警示牌", text="巡查发现{spot}水塘边警示牌倒了。",
         sources=PATROL, answer="已重立警示牌，挂好救生圈和竹竿。"),
    Tale(pressing=True, kind="D01", title="{spot}柴堆挨着灶房", text="巡查发现{spot}柴草堆在灶房边，有火险。",
         sources=PATROL, answer="已帮忙挪开柴堆，发了灭火器。"),
    Tale(kind="F07", title="{spot}占道堆放", text="巡查发现{spot}砂石占了半边路。", sources=PATROL,
         answer="已清走，路面扫净。"),
    Tale(kind="C01", title="{spot}一户住院花费大", text="走访了解到{spot}一户住院自付两万多。", sources=PATROL,
         answer="已核实，线索转监测帮扶，按程序办理。"),
    Tale(kind="D99", title="{spot}边坡有裂缝", text="雨后巡查发现{spot}边坡裂缝，已拉警戒。", sources=PATROL,
         pressing=True, answer="已填缝覆膜，安排专人雨天盯守。"),
)  # fmt: skip
SENT: Final = (
    Tale(kind="B01", up=True, title="热线反映{spot}水压低", text="来电反映{spot}晚上水压低，热水器打不着。",
         sources=HOTLINE, answer="已调高泵站压力，来电人确认正常。"),
    Tale(kind="G01", up=True, title="热线反映{spot}道路扬尘", text="来电反映{spot}施工车多，扬尘大。", sources=HOTLINE,
         answer="已要求施工方洒水并覆盖运输。"),
    Tale(kind="F10", title="热线反映{spot}噪声", text="来电反映{spot}加工点夜间作业。", sources=HOTLINE,
         answer="已约定夜间停工，来电人认可。"),
    Tale(kind="F02", up=True, title="热线反映{spot}污水", text="来电反映{spot}排水沟堵塞，污水外溢。", sources=HOTLINE,
         answer="已疏通并加盖板。"),
)  # fmt: skip
CHANGED: Final = (
    Tale(kind="L01", title="新生儿登记", text="家里添了孩子，来问户口和医保怎么办。",
         answer="已登记变动，告知办理材料和窗口。"),
    Tale(kind="L04", title="迁入登记", text="从外乡迁来，住{spot}，来登记。", answer="已登记迁入。"),
    Tale(kind="L06", title="外出务工登记", text="家住{spot}，两人要外出务工，来登记去向。",
         answer="已登记去向和联系电话。"),
    Tale(kind="L07", title="返乡登记", text="家住{spot}，全家返乡，来登记人数。", answer="已登记返乡。"),
)  # fmt: skip
SERIES: Final = ((ASKED, 60), (FOUND, 20), (SENT, 10), (CHANGED, 10))
"""The four series, and how often each comes."""
