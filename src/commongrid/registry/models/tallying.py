"""How complete and fresh the records of a village are, counted; it scores records, never people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField


class RecordTally(models.Model):
    """Of one field, in how many records of a village it is asked for, missing and stale (完整度统计).

    ``since`` is the day since which the longest stale one is. Counted by the
    clock; a village's own page counts for itself.

    Personal data: none, counts only. Kept: until it is counted again.
    """

    pk = models.CompositePrimaryKey("place", "of", "field", "who")
    place = PlaceField("村")
    of = models.CharField("记录", max_length=16)
    field = models.CharField("字段", max_length=24)
    who = models.CharField("适用", max_length=12)
    weight = models.SmallIntegerField("权重")
    asked = models.IntegerField("应有")
    missing = models.IntegerField("缺失")
    stale = models.IntegerField("过期")
    since = models.DateField("最早过期", null=True)
    at = models.DateTimeField("统计时间")

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "registry_record_tally"
        verbose_name = "完整度统计"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asked__gte=models.F("missing") + models.F("stale")) & Q(missing__gte=0) & Q(stale__gte=0),
                name="registry_record_tally_adds_up",
            ),
        ]

    def __str__(self) -> str:
        """Place and field."""
        return f"{self.place} {self.of}.{self.field}"
