"""What protects people when a matter comes in or moves: sealed contacts, words kept for the centre, whom it goes round.

Called by the actions that report, sort and route round; nothing here is an action of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from commongrid.accounts.sealed import sealer
from commongrid.journal.acting import handing_over
from commongrid.journal.attachments import refile
from commongrid.journal.fixed import lay_row
from commongrid.kernel.places import enclosing
from commongrid.kernel.refusals import N_, BadInput, NobodyThere, NotFound
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import blind_index, place_of
from commongrid.matters.actions.moving import Case, Target
from commongrid.matters.models import ExternalCase, Matter, Original, Party
from commongrid.matters.queries.bodies import accused_units
from commongrid.matters.rules.relations import level_at
from commongrid.matters.rules.routing_round import DISCIPLINE, OUTSIDE, WHOM, handled_at, highest, level_of_role
from commongrid.roster import queries as roster
from commongrid.roster.queries import UnitRow

LONGEST_WHOM: Final = 120
INSTEAD: Final = ("politics_law", "grid_centre")
"""Who takes a sealed kind where no competent unit is set up; the last only at the county, and sealed to that unit."""
ABOVE_US: Final = N_(
    "A complaint about the county's leadership is taken above the county. Call 12388; nothing was kept here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who reports and, where it is somebody else, whom it concerns; each line may be empty.

    ``language`` is the one that the reporter reads: "zh" or "en".
    """

    name: str = ""
    phone: str = ""
    concerned_name: str = ""
    concerned_phone: str = ""
    person: UUID | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom in the government a complaint is about; all empty: nobody.

    ``whom`` is one of WHOM; with "unit" comes ``unit``. ``post`` names one
    office-holder (known to those who route round), ``words`` say a name or post.
    """

    whom: str = ""
    unit: UUID | None = None
    post: UUID | None = None
    words: str = ""


NO_CONTACT: Final = Contact()
NOBODY: Final = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """Whom it is about as the walls know it, and the level that handles it."""

    level: str
    person: UUID | None = None
    unit: UUID | None = None


def accused_of(scope: Scope, about: About) -> Accused | None:
    """Whom it is about; nothing where it is about nobody.

    Refuses: BadInput for an unknown post, unit or choice.
    """
    if about.post is not None:
        return _person(scope, about.post)
    if about.whom and about.whom not in WHOM:
        raise BadInput(fields={"about": N_("Choose whom it is about.")})
    if about.whom == "unit":
        unit = _unit(scope, about.unit)
        level = handled_at("unit", unit_level=level_at(unit.place), unit_type=unit.type)
        return Accused(level=level, unit=unit.id)
    return Accused(level=handled_at(about.whom)) if about.whom else None


def _unit(scope: Scope, unit_id: UUID | None) -> UnitRow:
    try:
        if unit_id is not None:
            return roster.unit(scope, unit_id)
    except NotFound:
        pass
    raise BadInput(fields={"about_unit": N_("Choose the office or station.")})


def _person(scope: Scope, post_id: UUID) -> Accused:
    """By every post that the person holds: the highest rules."""
    try:
        line = roster.post(scope, post_id)
    except NotFound:
        raise BadInput(fields={"about": N_("Choose whom it is about.")}) from None
    held, _more = roster.posts(scope, roster.Wanted(person=line.person))
    units = roster.units_by_id(scope, {one.unit for one in (line, *held) if one.unit})
    levels = []
    for one in (line, *held):
        row = units.get(one.unit) if one.unit else None
        about = level_of_role(one.level)
        levels.append(handled_at(about, unit_level=level_at(one.place), unit_type=row.type if row else ""))
    return Accused(level=highest(levels), person=line.person, unit=line.unit)


def place_over(place: int, level: str) -> int:
    """The code of the handling level over a place."""
    return enclosing(place, level) or place  # type: ignore[arg-type]


def competent(case: Case, place: int, accused: Accused | None, function: str) -> Target:
    """The body that takes a sealed matter: the nearest competent unit with somebody in it, never one it is about.

    Refuses: NobodyThere where there is none: nothing is kept, and the sentence says whom to call.
    """
    outside = accused is not None and accused.level == OUTSIDE
    functions = (DISCIPLINE,) if outside else (function, *(() if function == DISCIPLINE else INSTEAD))
    township, county = place_over(place, "township"), place_over(place, "county")
    barred = accused_units(case.scope, accused.person, accused.unit) if accused else frozenset()
    first: UnitRow | None = None
    for one in functions:
        for start in (county,) if one == INSTEAD[-1] else dict.fromkeys((township, county)):
            unit = roster.unit_above(case.scope, one, start)
            if unit is None or not barred.isdisjoint(roster.units_over(case.scope, unit.id)):
                continue
            if _staffed(case.scope, unit):
                return Target(place=unit.place, unit=unit.id)
            first = first or unit
    if first is not None:
        return Target(place=first.place, unit=first.id)
    raise NobodyThere(ABOVE_US if outside else N_("Nobody is set up to take this in yet. In danger call 110 now."))


def _staffed(scope: Scope, unit: UnitRow) -> bool:
    found = roster.answering(scope, place=unit.place, power="matters.handle", unit=unit.id)
    return bool(found) and found[0].fell == 0


def keep_parties(case: Case, contact: Contact, where: int, about: str, *, rounded: bool = False) -> None:
    """Seal names and phones, whom it is about, and of a matter that was moved out of sight where it happened.

    Of one that is ``rounded``, about somebody, also where it never lay lower, so that it is known not to.
    Of an anonymous report no row names or stands for the reporter.
    """
    spot = str(where) if rounded or case.matter.place != where else ""
    rows = []
    if contact.name or contact.phone or contact.person:
        reporter = _party(case, "reporter", contact.name, contact.phone, spot, contact.person)
        reporter.language = "en" if contact.language == "en" else "zh"
        rows.append(reporter)
    elif spot:
        rows.append(_party(case, "where", "", "", spot))
    if contact.concerned_name or contact.concerned_phone:
        rows.append(_party(case, "concerned", contact.concerned_name, contact.concerned_phone))
    if about.strip():
        rows.append(_party(case, "accused", about.strip()[:LONGEST_WHOM], ""))
    for row in rows:
        lay_row(row)


def _party(case: Case, part: str, name: str, phone: str, where: str = "", person: UUID | None = None) -> Party:
    m, seals = case.matter, sealer()
    row_id = case.act.child(part).id
    hidden = m.confidential and not m.sealed

    def sealed(column: str, value: str) -> bytes | None:
        return seals.seal(value.strip(), place_of("matters_party", column, row_id)) if value.strip() else None

    return Party(
        id=row_id, matter_id=m.id, part=part, person_id=person,
        place=place_over(m.place, "township") if hidden else m.place, hidden_below=hidden,
        name_sealed=sealed("name_sealed", name), phone_sealed=sealed("phone_sealed", phone),
        where_sealed=sealed("where_sealed", where),
        phone_index=blind_index(settings.KEYS.blind, phone) if phone.strip() else None,
    )  # fmt: skip


def keep_words(case: Case) -> str:
    """Put the words of a confidential report away for the centre; answers under what its photos are filed."""
    m = case.matter
    if not m.confidential or m.sealed:
        return "matter"
    Original(id=m.id, place=place_over(m.place, "township"), title=m.title, text=m.text).save(force_insert=True)
    m.title, m.text = "", ""
    return "original"


def give_back_words(case: Case) -> None:
    """A confidential matter that becomes sealed: the competent body needs the person's own words, and the person."""
    m = case.matter
    if not m.confidential:
        return
    with handing_over(case.scope, m.place, place_over(m.place, "township")):
        own = Original.objects.filter(id=m.id).first()
        if own is not None:
            m.title, m.text = own.title, own.text
            refile(m.id, "original", "matter")
            own.delete()
        Party.objects.filter(matter_id=m.id).update(hidden_below=False)


def seal_where(case: Case, where: int, *, anew: bool = False) -> None:
    """Keep where it happened, sealed, for those who handle it; ``anew`` in place of what was sealed before.

    The person's row may lie out of this post's sight (confidential: with the centre), so it is reached as the centre.
    """
    m = case.matter
    centre = place_over(where, "township")
    with handing_over(case.scope, centre, centre):
        found = Party.objects.filter(matter_id=m.id, part__in=("reporter", "where")).order_by("part").first()
        row = found or Party(id=case.act.child("where").id, matter_id=m.id, part="where", place=m.place)
        if anew or row.where_sealed is None:
            row.where_sealed = sealer().seal(str(where), place_of("matters_party", "where_sealed", row.id))
            row.save()


def kept_above(case: Case) -> str:
    """The level at whose code a matter is kept, out of sight of those below; nothing where it lies where it happened.

    Once kept above it stays so: that it is about somebody is known only from there.
    """
    m = case.matter
    level = level_at(m.place)
    if level not in ("township", "county"):
        return ""
    centre = place_over(m.place, "township")
    with handing_over(case.scope, centre, centre):
        kept = Party.objects.filter(Q(part="accused") | Q(where_sealed__isnull=False), matter_id=m.id).exists()
    if kept or m.accused_person_id or m.accused_unit_id:
        return level
    return "township" if case.kind.routed_round or m.danger_kind else ""


def place_put_right(case: Case, where: int) -> None:
    """Let it belong to another place, as if it had been reported there; who reported it and its orders go along.

    Kept above, it is kept at the same level there and only what is sealed changes; of a confidential one no more
    than the village shows.
    """
    m, before, above = case.matter, case.matter.place, kept_above(case)
    m.place = place_over(where, above) if above else (enclosing(where, "village") or where) if m.confidential else where
    deeper = bool(above) or m.place != where
    if deeper:
        seal_where(case, where, anew=True)
    m.place_then = m.place
    lo, hi = sorted((place_over(before, "township"), place_over(m.place, "township")))
    with handing_over(case.scope, lo, max(hi, before, m.place)):
        centre = place_over(m.place, "township")
        people = Party.objects.filter(matter_id=m.id)
        if m.confidential and not deeper:  # nothing finer than what it shows is known any more
            people.update(where_sealed=None)
        people.filter(hidden_below=True).update(place=centre)
        people.filter(hidden_below=False).update(place=m.place)
        Original.objects.filter(id=m.id).update(place=centre)
        ExternalCase.objects.filter(matter_id=m.id).update(place=m.place)
        Matter.objects.filter(parent_id=m.id).update(place=m.place, place_then=m.place)


def back_where(case: Case) -> None:
    """Put a matter back where it happened, for those below to see; of a confidential one no more than the village."""
    m = case.matter
    row = Party.objects.filter(matter_id=m.id).exclude(where_sealed=None).first()
    if row is None:
        return
    where = int(sealer().open(bytes(row.where_sealed or b""), place_of("matters_party", "where_sealed", row.id)))
    m.place = (enclosing(where, "village") or where) if m.confidential else where
    if not m.confidential:
        row.where_sealed = None
        row.save(update_fields=["where_sealed"])


def accuse(m: Matter, accused: Accused) -> None:
    """Let the walls know whom it is about."""
    m.accused_person_id, m.accused_unit_id = accused.person, accused.unit
    m.above_county = accused.level == OUTSIDE


def name_accused(case: Case, accused: Accused, words: str) -> None:
    """Write whom it is about; their words of it are sealed, once."""
    m = case.matter
    accuse(m, accused)
    if words.strip():
        centre = place_over(m.place, "township")
        with handing_over(case.scope, centre, centre):
            if not Party.objects.filter(matter_id=m.id, part="accused").exists():
                _party(case, "accused", words.strip()[:LONGEST_WHOM], "").save(force_insert=True)
