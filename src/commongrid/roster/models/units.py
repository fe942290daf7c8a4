"""Tables of the roster: functions, units, what they were before, what a Party group takes in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField


class Function(models.Model):
    """A field of work that units answer for (职能), e.g. water or civil affairs; units and the work list share it.

    Personal data: none. Kept: for good.
    """

    code = models.TextField(primary_key=True)
    zh = models.TextField()
    en = models.TextField()
    position = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", write="owner")

    class Meta:
        """Names and constraints."""

        db_table = "roster_function"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        """The function's code."""
        return self.code


class Unit(models.Model):
    """A body that answers for kinds of work (单位): department, station, office, centre, Party group.

    ``type`` is one of department, station, office, centre, committee,
    party_group, outside. ``parent`` is the administrative one; ``master`` the
    county department that a station also answers to. ``outside_command``
    (power, telecom, tax): the county may ask, not order. ``successor`` takes over
    what an ended unit still holds; without one it goes back to the centre above.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField()
    type = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(blank=True, default="")
    function = models.ForeignKey(Function, models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    master = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    outside_command = models.BooleanField(default=False)
    office_phone = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(place="place", read="open")

    class Meta:
        """Names and constraints."""

        db_table = "roster_unit"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    type__in=("department", "station", "office", "centre", "committee", "party_group", "outside")
                ),
                name="roster_unit_type",
            ),
            ExclusionConstraint(
                name="roster_unit_one_per_function",
                expressions=[("place", "="), ("function", "="), (period("valid_from", "valid_to"), "&&")],
                condition=Q(function__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "function"], name="roster_unit_place")]


class UnitCover(models.Model):
    """That a unit without a place of its own (a Party group) takes in a natural village, villager group or grid.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="covers")
    place = PlaceField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(place="place", read="open")

    class Meta:
        """Names and constraints."""

        db_table = "roster_unit_cover"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="roster_unit_cover_once",
                expressions=[("unit", "="), ("place", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]


class FormerUnit(models.Model):
    """How a unit was called, reached and placed until a change; ``id`` is the change's act.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="former")
    place = PlaceField()
    name_zh = models.TextField()
    name_en = models.TextField(blank=True, default="")
    function = models.ForeignKey(Function, models.PROTECT, null=True, related_name="+", db_index=False)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    master = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    office_phone = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(place="place", read="open", append_only=True, may_set=("place",))

    class Meta:
        """Names and constraints."""

        db_table = "roster_unit_former"
