"""What becomes of links when the register changes: by rule, carried out by the clock behind the journal."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import in_force
from commongrid.kernel.places import village_of
from commongrid.outreach.models import Declaration, LinkNotice
from commongrid.outreach.queries.links import (
    astray,
    helpers_astray,
    helping,
    helpings,
    in_hardship,
    left_behind,
    standings,
)
from commongrid.outreach.rules.following import GONE, follow
from commongrid.registry.models import Correction, Household
from commongrid.roster.actions import begin_link, carry_links, end_links, reopen_links
from commongrid.roster.models import Assignment
from commongrid.roster.rules import HELPER, LINKED
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Collection

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope


FACTS: Final = ("ended", "along", "begun", "reopened", "declarations", "lines")
OFF_NOTICES: Final = ("member_gone", "member_moved")
"""Why a link ended where whoever it was stands on no notice any more."""
MOVED: Final = ("state", "place", "household_id", "merged_into")
"""Fields of people and households by whose change links end."""


@action("outreach.links_followed", power="links.edit", facts=FACTS, kinds=("clock",))
def follow_links(
    scope: Scope, act: Act, *, place: int, split: tuple[tuple[UUID, UUID], ...] = (), undone: tuple[UUID, ...] = ()
) -> Line:
    """Have the links of a place follow what the register says now.

    Links of households that ended, left their home empty or moved to another village, and of members who died, left
    or live in another village now, end on that day; inside a village they go along. Helpers do as links do, go on to
    the household that theirs became, and end with its last hardship. A household split from another, or moved inside
    the village (``split``: from, new), begins with the same contact, also where it has moved on again since; whom it
    would rather have it says, and a plan decides. One in hardship that left the village keeps who helped it in mind:
    a tie that ends as it begins, for whoever names the next. What ended after an act that was ``undone`` since goes
    on, and helpers who had gone along go back. The line of who died or left is taken off the notices that name them.
    """
    today = territory.calendar(scope).day_of(act.at)
    reopened = reopen_links(scope, act, undone=undone) + _redeclared(undone)
    back = _gone_back(scope, undone, today)
    begun = _went_on(scope, act, place, split, today)  # while what it begins like still holds
    rows = astray(place, today).select_related("household", "post__person").select_for_update(of=("self",))
    ties = helpers_astray(place, today).select_related("household").select_for_update(of=("self",))
    done = [(one, found) for _row, one in (*standings(rows), *helpings(ties)) if (found := follow(one, today))]
    ends = {
        found.link: (found.on, one.home if found.why.startswith("home") else one.member, one.eased_by)
        for one, found in done if found.on
    }  # fmt: skip
    along = {found.link: found.place for _one, found in done if found.place}
    behind = list(left_behind(place, today))
    acts = _acts({*(who for _on, who, _by in ends.values() if who), *(one.person_id for one in behind)})
    for one in behind:
        Declaration.objects.filter(id=one.id).update(to_on=one.left_on, ended_by=acts.get(one.person_id))
    ended = {link: (on, acts.get(who) if who else by) for link, (on, who, by) in ends.items()}
    facts = {
        "ended": end_links(scope, act, ends=back | ended),
        "along": carry_links(scope, act, to=along),
        "begun": begun,
        "reopened": reopened, "declarations": len(behind),
        "lines": _take_off(act, [found.link for _one, found in done if found.why in OFF_NOTICES]),
    }  # fmt: skip
    return Line(place=place, subject_kind="links", facts=facts, answer=facts)


def _take_off(act: Act, links: list[UUID]) -> int:
    """Take the lines of those whose links these are off the posted notices; answers how many. Empty ones come down."""
    names: dict[int, set[str]] = defaultdict(set)
    ended = Assignment.objects.filter(id__in=links)
    for hamlet, name in ended.values_list("household__natural_village", "post__display_name"):
        names[hamlet].add(name)
    lines = 0
    for one in LinkNotice.objects.select_for_update().filter(place__in=names, ended_at=None):
        kept = [line for line in one.content["members"] if line["name"] not in names[one.place]]
        lines += len(one.content["members"]) - len(kept)
        one.content = {**one.content, "members": kept, "everybody": False}
        one.ended_at = None if kept else act.at
        one.save(update_fields=["content", "ended_at"])
    return lines


def _acts(subjects: set[UUID]) -> dict[UUID | None, UUID]:
    """Of each of these people and households the act that moved or ended it last."""
    rows = Correction.objects.stood().filter(subject__in=subjects, field__in=MOVED).order_by("at", "no")
    return dict(rows.values_list("subject", "act"))


def _redeclared(undone: Collection[UUID]) -> int:
    """What was declared goes on where it ended after an act that was undone since, until the next declaration."""
    later = Declaration.objects.filter(person=OuterRef("person"), from_on__gte=OuterRef("to_on"))
    ended = Declaration.objects.filter(ended_by__in=undone).exclude(to_on=None)
    rows = list(
        ended.annotate(next=Subquery(later.exclude(id=OuterRef("id")).order_by("from_on").values("from_on")[:1]))
    )
    for one in rows:
        Declaration.objects.filter(id=one.id).update(to_on=one.next, ended_by=None)
    return len(rows)


def _went_on(scope: Scope, act: Act, place: int, split: tuple[tuple[UUID, UUID], ...], today: date) -> int:
    """Begin the ties of households as those begun that these were part of or became; answers how many began.

    Step by step, and a household that moved twice meanwhile has them in between: so the latter move can be taken back.
    """
    begun, pairs, seen = sum(_also(scope, act, old, new, today) for old, new in split), list(split), set[object]()
    while True:
        begun += sum(_helped(scope, act, old, new, today) for old, new in pairs)
        seen.update(pairs)
        became = helpers_astray(place, today).exclude(household__became=None)
        pairs = sorted(set(became.values_list("household", "household__became")) - seen)
        if not pairs:
            return begun


def _also(scope: Scope, act: Act, old: UUID, new: UUID, today: date) -> bool:
    """The split household begins with the contact of the one it was part of, where it has none yet."""
    home, held = _begins(new), Assignment.objects.filter(kind=LINKED, household=new)
    theirs = Assignment.objects.filter(in_force(today) | _until_it_went(old, new), kind=LINKED, household=old)
    link = theirs.select_related("post__person").order_by("-from_on", "-id").first()
    if home is None or link is None:
        return False
    who = link.post.person
    there = held.exists() if home.state == "ended" else held.filter(_goes_on(today)).exists()
    if there or who.state in GONE or who.household_id == new or village_of(home.place) != village_of(link.post.place):
        return False
    begin_link(scope, act.child(f"link {new}"), like=link.id, household=new, on=today)
    return True


def _helped(scope: Scope, act: Act, old: UUID, new: UUID, today: date) -> int:
    """Whoever helps a household helps the one in the village that it became, or into which its hardship went.

    In another village nobody does any more, which its ended tie tells there.
    """
    home = _begins(new)
    if home is None:
        return 0
    last, begun = _last(home), 0
    needs = in_hardship(last.id, today).exists()
    for one in helping(old, today, _until_it_went(old, new)).select_related("household", "post"):
        into = one.household.became == new
        goes = needs or (into and one.eased_on is None and one.went_on is None)
        away = village_of(home.place) != village_of(one.post.place)
        to, until = (last, today) if away else (home, None)
        there = Assignment.objects.filter(kind=HELPER, household=to.id)
        if not away:
            there = there.filter(Q() if to.state == "ended" else _goes_on(today), post=one.post_id)
        if not goes or (away and not into) or there.exists():
            continue
        begin_link(scope, act.child(f"help {one.post_id} {to.id}"), like=one.id, household=to.id, on=today, until=until)
        begun += not away
    return begun


def _gone_back(scope: Scope, undone: Collection[UUID], today: date) -> dict[UUID, tuple[date, UUID | None]]:
    """Helpers' ties that end: those of a household that is what it was again, at the one that it had become.

    Where that is in hardship itself, they stay.
    """
    rows = Correction.objects.filter(act__in=undone, of="household", field="became").exclude(after="")
    ends: dict[UUID, tuple[date, UUID | None]] = {}
    for old, new, at in rows.values_list("subject", "after", "at"):
        again = helping(old, today).values("post")
        day = territory.calendar(scope).day_of(at)
        began = helping(UUID(new), today).filter(post__in=again, from_on__gte=day, needs=False)
        ends |= dict.fromkeys(began.values_list("id", flat=True), (today, None))
    return ends


def _begins(household: UUID) -> Household | None:
    """A household that ties may begin for: one that is lived in, or that went on in another since."""
    found = Household.objects.filter(id=household).exclude(state="empty").exclude(state="ended", became=None)
    return found.first()


def _last(home: Household) -> Household:
    """What a household is now: the one that it went on in, and so on."""
    seen = {home.id}
    while home.state == "ended" and home.became is not None and home.became not in seen:
        seen.add(home.became)
        home = Household.objects.get(id=home.became)
    return home


def _goes_on(today: date) -> Q:
    """Ties that have not ended today."""
    return Q(to_on=None) | Q(to_on__gt=today)


def _until_it_went(old: UUID, new: UUID) -> Q:
    """Ties that held until the household went on in the other: an earlier run may have ended them."""
    went = Correction.objects.stood().filter(subject=old, field="became", after=str(new))
    return Q(ended_by__in=list(went.values_list("act", flat=True)))
