"""Sites, things and organisations: entered, checked, ended; who holds which duty in an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest
from django.utils.timezone import localdate

from commongrid.journal.actions import Line, action
from commongrid.journal.dated import valid
from commongrid.kernel.refusals import N_, BadInput, NotFound, NotYours, WrongState
from commongrid.registry.actions.correcting import follows, refuse_strangers, refuse_unlisted, taken
from commongrid.registry.actions.desk import MEMBER, TABLES, change, desk, entered, marked, refuse_changed, touch
from commongrid.registry.actions.duties import duty_words
from commongrid.registry.actions.people import refuse_place
from commongrid.registry.models import Code, Membership, Organisation, Person
from commongrid.registry.rules.facts import Told
from commongrid.registry.rules.fields import FIELDS, read_fields
from commongrid.registry.rules.holdings import LEADER, months_later

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

HOLDINGS: Final = ("site", "thing", "organisation")
PLACES: Final = ("grid", "villager_group", "natural_village", "village", "township")
HELD: Final = N_("This person has this duty already.")
ENDED: Final = N_("This record has ended; it can only be read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHolding:
    """A site, thing or organisation as somebody writes it down: which of them, where, texts by field."""

    of: str
    place: int
    written: Mapping[str, str]


@action("registry.holding_added", power="people.edit", facts=("of",), kinds=("post", "clock"))
def add_holding(scope: Scope, act: Act, *, new: NewHolding, told: Told) -> Line:
    """Enter a site, a thing or an organisation (登记地物组织).

    Refuses: NotYours for a place out of scope; BadInput for one that is none today, for what can't be read, a code no
    list has, a credit code that another has, an owner or keeper who is not in the register here.
    """
    if new.of not in HOLDINGS:
        raise NotFound
    refuse_place(scope, new.place, PLACES)
    at = desk(scope, act, told)
    values = read_fields(new.of, {"kind": "", **new.written}, at.today)
    refuse_unlisted(new.of, values)
    refuse_strangers(new.of, values)
    columns = {FIELDS[new.of][name].kept_in: value for name, value in values.items()} | follows(new.of, values)
    day = told.on.isoformat()
    made = TABLES[new.of](
        id=act.id, place=new.place, confirmed={name: day for name, value in values.items() if value}, **columns
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise taken(error) from None
    entered(at, made)
    return Line(place=made.place, subject=made.id, subject_kind=new.of, facts={"of": new.of}, answer={new.of: made.id})


@action("registry.holding_ended", power="people.edit", facts=("of",), kinds=("post", "clock"))
def end_holding(scope: Scope, act: Act, *, of: str, subject: UUID, told: Told) -> Line:
    """A site is pulled down, a thing taken away, an organisation dissolved; the record stays readable (停用).

    Refuses: NotYours out of scope; WrongState where it has ended already or was changed meanwhile.
    """
    at = desk(scope, act, told)
    record = _held(of, subject, told)
    change(at, record, ended_on=told.on)
    if of == "organisation":
        members = Membership.objects.filter(organisation_id=record.id, to_on=None)
        members.update(to_on=Greatest("from_on", told.on), ended_by=act.id)  # of those to come nothing comes
    return Line(place=record.place, subject=record.id, subject_kind=of, facts={"of": of}, answer={of: record.id})


@action("registry.thing_checked", power="people.confirm", facts=("sound",), kinds=("post", "clock"))
def check_thing(scope: Scope, act: Act, *, thing_id: UUID, sound: bool, told: Told) -> Line:
    """Somebody looked at a thing on a day: sound, or at fault; the next check follows from how often (检查).

    Refuses: NotYours out of scope; WrongState where it has ended, was changed meanwhile, or a later check is known
    already; BadInput for a day that can't be.
    """
    at = desk(scope, act, told)
    thing = _held("thing", thing_id, told)
    if thing.last_check_on is not None and thing.last_check_on > told.on:
        raise WrongState(N_("A later check is known already. Correct that one instead."))
    following = months_later(told.on, thing.every_months) if thing.every_months else None
    change(at, thing, last_check_on=told.on, next_check_on=following, condition="sound" if sound else "fault")
    thing.confirmed = {**thing.confirmed, "next_check_on": told.on.isoformat()}
    thing.save(update_fields=("confirmed",))
    return Line(
        place=thing.place, subject=thing.id, subject_kind="thing", facts={"sound": sound}, answer={"thing": thing.id}
    )


@action("registry.member_joined", power="people.edit", facts=("duty",), kinds=("post", "clock"))
def join(scope: Scope, act: Act, *, organisation_id: UUID, person_id: UUID, duty: str, told: Told) -> Line:
    """A person of the register takes a duty in an organisation, or becomes a member (加入、任职).

    A new leader ends the former one's term.

    Refuses: NotYours where either is out of scope; WrongState where the organisation or the person's record has ended
    or the organisation was changed meanwhile; BadInput for a duty no list has, or one held already.
    """
    at = desk(scope, act, told)
    of = _held("organisation", organisation_id, told)
    who = Person.objects.filter(id=person_id).first()
    if who is None:
        raise NotYours
    if who.state not in ("here", "away"):
        raise WrongState(ENDED)
    if not Code.objects.filter(valid(localdate()), list="duty", code=duty).exists():
        raise BadInput(fields={"duty": N_("Choose one of the list.")})
    if Membership.objects.filter(organisation_id=of.id, person_id=who.id, duty=duty, to_on=None).exists():
        raise BadInput(fields={"person": HELD})
    if duty == LEADER and Membership.objects.filter(
        organisation_id=of.id, duty=LEADER, to_on=None, from_on__lte=told.on
    ).update(to_on=told.on, ended_by=act.id):
        marked(at, of, MEMBER, ended=duty_words(LEADER))
    row = Membership(
        id=act.id, organisation_id=of.id, person_id=who.id, place=of.place, duty=duty, name=who.display_name,
        from_on=told.on, began_by=act.id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise BadInput(fields={"person": HELD}) from None
    marked(at, of, MEMBER, began=duty_words(duty))
    touch(of)
    if duty == LEADER:
        _leader_known(of, told)
    return Line(
        place=of.place, subject=of.id, subject_kind="organisation", facts={"duty": duty}, answer={"membership": row.id}
    )


@action("registry.member_left", power="people.edit", kinds=("post", "clock"))
def leave(scope: Scope, act: Act, *, membership_id: UUID, told: Told) -> Line:
    """A term or membership ends on a day; it remains readable (卸任、退出).

    Refuses: NotFound out of sight; WrongState where it has ended or the organisation was changed meanwhile; BadInput
    for a day before it began.
    """
    at = desk(scope, act, told)
    row = (
        Membership.objects.select_for_update(of=("self", "organisation"))
        .select_related("organisation")
        .filter(id=membership_id)
        .first()
    )
    if row is None:
        raise NotFound
    of = row.organisation
    refuse_changed(of, told.seen)
    if row.to_on is not None:
        raise WrongState(N_("This has ended already."))
    if told.on < row.from_on:
        raise BadInput(fields={"on": N_("This is before it began. Please check the day.")})
    row.to_on, row.ended_by = told.on, act.id
    row.save(update_fields=("to_on", "ended_by"))
    marked(at, of, MEMBER, ended=duty_words(row.duty))
    touch(of)
    return Line(
        place=row.place, subject=row.organisation_id, subject_kind="organisation", answer={"membership": row.id}
    )


def _leader_known(of: Organisation, told: Told) -> None:
    of.confirmed = {**of.confirmed, "leader": told.on.isoformat()}
    of.save(update_fields=("confirmed",))


def _held(of: str, subject: UUID, told: Told) -> Any:
    """A site, thing or organisation that has not ended, locked.

    Refuses: NotFound, NotYours; WrongState where it has ended or was changed meanwhile.
    """
    if of not in HOLDINGS:
        raise NotFound
    found = TABLES[of].objects.select_for_update(of=("self",)).filter(id=subject).first()
    if found is None:
        raise NotYours
    if found.ended_on is not None:
        raise WrongState(ENDED)
    refuse_changed(found, told.seen)
    return found
