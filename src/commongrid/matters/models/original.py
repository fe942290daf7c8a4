"""What was reported in confidence, in the reporter's own words."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from commongrid.kernel.keeping import Keeping, with_matter
from commongrid.kernel.wall import Wall
from commongrid.matters.models.sight import CENTRE, OF_ITS_MATTER
from commongrid.territory.models import PlaceField

BY_SLIP = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'slip')"


class Original(models.Model):
    """The words of a confidential report as they were said (原话), for the centre alone.

    ``id`` is the matter's. Whoever works on it below reads the matter's own
    ``title`` and ``text``, which are the dispatcher's retelling and empty until
    then; so no list, search, print or export can give the reporter away by
    their words. ``place`` is the centre's. Its photos are filed under these words too.

    Personal data: the reporter's words may name people and places. Kept: with the matter's texts.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField()
    title = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(blank=True, default="")
    retold_at = models.DateTimeField(null=True)
    retold_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        never=f"NOT {CENTRE} OR NOT {OF_ITS_MATTER.replace('matter_id', 'matters_original.id')}",
        also_see=f"{BY_SLIP} AND {OF_ITS_MATTER.replace('matter_id', 'matters_original.id')}",
    )
    keeps: ClassVar[Keeping] = with_matter(
        "matters_original.id", archive="mediation", whose="id = ANY(%(matters)s)", own_sight=True,
        leaves={"title": "''", "text": "''"}, words=("title", "text"),
    )  # fmt: skip

    class Meta:
        """Names."""

        db_table = "matters_original"
        verbose_name = "原话"

    def __str__(self) -> str:
        """The id, never the words."""
        return str(self.id)
