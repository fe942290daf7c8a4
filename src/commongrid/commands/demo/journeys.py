"""Matters of the demo county on their ways: each story goes as far as time allows, so that every state has some.

The clock of the past is let run too: warnings and overdue notices come when
they came. Whoever does a step is found by the rules, as the console does it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from commongrid.commands.demo import (
    answers,
    elsewhere,
    hours,
    leaders,
    naming,
    past,
    published,
    righted,
    stories,
    together,
    waits,
)
from commongrid.commands.demo.past import Remembered
from commongrid.commands.demo.tales import REGISTER
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import Scope, clock, public, slip
from commongrid.matters import actions, jobs, queries
from commongrid.matters.actions import Contact, Report, code_of
from commongrid.matters.models import Matter
from commongrid.matters.queries.rows import rows_of
from commongrid.matters.rules.relations import may, relations
from commongrid.matters.rules.table import EVENTS
from commongrid.roster.queries import scopes_in_force
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.matters.queries import MatterRow

READER = clock("demo", "matters.read")
DAYS = 50
"""How long ago the oldest story began."""
HALF_DAY = timedelta(hours=12)
"""How often the clock of the past looks."""
SOON = timedelta(days=2)
PACE = 0.5, 1.3
"""How much of the time that a step usually takes it takes."""
BY_PEOPLE = ("rate", "withdraw", "ask_again")
"""Steps of whoever reported; all others are taken at work."""
URGENT = 7
"""One story in so many is urgent."""
STILL_GOOD = "到现场看过，办结的情况没有变化。"
DO = {
    "accept": actions.accept,
    "reject": actions.reject,
    "settle": actions.settle,
    "raise": actions.raise_level,
    "divert": actions.divert,
    "put_right": righted.put_right,
    "start": actions.start,
    "give_back": actions.give_back,
    "decide": actions.decide_returned,
    "answer": actions.answer,
    "pass_on": actions.pass_on,
    "send_back": actions.send_back,
    "remind": actions.remind,
    "call_meeting": together.call_meeting,
    "split": together.split,
    "part": together.part_done,
    "ask_outside": together.ask_outside,
    "visit": actions.visit,
    "close": actions.close,
    "review": actions.review,
    "receipt": actions.receipt,
    "supervise": actions.supervise,
    "rate": actions.rate,
    "withdraw": actions.withdraw,
    "merge": answers.merge,
    "ask_recheck": actions.ask_recheck,
    "recheck": actions.recheck,
    **waits.DO,
}


@dataclass
class Journey:
    """One matter on its way; ``times`` are those of its steps where they are set beforehand."""

    place: int
    text: tuple[str, str, str, str]
    steps: tuple[stories.Step, ...]
    contact: Contact
    times: list[datetime] = field(default_factory=list)
    matter: UUID = field(default_factory=new_id)


def travel(chance: Random, villages: list[int], per_village: int, remembered: int = 0) -> int:
    """Send matters on their ways up to now, after a half year of others; answers how many there are."""
    world = _World(chance, villages)
    answers.seeds(world.now, past.DAYS if remembered else DAYS)
    for n in range(max(per_village * len(villages), 2 * len(stories.WAYS))):
        world.begin(n)
    world.remember(f"past {chance.random()}", remembered)
    world.run()
    jobs.rechecks()
    answers.theme(world.posts)
    published.publish(world.posts)
    leaders.write(world.posts)
    told = elsewhere.tell(READER, villages)
    jobs.tick()
    jobs.ratings()
    return world.begun + told


def remember(seed: str, villages: list[int], count: int, now: datetime) -> int:
    """Only the half year before: so many matters that went their ways unwatched; answers how many there are."""
    world = _World(Random(seed), villages, now)
    answers.seeds(world.now, past.DAYS)
    world.remember(seed, count)
    world.run()
    return world.begun


class _World:
    """All journeys in one order of time."""

    def __init__(self, chance: Random, villages: list[int], now: datetime | None = None) -> None:
        self.chance = chance
        self.villages = villages
        self.now = hours.before(now or timezone.now())
        self.queue: list[tuple[datetime, int, Journey | Remembered, int]] = []
        self.begun = 0
        self.stuck: Counter[str] = Counter()
        self.posts = scopes_in_force(READER, timezone.localdate())
        with acting(READER):
            self.below = {
                village: [row.code for row in territory.children(READER, village, level="grid")] for village in villages
            }

    def begin(self, n: int) -> None:
        """Put a story at its beginning: the first of each way far enough back to end, the others anywhere."""
        ways = list(stories.WAYS)
        way = ways[n % len(ways)]
        text = self.chance.choice([one for one in stories.TEXTS if one[0] not in stories.GRID_FIRST])
        if way in stories.TEXT_OF:
            text = stories.TEXT_OF[way]
        elif way == "receipted" or text[0] in stories.SEALED_KINDS:
            way, text = "receipted", next(one for one in stories.TEXTS if one[0] in stories.SEALED_KINDS)
        elif n < len(ways) or way in stories.ENDING_NOW:
            text = self.chance.choice(stories.BRIDGES)
        back = DAYS if n < len(ways) and stories.WAYS[way] else self.chance.uniform(0.1, DAYS)
        if way in stories.RECENT:
            back = self.chance.uniform(0.05, 2) if way.startswith("to be") else self.chance.uniform(8, 20)
        at = (self.now - timedelta(days=back)).replace(
            minute=self.chance.randrange(60), second=self.chance.randrange(60)
        )
        at = hours.before(at, office=text[1] != "villager")
        village = self.villages[n % len(self.villages)]
        name = naming.person(self.chance)
        contact = (
            Contact(name=name, phone=f"1380000{self.chance.randrange(10**4):04}") if text[1] != "patrol" else Contact()
        )
        journey = Journey(self.chance.choice(self.below[village] or [village]), text, stories.WAYS[way], contact)
        if way in stories.ENDING_NOW:
            at, *journey.times = self._back_from_now(stories.WAYS[way])
        heapq.heappush(self.queue, (min(at, self.now - timedelta(minutes=1)), n, journey, -1))

    def _back_from_now(self, steps: tuple[stories.Step, ...]) -> list[datetime]:
        """When it was reported and each step was taken, the last one just now."""
        at = hours.before(self.now - timedelta(hours=self.chance.uniform(1, 5)))
        times = [at]
        for one in reversed(steps):
            at = hours.before(at - timedelta(hours=one.after))
            times.append(at)
        return times[::-1]

    def remember(self, seed: str, count: int) -> None:
        """Put so many matters of the half year before at their beginning."""
        for n, one in enumerate(past.plan(seed, self.below, count, self.now)):
            heapq.heappush(self.queue, (one.at, len(self.villages) * 1000 + n, one, -1))

    def run(self) -> None:
        """Step by step in the order of time, under the eyes of the clock."""
        looked = self.queue[0][0] if self.queue else self.now
        while self.queue:
            at, n, journey, index = heapq.heappop(self.queue)
            looked = self._watch(looked, at)
            later = (
                self._live(journey, index, at) if isinstance(journey, Remembered) else self._tell(journey, index, at)
            )
            if later is not None and later < self.now:
                heapq.heappush(self.queue, (later, n, journey, index + 1))

    def _watch(self, looked: datetime, at: datetime) -> datetime:
        """The clock looks every half day, and on Mondays hands units the ratings of their work."""
        while looked + HALF_DAY < at:
            looked += HALF_DAY
            jobs.tick(looked)
            jobs.rechecks(looked)
            self._look_again(looked)
            if looked.weekday() == 0:
                jobs.ratings(looked)
        return looked

    def _tell(self, journey: Journey, index: int, at: datetime) -> datetime | None:
        """The next step of a story; answers when the one after it is taken."""
        if index < 0:
            self._report(journey, at)
        elif not self._take(journey, journey.steps[index], at):
            return None
        if index + 1 == len(journey.steps):
            return None
        if journey.times:
            return journey.times[index + 1]
        after = journey.steps[index + 1]
        meant = at + timedelta(hours=after.after * self.chance.uniform(*PACE))
        return hours.soon(meant, self.chance, office=after.event not in BY_PEOPLE)

    def _live(self, one: Remembered, index: int, at: datetime) -> datetime | None:
        """What is owed of a matter of the past; answers when the next step is taken, nothing once it is over."""
        if index < 0:
            scope = self._teller(one.place, one.source, one.tale.kind)
            actions.report(scope, Act(one.matter, at.astimezone(UTC)), report=one.report())
            self.begun += 1
        else:
            self._do_owed(one, at)
        row = self._row(one.matter)
        return past.when(row, one, at) if row.open else None

    def _do_owed(self, one: Remembered, at: datetime) -> None:
        row = self._row(one.matter)
        for event, told in past.owed(row, one) if row.open else ():
            act = Act(UUID(int=one.chance.getrandbits(128), version=4), at.astimezone(UTC))
            if event == "rate":
                if self._try(event, self._slip(one.matter), act, one.matter, told):
                    return
                continue
            if self._done_by_somebody(row, event, act, told):
                return
        if row.open and not (row.step == "rate" and one.fate == "silent"):
            self.stuck[f"{one.tale.kind} {row.owner_level} {row.state} {row.step}"] += 1

    def _done_by_somebody(self, row: MatterRow, event: str, act: Act, told: dict[str, object]) -> bool:
        """Whether one of the posts that may do it did."""
        return any(
            self._try(event, scope, act, row.id, {**told, **where})
            for scope in self._who(row, event)
            for where in self._where_to(scope, row.id, event)
        )

    def _look_again(self, at: datetime) -> None:
        """Rechecks are made before they are late."""
        with acting(READER):
            due = Matter.objects.filter(recheck_due_at__range=(at, at + SOON))
            rows = rows_of(READER, due.order_by("recheck_due_at"))
        for row in rows:
            act = Act(new_id(), hours.before(at).astimezone(UTC))
            self._done_by_somebody(row, "recheck", act, {"result": "holds", "note": STILL_GOOD})

    def _row(self, matter: UUID) -> MatterRow:
        with acting(READER):
            return rows_of(READER, Matter.objects.filter(id=matter))[0]

    def _report(self, journey: Journey, at: datetime) -> None:
        kind, source, title, text = journey.text
        scope = self._teller(journey.place, source, kind)
        report = Report(
            kind_code=kind,
            place=journey.place,
            title=title,
            text=text,
            source=source,
            contact=journey.contact,
            urgency="urgent" if self.begun % URGENT == 0 else "normal",
        )
        actions.report(scope, Act(journey.matter, at.astimezone(UTC)), report=report)
        self.begun += 1

    def _teller(self, place: int, source: str, kind: str) -> Scope:
        if source == "villager" and not kind.startswith(REGISTER):
            return public("matters.report")
        role = "grid_member" if source in ("patrol", "villager") else "dispatcher"
        return next(one for one in self.posts if one.role == role and one.covers(place))

    def _take(self, journey: Journey, one: stories.Step, at: datetime) -> bool:
        """Have somebody who may do the step; False where nobody could and the story ends there."""
        act, told = Act(new_id(), at.astimezone(UTC)), stories.words_of(journey.text[0], one)
        if one.event in {"rate", "withdraw", "ask_again"}:
            return self._try(one.event, self._slip(journey.matter), act, journey.matter, told)
        row = self._row(journey.matter)
        if told.get("result") == "asked" and not (row.kind.rated and row.series == "asked"):
            told = {"result": "checked"}
        if self._done_by_somebody(row, one.event, act, told):
            return True
        self.stuck[f"{journey.text[0]} {row.owner_level} {row.state} {one.event}"] += 1
        return one.event in {"divert", "start", "pass_on", "close"} or (one.event == "visit" and row.state == "to_file")

    def _try(self, event: str, scope: Scope, act: Act, matter: UUID, told: dict[str, object]) -> bool:
        try:
            DO[event](scope, act, matter_id=matter, **told)  # type: ignore[operator]  # one signature for each event
        except Refusal:
            return False
        return True

    def _slip(self, matter: UUID) -> Scope:
        hashed = slip_hash(settings.KEYS.slip, code_of(matter))
        return slip(hashed, "matters.follow", "matters.rate")

    def _who(self, row: MatterRow, event: str) -> list[Scope]:
        """Posts that the rules let do this, the nearest first."""
        event = together.MEANT.get(event, event)
        power = EVENTS[event].power
        found = [
            one
            for one in self.posts
            if one.may(power)
            and one.lo <= row.place <= one.hi
            and event in may(one, row.state, relations(one, row.whereabouts))
        ]
        return sorted(found, key=lambda one: one.hi - one.lo)[:6]

    def _where_to(self, scope: Scope, matter: UUID, event: str) -> list[dict[str, object]]:
        """Where an order may go: what the console suggests, the best first."""
        if event not in {"divert", "decide"}:
            return [{}]
        with acting(scope):
            found = queries.suggestions(scope, matter)
        reason = {"reason": "由此单位办理更合适"} if event == "divert" else {}
        return [{"unit_id": one.unit, "place": None if one.unit else one.place, **reason} for one in found]
