"""Several called together: a joint meeting, and who of those called came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import OF_ITS_MATTER
from commongrid.territory.models import PlaceField

OF_THE_WHOLE_OR_A_PART = (
    "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id) "
    "OR EXISTS (SELECT 1 FROM matters_matter m WHERE m.parent_id = matter_id)"
)
"""Whoever sees the matter, or one of its parts: those who are called have to know where and when."""


class Meeting(models.Model):
    """Several units called together by a centre (联席会商): when and where; ``place`` is the centre's.

    Personal data: none; ``venue`` names a room. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="meetings")
    level = models.CharField(max_length=12)
    place = PlaceField(follows=False)
    at = models.DateTimeField()
    venue = models.CharField(max_length=120)
    called_at = models.DateTimeField()
    post = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_THE_WHOLE_OR_A_PART, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_meeting"
        verbose_name = "联席会商"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=("township", "county")), name="matters_meeting_level"),
            models.CheckConstraint(condition=~Q(venue=""), name="matters_meeting_says_where"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "at"], name="matters_meeting_matter"),
            models.Index(fields=["called_at"], name="matters_meeting_called"),
        ]

    def __str__(self) -> str:
        """Matter and level."""
        return f"{self.matter_id} {self.level}"


class Attendance(models.Model):
    """Whether a unit that was called came to the meeting (到会); ``attended`` is empty until it is recorded.

    ``matter`` is the unit's part.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="attendances")
    unit = models.UUIDField()
    attended = models.BooleanField(null=True)
    at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_attendance"
        verbose_name = "到会"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter"], name="matters_attendance_once"),
            models.CheckConstraint(
                condition=Q(attended__isnull=True, at__isnull=True) | Q(attended__isnull=False, at__isnull=False),
                name="matters_attendance_recorded_at",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["meeting"], name="matters_attendance_meeting")]

    def __str__(self) -> str:
        """Meeting and unit."""
        return f"{self.meeting_id} {self.unit}"
