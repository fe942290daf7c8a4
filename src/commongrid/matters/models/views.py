"""Views of the queue that posts have saved: a name, filters and an order, for themselves or for their office."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import Wall
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField

OWN_VIEW = "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid)"
CLOCK = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
"""The clock reads and changes a view for an erasure alone: search words may name somebody."""
OFFICE_VIEW = (
    "shared AND (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post') AND CASE WHEN unit_id IS NOT NULL "
    "THEN unit_id = (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid) "
    "ELSE place = (SELECT NULLIF(current_setting('cg.lo', true), '')::bigint) "
    "AND (SELECT COALESCE(current_setting('cg.narrow', true), '') = '') END"
)
"""Shared with the office: the same unit, or the whole place that the view's post stands at."""


class SavedView(models.Model):
    """A view of the queue under a name (自定义视图): what is filtered and how it is ordered, shown as a tab.

    ``filters`` are the values of the queue's own filters, codes and search
    words; ``place`` and ``unit`` say which office a ``shared`` one is for.

    Personal data: search words may name somebody. Kept: until its post removes it.
    """

    id = models.UUIDField(primary_key=True)
    post = models.UUIDField("岗位")
    place = PlaceField("办公地方")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    name = models.CharField("名称", max_length=30)
    filters = models.JSONField("筛选")
    shared = models.BooleanField("本单位共用", default=False)
    at = models.DateTimeField("保存时间")

    wall: ClassVar[Wall] = Wall(also_see=f"{OWN_VIEW} OR {OFFICE_VIEW} OR {CLOCK}", also_write=f"{OWN_VIEW} OR {CLOCK}")
    keeps: ClassVar[Keeping] = Keeping(
        kind="own_list", words=("filters", "name"),
        ended="CASE WHEN NOT shared THEN (SELECT p.to_on FROM roster_post p WHERE p.id = matters_saved_view.post) END",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "matters_saved_view"
        verbose_name = "自定义视图"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="matters_saved_view_has_a_name"),
            models.UniqueConstraint(fields=["post", "name"], name="matters_saved_view_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "name"], name="matters_saved_view_shared", condition=Q(shared=True)),
        ]

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)
