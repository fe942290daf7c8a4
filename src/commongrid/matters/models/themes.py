"""Repeated appeals as one theme: about a thing at a place, never about a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.territory.models import PlaceField

OF_ITS_THEME = (
    "EXISTS (SELECT 1 FROM matters_theme t WHERE t.id = theme_id) "
    "AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"
)
"""Of a theme and of a matter that this scope sees, by their own row-level security."""


class Theme(models.Model):
    """One thing at a place that is appealed about again and again (专题), with its matters and its story.

    Each matter goes its own way and is counted by itself; the theme ends none.
    States: open, closed (``closed_at`` with what was ``found``).

    Personal data: none; a name of somebody who reported is refused. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField()
    name = models.CharField("名称", max_length=80)
    story = models.TextField("缘由", blank=True, default="")
    post = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    found = models.TextField("结论", blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "matters_theme"
        verbose_name = "专题"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, found="") | (Q(closed_at__isnull=False) & ~Q(found="")),
                name="matters_theme_closed_with_a_finding",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "opened_at"], name="matters_theme_place")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class ThemeMatter(models.Model):
    """That a matter belongs to a theme.

    Personal data: none. Kept: with the theme.
    """

    id = models.UUIDField(primary_key=True)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="members")
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="in_theme")
    at = models.DateTimeField()
    post = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_THEME, also_write=OF_ITS_THEME)

    class Meta:
        """Names."""

        db_table = "matters_theme_matter"

    def __str__(self) -> str:
        """Theme and matter."""
        return f"{self.theme_id} {self.matter_id}"
