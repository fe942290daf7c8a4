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
    grid or village where it is), visitor (another level than the handler),
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
    State(code="paused", zh="暂停", en="Paused", owner_zh="承办单位", owner_en="the handling unit", clock="resume",
          step="resume", live=False),
    State(code="parked", zh="挂起待办", en="Parked", owner_zh="批准的单位", owner_en="the unit that approved",
          clock="resume", step="resume", live=False),
    State(code="referred", zh="已转出待回执", en="Referred out, receipt due", owner_zh="转出的中心",
          owner_en="the centre that referred it", clock="receipt", step="take_receipt", live=False),
    State(code="closed", zh="已办结", en="Closed"),
    State(code="rejected", zh="不予受理", en="Not accepted"),
    State(code="withdrawn", zh="已撤回", en="Withdrawn"),
    State(code="merged", zh="已合并", en="Merged", live=False),
)  # fmt: skip

STATES: Final = {state.code: state for state in _STATES}
LIVE_OPEN: Final = tuple(state.code for state in _STATES if state.live and not state.ended)

_AFTER_ANSWER: Final = ("answered", "to_rate", "to_file", "closed")
_AFTER_RATING: Final = ("closed", "to_file", "reopened", "review")
_AT_WORK: Final = ("reported", "accepted", "diverted", "in_hand", "returned", "reopened")


def _each(states: tuple[str, ...], *to: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same way from each of several states; "same" is the state itself."""
    return tuple((state, tuple(state if one == "same" else one for one in to)) for state in states)


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
          ways=_each(("reported", "accepted"), *_AFTER_ANSWER),
          refused_zh="该类别不许本角色当场办结；已在乡镇及以上",
          refused_en="the kind does not let this role; already above the village"),
    Event(code="raise", zh="上报上级", en="Pass up", power="matters.raise", who=("owner",),
          ways=(*_each(("reported",), "same"), *_each(("accepted", "diverted", "in_hand"), "accepted"),
                ("reopened", ("reopened",))),
          refused_zh="已在县级", refused_en="already at the county"),
    Event(code="call_up", zh="提级办理", en="Take over at this level", power="matters.divert", who=("above",),
          ways=(*_each(("reported", "accepted", "diverted", "in_hand"), "accepted"), ("reopened", ("reopened",))),
          refused_zh="无理由；密封类", refused_en="without a reason; sealed kinds"),
    Event(code="divert", zh="分拨", en="Divert", power="matters.divert", who=("owner",),
          ways=(("accepted", ("diverted", "accepted")), ("reopened", ("diverted", "reopened"))),
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
          ways=_each(("diverted", "in_hand"), *_AFTER_ANSWER),
          refused_zh="无答复内容", refused_en="without words"),
    Event(code="visit", zh="回访", en="Return visit", power="matters.visit", who=("visitor",),
          ways=_each(("answered", "to_rate"), "same", "to_rate", *_AFTER_RATING),
          refused_zh="承办层级自己回访；两问缺一",
          refused_en="by the handler's own level; one of the two questions missing"),
    Event(code="rate", zh="评价", en="Rate", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(("answered", "to_rate"), *_AFTER_RATING),
          refused_zh="不评价的类别；两问缺一",
          refused_en="kinds that are not rated; one of the two questions missing"),
    Event(code="close", zh="办结归档", en="File and close", power="matters.accept", who=("owner",),
          ways=_each(("to_file",), "closed")),
    Event(code="review", zh="复核结论", en="Review", power="matters.review", who=("owner",),
          ways=_each(("review",), "closed", "diverted", "accepted"),
          refused_zh="无理由", refused_en="without a reason"),
    Event(code="receipt", zh="签收", en="Receipt", power="matters.handle", who=("owner",),
          ways=_each(("reported",), "closed"), refused_zh="非密封类", refused_en="kinds that are not sealed"),
    Event(code="supervise", zh="督办", en="Supervise", power="matters.supervise", who=("above",),
          ways=_each(tuple(state for state in LIVE_OPEN if state != "review"), "same"),
          refused_zh="同级或下级；密封类", refused_en="from the same level or below; sealed kinds"),
    Event(code="reply", zh="督办答复", en="Interim answer", power="matters.handle", who=("owner",),
          ways=_each(LIVE_OPEN, "same"), refused_zh="没有督办要求答复", refused_en="nobody asked for one"),
    Event(code="withdraw", zh="撤回", en="Withdraw", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(_AT_WORK, "withdrawn"), refused_zh="密封类；已答复",
          refused_en="sealed kinds; already answered"),
    Event(code="warn", zh="预警", en="Warn at 75 %", power="matters.tick", who=("clock",), kinds=("clock",),
          ways=_each(LIVE_OPEN, "same")),
    Event(code="overdue", zh="超期提醒", en="Raise overdue, once per level", power="matters.tick", who=("clock",),
          kinds=("clock",), ways=_each(LIVE_OPEN, "same")),
    Event(code="time_out", zh="评价到期", en="No rating in time", power="matters.tick", who=("clock",),
          kinds=("clock",),
          ways=_each(("to_rate",), "closed", "to_file")),
    Event(code="fall", zh="岗位空缺上移", en="Empty post: falls to the level above", power="matters.tick",
          who=("clock",),
          kinds=("clock",),
          ways=(*_each(tuple(one for one in LIVE_OPEN if one not in ("diverted", "in_hand", "review")), "same"),
                *_each(("diverted", "in_hand"), "accepted")), refused_zh="有人在岗；已在县级",
          refused_en="somebody answers; already at the county"),
    Event(code="extend", zh="延期", en="Extend", power="matters.approve", who=("owner",),
          ways=_each(("in_hand",), "same"), live=False),
    Event(code="pause", zh="暂停", en="Pause", power="matters.approve", who=("owner",),
          ways=_each(("in_hand",), "paused"), live=False),
    Event(code="park", zh="挂起", en="Park", power="matters.approve", who=("owner",),
          ways=_each(("in_hand",), "parked"), live=False),
    Event(code="resume", zh="恢复", en="Resume", power="matters.handle", who=("owner", "clock"),
          kinds=("post", "clock"),
          ways=_each(("paused", "parked"), "in_hand"), live=False),
    Event(code="refer", zh="转出", en="Refer out", power="matters.approve", who=("owner",),
          ways=_each(("accepted", "in_hand"), "referred"), live=False),
    Event(code="take_receipt", zh="收到回执", en="Receipt came", power="matters.divert", who=("owner",),
          ways=_each(("referred",), "closed"), live=False),
    Event(code="merge", zh="合并", en="Merge", power="matters.divert", who=("owner",),
          ways=_each(("reported", "accepted"), "merged"), live=False),
    Event(code="unmerge", zh="取消合并", en="Unmerge", power="matters.divert", who=("above",),
          ways=_each(("merged",), "accepted"), live=False),
    Event(code="call_meeting", zh="联席会商", en="Call to a joint meeting", power="matters.divert", who=("owner",),
          ways=_each(("accepted", "in_hand"), "in_hand"), live=False),
    Event(code="ask_again", zh="再次申请", en="Ask again", power="matters.rate", who=("reporter",), kinds=("slip",),
          ways=_each(("rejected",), "reported"), live=False),
    Event(code="recheck", zh="复查", en="Recheck", power="matters.divert", who=("above",),
          ways=_each(("closed",), "reopened"), live=False),
)  # fmt: skip

EVENTS: Final = {event.code: event for event in _EVENTS}
LIVE_EVENTS: Final = tuple(event.code for event in _EVENTS if event.live)
