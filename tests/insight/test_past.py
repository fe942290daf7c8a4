"""Figures as of a past moment: matters closed, reopened and closed again count as they stood then."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from commongrid.insight.queries import behind
from commongrid.insight.queries.loop import loop_figures
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.kernel.scope import clock
from commongrid.matters import actions, jobs
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import FormerEnd, Matter, Rating
from tests.factories import older
from tests.factories.scenes import BRIDGE
from tests.matters.conftest import peopled
from tests.matters.test_loop import rate, row
from tests.matters.test_merging import answer
from tests.matters.test_rechecks import LATER, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.bed import Database
    from tests.factories.scenes import Scene

EYE = clock("test.figures", "figures.read", "matters.read")
OPENED = ("count", "closed", "open", "within_7d", "within_15d", "within_30d", "on_time", "satisfied", "not_rated")
BEHIND = (*OPENED, "reopened", "disagrees", "backlog")


def plain(at: datetime) -> dict[str, Any]:
    """The figures from the rows as they stand right now, in plain Python."""
    with acting(TICK):
        matters = list(Matter.objects.filter(parent=None))
        ratings = list(Rating.objects.all())
    done = [one for one in matters if one.closed_at and one.closed_at <= at]
    said: list[bool] = []
    for one in done:
        of = one.merged_into_id or one.id
        whose = one.id if one.merged_into_id else None
        rounds = [r for r in ratings if (r.matter_id, r.reporter) == (of, whose)]
        if one.rating == "rated" and rounds:
            last = max(r.round for r in rounds)
            said.append(all(r.satisfied for r in rounds if r.round == last))
    timed = [one for one in done if one.finish_due_at]
    prompt = [(m.finished_at or m.closed_at or at) <= m.finish_due_at for m in timed if m.finish_due_at]
    took = [(one.closed_at - one.opened_at).total_seconds() for one in done if one.closed_at]
    return {
        "count": len(matters), "closed": len(done), "open": len(matters) - len(done),
        "median_seconds": older.quantile(took, 0.5), "p90_seconds": older.quantile(took, 0.9),
        **{f"within_{n}d": sum(seconds <= n * 86400 for seconds in took) for n in (7, 15, 30)},
        "on_time": sum(prompt) if timed else None,
        "satisfied": sum(said) if said else None, "rated": len(said),
        "reopened": sum(one.reopened for one in matters), "backlog": len(matters) - len(done),
        "not_rated": sum(one.rating == "not_rated" for one in done),
        "disagrees": sum(one.outcome == "disagrees" for one in done),
    }  # fmt: skip


class Past:
    """What the figures were after each step."""

    def __init__(self) -> None:
        self.then: list[tuple[datetime, dict[str, Any]]] = []

    def note(self) -> None:
        at = timezone.now()
        self.then.append((at, plain(at)))

    def agrees(self) -> None:
        for at, expected in self.then:
            question = Question(at=at, end=at)
            found = asdict(loop_figures(EYE, question))
            told = {name: found[name] for name in expected}
            assert told == pytest.approx(expected, abs=1e-5), at
            for which in BEHIND:
                assert len(behind.rows_behind(EYE, question, which).rows) == (expected[which] or 0), (which, at)


def late(scene: Scene, matter: UUID) -> None:
    """Its finishing limit was yesterday: what is closed now is not on time."""
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET finish_due_at = now() - interval '1 day' WHERE id = %s", [matter])


def worse(scene: Scene, matter: UUID, *, how: int) -> None:
    """Looked at once more after its end, and found worse."""
    if not row(matter).recheck_level:
        scene.do("county_dispatcher", actions.ask_recheck, matter, reason=f"又有人来电 {how}")
        jobs.rechecks(timezone.now() + LATER)
    scene.do("county_dispatcher", actions.recheck, matter, result="fails", note="到现场看过，又塌了")


def again(scene: Scene, matter: UUID) -> None:
    """Done once more, by somebody else."""
    unit = "roads" if row(matter).barred_unit else "transport"
    scene.do("dispatcher", actions.divert, matter, unit_id=scene_unit(unit), reason="由他们重办")
    by = "roads" if unit == "roads" else "station"
    scene.do(by, actions.start, matter)
    scene.do(by, actions.answer, matter, answer="重新做了")
    if row(matter).state == "to_pass":
        scene.do("dispatcher", actions.pass_on, matter, answer="重新做了")


def scene_unit(name: str) -> UUID:
    from tests.factories.desk import id_of

    return id_of(f"{name}_unit")


def end(scene: Scene, matter: UUID, *, satisfied: bool) -> None:
    rate(matter, solved=True, satisfied=satisfied)
    if row(matter).closed_at is None:
        scene.do("dispatcher", actions.close, matter)


def test_what_was_closed_reopened_and_closed_again_counts_as_it_stood(database: Database) -> None:
    scene, past = peopled(database), Past()
    jobs.draw()
    everything("0")
    twice, once, follower = (scene.at_township(f"涵洞塌了，第 {n} 位", kind=BRIDGE) for n in (1, 2, 3))
    steady = scene.at_township("路灯不亮", kind=BRIDGE)
    scene.do("dispatcher", actions.merge, follower, lead=row(once).number)
    past.note()
    for matter in (twice, once, steady):
        answer(scene, matter)
    late(scene, steady)
    for matter, pleased in ((twice, True), (steady, False)):
        end(scene, matter, satisfied=pleased)
        past.note()
    rate(follower, solved=True, satisfied=True)
    end(scene, once, satisfied=False)
    past.note()
    worse(scene, twice, how=1)
    past.note()
    worse(scene, once, how=1)
    past.note()
    again(scene, twice)
    late(scene, twice)
    past.note()
    end(scene, twice, satisfied=False)
    past.note()
    worse(scene, twice, how=2)
    assert row(twice).state == "review"
    past.note()
    scene.do("county_dispatcher", actions.review, twice, finding="两次都按标准做了")
    past.note()
    again(scene, once)
    past.note()
    with acting(TICK):
        ends = list(FormerEnd.objects.order_by("until").values_list("matter", "outcome", "rating"))
    assert ends == [
        (twice, "rated", "rated"), (once, "rated", "rated"), (follower, "merged", "rated"), (twice, "rated", "rated"),
    ]  # fmt: skip
    past.agrees()
    before = datetime.now(UTC) - timedelta(days=400)
    assert loop_figures(EYE, Question(at=before)).backlog == 0


def test_a_merged_matter_given_back_after_its_lead_ended_was_closed_then(database: Database) -> None:
    scene, past = peopled(database), Past()
    lead, follower = (scene.at_township(f"桥栏杆断了，第 {n} 位", kind=BRIDGE) for n in (1, 2))
    scene.do("dispatcher", actions.merge, follower, lead=row(lead).number)
    answer(scene, lead)
    rate(follower, solved=True, satisfied=True)
    end(scene, lead, satisfied=True)
    past.note()
    scene.do("dispatcher", actions.unmerge, follower, reason="其实是另一座桥")
    past.note()
    past.agrees()
