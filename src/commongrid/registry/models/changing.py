"""Changes: what a correction replaced, what the field asks for, what goes from one clerk's scope to another's."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.registry.models.homes import Household
from commongrid.registry.models.people import Person
from commongrid.territory.models import PlaceField

RECORDS = ("person", "household", "booklet", "site", "thing", "organisation")


class Correction(models.Model):
    """One field corrected (更正): what stood there before and after, from which day, from which source.

    ``act`` is the act of the change, so its journal line says who and when, ``no`` the order inside it;
    several fields of one act share it, and undoing an act puts its fields
    back. A sealed field's values are sealed here too, under this row.

    Personal data: former values (as the field). Kept: as long as the record.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    act = models.UUIDField()
    no = models.IntegerField()
    of = models.CharField(max_length=14)
    subject = models.UUIDField()
    place = PlaceField()
    household = models.UUIDField(null=True)
    field = models.CharField(max_length=24)
    before = models.TextField(blank=True, default="")
    after = models.TextField(blank=True, default="")
    before_sealed = models.BinaryField(null=True)
    after_sealed = models.BinaryField(null=True)
    since_on = models.DateField()
    source = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place", household="household", append_only=True, may_set=("place", "household", "undone_by")
    )

    class Meta:
        """Names and constraints."""

        db_table = "registry_correction"
        verbose_name = "更正"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(of__in=RECORDS), name="registry_correction_of"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="registry_correction_subject"),
            models.Index(fields=["act"], name="registry_correction_act"),
        ]

    def __str__(self) -> str:
        """The field."""
        return f"{self.of}.{self.field}"


class ChangeRequest(models.Model):
    """A change asked for from the field (变更申请), which the village approves where the county says so.

    ``asks`` is the act it asks for (born, died, moved_in, correct ...),
    ``facts`` what it says with every personal value sealed in ``facts_sealed``.
    States: asked, granted (``act`` did it), refused (``reason``), withdrawn.

    Personal data: the facts asked for, sealed. Kept: a year after it was decided.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField()
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asks = models.CharField(max_length=24)
    facts_sealed = models.BinaryField()
    matter = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    act = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        household="household_id",
        also_see="asked_by = NULLIF(current_setting('cg.post', true), '')::uuid",
    )

    class Meta:
        """Names and constraints."""

        db_table = "registry_change_request"
        verbose_name = "变更申请"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("asked", "granted", "refused", "withdrawn")), name="registry_change_state"
            ),
            models.CheckConstraint(
                condition=(Q(state="asked") & Q(decided_at__isnull=True))
                | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="registry_change_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="registry_change_refused_with_a_reason"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "asked_at"], name="registry_change_open", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Handover(models.Model):
    """A household or person handed to another village (转出转入), waiting for the other side to accept.

    ``from_place`` is where it goes from and ``to_place`` where to; both ends see
    the row, the record itself moves only when it is accepted.

    Personal data: which record moves where, and a name so that the other side knows whom (S1). Kept: two years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField()
    to_place = PlaceField()
    of = models.CharField(max_length=14)
    subject = models.UUIDField()
    name = models.CharField(max_length=60, blank=True, default="")
    on = models.DateField()
    why = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="sent")
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")

    wall: ClassVar[Wall] = Wall(
        place="place",
        also_see="to_place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint"
        " AND NULLIF(current_setting('cg.hi', true), '')::bigint"
        " AND (SELECT COALESCE(current_setting('cg.narrow', true), '')) = ''",
        also_write="to_place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint"
        " AND NULLIF(current_setting('cg.hi', true), '')::bigint"
        " AND (SELECT COALESCE(current_setting('cg.narrow', true), '')) = ''",
    )

    class Meta:
        """Names and constraints."""

        db_table = "registry_handover"
        verbose_name = "转出转入"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("sent", "accepted", "refused", "withdrawn")), name="registry_handover_state"
            ),
            models.CheckConstraint(condition=Q(of__in=("person", "household")), name="registry_handover_of"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="sent"), name="registry_handover_one_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "sent_at"], name="registry_handover_from", condition=Q(state="sent")),
            models.Index(fields=["to_place", "sent_at"], name="registry_handover_to", condition=Q(state="sent")),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
