"""Tables of grid division: proposals, their grids, who is to staff them, the grid of each household in them."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models import Household, Person
from commongrid.roster.dividing.rules.planning import Terms
from commongrid.roster.dividing.rules.words import LARGEST, LEFT_WORDS, STATES, WEIGHTS
from commongrid.roster.models import Role
from commongrid.roster.rules import GRID_ROLES
from commongrid.territory.models import PlaceField


class Division(models.Model):
    """A proposal of grids for one village (网格划分方案), with its limits, what it costs, and what was decided.

    States: asked (the clock will work it out), ready (may be edited, worked out anew, adopted), failed (``fault`` says
    what to change), adopted (holds from ``adopts_on``), done (the clock carried it out), dropped.

    ``weigh`` counts households or people against ``target``, ``lower`` and ``upper``; ``grids`` is the number asked
    for, none by the target. Worth so many metres are ``change``, a household whose grid changes; ``split``, a natural
    village in a grid; ``uneven``, the square of a grid's distance to the target; ``headless``, a grid that nobody may
    head; ``short``, a household that no Party member has room for. ``groups``: Party groups are kept whole instead of
    natural villages. ``shares``: these may share grids; ``alone`` may each be one small grid.
    ``former``: its limits, state and fault before it was to be worked out anew, until it is.
    ``figures`` hold numbers only. ``quick``: what is not locked is to be worked out while somebody waits; once that is
    there, its proof is still to come. ``asked_at`` is when it was last asked for, ``share`` how far that is.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("行政村")
    number = models.SmallIntegerField("序号")
    state = models.CharField("状态", max_length=10, default="asked")
    weigh = models.CharField("按户或按人", max_length=8, default="homes")
    target = models.SmallIntegerField("目标规模", default=44)
    lower = models.SmallIntegerField("最小规模", default=30)
    upper = models.SmallIntegerField("最大规模", default=60)
    grids = models.SmallIntegerField("网格数", null=True)
    change = models.SmallIntegerField("每户变动的代价(米)", default=100)
    split = models.SmallIntegerField("拆分自然村的代价(米)", default=1000)
    uneven = models.SmallIntegerField("规模不均的代价(米)", default=0)
    headless = models.SmallIntegerField("无网格长人选的代价(米)", default=2000)
    short = models.SmallIntegerField("党员不足的代价(米)", default=100)
    groups = models.BooleanField("按党小组划分", default=False)
    shares = models.BooleanField("自然村可合编", default=False)
    alone = ArrayField(models.BigIntegerField(), verbose_name="可单独成小网格的自然村", default=list)
    figures = models.JSONField(default=dict)
    fault = models.CharField(max_length=24, blank=True, default="")
    quick = models.BooleanField(default=False)
    share = models.SmallIntegerField(default=0)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    adopts_on = models.DateField("执行日期", null=True)
    adopted_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    former = models.JSONField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "roster_division"
        verbose_name = "网格划分方案"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="roster_division_state"),
            models.CheckConstraint(condition=Q(weigh__in=WEIGHTS), name="roster_division_weigh"),
            models.CheckConstraint(
                condition=Q(lower__gte=1, lower__lt=F("upper"), target__gte=F("lower"), target__lte=F("upper"))
                & Q(upper__lte=LARGEST),
                name="roster_division_limits",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("adopted", "done")) | Q(adopts_on__isnull=False),
                name="roster_division_adopted_from_a_day",
            ),
            models.UniqueConstraint(fields=["place", "number"], name="roster_division_number"),
            models.UniqueConstraint(
                fields=["place"], condition=Q(state="adopted"), name="roster_division_one_adopted"
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="roster_division_asked", condition=Q(state="asked")),
            models.Index(fields=["asked_at"], name="roster_division_unproven", condition=Q(state="ready", quick=True)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)

    @property
    def terms(self) -> Terms:
        """Its limits, as the planner takes them."""
        given = {one.name: getattr(self, one.name) for one in fields(Terms)}
        return Terms(**given | {"alone": tuple(self.alone)})

    def set_aside(self) -> None:
        """Keep limits and state before it is worked out anew."""
        kept = {name: getattr(self, name) for name in ("state", "fault", "quick")}
        self.former = {**asdict(self.terms), **kept, "asked_at": self.asked_at.isoformat()}

    def take_back(self) -> None:
        """Be as it was before it was to be worked out anew."""
        for name, value in (self.former or {}).items():
            setattr(self, name, datetime.fromisoformat(value) if name == "asked_at" else value)
        self.former = None


class DivisionGrid(models.Model):
    """A grid of a proposal (方案中的网格): what it holds, what it lacks, which of today's it goes on from.

    ``code`` is today's grid that it goes on from, none for a new one; ``became`` the grid that holds since the proposal
    was carried out. ``same``: its households are exactly those of ``code``, which then stays as it is. ``metres`` are
    all walks to its middle, ``beyond`` the households that reach it only round or over a barrier.

    Personal data: none. Kept: with the proposal.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    division = models.ForeignKey(Division, models.CASCADE, related_name="drawn", db_index=False)
    place = PlaceField("行政村")
    number = models.SmallIntegerField("序号")
    code = PlaceField("现有网格", null=True)
    became = PlaceField("新网格", null=True)
    same = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    homes = models.SmallIntegerField("户数")
    people = models.IntegerField("人数")
    size = models.IntegerField("规模")
    metres = models.IntegerField("步行总距离(米)")
    heads = models.SmallIntegerField("可任网格长人数")
    room = models.IntegerField("党员可联户数")
    hamlets = models.SmallIntegerField("自然村数")
    beyond = models.SmallIntegerField("跨屏障户数")
    faults = models.JSONField(default=list)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "roster_division_grid"
        verbose_name = "方案中的网格"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "number"], name="roster_division_grid_number"),
            models.UniqueConstraint(
                fields=["division", "code"], condition=Q(code__isnull=False), name="roster_division_grid_once"
            ),
        ]

    def __str__(self) -> str:
        """The number, for people at a prompt."""
        return str(self.number)


class DivisionSeat(models.Model):
    """Who is to head, serve or strengthen a grid of a proposal from its day (计划任职); until then it grants nothing.

    ``person`` of the register, none for a ``name`` new to it. ``planned_by`` is the post that planned it, ``post`` what
    the clock made of it; ``left`` says why it was left out instead. ``place`` is the village, so that nobody below it
    reads who is only meant.

    Personal data: a name meant for an official function and an office phone (S1). Kept: with the proposal.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    grid = models.ForeignKey(DivisionGrid, models.CASCADE, related_name="seats")
    place = PlaceField("行政村")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=60)
    title_zh = models.CharField("中文职务", max_length=60, blank=True, default="")
    title_en = models.CharField("英文职务", max_length=60, blank=True, default="")
    office_phone = models.CharField("办公电话", max_length=40, blank=True, default="")
    planned_by = models.UUIDField(null=True)
    post = models.UUIDField(null=True)
    left = models.CharField(max_length=10, blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(whose=f"person_id {OF_THEM}")

    class Meta:
        """Names and constraints."""

        db_table = "roster_division_seat"
        verbose_name = "计划任职"
        ordering: ClassVar = ["role__position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=GRID_ROLES), name="roster_division_seat_role"),
            models.CheckConstraint(condition=Q(left__in=("", *LEFT_WORDS)), name="roster_division_seat_left"),
            models.UniqueConstraint(
                fields=["grid", "role", "person"], condition=Q(person__isnull=False), name="roster_division_seat_once"
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class DivisionHome(models.Model):
    """A household in a proposal (方案中的一户): its grid there and today's.

    ``locked``: stays in its grid when the rest is worked out anew; ``by_hand``: somebody put it there; ``near``: its
    point is not known, so the middle of its natural village stands for it. ``place`` is the village, so that nobody
    below it reads what is only proposed.

    Personal data: which grid a household is to be in (S1). Kept: with the household.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    division = models.ForeignKey(Division, models.CASCADE, related_name="homes", db_index=False)
    place = PlaceField("行政村")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    grid = models.ForeignKey(DivisionGrid, models.CASCADE, related_name="+")
    now = PlaceField("现有网格", null=True)
    locked = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    near = models.BooleanField(default=False)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(whose="household_id = ANY(%(homes)s)")

    class Meta:
        """Names and constraints."""

        db_table = "roster_division_home"
        verbose_name = "方案中的一户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "household"], name="roster_division_home_once"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
