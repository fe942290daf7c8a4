"""What is not as it was when a plan was worked out: told on its page before the meeting, refused at its adoption."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.timezone import localdate

from commongrid.journal.dated import in_force
from commongrid.journal.queries import lines_about
from commongrid.kernel.places import village_of
from commongrid.outreach.models import Choice, Declaration, PlannedLink
from commongrid.registry.models import Household, Person

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope
    from commongrid.outreach.queries.plans import PlanRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What has changed since a plan was worked out.

    ``homes`` have ended, left, or would rather not have whom it gives them, each as natural village and number;
    ``unable`` are members who can't any more, or not for so many, ``able`` those who can since, by name.
    """

    homes: tuple[tuple[int, str], ...] = ()
    unable: tuple[str, ...] = ()
    able: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything has."""
        return bool(self.homes or self.unable or self.able)


def stale(plan_id: UUID, village: int, on: date) -> tuple[set[UUID], set[UUID]]:
    """Households of a plan and members that it can't be adopted with on a day.

    A household that ended, left, or would rather not; a member who is not able any more, or for fewer. What was chosen
    by hand beyond what somebody said they can was the meeting's to see.
    """
    rows = PlannedLink.objects.filter(plan=plan_id).values_list("household", "member", "by_hand")
    linked = [(home, member) for home, member, _by_hand in rows if member is not None]
    standing = Household.objects.filter(id__in=[home for home, *_rest in rows]).exclude(state__in=("ended", "empty"))
    here = {home for home, place in standing.values_list("id", "place") if village_of(place) == village}
    said = Declaration.objects.filter(in_force(on), place=village, answer="able", person__state__in=("here", "away"))
    never = Choice.objects.filter(in_force(on), place=village, sort="not")
    room: dict[UUID, int] = {}
    apart = set(never.values_list("household", "member"))
    for person, capacity, home in said.values_list("person", "capacity", "person__household"):
        room[person] = capacity
        apart.add((home, person))
    load = Counter(member for _home, member, by_hand in rows if member is not None and not by_hand)
    homes = {home for home, *_rest in rows if home not in here} | {one[0] for one in linked if one in apart}
    return homes, {member for _home, member in linked if member not in room or load[member] > room[member]}


def stale_since(scope: Scope, of: PlanRow) -> Stale:
    """What has changed since a plan was worked out that may still be approved or adopted."""
    if of.state not in ("ready", "approved") or of.ready_at is None:
        return Stale()
    homes, unable = stale(of.id, of.place, localdate())
    return Stale(
        homes=tuple(
            Household.objects.filter(id__in=homes).order_by("natural_village", "number", "id")
            .values_list("natural_village", "number")
        ),
        unable=_names(unable), able=_names(_able_since(scope, of)),
    )  # fmt: skip


def _able_since(scope: Scope, of: PlanRow) -> set[UUID]:
    """Who declared to be able after the plan was worked out and has no household in it."""
    used = PlannedLink.objects.filter(plan=of.id, member__isnull=False).values("member")
    able = Declaration.objects.filter(
        in_force(localdate()), place=of.place, answer="able", person__state__in=("here", "away"),
        from_on__gte=localdate(of.ready_at),
    ).exclude(person__in=used)  # fmt: skip
    lines = lines_about(scope, list(able.values_list("person", flat=True)))
    return {
        one.subject for one in lines
        if one.name == "outreach.declared" and one.subject and of.ready_at and one.at > of.ready_at
    }  # fmt: skip


def _names(people: set[UUID]) -> tuple[str, ...]:
    found = Person.objects.filter(id__in=people).order_by("sort_key", "display_name", "id")
    return tuple(found.values_list("display_name", flat=True))
