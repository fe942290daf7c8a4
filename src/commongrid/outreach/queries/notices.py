"""Reads for the notice: what stands on it today, what is posted; the duties in force."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from commongrid.journal.dated import in_force, valid
from commongrid.kernel.places import inside, interval, village_of
from commongrid.kernel.refusals import BadInput
from commongrid.matters.queries.publishing import GATE, registered
from commongrid.matters.queries.vocabulary import guarded_words
from commongrid.outreach.models import Duty, LinkNotice, PublicNumber
from commongrid.outreach.queries.coverage import homes_on
from commongrid.outreach.rules.notice import (
    ALWAYS,
    OF_A_DUTY,
    Looked,
    complaint,
    doors_told,
    everybody,
    members,
    titles,
)
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import LINKED
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commongrid.kernel.scope import Scope
    from commongrid.territory.queries import PlaceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """A duty in force."""

    code: str
    zh: str
    en: str
    does_zh: str
    does_en: str
    counts_when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A notice as it was posted."""

    place: int
    content: dict[str, Any]
    at: datetime
    ended_at: datetime | None


def duties(scope: Scope, on: date, whom: str = "linked") -> list[DutyRow]:
    """The duties of linked members, grid heads or grid members in force on a day, in order."""
    rows = Duty.objects.filter(valid(on), whom=whom).order_by("position", "code")
    return [
        DutyRow(
            code=one.code, zh=one.zh, en=one.en, does_zh=one.does_zh, does_en=one.does_en, counts_when=one.counts_when
        )
        for one in rows
    ]  # fmt: skip


def always(on: date) -> str:
    """The number that always answers on a day."""
    return PublicNumber.objects.filter(valid(on), code="always").values_list("number", flat=True).first() or ALWAYS


def notice_content(scope: Scope, place: PlaceRow, on: date, *, with_doors: bool) -> dict[str, Any]:
    """What a notice of a natural village says on a day: the fields that ``rules.notice`` allows, and no others."""
    homes = homes_on(village_of(place.code) or place.code, on).filter(natural_village=place.code)
    above = territory.place(scope, village_of(place.code) or place.code)
    known = {one.id: (one.door, one.number) for one in homes}
    doors = doors_told(known, (above.name, place.name))
    links = Assignment.objects.filter(in_force(on), kind=LINKED, household__in=known).select_related("post")
    looked: dict[Any, tuple[Post, list[str]]] = {}
    for link in links:
        looked.setdefault(link.post_id, (link.post, []))[1].append(doors.get(link.household_id, ""))  # type: ignore[arg-type]
    lines = [_line(post, theirs) for post, theirs in looked.values()]
    return {
        "village": above.name, "natural_village": place.name, "village_en": above.label("en"),
        "natural_village_en": place.label("en"),
        "members": members(lines, homes=len(known), with_doors=with_doors and bool(doors)),
        "everybody": everybody(lines, len(known)),
        "duties": [{name: getattr(one, name) for name in OF_A_DUTY} for one in duties(scope, on)],
        "heads": _heads(scope, place.code, on),
        "always": always(on), "from_on": on.isoformat(),
    }  # fmt: skip


def wrong_with(place: int, content: Mapping[str, Any]) -> tuple[str, str] | None:
    """What the gate of public texts says of a notice, as a sentence and what it is about; None where all is fine."""
    return complaint(content, registered(GATE, place, *titles(content)), guarded_words(GATE))


def refuse_wrong(place: int, content: Mapping[str, Any]) -> None:
    """Let no notice out that the gate complains of. Refuses: BadInput, with what it is."""
    if wrong := wrong_with(place, content):
        raise BadInput(wrong[0], found=wrong[1])


def posted(scope: Scope, natural_village: int) -> Posted | None:
    """The notice that is posted for a natural village, or None."""
    one = LinkNotice.objects.filter(place=natural_village, ended_at=None).first()
    return Posted(place=one.place, content=one.content, at=one.at, ended_at=one.ended_at) if one else None


def all_posted(scope: Scope, places: list[int]) -> dict[int, Posted]:
    """What is posted for each of these natural villages."""
    rows = LinkNotice.objects.filter(place__in=places, ended_at=None)
    return {one.place: Posted(place=one.place, content=one.content, at=one.at, ended_at=None) for one in rows}


def _heads(scope: Scope, natural_village: int, on: date) -> list[dict[str, str]]:
    """The heads of the grids that serve it, with their office phones."""
    grids = {one.code: one for one in territory.grids_serving(scope, natural_village)}
    found = Post.objects.filter(in_force(on), role="grid_head", place__in=grids).order_by("place", "id")
    return [
        {
            "name": one.display_name, "grid_zh": grids[one.place].name,
            "grid_en": grids[one.place].name_en or grids[one.place].name, "phone": one.office_phone,
        }
        for one in found
    ]  # fmt: skip


def behind(scope: Scope, village: int, on: date) -> list[PlaceRow]:
    """Natural villages of a village whose posted notice names other contacts, numbers or counts than hold on a day."""
    there = all_posted_in(scope, village)
    if not there:
        return []
    homes = dict(homes_on(village, on).values_list("id", "natural_village"))
    looked: dict[tuple[int, Any], tuple[Post, list[str]]] = {}
    links = Assignment.objects.filter(in_force(on), kind=LINKED, place__range=interval(village))
    for link in links.select_related("post"):
        at = homes.get(link.household_id)  # type: ignore[arg-type]
        if at in there:
            looked.setdefault((at, link.post_id), (link.post, []))[1].append("")
    now: dict[int, list[Looked]] = defaultdict(list)
    for (at, _post), (post, theirs) in looked.items():
        now[at].append(_line(post, theirs))
    count = Counter(homes.values())
    old = [
        at for at, one in there.items()
        if _bare(one.content["members"]) != _bare(members(now[at], homes=count[at], with_doors=False))
    ]  # fmt: skip
    rows = territory.places(scope, old)
    return [rows[at] for at in sorted(old) if at in rows]


def all_posted_in(scope: Scope, village: int) -> dict[int, Posted]:
    """What is posted for the natural villages of a village."""
    return all_posted(scope, [one.code for one in territory.children(scope, village) if one.level == "natural_village"])


def _bare(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a notice without doors."""
    return [{name: value for name, value in one.items() if name != "doors"} for one in lines]


def _line(post: Post, doors: list[str]) -> Looked:
    return Looked(
        name=post.display_name, title_zh=post.title_zh, title_en=post.title_en, phone=post.office_phone,
        doors=tuple(doors),
    )  # fmt: skip


def parts_with_notices(scope: Scope, place: int, parts: list[int]) -> set[int]:
    """In which of these parts of a place any notice is posted."""
    found = set(LinkNotice.objects.filter(place__range=interval(place), ended_at=None).values_list("place", flat=True))
    return {part for part in parts if any(inside(one, part) for one in found)}
