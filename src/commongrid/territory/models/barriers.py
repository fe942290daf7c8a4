"""What nobody walks across, and the ways over it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from commongrid.kernel.wall import Wall
from commongrid.territory.models.places import PlaceField
from commongrid.territory.rules.barring import BARRIERS


class Barrier(models.Model):
    """A line that nobody walks across (屏障), that leads over one (通道: bridge) or that is walked on (道路: road).

    ``line`` is a GeoJSON line, WGS 84; the roads of a file are several in one row for each village. One that is taken
    away stays as history from ``valid_to`` on.

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="place", read="open")

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("行政村", db_index=True)
    sort = models.CharField("类别", max_length=8)
    name = models.CharField("名称", max_length=60, blank=True, default="")
    line = models.JSONField("线")
    by = models.UUIDField("岗位", null=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "territory_barrier"
        verbose_name = "屏障"
        constraints: ClassVar = [
            models.CheckConstraint(name="barrier_sort", condition=Q(sort__in=BARRIERS)),
            models.CheckConstraint(
                name="barrier_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        """Sort and name, for people at a prompt."""
        return f"{self.sort} {self.name}"
