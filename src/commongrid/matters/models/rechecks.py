"""Looking once more after the end: the order, the same for every cause, and the cause, which only the centre reads."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import Keeping, with_matter
from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import OF_ITS_MATTER
from commongrid.matters.rules import words
from commongrid.territory.models import PlaceField

WITH_MATTERS = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock' "
    "OR strpos(COALESCE(current_setting('cg.standing', true), ''), 'c') > 0)"
)
"""The centre of the township or county, and the clock that orders."""


class Recheck(models.Model):
    """One order to look once more whether a closed matter is really solved (复查).

    It looks the same whatever caused it. States: ordered (``done_at`` empty),
    done with a ``result``: holds, fails (the matter goes on), lapsed (nobody
    looked in time; counted).

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="rechecks")
    round = models.SmallIntegerField()
    level = models.CharField(max_length=12)
    place = PlaceField()
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, blank=True, default="")
    post = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_recheck"
        verbose_name = "复查"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=words.LEVELS), name="matters_recheck_level"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, result="")
                | Q(done_at__isnull=False, result__in=("holds", "fails", "lapsed")),
                name="matters_recheck_ends_with_a_result",
            ),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(done_at__isnull=True), name="matters_recheck_one_waits"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "ordered_at"], name="matters_recheck_matter"),
            models.Index(fields=["ordered_at"], name="matters_recheck_ordered"),
            models.Index(fields=["due_at"], name="matters_recheck_due", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        """Matter and result."""
        return f"{self.matter_id} {self.result}"


class RecheckCause(models.Model):
    """Why a recheck is ordered (复查缘由): a low rating, the draw, or the centre with its reason.

    Sealed from everybody but the centre that may read the rating: ``place`` is
    that centre's. Not ordered before ``order_at``, so that the time tells
    nothing either; ``recheck`` is the order it led to.

    Personal data: the reason may name people. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="recheck_causes")
    place = PlaceField()
    cause = models.CharField(max_length=8)
    rating = models.UUIDField(null=True, unique=True)
    reason = models.TextField(blank=True, default="")
    post = models.UUIDField(null=True)
    at = models.DateTimeField()
    order_at = models.DateTimeField()
    recheck = models.ForeignKey(Recheck, models.PROTECT, null=True, related_name="causes", db_index=False)

    wall: ClassVar[Wall] = Wall(place="place", never=f"NOT {WITH_MATTERS} OR NOT {OF_ITS_MATTER}")
    keeps: ClassVar[Keeping] = with_matter(leaves={"reason": "''"}, words=("reason",))

    class Meta:
        """Names and constraints."""

        db_table = "matters_recheck_cause"
        verbose_name = "复查缘由"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause__in=("low", "drawn"), rating__isnull=False)
                | Q(cause="centre", rating__isnull=True, post__isnull=False),
                name="matters_recheck_cause_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter"], name="matters_recheck_cause_matter"),
            models.Index(fields=["recheck"], name="matters_recheck_cause_order"),
            models.Index(fields=["order_at"], name="matters_recheck_cause_waits", condition=Q(recheck__isnull=True)),
        ]

    def __str__(self) -> str:
        """The id, never the cause."""
        return str(self.id)
