"""Boundaries of places, and files of boundaries on their way in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from commongrid.kernel.wall import Wall
from commongrid.territory.models.places import PlaceField

SOURCES = ("drawn", "imported", "derived")


class Boundary(models.Model):
    """The boundary of a place (边界): a shape on the earth, WGS 84, one in force for each place.

    ``source``: drawn on the map, imported from a file, or derived from where
    dwellings stand, which is no boundary that anybody set and is shown as
    derived. ``shape`` is a GeoJSON polygon or several; ``west`` to ``north`` is
    the box around it. ``basis`` names what a derived one was made from.

    States: in force while ``valid_to`` is empty; a drawn or imported one stays
    as history from ``valid_to`` on; a derived one is made anew in its place.

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="place", read="open")

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("地方")
    source = models.CharField("来源", max_length=8)
    shape = models.JSONField("形状")
    area_m2 = models.FloatField("面积（平方米）")
    west = models.FloatField("西")
    south = models.FloatField("南")
    east = models.FloatField("东")
    north = models.FloatField("北")
    basis = models.CharField("依据", max_length=64, blank=True, default="")
    by = models.UUIDField("岗位", null=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "territory_boundary"
        verbose_name = "边界"
        indexes: ClassVar = [models.Index(fields=["place", "valid_from"], name="boundary_by_place")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place"], condition=Q(valid_to=None), name="boundary_once"),
            models.CheckConstraint(name="boundary_source", condition=Q(source__in=SOURCES)),
            models.CheckConstraint(
                name="boundary_box",
                condition=Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(west__lt=F("east"), south__lt=F("north")),
            ),
            models.CheckConstraint(
                name="boundary_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Place and source, for people at a prompt."""
        return f"{self.place} {self.source}"


class BoundaryFile(models.Model):
    """A file of boundaries between its sending and the decision about it (待导入边界), seen in scope.

    ``areas`` are what was read: name, code, shape and what is wrong with it.
    ``datum`` is what the sender said the numbers are measured on.

    Personal data: none. Kept: until taken in or dropped, at most a day.
    """

    wall: ClassVar = Wall(place="place")

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所属地方")
    post = models.UUIDField("岗位")
    name = models.CharField("文件名", max_length=120)
    datum = models.CharField("坐标系", max_length=8)
    areas = models.JSONField("面")
    at = models.DateTimeField("时间")

    class Meta:
        """Names and constraints."""

        db_table = "territory_boundary_file"
        verbose_name = "待导入边界"

    def __str__(self) -> str:
        """The file's name, for people at a prompt."""
        return self.name
