"""Leaders' notes on matters: what a leader wants, and the answer that the centre of their level owes them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import OF_ITS_MATTER, REPORTER
from commongrid.territory.models import PlaceField

OFFICES = f"NOT {REPORTER} AND {OF_ITS_MATTER}"
"""Of its matter, and never the reporter's to see."""


class LeaderNote(models.Model):
    """A leader's wish or instruction on a matter (领导批示), and the answer given to them (回报).

    ``leader`` is the post whose note it is, ``post`` whoever recorded it: the
    leader, or the centre of ``level`` at ``place``, which owes them an answer by
    ``due_at`` whatever becomes of the matter. ``raised`` is the highest level
    that was told that it did not come, ``raise_at`` when the next one is. The
    words of both are Notes of the acts ``act`` and ``answered_in``. The matter
    keeps its owner and its limits.

    Personal data: none; the words are Notes. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="leader_notes")
    leader = models.UUIDField("批示人岗位")
    post = models.UUIDField("登记岗位", null=True)
    level = models.CharField("层级", max_length=12)
    place = PlaceField("层级所在地方")
    act = models.UUIDField()
    at = models.DateTimeField("批示时间")
    due_at = models.DateTimeField("回报期限")
    raised = models.CharField("已告知逾期的层级", max_length=12, default="")
    raise_at = models.DateTimeField("告知上一级的时间", null=True)
    answered_at = models.DateTimeField("回报时间", null=True)
    answered_in = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OFFICES, also_write=OFFICES)

    class Meta:
        """Names and constraints."""

        db_table = "matters_leader_note"
        verbose_name = "领导批示"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=("township", "county")), name="matters_leader_note_level"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_in__isnull=True)
                | Q(answered_at__isnull=False, answered_in__isnull=False),
                name="matters_leader_note_answered_in_an_act",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "at"], name="matters_leader_note_matter"),
            models.Index(fields=["leader", "at"], name="matters_leader_note_leader"),
            models.Index(
                fields=["place", "due_at"], name="matters_leader_note_open", condition=Q(answered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        """Matter and level."""
        return f"{self.matter_id} {self.level}"
