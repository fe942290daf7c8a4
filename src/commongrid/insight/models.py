"""Tallies: counts kept ready, so that a county's board reads hundreds of rows and not millions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField

LEVELS = ("place", "township", "county")


class Tally(models.Model):
    """Matters opened on one day at one place, in one series, and what has become of them (日统计).

    ``level`` is "place" for the village or the township or county itself as
    the matter's place of that day, "township" and "county" for everything
    within. A day is the county's, from midnight to midnight. Sealed matters and
    those with doubtful dates are not in it.

    Personal data: none, counts only. Kept: for good.
    """

    pk = models.CompositePrimaryKey("level", "place", "day", "series")
    level = models.CharField("层级", max_length=12)
    place = PlaceField("当时地方", follows=False)
    day = models.DateField("日期")
    series = models.CharField("统计口径", max_length=12)
    opened = models.IntegerField("上报数")
    closed = models.IntegerField("已结数")
    with_deadline = models.IntegerField("有时限数")
    on_time = models.IntegerField("按时数")
    reopened = models.IntegerField("重办数")

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "insight_tally"
        verbose_name = "日统计"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="insight_tally_level"),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="insight_tally_day")]

    def __str__(self) -> str:
        """Place and day."""
        return f"{self.place} {self.day}"


class Backlog(models.Model):
    """How many matters are open now, by place and series (在办数): the sum of opened less closed over all days.

    Personal data: none, counts only. Kept: for good.
    """

    pk = models.CompositePrimaryKey("level", "place", "series")
    level = models.CharField("层级", max_length=12)
    place = PlaceField("当时地方", follows=False)
    series = models.CharField("统计口径", max_length=12)
    open = models.IntegerField("在办数")

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "insight_backlog"
        verbose_name = "在办数"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="insight_backlog_level"),
        ]

    def __str__(self) -> str:
        """Place and number."""
        return f"{self.place} {self.open}"


class Counted(models.Model):
    """Until when the tallies are complete (统计截至): every act committed before is in them.

    Personal data: none. Kept: one row.
    """

    reader = models.TextField(primary_key=True)
    at = models.DateTimeField("统计截至")

    wall: ClassVar[Wall] = Wall(exempt="the time of a count, no place and no person")

    class Meta:
        """Names and constraints."""

        db_table = "insight_counted"

    def __str__(self) -> str:
        """The time."""
        return self.at.isoformat()
