"""Tables beside the posts: whom a village can call on, who is on duty."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models import Person
from commongrid.roster.models.posts import Post
from commongrid.roster.rules import NAMED_BY, TALENT_STATES, TALENTS, TURNS
from commongrid.territory.models import PlaceField


class Talent(models.Model):
    """Somebody whom a village can call on (人才): what they are good at, how they were named, the branch's opinion.

    ``place`` is the village. ``state``: nominated (the branch has not said yet),
    listed, declined, which ends the row. A later opinion is another row.
    ``reserve``: also looked at for office one day (后备力量).
    ``opinion`` is about the skill, never about the family.

    Personal data: what somebody is good at and what the branch says of it (S2). Kept: while it holds, then three years.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    place = PlaceField("行政村")
    sort = models.CharField("类别", max_length=20)
    by = models.CharField("推荐方式", max_length=16)
    skill = models.CharField("特长", max_length=120)
    state = models.CharField("状态", max_length=10, default="nominated")
    opinion = models.CharField("党支部意见", max_length=200, blank=True, default="")
    reserve = models.BooleanField("后备力量", default=False)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        kind="talent", ended="to_on", whose=f"person_id {OF_THEM}", words=("skill", "opinion")
    )

    class Meta:
        """Names and constraints."""

        db_table = "roster_talent"
        verbose_name = "人才"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=TALENTS), name="roster_talent_sort"),
            models.CheckConstraint(condition=Q(by__in=NAMED_BY), name="roster_talent_by"),
            models.CheckConstraint(condition=Q(state__in=TALENT_STATES), name="roster_talent_state"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="roster_talent_period"
            ),
            ExclusionConstraint(
                name="roster_talent_once",
                expressions=[("person", "="), ("place", "="), ("sort", "="), (period("from_on", "to_on"), "&&")],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "state"], name="roster_talent_place")]


class DutyTurn(models.Model):
    """Who is on duty at a place on a day (值班): by day, by night or around the clock.

    Personal data: none of its own; it names a post. Kept: for good, as who answered for a day.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField()
    on = models.DateField()
    part = models.CharField("时段", max_length=8)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")

    wall: ClassVar[Wall] = Wall(place="place", read="open")

    class Meta:
        """Names and constraints."""

        db_table = "roster_duty_turn"
        verbose_name = "值班"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(part__in=TURNS), name="roster_duty_turn_part"),
            models.UniqueConstraint(fields=["place", "on", "part", "post"], name="roster_duty_turn_once"),
        ]
