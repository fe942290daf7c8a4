"""Duties in organisations: they end with the person's record, or go on with the record that it was joined into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from commongrid.journal.acting import handing_over
from commongrid.kernel.places import county_of, interval
from commongrid.registry.actions.desk import MEMBER, marked
from commongrid.registry.models import Code, Membership

if TYPE_CHECKING:
    from commongrid.registry.actions.desk import Desk
    from commongrid.registry.models import Person


def end_duties(at: Desk, who: Person, *, into: Person | None = None) -> None:
    """Every duty and membership of theirs ends, wherever in the county; ``into`` goes on with those it lacks."""
    with handing_over(at.scope, *interval(county_of(who.place) or who.place)):
        held = Membership.objects.select_for_update(of=("self",)).filter(person_id=who.id, to_on=None)
        for row in held.select_related("organisation").order_by("id"):
            row.to_on, row.ended_by = max(at.on, row.from_on), at.act.id
            row.save(update_fields=("to_on", "ended_by"))
            said = duty_words(row.duty)
            others = Membership.objects.filter(organisation_id=row.organisation_id, duty=row.duty, to_on=None)
            if into is None or others.filter(person_id=into.id).exists():
                marked(at, row.organisation, MEMBER, ended=said)
                continue
            Membership(
                id=at.child(), organisation_id=row.organisation_id, person_id=into.id, place=row.place, duty=row.duty,
                name=into.display_name, from_on=row.to_on, began_by=at.act.id,
            ).save(force_insert=True)  # fmt: skip
            marked(at, row.organisation, MEMBER, ended=said, began=said)


def duty_words(code: str) -> str:
    """A duty in words, as it is called today, or was last."""
    rows = Code.objects.filter(list="duty", code=code, valid_from__lte=localdate()).order_by("-valid_from")
    return rows.values_list("zh", flat=True).first() or code
