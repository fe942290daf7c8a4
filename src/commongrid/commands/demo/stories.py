"""What people of the demo county report, and the ways it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR, DAY = 1.0, 24.0


@dataclass(frozen=True, slots=True)
class Step:
    """After so many hours an event, with what it is told."""

    after: float
    event: str
    told: tuple[tuple[str, object], ...] = ()


def words_of(kind: str, one: Step) -> dict[str, object]:
    """What a step is told for a matter of this kind."""
    told = dict(one.told)
    return {**told, "answer": ANSWERS[kind]} if one.event in ("answer", "pass_on") and kind in ANSWERS else told


def step(after: float, event: str, **told: object) -> Step:
    """A step, told in keywords."""
    return Step(after, event, tuple(told.items()))


ANSWERS: Final = {
    "A04": "村里对照审批表丈量，划清界线，双方签字。",
    "A07": "已约双方到场，说明仲裁途径，厂方答应补签合同。",
    "B01": "主管破裂处已更换，当天恢复供水。",
    "B03": "电线杆已扶正，垂落的线已收紧。",
    "B07": "已联系子女，安排邻居送饭，每日探望。",
    "C01": "已入户核实，线索转监测帮扶程序。",
    "D02": "护栏已更换，加装反光标志。",
    "D07": "已立警示牌，挂上救生圈和竹竿。",
    "F01": "已清运，改为两天一次。",
    "F02": "排水沟已清淤，加了盖板。",
    "G01": "已用级配碎石填平压实，排水沟一并清理。",
    "G03": "三盏路灯已换灯头，当晚恢复照明。",
    "G04": "垮塌段已用浆砌石修复，通水正常。",
    "H01": "农技员到田查看，统一用药，七天后复查已控制。",
    "H04": "已联系农机合作社，排在本周四。",
    "J05": "已核实，推荐给道德评议会。",
    "K01": "材料已代交，证明已送到家里。",
    "K07": "已与客运站商定，赶集日加开一班。",
    "L07": "已登记返乡，四口人的信息已变更。",
}
"""What was done, by kind; a bridge's answer stands in its story."""
HAPPY: Final = (True, True, "修得快，谢谢")
PASSABLE: Final = (True, False, "等得久了一点")
UNSOLVED: Final = (False, False, "下雨还是不行")


def _from_village(*rest: Step) -> tuple[Step, ...]:
    return (step(3 * HOUR, "accept"), step(2 * HOUR, "divert"), *rest)


ROAD: Final = _from_village(
    step(6 * HOUR, "start"),
    step(3 * DAY, "answer", answer="已换成1米涵管并夯实，限载牌已立。"),
    step(4 * HOUR, "pass_on", answer="已换成1米涵管并夯实，限载牌已立。"),
)
_FILED: Final = step(4 * HOUR, "close")
_STARTED: Final = _from_village(step(6 * HOUR, "start"))
_MORE_TIME: Final = step(
    1 * DAY, "ask_extend", days=40, reason="work", told="call", words="要先清淤再换管，工程量比预想的大。"
)  # fmt: skip
_TO_ARBITRATION: Final = step(
    5 * HOUR, "refer", body="arbitration_labour", told="visit", words="调解两次未成，劳动关系和工资由仲裁委认定。"
)  # fmt: skip


def _no_funds(days: int) -> Step:
    """Parked for want of money."""
    words = "路面拓宽要列项目，今年没有这笔资金，已电话告知。"
    return step(2 * DAY, "ask_park", days=days, reason="no_funds", told="call", words=words)


WAYS: Final[dict[str, tuple[Step, ...]]] = {
    "good": (*ROAD, step(1 * DAY, "visit", result="asked", answers=HAPPY), _FILED),
    "passable": (*ROAD, step(2 * DAY, "visit", result="asked", answers=PASSABLE), _FILED),
    "by slip": (
        *ROAD,
        step(1 * DAY, "visit", result="left_slip"),
        step(1 * DAY, "rate", solved=True, satisfied=True),
        _FILED,
    ),
    "not satisfied": (*ROAD, step(1 * DAY, "rate", solved=True, satisfied=False, words="路面还是不平"), _FILED),
    "reopened": (
        *ROAD,
        step(1 * DAY, "visit", result="asked", answers=UNSOLVED),
        step(5 * HOUR, "divert"),
        step(5 * HOUR, "start"),
        step(4 * DAY, "answer", answer="重新勘查，加做了排水沟。"),
        step(4 * HOUR, "pass_on", answer="重新勘查，加做了排水沟。"),
        step(1 * DAY, "visit", result="asked", answers=HAPPY),
        _FILED,
    ),
    "disagrees": (
        *ROAD,
        step(1 * DAY, "visit", result="asked", answers=UNSOLVED),
        step(5 * HOUR, "divert"),
        step(5 * HOUR, "start"),
        step(3 * DAY, "answer", answer="已按标准完工，有验收单。"),
        step(4 * HOUR, "pass_on", answer="已按标准完工，有验收单。"),
        step(1 * DAY, "visit", result="asked", answers=UNSOLVED),
        step(3 * DAY, "review", finding="现场复核：工程符合标准，理由已当面说明。"),
    ),
    "not reached": (
        *ROAD,
        step(1 * DAY, "visit", result="not_reached"),
        step(1 * DAY, "visit", result="not_reached"),
        step(1 * DAY, "visit", result="not_reached"),
        _FILED,
    ),
    "given back": (
        *_from_village(step(5 * HOUR, "give_back", basis="县道不属于本站职责，依据为公路管养分工。")),
        step(1 * DAY, "decide", basis="县中心裁定：由原单位先行处置。"),
        step(4 * HOUR, "start"),
        step(4 * DAY, "answer", answer="已与公路段共同处理。"),
        step(4 * HOUR, "pass_on", answer="已与公路段共同处理。"),
        step(1 * DAY, "visit", result="asked", answers=HAPPY),
        _FILED,
    ),
    "passed up": (
        step(3 * HOUR, "accept"),
        step(4 * HOUR, "raise", reason="本级无力解决，需要上级协调。"),
        step(6 * HOUR, "divert"),
        step(8 * HOUR, "start"),
        step(5 * DAY, "answer", answer="已列入计划并完成抢修。"),
        step(4 * HOUR, "pass_on", answer="已列入计划并完成抢修。"),
        step(1 * DAY, "visit", result="asked", answers=HAPPY),
        _FILED,
    ),
    "settled": (
        step(2 * HOUR, "settle", answer="组长到场调解，两家握手言和。"),
        step(1 * DAY, "visit", result="asked", answers=HAPPY),
    ),
    "merged": (step(3 * HOUR, "accept"), step(2 * HOUR, "merge")),
    "merged too": (step(3 * HOUR, "accept"), step(2 * HOUR, "merge")),
    "looked at again": (
        *ROAD,
        step(1 * DAY, "visit", result="asked", answers=HAPPY),
        _FILED,
        step(2 * DAY, "ask_recheck", reason="有群众电话反映路面又下沉，再看一次。"),
    ),
    "refused": (step(5 * HOUR, "reject", reason="与上周已受理的事项相同，请凭原凭条查看进展。"),),
    "taken back": (step(4 * HOUR, "withdraw"),),
    "to be accepted": (),
    "to be diverted": (step(3 * HOUR, "accept"),),
    "neglected": (*_from_village(step(6 * HOUR, "start")),),
    "supervised": (
        *_from_village(step(6 * HOUR, "start")),
        step(9 * DAY, "supervise", note="群众多次反映，请尽快办结并报进展。"),
    ),
    "returned": _from_village(step(5 * HOUR, "give_back", basis="权属不清，先由上级明确。")),
    "receipted": (step(1 * HOUR, "receipt"),),
    "more time asked": (*_STARTED, _MORE_TIME),
    "more time given": (*_STARTED, _MORE_TIME, step(4 * HOUR, "grant", words="同意延期。")),
    "paused": (
        *_STARTED,
        step(1 * DAY, "ask_pause", days=12, reason="parts", words="预制涵管要等厂家发货，到货就接着做。"),
        step(3 * HOUR, "grant"),
    ),
    "parked": (*_STARTED, _no_funds(120), step(5 * HOUR, "grant", words="同意挂起，报入明年项目库。")),
    "parked, day come": (*_STARTED, _no_funds(6), step(5 * HOUR, "grant", words="同意，下周再看资金。")),
    "ended as not possible": (
        *_STARTED,
        _no_funds(4),
        step(5 * HOUR, "grant"),
        step(6 * DAY, "end", reason="no_funds", told="visit", words="三年内没有拓宽计划，坑槽由村里先填平。"),
    ),
    "referred": (step(3 * HOUR, "accept"), _TO_ARBITRATION),
    "referred, receipt": (
        step(3 * HOUR, "accept"),
        _TO_ARBITRATION,
        step(
            4 * DAY,
            "take_receipt",
            number="劳人仲案〔2026〕112号",
            contact="0990-8612333",
            words="县劳动人事争议仲裁委员会已受理，五日内会电话通知您开庭时间。",
        ),
    ),
    "not accepted, asked again": (
        step(5 * HOUR, "reject", why="answered", reason="上月已答复过，没有新的情况。"),
        step(1 * DAY, "ask_again", words="上次说下雨再来看，昨天下雨水又进屋了。"),
    ),
    "order just given": _from_village(),
    "to pass on": ROAD[:-1],
    "sent back": (*ROAD[:-1], step(3 * HOUR, "send_back", note="没有说哪天完工，请补上日期。")),
    "joint meeting": (
        step(3 * HOUR, "accept"),
        step(4 * HOUR, "call_meeting", note="站所先排险，县局定加固方案，会上各报时间。"),
    ),
    "split": (
        step(3 * HOUR, "accept"),
        step(4 * HOUR, "split", note="一家清理现场，一家修复路面。"),
        step(1 * DAY, "part", answer="现场已清理完毕，警示牌已立。"),
    ),
    "outside body": (step(3 * HOUR, "accept"), step(4 * HOUR, "ask_outside"), step(8 * DAY, "remind")),
    "visit due": ROAD,
    "rating due": (*ROAD, step(1 * DAY, "visit", result="left_slip")),
    "filing due": (*ROAD, step(1 * DAY, "visit", result="checked")),
    "just reopened": (*ROAD, step(1 * DAY, "visit", result="asked", answers=UNSOLVED)),
    "in review": (
        *ROAD,
        step(1 * DAY, "visit", result="asked", answers=UNSOLVED),
        step(5 * HOUR, "divert"),
        step(5 * HOUR, "start"),
        step(3 * DAY, "answer", answer="已按标准完工，有验收单。"),
        step(4 * HOUR, "pass_on", answer="已按标准完工，有验收单。"),
        step(1 * DAY, "visit", result="asked", answers=UNSOLVED),
    ),
    "wrong village": (
        step(2 * HOUR, "put_right", reason="是邻村的桥，报的时候选错了村，学生天天要过，改为紧急。"),
        *ROAD,
    ),
}

BRIDGES: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("G02", "villager", "村口涵洞塌陷，校车绕行", "进村的涵洞塌了半边，早上校车不敢过，孩子们走了两里路。"),
    ("G02", "villager", "小桥栏杆断了一截", "过河的小桥栏杆断了两米多，老人带孩子走着害怕。"),
    ("G02", "villager", "漫水桥面裂缝", "漫水桥中间裂了一道缝，拖拉机过的时候晃。"),
    ("G02", "villager", "涵洞堵塞，水漫路面", "涵洞被树枝堵死了，下雨水就漫到路上，进不了田。"),
    ("G02", "villager", "桥头护坡垮塌", "桥头护坡垮了一块，路肩悬空，晚上看不见。"),
    ("G02", "villager", "石拱桥掉石头", "老石拱桥底下掉石头，赶集的人都从上面过。"),
    ("G02", "villager", "便桥木板腐烂", "去坡上地里的便桥木板烂了，挑担子踩空过一回。"),
    ("G02", "villager", "机耕道盖板断裂", "机耕道上的盖板断了一块，收割机过不去。"),
)
"""Tales that go the whole way from the village to a station."""

TEXTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "G02",
        "villager",
        "村口涵洞塌陷，校车绕行",
        "进村的涵洞塌了半边，早上校车不敢过，孩子们走了两里路。昨晚下过雨，水还在冲。",
    ),
    ("G01", "villager", "组道路面破损", "往学校那段路坑很大，摩托车摔了两次。"),
    ("B01", "villager", "停水三天", "我们这几家水管三天没水了，老人挑不动水。"),
    ("G03", "patrol", "路灯不亮", "巡查发现活动室门口三盏路灯不亮。"),
    ("A02", "villager", "邻里滴水纠纷", "隔壁新盖的屋檐水滴到我家院子，说不拢。"),
    ("A04", "villager", "宅基地边界争议", "两家为地基边界争了起来，请村里来量一下。"),
    ("F01", "villager", "垃圾清运不及时", "垃圾池满了一个星期没人拉，臭得很。"),
    ("D02", "patrol", "弯道护栏损坏", "巡查发现急弯处护栏被撞坏，夜里危险。"),
    ("D07", "patrol", "山塘无警示牌", "放假小孩多，山塘边没有警示牌和救生圈。"),
    ("H01", "villager", "水稻病虫害", "田里稻子发黄，像是稻飞虱，请农技员来看。"),
    ("B07", "villager", "独居老人需要照料", "隔壁老人摔了一跤，子女在外，没人做饭。"),
    ("K01", "villager", "代办高龄津贴证明", "老人行动不便，想请村里代办。"),
    ("F02", "hotline", "污水流到路上", "热线转来：排水沟堵了，污水流到路面。"),
    ("H04", "villager", "请求安排农机", "抢收油菜，想请农机合作社排个时间。"),
    ("G04", "leader", "灌溉水渠垮塌", "领导批示：走访时群众反映水渠垮了三十米。"),
    ("L07", "villager", "返乡登记", "从外地返乡，全家四口，来登记。"),
    ("D09", "villager", "有人聚赌", "晚上有人聚众赌博，不敢说名字。"),
    ("C01", "patrol", "因病支出大", "走访了解到户主住院花费大，先登记线索。"),
    ("J05", "villager", "推荐好人好事", "他救了落水的孩子，值得表扬。"),
    ("K07", "villager", "建议增加班车", "赶集天人多，建议加一班车。"),
)
ENDING_NOW: Final = (
    "merged",
    "merged too",
    "more time asked",
    "more time given",
    "paused",
    "parked",
    "referred",
    "not accepted, asked again",
    "order just given",
    "to pass on",
    "joint meeting",
    "visit due",
    "rating due",
    "filing due",
    "just reopened",
    "in review",
)
"""Ways whose last step has just been taken."""
_LABOUR: Final = ("A07", "villager", "砖厂拖着不签合同", "在砖厂干了八个月不签合同，受了伤也不管，调解两次都没谈成。")
RECENT: Final = (
    "to be accepted", "to be diverted", "neglected", "supervised", "returned", "given back", "parked, day come",
)  # fmt: skip
"""Ways that began not long ago."""
FILED_KIND: Final = "D02"
"""A kind that is checked, not rated."""
SETTLED_KINDS: Final = ("A02", "K02", "F01")
GRID_FIRST: Final = ("A02", "D07", "F01", "L07")
"""Kinds that the grid settles or passes up, while stories begin where somebody accepts."""
SEALED_KINDS: Final = ("D09",)
"""Kinds whose matter takes the way "receipted" whatever is drawn."""
TEXT_OF: Final = {
    "settled": next(one for one in TEXTS if one[0] in SETTLED_KINDS),
    "filing due": next(one for one in TEXTS if one[0] == FILED_KIND),
    "referred": _LABOUR,
    "referred, receipt": _LABOUR,
    "visit due": next(one for one in TEXTS if one[0] == "B01"),
    "outside body": ("B03", "villager", "电线杆倾斜", "路边的电线杆歪了，通信线垂到路面，大车过不去。"),
}
"""What is told where a way needs its own tale."""
