"""Ends that did not stay: what a matter had come to before it was reopened, unmerged or rated late."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import OF_ITS_MATTER
from commongrid.matters.rules import words


class FormerEnd(models.Model):
    """How an ended matter stood until that changed (曾结束): the figures of a past moment count it so.

    In force from ``closed_at`` to ``until``; of several at one moment the one
    that was over first. The columns are the matter's of that time.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="former_ends")
    closed_at = models.DateTimeField()
    until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    finish_due_at = models.DateTimeField(null=True)
    rating = models.CharField(max_length=12, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")
    merged_into = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+", db_index=False)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER, append_only=True)

    class Meta:
        """Names, constraints and the index that figures name."""

        db_table = "matters_former_end"
        verbose_name = "曾结束"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("closed_at")), name="matters_former_end_span"),
            models.CheckConstraint(condition=Q(outcome__in=words.OUTCOMES), name="matters_former_end_outcome"),
            models.CheckConstraint(
                condition=Q(rating__in=("", "rated", "not_rated")), name="matters_former_end_rating"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["until"], name="matters_former_end_until")]

    def __str__(self) -> str:
        """Matter and moment."""
        return f"{self.matter_id} {self.until:%F %T}"
