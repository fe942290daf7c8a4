"""The table of states: every state a matter can be in, every event, which leads where and who may cause it.

This is the loop as an official reads it; ``docs/loop.md`` is printed from it
(``rules.page``). It is laid out for the whole loop: rows with ``live=False``
are places kept for ways that are not offered yet, so that no later way needs
another table. ``rules.loop`` decides by it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from commongrid.matters.rules import words


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state: its names, who owns a matter in it, which limit runs, what is expected next."""

    code: str
    zh: str
    en: str
    owner_zh: str = ""
    owner_en: str = ""
    clock: str = ""
    step: str = ""
    live: bool = True

    @property
    def ended(self) -> bool:
        """Whether a matter in this state is over."""
        return self.code in words.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that can happen to a matter.

    ``power`` and one of the relations ``who`` are needed: owner (the unit or
    level that owes the next step), above (a level over the owner), near (the
    grid or village where it is), counter (the village, township or
    county where it is, for somebody at its counter), visitor (another level than the handler),
    reporter (the slip), clock, anyone. ``kinds`` are the kinds of scope.
    ``ways`` are (from, to...) pairs; "same" stays where it is.
    """

    code: str
    zh: str
    en: str
    power: str
    who: tuple[str, ...]
    ways: tuple[tuple[str, tuple[str, ...]], ...]
    kinds: tuple[str, ...] = ("post",)
    refused_zh: str = ""
    refused_en: str = ""
    live: bool = True

    def leads(self, state: str) -> tuple[str, ...]:
        """The states this event may lead to from ``state``; none where it can't happen."""
        return next((to for of, to in self.ways if of == state), ())


_OWN_ZH, _OWN_EN = "现责任层级", "the level that has it"
_UNIT_ZH, _UNIT_EN = "承办单位或承办层级", "the unit or level it was given to"

_STATES: Final = (
    State(code="reported", zh="待受理", en="To accept", owner_zh="首接层级(密封类为主管单位)",
          owner_en="the level that first meets the kind (sealed kinds: the competent unit)",
          clock="respond", step="accept"),
    State(code="accepted", zh="待分拨", en="To divert", owner_zh=_OWN_ZH, owner_en=_OWN_EN, clock="respond",
          step="divert"),
    State(code="diverted", zh="待接办", en="To take on", owner_zh=_UNIT_ZH, owner_en=_UNIT_EN, clock="respond",
          step="start"),
    State(code="in_hand", zh="办理中", en="In hand", owner_zh=_UNIT_ZH, owner_en=_UNIT_EN, clock="finish",
          step="answer"),
    State(code="returned", zh="退回待裁定", en="Given back, to decide", owner_zh="上级中心",
          owner_en="the centre above",
          clock="decide", step="decide"),
    State(code="asked", zh="已商请外单位", en="Asked of an outside body", owner_zh="商请的中心",
          owner_en="the centre that asked", clock="courtesy", step="answer"),
    State(code="split", zh="分头办理中", en="In parts", owner_zh="召集或分办的中心",
          owner_en="the centre that split it or called the meeting", clock="finish", step="answer"),
    State(code="to_pass", zh="待转达", en="To pass on", owner_zh="乡镇中心(分办事项为分办的中心)",
          owner_en="the township centre (of a part, the centre that gave it)", clock="pass", step="pass_on"),
    State(code="answered", zh="待回访", en="Return visit due", owner_zh="承办层级以外的一级",
          owner_en="another level than the handler", clock="visit", step="visit"),
    State(code="to_rate", zh="待评价", en="Waiting for the rating", owner_zh="回访层级",
          owner_en="the level that would visit", clock="rate", step="rate"),
    State(code="to_file", zh="待办结", en="To file and close", owner_zh="乡镇中心", owner_en="the township centre",
          clock="file", step="close"),
    State(code="reopened", zh="重办待分拨", en="Reopened, to divert", owner_zh="承办层级之上的中心",
          owner_en="the centre over the former handler", clock="respond", step="divert"),
    State(code="review", zh="县级复核", en="County review", owner_zh="县级中心", owner_en="the county centre",
          clock="review", step="review"),
    State(code="paused", zh="暂停", en="Paused", owner_zh=_UNIT_ZH, owner_en=_UNIT_EN, clock="resume", step="resume"),
    State(code="parked", zh="挂起待办", en="Parked", owner_zh=_UNIT_ZH, owner_en=_UNIT_EN, clock="resume",
          step="resume"),
    State(code="woken", zh="挂起到期待决定", en="Parked, to decide", owner_zh=_UNIT_ZH, owner_en=_UNIT_EN,
          clock="woken", step="resume"),
    State(code="referred", zh="已转出待回执", en="Referred out, receipt due", owner_zh="转出的单位或层级",
          owner_en="the unit or level that referred it", clock="receipt", step="take_receipt"),
    State(code="closed", zh="已办结", en="Closed"),
    State(code="rejected", zh="不予受理", en="Not accepted"),
    State(code="withdrawn", zh="已撤回", en="Withdrawn"),
    State(code="merged", zh="已合并", en="Merged"),
)  # fmt: skip

STATES: Final = {state.code: state for state in _STATES}
LIVE_OPEN: Final = tuple(state.code for state in _STATES if state.live and not state.ended)

_PASSED_ON: Final = ("answered", "to_rate", "to_file", "closed")
_AFTER_ANSWER: Final = (*_PASSED_ON, "to_pass")
_AFTER_RATING: Final = ("closed", "to_file", "reopened", "review")
_AT_WORK: Final = ("reported", "accepted", "diverted", "in_hand", "returned", "reopened")
_PUT_RIGHT: Final = ("reported", "accepted", "diverted", "in_hand", "returned")
_ROUNDED: Final = (*_AT_WORK, "split", "asked", "paused", "parked", "woken")
_WAITING: Final = ("paused", "parked", "woken", "referred")


def _each(states: tuple[str, ...], *to: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same way from each of several states; "same" is the state itself."""
    return tuple((state, tuple(state if one == "same" else one for one in to)) for state in states)


_APPROVED: Final = (
    ("extend", "延期", "for more time", ("in_hand", "split"), "时限已过；已延期两次",
     "after the limit has passed; extended twice"),
    ("pause", "暂停", "for a pause", ("in_hand",), "时限已过；恢复日期太远",
     "after the limit has passed; until a day too far off"),
    ("park", "挂起", "to park it", ("in_hand", "woken", "split", "asked"), "未告知本人；复核日期太远",
     "the person was not told; a review date too far off"),
    ("refer", "转出", "to refer it out", ("accepted", "in_hand", "split", "asked"), "未选接收单位；未告知本人",
     "no body named; the person was not told"),
    ("end", "结束(暂不能办)", "to end it with reasons", ("woken",), "无给本人的理由", "without reasons for the person"),
)  # fmt: skip
"""What needs the deputy: code, names, from which states, what is refused."""
_DIRECTLY: Final = (
    ("Give more time", "same"), ("Pause", "paused"), ("Park", "parked"), ("Refer out", "referred"),
    ("End it with reasons", "closed"),
)  # fmt: skip
"""How the deputy's own step is called and where it leads."""

_EVENTS: Final = (
    Event(code="report", zh="上报", en="Report", power="matters.report", who=("anyone",), kinds=("public", "post"),
          ways=(("", ("reported",)),),
          refused_zh="类别、地方或内容缺失", refused_en="without kind, place or words"),
    Event(code="accept", zh="受理", en="Accept", power="matters.accept", who=("owner",),
          ways=(("reported", ("accepted", "reported")),),
          refused_zh="密封类只由主管单位签收；归类为回避或密封类时另行转交",
          refused_en="sealed kinds are only receipted; sorted into a kind that is routed round or sealed, it moves on"),
    Event(code="reject", zh="不予受理", en="Don't accept", power="matters.accept", who=("owner",),
          ways=(("reported", ("rejected",)),), refused_zh="无理由；密封类",
          refused_en="without a reason; sealed kinds"),
    Event(code="settle", zh="当场办结", en="Settle on the spot", power="matters.settle", who=("owner", "near"),
          ways=(*_each(("reported",), *_PASSED_ON), *_each(("accepted",), *_AFTER_ANSWER)),
          refused_zh="该类别不许本角色当场办结；已在乡镇及以上",
          refused_en="the kind does not let this role; already above the village"),
    Event(code="raise", zh="上报上级", en="Pass up", power="matters.raise", who=("owner",),
          ways=(*_each(("reported",), "same"), *_each(("accepted", "diverted", "in_hand"), "accepted"),
                ("reopened", ("reopened",))),
          refused_zh="已在县级", refused_en="already at the county"),
    Event(code="call_up", zh="提级办理", en="Take over at this level", power="matters.divert", who=("above",),
          ways=(*_each(("reported", "accepted", "diverted", "in_hand", "paused", "parked", "woken"), "accepted"),
                ("reopened", ("reopened",)), ("split", ("split",))),
          refused_zh="无理由；密封类", refused_en="without a reason; sealed kinds"),
    Event(code="divert", zh="分拨", en="Divert", power="matters.divert", who=("owner",),
          ways=(("accepted", ("diverted", "accepted", "asked")), ("reopened", ("diverted", "reopened", "asked")),
                ("asked", ("diverted", "accepted", "asked"))),
          refused_zh="重办时仍交原承办者；事项清单以外无理由",
          refused_en="reopened and to the former handler; off the work list without a reason"),
    Event(code="start", zh="接办", en="Take on", power="matters.handle", who=("owner",),
          ways=_each(("reported", "accepted", "diverted", "reopened"), "in_hand"),
          refused_zh="未受理(网格可自办的类别除外)；重办时原承办者自办",
          refused_en="not accepted yet (except by the grid where the kind lets it); reopened, by the former handler"),
    Event(code="give_back", zh="退回", en="Give back", power="matters.handle", who=("owner",),
          ways=_each(("diverted", "in_hand"), "returned"),
          refused_zh="非交办；已退回一次；无依据",
          refused_en="not given by an order; given back before; without a basis"),
    Event(code="decide", zh="裁定", en="Decide who has it", power="matters.decide", who=("owner",),
          ways=_each(("returned",), "diverted", "accepted"),
          refused_zh="无依据", refused_en="without a basis"),
    Event(code="answer", zh="答复", en="Answer", power="matters.handle", who=("owner",),
          ways=(*_each(("diverted", "in_hand"), *_AFTER_ANSWER), *_each(("split",), *_PASSED_ON),
                *_each(("asked",), *_AFTER_ANSWER)),
          refused_zh="无答复内容；分办的各部分尚未答复齐",
          refused_en="without words; in parts of which one has not answered yet"),
    Event(code="answer_for", zh="代录书面答复", en="Enter the answer on paper", power="matters.divert", who=("above",),
          ways=_each(("diverted", "in_hand"), *_AFTER_ANSWER),
          refused_zh="无答复内容；没有交回的办理单", refused_en="without words; without the order that came back"),
    Event(code="pass_on", zh="转达答复", en="Pass the answer on", power="matters.accept", who=("owner",),
          ways=_each(("to_pass",), *_PASSED_ON), refused_zh="无答复内容", refused_en="without words"),
    Event(code="send_back", zh="退回补充", en="Send back to complete", power="matters.accept", who=("owner",),
          ways=_each(("to_pass",), "in_hand"), refused_zh="已退回补充一次；无说明",
          refused_en="sent back before; without words"),
    Event(code="visit", zh="回访", en="Return visit", power="matters.visit", who=("visitor",),
          ways=_each(("answered", "to_rate"), "same", "to_rate", *_AFTER_RATING),
          refused_zh="承办层级自己回访；两问缺一",
          refused_en="by the handler's own level; one of the two questions missing"),
    Event(code="rate", zh="评价", en="Rate", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(("answered", "to_rate"), "same", "to_rate", *_AFTER_RATING),
          refused_zh="不评价的类别；两问缺一；合并的事项评的是主办件",
          refused_en="kinds that are not rated; one of the two questions missing; a merged one rates its lead"),
    Event(code="close", zh="办结归档", en="File and close", power="matters.accept", who=("owner",),
          ways=_each(("to_file",), "closed")),
    Event(code="review", zh="复核结论", en="Review", power="matters.review", who=("owner",),
          ways=_each(("review",), "closed", "diverted", "accepted"),
          refused_zh="无理由", refused_en="without a reason"),
    Event(code="receipt", zh="签收", en="Receipt", power="matters.handle", who=("owner",),
          ways=_each(("reported",), "closed"), refused_zh="非密封类", refused_en="kinds that are not sealed"),
    Event(code="supervise", zh="督办", en="Supervise", power="matters.supervise", who=("above", "caller"),
          ways=_each(tuple(state for state in LIVE_OPEN if state != "review"), "same"),
          refused_zh="同级或下级；密封类", refused_en="from the same level or below; sealed kinds"),
    Event(code="instruct", zh="领导批示", en="Leader's note", power="matters.supervise", who=("within",),
          ways=_each(LIVE_OPEN, "same"), refused_zh="密封类；无内容；批示人不在其上级或被反映",
          refused_en="sealed kinds; without words; of a leader who is not over the place, or whom it is about"),
    Event(code="report_back", zh="回报领导", en="Answer the leader", power="matters.accept", who=("within",),
          ways=_each(tuple(STATES), "same"), refused_zh="没有批示待回报；无内容",
          refused_en="no leader waits for this centre's answer; without words"),
    Event(code="reply", zh="督办答复", en="Interim answer", power="matters.handle", who=("owner",),
          ways=_each(LIVE_OPEN, "same"), refused_zh="没有督办要求答复", refused_en="nobody asked for one"),
    Event(code="withdraw", zh="撤回", en="Withdraw", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each((*_AT_WORK, *_WAITING, "split", "asked"), "withdrawn"), refused_zh="密封类；已答复",
          refused_en="sealed kinds; already answered"),
    Event(code="split", zh="分头办理", en="Split into parts", power="matters.divert", who=("owner",),
          ways=_each(("accepted", "reopened", "split"), "split"),
          refused_zh="密封类；本身是分办的一部分；村级和网格",
          refused_en="sealed kinds; what is a part itself; in grid or village"),
    Event(code="attend", zh="登记到会", en="Record who came", power="matters.divert", who=("owner",),
          ways=_each(("split",), "same"), refused_zh="没有召集会商", refused_en="no meeting was called"),
    Event(code="drop", zh="取消该部分", en="Drop this part", power="matters.divert", who=("caller",),
          ways=_each(("accepted", "diverted", "in_hand", "returned", "to_pass", "asked"), "withdrawn"),
          refused_zh="不是分办的一部分；无理由", refused_en="what is no part; without a reason"),
    Event(code="remind", zh="发函催请", en="Remind by letter", power="matters.divert", who=("owner",),
          ways=_each(("asked",), "same")),
    Event(code="take_result", zh="登记外部结果", en="Their result", power="matters.exchange", who=("within",),
          ways=(*_each(tuple(one for one in LIVE_OPEN if one not in ("answered", "to_rate", "to_file")), "same"),
                *_each(("answered", "to_rate"), "same", "reopened", "review"),
                ("to_file", ("closed", "reopened", "review")), ("closed", ("reopened", "review"))),
          refused_zh="非外部工单；密封类", refused_en="no order of another system; sealed kinds"),
    Event(code="extend_theirs", zh="外部工单延期", en="More time on their order", power="matters.exchange",
          who=("within",), ways=_each(LIVE_OPEN, "same"), refused_zh="对方系统不许延期；已延期一次",
          refused_en="their rules have no extension; extended before"),
    Event(code="mediate", zh="调解", en="Mediate", power="matters.mediate", who=("owner",),
          ways=(*_each(("reported", "accepted", "diverted", "reopened"), "in_hand", "reported"),
                ("in_hand", ("in_hand", "reported"))),
          refused_zh="非纠纷；未先问有无暴力；重办时原承办者自办",
          refused_en="no dispute; without asking about violence first; reopened, by the former handler"),
    Event(code="not_kept", zh="协议未履行", en="Agreement not kept", power="matters.mediate", who=("within",),
          ways=_each(("answered", "to_rate", "to_file", "closed"), "reopened", "review"),
          refused_zh="未达成协议；密封类", refused_en="nothing was agreed; sealed kinds"),
    Event(code="warn", zh="预警", en="Warn at 75 %", power="matters.tick", who=("clock",), kinds=("clock",),
          ways=_each(LIVE_OPEN, "same")),
    Event(code="overdue", zh="超期提醒", en="Raise overdue, once per level", power="matters.tick", who=("clock",),
          kinds=("clock",), ways=_each(LIVE_OPEN, "same")),
    Event(code="reply_late", zh="督办答复预警、逾期", en="Interim answer awaited, or missed", power="matters.tick",
          who=("clock",), kinds=("clock",), ways=_each(LIVE_OPEN, "same"),
          refused_zh="没有督办要求答复", refused_en="nobody asked for one"),
    Event(code="time_out", zh="评价到期", en="No rating in time", power="matters.tick", who=("clock",),
          kinds=("clock",),
          ways=_each(("to_rate",), "closed", "to_file")),
    Event(code="fall", zh="岗位空缺上移", en="Empty post: falls to the level above", power="matters.tick",
          who=("clock",),
          kinds=("clock",),
          ways=(*_each(tuple(one for one in LIVE_OPEN if one not in ("diverted", "in_hand", "review")), "same"),
                *_each(("diverted", "in_hand"), "accepted")), refused_zh="有人在岗；已在县级",
          refused_en="somebody answers; already at the county"),
    *(
        Event(code=f"ask_{sort}", zh=f"申请{zh}", en=f"Ask {en}", power="matters.handle", who=("owner",),
              ways=_each(states, "same"), refused_zh=f"已有申请待批；{no_zh}",
              refused_en=f"while another application waits; {no_en}")
        for sort, zh, en, states, no_zh, no_en in _APPROVED
    ),
    *(
        Event(code=sort, zh=zh, en=direct, power="matters.approve", who=("owner", "above"), ways=_each(states, to),
              refused_zh=f"有申请待批；{no_zh}", refused_en=f"while an application waits; {no_en}")
        for (sort, zh, _en, states, no_zh, no_en), (direct, to) in zip(_APPROVED, _DIRECTLY, strict=True)
    ),
    Event(code="grant", zh="批准申请", en="Grant the application", power="matters.approve", who=("owner", "above"),
          ways=(("accepted", ("referred",)), ("in_hand", ("in_hand", "paused", "parked", "referred")),
                ("woken", ("parked", "closed")), ("split", ("split", "parked", "referred")),
                ("asked", ("parked", "referred"))),
          refused_zh="没有待批的申请；承办单位的分管领导在岗时由其审批",
          refused_en="no application waits; by a level above while the unit's own deputy is in post"),
    Event(code="refuse", zh="不批准申请", en="Refuse the application", power="matters.approve",
          who=("owner", "above"), ways=_each(("accepted", "in_hand", "woken", "split", "asked"), "same"),
          refused_zh="同上；无理由", refused_en="likewise; without a reason"),
    Event(code="resume", zh="恢复办理", en="Go on with it", power="matters.handle", who=("owner",),
          ways=(("paused", ("in_hand",)), *_each(("parked", "woken"), "in_hand", "accepted"))),
    Event(code="wake", zh="暂停、挂起到期", en="Its day has come", power="matters.tick", who=("clock",),
          kinds=("clock",), ways=(("paused", ("in_hand",)), ("parked", ("woken",)))),
    Event(code="take_receipt", zh="收到回执", en="Receipt came", power="matters.handle", who=("owner",),
          ways=_each(("referred",), "closed"), refused_zh="无回执编号和日期",
          refused_en="without the receipt's number and date"),
    Event(code="come_back", zh="对方不收", en="The body did not take it", power="matters.handle", who=("owner",),
          ways=_each(("referred",), "in_hand", "accepted"), refused_zh="无理由", refused_en="without a reason"),
    Event(code="dissolve", zh="单位撤销承接", en="Its unit is dissolved", power="matters.tick", who=("clock",),
          kinds=("clock",), ways=(*_each((*_WAITING, "reported"), "same"),
                                  *_each(("diverted", "in_hand"), "diverted", "accepted")),
          refused_zh="单位仍在", refused_en="the unit is still there"),
    Event(code="withdraw_for", zh="代为撤回", en="Withdraw for the person", power="matters.accept", who=("counter",),
          ways=_each((*_AT_WORK, *_WAITING, "split", "asked"), "withdrawn"),
          refused_zh="密封类；已答复；未说明本人如何提出；姓名电话对不上或没有留过",
          refused_en="sealed kinds; already answered; without how the person asked for it or the name or phone given"),
    Event(code="ask_again_for", zh="代为再次申请", en="Ask again for the person", power="matters.accept",
          who=("counter",), ways=_each(("rejected", "closed", "withdrawn"), "reported"),
          refused_zh="已再次申请过；无本人的话", refused_en="asked again before; without the person's words"),
    Event(code="route_round", zh="回避转办", en="Route round", power="matters.divert", who=("owner", "above"),
          ways=_each(_ROUNDED, "reported", "accepted"),
          refused_zh="密封类；分办的一部分；已有事项并入；未说明反映的是谁",
          refused_en="sealed kinds; a part of another; one that leads others; without saying whom it is about"),
    Event(code="put_right", zh="订正", en="Put right", power="matters.accept", who=("owner", "above"),
          ways=(*_each(_PUT_RIGHT, "same", "reported", "accepted"), ("reopened", ("reopened", "reported")),
                ("split", ("split",))),
          refused_zh="密封类；分办的一部分；地方、类别、紧急程度均未变；无理由；已交办或办理中的由上级订正；"
          "分头办理中改类别，或改到承办单位不管的地方",
          refused_en="sealed kinds; a part of another; where nothing changes; without a reason; by whoever was given "
          "the work: a level above does it; in parts another kind, or a place where a unit with a part doesn't answer"),
    Event(code="hand_on", zh="转交其他主管单位", en="Hand on to another competent body", power="matters.handle",
          who=("owner",), ways=_each(("reported",), "same"),
          refused_zh="非密封类；无理由；未记明由谁接收；被反映的单位，或无人在岗的单位",
          refused_en="kinds that are not sealed; without a reason; without who takes it there; to whom it is about, "
          "or to a body with nobody in post"),
    Event(code="unseal", zh="转回一般办理", en="Give back into the common way", power="matters.handle", who=("owner",),
          ways=_each(("reported",), "closed"),
          refused_zh="非密封类；无理由、类别、地方或转述；类别仍属密封；反映县级领导的；反映有人而未说明反映的是谁",
          refused_en="kinds that are not sealed; without reason, kind, place or words; into a kind that is sealed; "
          "about the county's leadership; about somebody without saying whom"),
    Event(code="retell", zh="转述", en="Retell", power="matters.divert", who=("owner", "above"),
          ways=_each(_ROUNDED, "same"), refused_zh="非保密事项；村级和网格；无内容",
          refused_en="what is not confidential; in grid or village; without words"),
    Event(code="merge", zh="合并", en="Merge", power="matters.divert", who=("owner",),
          ways=_each(("reported", "accepted"), "merged"),
          refused_zh="密封、保密、涉及被反映人的；类别不同或不在同一乡镇；已有事项并入；主办件已结束",
          refused_en="sealed, confidential or about an official; another kind or township; one that leads others; "
          "into one that is over"),
    Event(code="unmerge", zh="取消合并", en="Unmerge", power="matters.divert", who=("keeper",),
          ways=_each(("merged",), "accepted")),
    Event(code="call_meeting", zh="联席会商", en="Call to a joint meeting", power="matters.divert", who=("owner",),
          ways=_each(("accepted", "reopened", "split"), "split"),
          refused_zh="同分头办理；会商时间已过", refused_en="as splitting; a time that has passed"),
    Event(code="ask_again", zh="再次申请", en="Ask again", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(("rejected", "closed", "withdrawn"), "reported"),
          refused_zh="已再次申请过；无本人的话；未被拒绝或自己撤回的",
          refused_en="asked again before; without the person's words; what nobody refused or they withdrew themselves"),
    Event(code="add", zh="补充情况", en="Add to it", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(LIVE_OPEN, "same"),
          refused_zh="既无内容也无照片；村里看得到的事项说到危险情况；合并的事项补充到主办件",
          refused_en="without words or a photo; words of danger where the village would read them; of a merged one it "
          "goes to its lead"),
    Event(code="add_for", zh="代为补充情况", en="Add for the person", power="matters.accept", who=("counter",),
          ways=_each(LIVE_OPEN, "same"), refused_zh="同上；密封类；未说明本人如何提出",
          refused_en="likewise; sealed kinds; without how the person came"),
    Event(code="ask_recheck", zh="提出复查", en="Ask for a recheck", power="matters.divert", who=("keeper", "clock"),
          kinds=("post", "clock"), ways=_each(("closed",), "same"),
          refused_zh="无理由；已有复查待办；密封类；村级和网格；乡镇中心自己办的",
          refused_en="without a reason; while one waits; sealed kinds; from grid or village; a township of its own"),
    Event(code="renew_slip", zh="补发凭条", en="Give a new slip", power="matters.accept",
          who=("counter", "keeper"), ways=_each((*LIVE_OPEN, *words.ENDED), "same"),
          refused_zh="姓名电话对不上；没有留过姓名电话；密封类",
          refused_en="what they tell is not what was given; nothing was given; sealed kinds"),
    Event(code="recheck", zh="复查", en="Recheck", power="matters.visit", who=("rechecker",),
          ways=_each(("closed",), "same", "reopened", "review"),
          refused_zh="没有复查单；承办者自己；密封类",
          refused_en="without a recheck order; by the handler itself; sealed kinds"),
)  # fmt: skip

EVENTS: Final = {event.code: event for event in _EVENTS}
LIVE_EVENTS: Final = tuple(event.code for event in _EVENTS if event.live)
