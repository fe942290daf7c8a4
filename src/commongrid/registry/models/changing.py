"""Changes: what a correction replaced."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models.flags import HARDSHIP_READERS
from commongrid.territory.models import PlaceField

HARDSHIP_FIELD = "hardship"
"""The field of a correction that tells of a flag of hardship."""
NEVER = f"(field = '{HARDSHIP_FIELD}' AND NOT {HARDSHIP_READERS})"
CAME_ALONG = (
    f"NOT {NEVER}"  # noqa: S608 - a constant of ours
    " AND place / 1000 = NULLIF(current_setting('cg.lo', true), '')::bigint / 1000"
    " AND EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household)"
)
"""Of a household in sight that was served from another grid of the village, when it was written."""
RECORDS = ("person", "household", "booklet", "site", "thing", "organisation")


class CorrectionSet(models.QuerySet["Correction"]):
    """Named filters of corrections."""

    def stood(self) -> CorrectionSet:
        """Without what was undone and without the undoing of it: as if neither had been."""
        return self.filter(~Exists(Correction.objects.filter(undone_by=OuterRef("act"))), undone_by=None)


class Correction(models.Model):
    """One field corrected (更正): what stood there before and after, from which day, from which source.

    ``act`` is the act of the change, so its journal line says who and when, ``no`` the order inside it;
    several fields of one act share it, and undoing an act puts its fields
    back. A sealed field's values are sealed here too, under this row. That a flag of
    hardship began or ended is read by those who read such flags. ``place`` is the grid of its day: of a household that
    another grid of the village serves now, that grid reads it too.

    Personal data: former values (as the field). Kept: as long as the record.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    act = models.UUIDField()
    no = models.IntegerField()
    of = models.CharField(max_length=14)
    subject = models.UUIDField()
    place = PlaceField()
    household = models.UUIDField(null=True)
    field = models.CharField(max_length=24)
    before = models.TextField(blank=True, default="")
    after = models.TextField(blank=True, default="")
    before_sealed = models.BinaryField(null=True)
    after_sealed = models.BinaryField(null=True)
    since_on = models.DateField()
    source = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    undone_by = models.UUIDField(null=True)

    objects = CorrectionSet.as_manager()

    wall: ClassVar[Wall] = Wall(
        place="place",
        household="household",
        never=NEVER,
        also_see=CAME_ALONG,
        append_only=True,
        may_set=("place", "household", "undone_by", "before_sealed", "after_sealed"),
        unpublished=True,
    )
    keeps: ClassVar[Keeping] = Keeping(
        whose="subject = ANY(%(people)s) OR subject = ANY(%(homes)s) OR subject = ANY(%(booklets)s)",
        leaves={"before": "''", "after": "''", "before_sealed": "NULL", "after_sealed": "NULL", "source": "''"},
        words=("before", "after", "source"),
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_correction"
        verbose_name = "更正"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(of__in=RECORDS), name="registry_correction_of"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="registry_correction_subject"),
            models.Index(fields=["of", "field", "subject"], name="registry_correction_field", condition=~Q(field="*")),
            models.Index(fields=["act"], name="registry_correction_act"),
            models.Index(fields=["undone_by"], name="registry_correction_undone", condition=Q(undone_by__isnull=False)),
        ]

    def __str__(self) -> str:
        """The field."""
        return f"{self.of}.{self.field}"
