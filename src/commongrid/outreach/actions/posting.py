"""The public notice: posted for a natural village, replaced by the next, taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, NotYours, WrongState
from commongrid.outreach.actions.planning import first_come
from commongrid.outreach.models import LinkNotice
from commongrid.outreach.queries.notices import notice_content, refuse_wrong
from commongrid.outreach.rules.notice import refused
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


@action("outreach.notice_posted", power="links.edit", facts=("members", "doors"), kinds=("post", "clock"))
def post_notice(scope: Scope, act: Act, *, natural_village: int, with_doors: bool = False) -> Line:
    """Post the notice of a natural village: who looks after how many, the duties, whom to call; it replaces the former.

    Doors stand on it only where they were asked for and single nobody out (``rules.notice``).

    Refuses: NotYours for a place that is no natural village or out of scope; WrongState where nobody is linked there;
    BadInput where the gate of public texts finds something on it.
    """
    place = territory.places(scope, [natural_village]).get(natural_village)
    if place is None or place.level != "natural_village" or not scope.covers(natural_village):
        raise NotYours
    today = territory.calendar(scope).day_of(act.at)
    content = notice_content(scope, place, today, with_doors=with_doors)
    if not content["members"]:
        raise WrongState(N_("Nobody in this natural village has a contact yet, so there is nothing to post."))
    if faults := refused(content):
        message = f"a notice may not hold {faults}"
        raise ValueError(message)
    refuse_wrong(natural_village, content)
    with first_come("outreach_notice_one_posted"):
        LinkNotice.objects.filter(place=natural_village, ended_at=None).update(ended_at=act.at)
        LinkNotice.objects.create(id=act.id, place=natural_village, content=content, at=act.at, by=scope.post)
    doors = any(one["doors"] for one in content["members"])
    return Line(
        place=natural_village, subject=act.id, subject_kind="link_notice",
        facts={"members": len(content["members"]), "doors": doors}, answer={"notice": act.id},
    )  # fmt: skip


@action("outreach.notice_taken_down", power="links.edit", kinds=("post", "clock"))
def take_down(scope: Scope, act: Act, *, natural_village: int) -> Line:
    """Take the notice of a natural village down. Refuses: NotYours out of scope; WrongState where none is posted."""
    if not scope.covers(natural_village):
        raise NotYours
    if not LinkNotice.objects.filter(place=natural_village, ended_at=None).update(ended_at=act.at):
        raise WrongState(N_("No notice is posted there."))
    return Line(place=natural_village, subject_kind="link_notice")
