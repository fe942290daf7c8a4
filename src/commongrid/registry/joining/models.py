"""The table of suspects: two records that may be one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField

REASONS = ("birth", "sound", "phone", "post")
DECISIONS = ("", "apart", "merged")


class Suspect(models.Model):
    """Two records that may be one person (疑似重复): which, why, and what was decided.

    ``place`` is the smallest place that holds both, so whoever decides sees both. ``reason``: birth (same name and day
    of birth), sound (a name that sounds the same, same birth, same village), phone (same name and phone), post (a post
    holder entered by name alone). ``decision``: apart (two people) or merged; empty while it waits.

    Personal data: that two records resemble each other (S2). Kept: with the records, so that nobody is asked again.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("地方")
    first = models.UUIDField("甲")
    second = models.UUIDField("乙")
    reason = models.CharField("缘由", max_length=8)
    found_at = models.DateTimeField("发现时间")
    decision = models.CharField("结论", max_length=8, blank=True, default="")
    why = models.CharField("理由", max_length=120, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(whose=f"first {OF_THEM} OR second {OF_THEM}", words=("why",))

    class Meta:
        """Names and constraints."""

        db_table = "registry_suspect"
        verbose_name = "疑似重复"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="registry_suspect_reason"),
            models.CheckConstraint(
                condition=(Q(decision="") & Q(decided_at__isnull=True))
                | (Q(decision__in=DECISIONS[1:]) & Q(decided_at__isnull=False)),
                name="registry_suspect_decided",
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="registry_suspect_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="registry_suspect_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "found_at"], name="registry_suspect_open", condition=Q(decision="")),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
