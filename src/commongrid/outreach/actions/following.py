"""What becomes of links when the register changes: by rule, carried out by the clock behind the journal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from commongrid.journal.actions import Line, action
from commongrid.kernel.places import village_of
from commongrid.outreach.models import Declaration
from commongrid.outreach.queries.links import astray, left_behind
from commongrid.outreach.rules.following import GONE, Standing, follow
from commongrid.registry.models import Household
from commongrid.roster.actions import begin_link, carry_links, end_links
from commongrid.roster.models import Assignment
from commongrid.roster.rules import LINKED
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("outreach.links_followed", power="links.edit", facts=("ended", "along", "begun"), kinds=("clock",))
def follow_links(scope: Scope, act: Act, *, place: int, split: tuple[tuple[UUID, UUID], ...] = ()) -> Line:
    """Have the links of a place follow what the register says now.

    Links of households that ended or moved to another village, and of members who died, left or live in another
    village now, end on that day; inside a village they go along. A household split from another (``split``: from, new)
    begins with the same contact; whom it would rather have it says, and a plan decides.
    """
    today = territory.calendar(scope).day_of(act.at)
    done = [found for one in _standing(place, today) if (found := follow(one, today))]
    for one in left_behind(place, today):
        Declaration.objects.filter(id=one.id).update(to_on=one.left_on)
    ended = end_links(scope, act, ends={one.link: one.on for one in done if one.on})
    along = carry_links(scope, act, to={one.link: one.place for one in done if one.place})
    begun = sum(_also(scope, act, old, new, today) for old, new in split)
    facts = {"ended": ended, "along": along, "begun": begun}
    return Line(place=place, subject_kind="links", facts=facts, answer=facts)


def _standing(place: int, today: date) -> Iterable[Standing]:
    """Links of a place as the register has both ends now, where they are not as they were."""
    for one in astray(place, today).select_related("household", "post__person").select_for_update(of=("self",)):
        home, who = one.household, one.post.person
        if home is not None:
            yield Standing(
                link=one.id, home=home.id, place=one.place, home_place=home.place, home_state=home.state,
                home_ended_on=home.ended_on, post_place=one.post.place, member_state=who.state,
                member_ended_on=who.ended_on, member_left_on=one.left_on,
            )  # fmt: skip


def _also(scope: Scope, act: Act, old: UUID, new: UUID, today: date) -> bool:
    """The split household begins with the contact of the one it was part of, where it has none yet."""
    home = Household.objects.filter(id=new).exclude(state="ended").first()
    link = _open(old, today).select_related("post__person").first()
    if home is None or link is None or _open(new, today).exists():
        return False
    who = link.post.person
    if who.state in GONE or who.household_id == new or village_of(home.place) != village_of(link.post.place):
        return False
    begin_link(scope, act.child(f"link {new}"), like=link.id, household=new, place=home.place, on=today)
    return True


def _open(household: UUID, today: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        Q(to_on=None) | Q(to_on__gt=today), kind=LINKED, household=household, from_on__lte=today
    )
