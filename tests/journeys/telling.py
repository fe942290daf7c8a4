"""A story from first word to end: people act on pages, and the end is held against history, clocks and figures."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from commongrid.insight.queries.loop import loop_by_series
from commongrid.insight.rules import Question
from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import new_id
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.scope import clock
from commongrid.matters import jobs
from commongrid.matters.actions import code_of
from commongrid.matters.actions.ticking import TICK
from commongrid.matters.models import Matter
from tests.factories.desk import HAMLET, id_of

if TYPE_CHECKING:
    from tests.factories.scenes import Scene

TAGS = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
ENGLISH = re.compile(r"[A-Za-z']+(?: [A-Za-z']+){2,}")
"""Three English words in a row: a sentence that was not put into Chinese."""
EYE = clock("test.stories", "figures.read", "matters.read")
LATER = timedelta(days=400)
"""Figures are asked for as of then, so that what the clock did in days to come is counted."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What the figures of the loop say of one series; none of the others has anything."""

    series: str = "asked"
    count: int = 1
    closed: int = 1
    on_time: int | None = 1
    reopened: int | None = 0
    satisfied: int | None = 1
    not_rated: int = 0
    disagrees: int = 0


def row(matter: UUID) -> Matter:
    """The matter as it stands, past every wall of a post."""
    with acting(TICK):
        return Matter.objects.get(id=matter)


def in_time(found: Matter) -> bool | None:
    """Whether it was done by its finishing limit, reckoned from the row itself; None where none ran."""
    done = found.finished_at or found.closed_at
    return None if found.finish_due_at is None or done is None else done <= found.finish_due_at


def ended(
    scene: Scene, matter: UUID, outcome: str, way: str, counted: Counted, *, by: str = "county_dispatcher"
) -> Matter:
    """How it ended: state and outcome, its lines in order as ``by`` reads them, its limit, the figures of the loop."""
    found = row(matter)
    assert (found.state, found.outcome) == ("closed", outcome), (found.state, found.outcome)
    assert (found.owner_level, found.step, found.due_at, found.clock) == ("", "", None, ""), "an end owes nothing"
    lines = [line.name.removeprefix("matters.") for line in history(scene.as_post(by), matter)]
    assert lines == way.split(), " ".join(lines)
    if counted.count == 1:
        assert in_time(found) is (None if counted.on_time is None else bool(counted.on_time))
    figures = loop_by_series(EYE, Question(at=timezone.now() + LATER))
    own = figures.pop(found.series)
    said = {name: getattr(own, name) for name in vars(counted) if name != "series"}
    assert {"series": found.series, **said} == vars(counted), (found.series, said)
    assert [one.count for one in figures.values()] == [0, 0, 0], "the four series are kept apart"
    return found


def alert(answer: Any) -> str:
    """What a page that refuses says above the form."""
    text = answer.content.decode()
    found = re.search(r'role="alert".*?</(?:div|p)>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else text[:200]


@dataclass
class Story:
    """What happens in one county, page by page; ``clocks`` are the limits that ran for its first matter, in order.

    Everybody reads in ``language``; read in Chinese, no page may say anything in English.
    """

    scene: Scene
    language: str = "en"
    clocks: list[str] = field(default_factory=list)
    _subject: UUID | None = None
    _seen: int = -1
    _clients: dict[str, Client] = field(default_factory=dict)

    def browser(self, post: str = "") -> Client:
        """Somebody's browser, signed in as a post; without one, anybody's."""
        if post not in self._clients:
            client = Client()
            client.cookies["cg_language"] = self.language
            self._clients[post] = self.scene.desk.sign_in(client, post, self.language) if post else client
        return self._clients[post]

    def page(self, post: str, path: str, status: int = 200) -> str:
        """What a page says to somebody."""
        answer = self.browser(post).get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return self._read(answer)

    def _read(self, answer: Any) -> str:
        """A page as text, in the language it was asked for."""
        text = str(answer.content.decode())
        assert f'lang="{"zh-Hans" if self.language == "zh-hans" else "en"}"' in text
        seen = html.unescape(TAGS.sub(" ", text))
        assert self.language == "en" or not (left := ENGLISH.findall(seen)), f"not in Chinese: {left}"
        return text

    def matter(self, post: str, matter: UUID, status: int = 200) -> str:
        """The page of a matter as somebody reads it; 404 where it is not theirs to see."""
        return self.page(post, f"/console/matters/{matter}/", status)

    def slip(self, matter: UUID) -> str:
        """What the holder of its slip reads."""
        return self.page("", f"/s/{code_of(matter)}")

    def told(self, text: str, kind: str, place: int = HAMLET, **more: str) -> UUID:
        """Somebody reports on the public page; the slip that comes back leads to the matter."""
        form = {"act": str(new_id()), "kind": kind, "at": str(place), "text": text, "urgency": "normal", **more}
        answer = self.browser().post("/report/send", form)
        assert answer.status_code == 302, alert(answer)
        code = answer["Location"].split("/")[2].split("?")[0]
        with acting(TICK):
            return self._look(Matter.objects.get(slip_hash=slip_hash(settings.KEYS.slip, code)).id)

    def recorded(self, post: str, text: str, kind: str, place: int = HAMLET, **more: str) -> UUID:
        """Somebody in post writes it down, at the counter or on their round."""
        form = {
            "source": "villager", "kind": kind, "place": str(place), "text": text, "urgency": "normal",
            "do": "send", "act": str(new_id()), **more,
        }  # fmt: skip
        answer = self.browser(post).post("/console/matters/new/", form, follow=True)
        assert answer.redirect_chain, alert(answer)
        return self._look(UUID(str(answer.context["matter_id"])))

    def step(self, post: str, matter: UUID, event: str, **said: Any) -> UUID:
        """A step that the page of the matter offers to this post, taken with what was typed."""
        offered = self.offers(post, matter)
        assert event in offered, f"{post} is offered {offered}"
        answer = self.browser(post).post(f"/console/matters/{matter}/{event}", {"act": str(new_id()), **said})
        assert answer.status_code == 302, alert(answer)
        return self._look(matter)

    def offers(self, post: str, matter: UUID) -> list[str]:
        """The steps that the page of a matter offers to a post."""
        page = self.browser(post).get(f"/console/matters/{matter}/")
        assert page.status_code == 200, f"{post} does not see it"
        self._read(page)
        return [one.code for one in page.context["steps"]]

    def refused(self, post: str, matter: UUID, event: str, **said: Any) -> str:
        """A step that is refused, and what the page says."""
        answer = self.browser(post).post(f"/console/matters/{matter}/{event}", {"act": str(new_id()), **said})
        assert answer.status_code in (403, 404, 409, 422), answer.status_code
        return self._read(answer)

    def given(self, post: str, matter: UUID, unit: str, reason: str = "") -> UUID:
        """Diverted to a unit."""
        return self.step(post, matter, "divert", target=f"unit:{id_of(unit + '_unit')}", reason=reason)

    def worked(self, handler: str, matter: UUID, answer: str, centre: str = "dispatcher") -> UUID:
        """Taken on, answered, and passed on by the centre."""
        self.step(handler, matter, "start")
        self.step(handler, matter, "answer", answer=answer)
        return self.step(centre, matter, "pass_on", answer=answer)

    def says(self, matter: UUID, solved: str, satisfied: str, words: str = "") -> UUID:
        """The holder of the slip answers the two questions."""
        form = {"act": str(new_id()), "solved": solved, "satisfied": satisfied, "words": words}
        answer = self.browser().post(f"/s/{code_of(matter)}/rate", form)
        assert answer.status_code == 302, alert(answer)
        return self._look(matter)

    def overdue(self, matter: UUID, days: int) -> UUID:
        """Nothing happens for so many days, then the clock looks."""
        self.scene.age(matter, days * 24)
        assert jobs.tick(timezone.now()) >= 1
        return self.looks(matter)

    def ends(self, matter: UUID, outcome: str, way: str, clocks: str, counted: Counted, **more: Any) -> Matter:
        """Hold the end against what the design says, and the limits that ran against those that should have."""
        found = ended(self.scene, matter, outcome, way, counted, **more)
        assert self.clocks == clocks.split(), " ".join(self.clocks)
        return found

    def looks(self, matter: UUID) -> UUID:
        """Note which limit runs after something that was no step of a page."""
        return self._look(matter)

    def _look(self, matter: UUID) -> UUID:
        self._subject = self._subject or matter
        found = row(self._subject)
        if found.clock and self._seen != found.deadline_no:
            self.clocks.append(found.clock)
            self._seen = found.deadline_no
        return matter
