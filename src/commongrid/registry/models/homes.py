"""Households: who lives and eats together, and who stands in one booklet; two things."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import THEIR_BOOKLET, THEIR_HOME, Keeping
from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField

HOUSEHOLD_STATES = ("lived", "away", "empty", "ended")
SORTS = ("family", "collective")
POINTS = ("", "measured", "hamlet")


class Household(models.Model):
    """A living household (常住户): who eats together under one roof.

    ``place`` is where it is served from (its grid, else natural village, else
    village); ``natural_village`` and ``villager_group`` are where it belongs,
    whoever serves it; ``number`` is unique inside the natural village.

    States: lived (somebody lives there), away (the whole household is away),
    empty (a home without anybody), ended (split, merged, died out; ``ended_on``,
    ``became`` where it went on in another). ``point`` says where ``lon`` and
    ``lat`` (WGS 84, degrees) come from: measured, or the hamlet's middle.
    ``confirmed`` holds per field the day on which it was last found true.
    ``version`` grows with each change, so that of two at once the second is told.

    Personal data: the door and point of a home (S2). Kept: while the home stands; an ended one ten years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所属网格", db_index=True)
    natural_village = PlaceField("自然村")
    villager_group = PlaceField("村民小组", null=True)
    number = models.CharField("户号", max_length=20)
    state = models.CharField("状态", max_length=8, default="lived", db_default="lived")
    door = models.CharField("门牌地址", max_length=120, blank=True, default="", db_default="")
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    point = models.CharField("定位来源", max_length=8, blank=True, default="", db_default="")
    head = models.ForeignKey(
        "commongrid.Person", models.PROTECT, null=True, related_name="+", verbose_name="户主", db_index=False
    )
    dwelling = models.ForeignKey("commongrid.Site", models.PROTECT, null=True, related_name="+", verbose_name="住房")
    began_on = models.DateField("立户日期", null=True)
    ended_on = models.DateField("销户日期", null=True)
    became = models.UUIDField("并入或分出的户", null=True)
    confirmed = models.JSONField("核实日期", default=dict, db_default=models.Value({}, models.JSONField()))
    version = models.IntegerField("版本", default=1, db_default=1)
    batch = models.UUIDField("导入批次", null=True)

    wall: ClassVar[Wall] = Wall(place="place", household="id")
    keeps_up: ClassVar[Q] = ~Q(state="ended")
    keeps: ClassVar[Keeping] = Keeping(
        kind="household", ended="ended_on", whose="id = ANY(%(homes)s)", words=("door",),
        own=f"id = ANY(%(homes)s) OR id {THEIR_HOME}",
        leaves={"door": "''", "point": "''", "lon": "NULL", "lat": "NULL", "confirmed": "'{}'"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_household"
        verbose_name = "户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["natural_village", "number"], name="household_number_once"),
            models.CheckConstraint(condition=Q(state__in=HOUSEHOLD_STATES), name="registry_household_state"),
            models.CheckConstraint(condition=Q(point__in=POINTS), name="registry_household_point"),
            models.CheckConstraint(
                condition=Q(point="", lon__isnull=True, lat__isnull=True)
                | (~Q(point="") & Q(lon__range=(-180, 180), lat__range=(-90, 90))),
                name="registry_household_located",
            ),
            models.CheckConstraint(
                condition=(Q(state="ended") & Q(ended_on__isnull=False))
                | (~Q(state="ended") & Q(ended_on__isnull=True)),
                name="registry_household_ends_on_a_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["natural_village", "number"], name="registry_household_natural"),
            models.Index(fields=["number"], name="registry_household_number"),
            models.Index(fields=["batch"], name="registry_household_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["head"], name="registry_household_head", condition=Q(head__isnull=False)),
        ]

    def __str__(self) -> str:
        """The number, for people at a prompt."""
        return self.number


class RegisteredHousehold(models.Model):
    """A registered household (户籍户): a booklet, its head and its place, wherever its people live.

    ``place`` is the place of registration (natural village, villager group or
    village); ``number`` the booklet's. ``sort``: family, or collective (集体户).

    Personal data: the booklet's number (S2). Kept: while anybody stands in it, then ten years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("户籍所在地", db_index=True)
    number = models.CharField("户口簿号", max_length=24)
    sort = models.CharField("户别", max_length=12, default="family")
    head = models.ForeignKey(
        "commongrid.Person", models.PROTECT, null=True, related_name="+", verbose_name="户主", db_index=False
    )
    began_on = models.DateField("立户日期", null=True)
    ended_on = models.DateField("销户日期", null=True)
    version = models.IntegerField("版本", default=1)
    batch = models.UUIDField("导入批次", null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        kind="booklet", ended="ended_on", whose="id = ANY(%(booklets)s)",
        own=f"id = ANY(%(booklets)s) OR id {THEIR_BOOKLET}",
        leaves={"number": "left(replace(id::text, '-', ''), 24)"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_registered_household"
        verbose_name = "户籍户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "number"], name="registry_registered_household_once"),
            models.CheckConstraint(condition=Q(sort__in=SORTS), name="registry_registered_sort"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number"], name="registry_registered_number"),
            models.Index(fields=["batch"], name="registry_registered_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["head"], name="registry_registered_head", condition=Q(head__isnull=False)),
        ]

    def __str__(self) -> str:
        """The number, for people at a prompt."""
        return self.number
