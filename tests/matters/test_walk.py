"""Random ways through the loop: on the rules by a state machine, on the database by seeded walks of every actor."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import data, sampled_from

from commongrid.kernel.act import Act
from commongrid.kernel.refusals import NotFound, Refusal
from commongrid.kernel.scope import Scope, public
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import About, Instruction, Receipt, Report, Right, Wanted
from commongrid.matters.actions.calling import Summons
from commongrid.matters.rules import words
from commongrid.matters.rules.table import EVENTS, LIVE_EVENTS
from tests.factories import desk
from tests.factories.desk import id_of
from tests.factories.scenes import Scene
from tests.matters import model, world
from tests.matters.laws import broken
from tests.matters.test_loop import assert_owed, row, slip_of

STARTS = tuple(world.starts())


class Loop(RuleBasedStateMachine):
    """A matter of the model, moved by whoever may, as they like."""

    @initialize(start=sampled_from(STARTS))
    def begin(self, start: model.State) -> None:
        """Somebody reports."""
        self.state = start

    @precondition(lambda self: self.state.s.state in words.ENDED)
    @rule(start=sampled_from(STARTS))
    def report_another(self, start: model.State) -> None:
        """After the end, somebody reports again."""
        self.state = start

    @precondition(lambda self: self.state.s.state not in words.ENDED)
    @rule(data=data())
    def move(self, data: Any) -> None:
        """Anybody does anything they may."""
        edges = [step for actor in range(len(model.ACTORS)) for step in world.steps(self.state, actor)]
        assert edges
        self.state = data.draw(sampled_from(edges))[2]

    @invariant()
    def keeps_the_laws(self) -> None:
        """Owner, deadline, next step, and a way on."""
        if hasattr(self, "state"):
            edges = [(scope, *step) for n, scope in enumerate(model.ACTORS) for step in world.steps(self.state, n)]
            assert not list(broken(self.state, edges))


TestLoop = Loop.TestCase
TestLoop.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)

ACTORS = (
    "county_dispatcher", "supervisor", "dispatcher", "township_principal", "secretary", "clerk", "grid_head",
    "grid_member", "station", "roads", "department", "mediator", "police", "far_clerk", "far_dispatcher",
)  # fmt: skip
TARGETS: tuple[dict[str, Any], ...] = (
    {"unit_id": id_of("transport_unit")}, {"unit_id": id_of("roads_unit")}, {"unit_id": id_of("transport_county_unit")},
    {"place": desk.VILLAGE}, {"place": desk.TOWNSHIP}, {"place": desk.GRID},
)  # fmt: skip
SEVERAL = (id_of("transport_unit"), id_of("roads_unit"))
LATER = Summons(at=timezone.now() + timedelta(days=3), venue="三楼会议室", reason="也涉及他们")
RIGHT = (
    Right(place=desk.OTHER_VILLAGE), Right(place=desk.GRID), Right(kind_code="F01"), Right(kind_code="A12"),
    Right(kind_code="I99"), Right(urgency="urgent"), Right(place=desk.FAR_VILLAGE, urgency="normal"), Right(),
)  # fmt: skip
KINDS = ("G02", "G03", "F01", "A02", "A12", "I99", "K05", "D01", "Z00", "E01")


Way = tuple[Callable[..., dict[str, Any]], dict[str, Any]]
ELSEWHERE = ("take_result", "extend_theirs", "mediate", "not_kept", "answer_for")
"""Events of orders of other systems, of disputes and of paper: walked in their own tests."""


def wanted(sort: str, rng: random.Random) -> Wanted:
    """Something a handler asks the deputy for, now and then what can't be granted."""
    day = localdate() + timedelta(days=rng.choice((1, 3, 20, 900)))
    reason = {"pause": "weather", "park": "season"}.get(sort, "other")
    return Wanted(until=day, reason=reason, body="court" if sort == "refer" else "", told="phone", words="有理由")


def _asked_for(rng: random.Random) -> Iterator[tuple[str, Way]]:
    for sort in ("extend", "pause", "park", "refer", "end"):
        yield f"ask_{sort}", (actions.apply, {"sort": sort, "wanted": wanted(sort, rng)})
        yield sort, (getattr(actions, sort), {"wanted": wanted(sort, rng)})


def ways(rng: random.Random) -> dict[str, Way]:
    """Every event as its action, with words and a target where it needs them."""
    word = {"reason": "有理由"}
    target = rng.choice(TARGETS)
    answers = (rng.random() < 0.5, rng.random() < 0.5, "")
    return {
        "accept": (actions.accept, {"kind_code": rng.choice(("", "", "", "G02", "I99", "A12"))}),
        "reject": (actions.reject, word),
        "settle": (actions.settle, {"answer": "办好了"}),
        "raise": (actions.raise_level, word),
        "call_up": (actions.call_up, word),
        "divert": (actions.divert, {**target, **word}),
        "start": (actions.start, {}),
        "give_back": (actions.give_back, {"basis": "不归我们"}),
        "decide": (actions.decide_returned, {**target, "basis": "按清单"}),
        "answer": (actions.answer, {"answer": "办好了"}),
        "pass_on": (actions.pass_on, {"answer": "办好了"}),
        "send_back": (actions.send_back, {"note": "没有说哪天"}),
        "split": (actions.split, {"unit_ids": SEVERAL, "note": "分头办", "reason": "也涉及"}),
        "call_meeting": (actions.call_meeting, {"unit_ids": SEVERAL, "note": "一起办", "summons": LATER}),
        "attend": (actions.attend, {"came": ()}),
        "drop": (actions.drop, word),
        "remind": (actions.remind, {}),
        "visit": (actions.visit, rng.choice((
            {"result": "asked", "answers": answers}, {"result": "not_reached"}, {"result": "left_slip"},
            {"result": "checked"}, {"result": "not_done"},
        ))),
        "close": (actions.close, {}),
        "review": (actions.review, {"finding": "有结论", **(target if rng.random() < 0.5 else {})}),
        "receipt": (actions.receipt, {}),
        "supervise": (actions.supervise, {"note": "请加快"}),
        "instruct": (actions.instruct, {"instruction": Instruction(leader=id_of("county_leader"), words="请抓紧")}),
        "report_back": (actions.report_back, {"text": "已安排"}),
        "reply": (actions.reply, {"text": "快了"}),
        "rate": (actions.rate, {"solved": answers[0], "satisfied": answers[1]}),
        "withdraw": (actions.withdraw, {}),
        "put_right": (actions.put_right, {"right": rng.choice(RIGHT), **word}),
        **dict(_asked_for(rng)),
        **_after_waiting(),
    }  # fmt: skip


def _after_waiting() -> dict[str, Way]:
    """What is done about what waits, has ended or was merged."""
    word = {"reason": "有理由"}
    return {
        "withdraw_for": (actions.withdraw_for, {"came": "counter", "told": "李小芳", "words": "本人不办了"}),
        "grant": (actions.grant, {}),
        "refuse": (actions.refuse, word),
        "resume": (actions.resume, {}),
        "take_receipt": (
            actions.take_receipt, {"receipt": Receipt(number="收1号", on=localdate()), "words": "已由法院收下"}
        ),
        "come_back": (actions.come_back, word),
        "ask_again": (actions.ask_again, {"words": "请再看看"}),
        "ask_again_for": (actions.ask_again_for, {"came": "counter", "words": "请再看看"}),
        "route_round": (actions.route_round, {"about": About(), "reason": "不是说谁的"}),
        "hand_on": (actions.hand_on, {"unit_id": id_of("police_unit"), "reason": "不归我们", "taken_by": "值班员"}),
        "unseal": (
            actions.unseal,
            {"told": Report(kind_code="G02", place=desk.VILLAGE, text="夜里声音大，请去看看"), **word},
        ),
        "retell": (actions.retell, {"text": "转述"}),
        "merge": (actions.merge, {"lead": "没有这个编号"}),
        "unmerge": (actions.unmerge, word),
        "ask_recheck": (actions.ask_recheck, word),
        "recheck": (actions.recheck, {"result": "holds", "note": "看过"}),
        "add_for": (actions.add_for, {"came": "call", "words": "昨晚又漏了"}),
        "add": (actions.add, {"words": "昨晚又漏了"}),
        "renew_slip": (actions.renew_slip, {"told": "13800000000"}),
    }  # fmt: skip


def done(event: str, scope: Scope, matter: UUID, rng: random.Random) -> dict[str, Any]:
    """One event as its action."""
    action, arguments = ways(rng)[event]
    return action(scope, Act(Act.new().id, timezone.now()), matter_id=matter, **arguments)


def offered(scope: Scope, matter: UUID) -> tuple[str, ...]:
    """What the page of the matter offers this actor."""
    if scope.kind == "slip":
        view = queries.followed(scope)
        return tuple(
            name
            for name, may in (("rate", view.may_rate), ("withdraw", view.may_withdraw), ("add", view.may_add))
            if may
        )
    try:
        return queries.matter(scope, matter).may
    except NotFound:
        return ()


@pytest.mark.parametrize("seed", range(6))
def test_walks_on_the_database_keep_the_laws_and_the_offers(scene: Scene, seed: int) -> None:
    rng = random.Random(seed)
    posts = [scene.as_post(name) for name in ACTORS]
    told = Report(
        kind_code=KINDS[seed % len(KINDS)] if seed < 4 else rng.choice(KINDS), text="一件事",
        place=rng.choice((desk.VILLAGE, desk.GRID, desk.HAMLET)), source=rng.choice(("villager", "patrol", "hotline")),
        urgency=rng.choice(("normal", "urgent", "immediate")),
    )  # fmt: skip
    known = tuple(ways(rng))
    matter = UUID(actions.report(public("matters.report"), Act.new(), report=told)["matter"])
    for _ in range(14):
        before = assert_owed(matter)
        if before.closed_at is not None:
            break
        actors = rng.sample([*posts, slip_of(matter)], 5)
        for scope in actors:
            may = offered(scope, matter)
            may = tuple(event for event in may if event in known)
            never = [event for event in known if event not in may]
            with pytest.raises(Refusal):
                done(rng.choice(never), scope, matter, rng)
            if may and rng.random() < 0.7:
                try:
                    done(rng.choice([event for event in may if event != "withdraw"] or list(may)), scope, matter, rng)
                except Refusal:
                    assert (row(matter).state, row(matter).due_at) == (before.state, before.due_at)
                break
        assert_owed(matter)
    assert jobs.tick() >= 0


def test_every_event_is_walked() -> None:
    by_clock = {event for event in LIVE_EVENTS if set(EVENTS[event].kinds) == {"clock"}}
    walked = set(ways(random.Random(0)))
    assert walked | by_clock | set(ELSEWHERE) | {"report"} == set(LIVE_EVENTS)
    assert not walked & by_clock
