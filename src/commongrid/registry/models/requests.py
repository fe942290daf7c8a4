"""What is asked for before it becomes so: changes reported from the field, records handed over to another place."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.registry.models.homes import Household
from commongrid.registry.models.people import Person
from commongrid.territory.models import PlaceField

REQUEST_STATES = ("open", "done", "refused", "withdrawn")
HANDOVER_STATES = ("offered", "accepted", "refused", "withdrawn", "lapsed")
WITH_THE_OTHER_SIDE = (
    "to_place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint"
    " AND NULLIF(current_setting('cg.hi', true), '')::bigint"
    " AND (SELECT COALESCE(current_setting('cg.narrow', true), '')) = ''"
)
"""Whoever keeps the records of the place that a record is offered to."""


class ChangeRule(models.Model):
    """Whether the village approves a sort of change that the field reports (变更审批规则), and within how many days.

    ``sort`` is one of ``rules.requests.SORTS``; "handover" has only days: how long the other side may take.
    Without approval the report carries the change out at once.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    sort = models.CharField("变更", max_length=12)
    zh = models.CharField("中文名", max_length=40)
    en = models.CharField("英文名", max_length=80)
    approve = models.BooleanField("须村级审批", default=True)
    days = models.SmallIntegerField("办理期限(工作日)", default=5)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "registry_change_rule"
        verbose_name = "变更审批规则"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__range=(1, 60)), name="registry_change_rule_days"),
            ExclusionConstraint(
                name="registry_change_rule_once",
                expressions=[("sort", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The sort."""
        return self.sort


class ChangeRequest(models.Model):
    """A change of the register that the field or a matter reports (变更申请); it becomes so when the village approves.

    ``said_sealed`` holds what was told, by field, as sealed JSON: a name, a new
    phone, a place gone to. ``matter`` is the matter of class L that opened it.

    States: open (waits until ``due_at``; again with a ``reason`` where what it led to was undone), done (by the act
    ``carried_by``, of its own or entered with a form), refused (``reason`` says why), withdrawn by whoever asked or
    with its matter.
    ``late_at``: when the clock found it overdue and told the level above, once.

    Personal data: what was told (S4, sealed), whom it is about. Kept: three years after it was decided, or until the
    file that brought its record in is undone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    sort = models.CharField(max_length=12)
    place = PlaceField(db_index=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    matter = models.UUIDField(null=True, unique=True)
    said_sealed = models.BinaryField(null=True)
    on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    carried_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place", household="household_id")
    keeps: ClassVar[Keeping] = Keeping(
        kind="request", ended="decided_at", whose=f"person_id {OF_THEM} OR household_id = ANY(%(homes)s)",
        words=("reason",),
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_change_request"
        verbose_name = "变更申请"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=REQUEST_STATES), name="registry_change_request_state"),
            models.CheckConstraint(
                condition=(Q(state="open") & Q(decided_at__isnull=True))
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="registry_change_request_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="registry_change_request_refused_why"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "due_at"], name="registry_change_request_open", condition=Q(state="open")),
            models.Index(
                fields=["carried_by"], name="registry_change_request_by", condition=Q(carried_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Handover(models.Model):
    """A record offered to a place outside the clerk's scope (移交); it moves when the other side accepts.

    It is a person's, or with ``household`` that of a whole household: ``person`` and ``name`` are its head's then,
    ``people`` how many lived there, ``registered`` whether their registration moves too.
    ``place`` is where the record lay when it was offered, ``to_place`` the village it is offered
    to; both sides see this row, and of the person no more than ``name``. Only whoever keeps the
    record makes one; the other side only answers, and whose record it is stands for good.

    States: offered (until ``due_at``; again where taking it over was undone), accepted (the record moved), refused or
    withdrawn, lapsed (nobody accepted in time: the record stays where it was).

    Personal data: a name (S1) and where somebody moves (S2). Kept: three years after it was answered, or
    until the file that brought the record in is undone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    people = models.SmallIntegerField(default=1)
    registered = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    place = PlaceField(db_index=True)
    to_place = PlaceField(db_index=True)
    on = models.DateField()
    note = models.CharField(max_length=200, blank=True, default="")
    offered_at = models.DateTimeField()
    offered_by = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="offered")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    wall: ClassVar[Wall] = Wall(
        place="place", also_see=WITH_THE_OTHER_SIDE, also_change=WITH_THE_OTHER_SIDE,
        may_set=("place", "to_place", "name", "note", "due_at", "state", "answered_at", "answered_by", "reason"),
    )  # fmt: skip
    keeps: ClassVar[Keeping] = Keeping(
        kind="handover", ended="answered_at", whose=f"person_id {OF_THEM} OR household_id = ANY(%(homes)s)",
        words=("note", "reason"),
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_handover"
        verbose_name = "移交"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=HANDOVER_STATES), name="registry_handover_state"),
            models.CheckConstraint(
                condition=(Q(state="offered") & Q(answered_at__isnull=True))
                | (~Q(state="offered") & Q(answered_at__isnull=False)),
                name="registry_handover_answered",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="offered"), name="registry_handover_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="offered"), name="registry_handover_home_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="registry_handover_due", condition=Q(state="offered")),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
