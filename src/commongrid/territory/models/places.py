"""Tables of places and of the county's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact

from commongrid.kernel.wall import WHOLE_COUNTY, Wall

if TYPE_CHECKING:
    from datetime import date


class PlaceField(models.BigIntegerField):  # type: ignore[type-arg]
    """A column that holds a place code.

    When a place is re-coded, ``territory.actions.recode`` carries every such
    column of every table along; it finds them by this class. A column that
    keeps the code of its day (``place_then``) is a plain BigIntegerField or
    says ``follows=False``.
    """

    def __init__(self, *args: Any, follows: bool = True, **kwargs: Any) -> None:
        """Accept what BigIntegerField accepts and whether the column follows a re-coding."""
        self.follows = follows
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """In migrations it is the plain integer column it is in PostgreSQL."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs

    def clone(self) -> PlaceField:
        """Copy as this class, although it deconstructs to another."""
        _name, _path, args, kwargs = self.deconstruct()
        return type(self)(*args, follows=self.follows, **kwargs)


class PlaceSet(models.QuerySet["Place"]):
    """Named filters of places."""

    def in_force(self) -> PlaceSet:
        """Places that exist today."""
        return self.filter(valid_to=None)

    def within(self, lo: int, hi: int) -> PlaceSet:
        """Places whose code lies in the interval, both ends included."""
        return self.filter(code__gte=lo, code__lte=hi)

    def on(self, day: date) -> PlaceSet:
        """Places that existed on the day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class Place(models.Model):
    """A place (地方): province to village by national code, natural village, villager group or grid inside it.

    States: in force while ``valid_to`` is empty; ended from ``valid_to`` on
    (the first day on which it no longer exists), for good. ``valid_from`` is
    the day since which this register holds the place under this code. ``kind``
    tells a community from a village and a dedicated grid from a general one.

    Personal data: none. Kept: for good.
    """

    LEVELS = (
        "province", "prefecture", "county", "township", "village", "natural_village", "villager_group", "grid",
    )  # fmt: skip

    wall: ClassVar = Wall(place="code", read="open")

    code = PlaceField("代码", primary_key=True, follows=False)
    level = models.CharField("层级", max_length=16)
    kind = models.CharField("类别", max_length=16, blank=True, default="")
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=160, blank=True, default="")
    initials = models.CharField("拼音首字母", max_length=100, blank=True, default="")
    sort_key = models.CharField("排序键", max_length=600, blank=True, default="")
    parent = PlaceField("上级", null=True, follows=False)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    objects = PlaceSet.as_manager()

    class Meta:
        """Names and constraints."""

        db_table = "territory_place"
        verbose_name = "地方"
        indexes: ClassVar = [
            models.Index(fields=["parent", "sort_key"], name="place_by_parent"),
            models.Index(fields=["level", "code"], name="place_by_level", condition=Q(valid_to=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="place_code_has_15_digits", condition=Q(code__gte=10**14, code__lt=10**15),
            ),
            models.CheckConstraint(
                name="place_level_known",
                condition=Q(
                    level__in=(
                        "province", "prefecture", "county", "township", "village",
                        "natural_village", "villager_group", "grid",
                    ),
                ),
            ),
            models.CheckConstraint(name="place_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="place_ends_after_it_begins", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="place_only_a_province_has_no_parent",
                condition=Q(parent__isnull=False) | Q(level__in=("province", "prefecture", "county")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The name, for people at a prompt."""
        return self.name


class Succession(models.Model):
    """What became of a place: ``old`` ended or gave part of itself on ``on``, ``new`` carries it on (沿革).

    One old with several new is a split, several old with one new a merger.

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="old", read="open", append_only=True)

    id = models.UUIDField(primary_key=True, editable=False)
    old = PlaceField("原代码", follows=False)
    new = PlaceField("新代码", follows=False)
    on = models.DateField("日期")

    class Meta:
        """Names and constraints."""

        db_table = "territory_succession"
        verbose_name = "沿革"
        indexes: ClassVar = [models.Index(fields=["new"], name="succession_by_new")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="succession_once"),
            models.CheckConstraint(name="succession_leads_elsewhere", condition=~Q(old=F("new"))),
        ]

    def __str__(self) -> str:
        """Both codes, for people at a prompt."""
        return f"{self.old} -> {self.new}"


class FormerName(models.Model):
    """A name a place bore until it was renamed on ``until`` (曾用名).

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="place", read="open", append_only=True)

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("地方", follows=False)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=160, blank=True, default="")
    until = models.DateField("截止日期")

    class Meta:
        """Names and constraints."""

        db_table = "territory_former_name"
        verbose_name = "曾用名"
        indexes: ClassVar = [models.Index(fields=["place"], name="former_name_by_place")]

    def __str__(self) -> str:
        """The name, for people at a prompt."""
        return self.name


class GridCover(models.Model):
    """A grid serves a natural village, a villager group or another set of homes (网格覆盖).

    In force while ``valid_to`` is empty; old divisions stay, so a past month's
    figures never change.

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="grid", read="open")

    id = models.UUIDField(primary_key=True, editable=False)
    grid = PlaceField("网格", follows=False)
    covered = PlaceField("覆盖的自然村或小组", follows=False)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "territory_grid_cover"
        verbose_name = "网格覆盖"
        indexes: ClassVar = [
            models.Index(fields=["covered"], name="grid_cover_by_covered", condition=Q(valid_to=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grid", "covered"], condition=Q(valid_to=None), name="grid_cover_once"),
            models.CheckConstraint(
                name="grid_cover_inside_one_village",
                condition=Q(Exact(F("grid") / 1000, F("covered") / 1000)) & ~Q(covered=F("grid")),
            ),
        ]

    def __str__(self) -> str:
        """Both codes, for people at a prompt."""
        return f"{self.grid} serves {self.covered}"


class County(models.Model):
    """What a county sets for itself: its zone, whether it is the demo (县设置).

    ``calendar_version`` rises whenever working days or office hours change, so
    that a process knows when its calendar is stale.

    Personal data: none. Kept: as long as the county.
    """

    wall: ClassVar = Wall(read="open", also_write=WHOLE_COUNTY)

    code = PlaceField("代码", primary_key=True, follows=False)
    zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    demo = models.BooleanField("演示县", default=False)
    calendar_version = models.IntegerField("日历版本", default=1)

    class Meta:
        """Names and constraints."""

        db_table = "territory_county"
        verbose_name = "县设置"

    def __str__(self) -> str:
        """The code, for people at a prompt."""
        return str(self.code)


class OfficeHours(models.Model):
    """One stretch of office hours of a working day, local time, in force in a period (工作时间).

    Personal data: none. Kept: for good, so that an old deadline can be explained.
    """

    wall: ClassVar = Wall(read="open", also_write=WHOLE_COUNTY)

    id = models.UUIDField(primary_key=True, editable=False)
    opens = models.TimeField("开始")
    closes = models.TimeField("结束")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "territory_office_hours"
        verbose_name = "工作时间"
        constraints: ClassVar = [
            models.CheckConstraint(name="office_hours_open_before_they_close", condition=Q(opens__lt=F("closes"))),
        ]

    def __str__(self) -> str:
        """The stretch, for people at a prompt."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


class CalendarChange(models.Model):
    """That the county's clock was changed (日历变更): a year's notice came in, or office hours were set anew.

    ``before`` and ``after`` are the days (day: worked) or the hours (opens,
    closes, from, until) that the change replaced and put there, so that the
    calendar of either side can be told again. ``since`` is the first day on
    which anything is different.

    Personal data: none. Kept: for good, so that an old deadline can be explained.
    """

    wall: ClassVar = Wall(read="open", also_write=WHOLE_COUNTY, append_only=True)

    id = models.UUIDField(primary_key=True, editable=False)
    sort = models.CharField("变更", max_length=8)
    year = models.SmallIntegerField("年份", null=True)
    since = models.DateField("自")
    source = models.CharField("来源", max_length=60, blank=True, default="")
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    at = models.DateTimeField("时间")

    class Meta:
        """Names and constraints."""

        db_table = "territory_calendar_change"
        verbose_name = "日历变更"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="calendar_change_sort",
                condition=Q(sort="year", year__isnull=False) | Q(sort="hours", year__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """What and since when, for people at a prompt."""
        return f"{self.sort} {self.since}"


class MarketDays(models.Model):
    """On which days a township's market is held (赶集日), for a period.

    ``sort``: "lunar" the days of the lunar month whose last digit is among
    ``numbers`` (逢一逢六), "cycle" every ``numbers[0]``-th day counted from
    ``anchor``, "week" the days of the week in ``numbers`` (1 is Monday).

    Personal data: none. Kept: for good.
    """

    wall: ClassVar = Wall(place="place", read="open")

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("乡镇")
    sort = models.CharField("周期", max_length=8)
    numbers = ArrayField(models.SmallIntegerField(), verbose_name="日子")
    anchor = models.DateField("起算日", null=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "territory_market_days"
        verbose_name = "赶集日"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="market_days_sort",
                condition=Q(sort__in=("lunar", "week")) | Q(sort="cycle", anchor__isnull=False),
            ),
            models.UniqueConstraint(fields=["place"], condition=Q(valid_to=None), name="market_days_once"),
        ]

    def __str__(self) -> str:
        """The place, for people at a prompt."""
        return f"{self.place} {self.sort}"


class CalendarDay(models.Model):
    """Whether a day is worked (工作日历), from the State Council's yearly notice.

    Only days that differ from Monday to Friday have a row. A row may be typed in
    before the notice is out; it is then ``provisional``, as is every day of a
    later year. ``zh`` and ``en`` name the holiday, or the one made up for.

    Personal data: none. Kept: for good, so that an old deadline can be explained.
    """

    wall: ClassVar = Wall(read="open", also_write=WHOLE_COUNTY)

    day = models.DateField("日期", primary_key=True)
    working = models.BooleanField("工作日")
    zh = models.CharField("节日", max_length=60, blank=True, default="")
    en = models.CharField("节日英文名", max_length=60, blank=True, default="")
    source = models.CharField("来源", max_length=60, blank=True, default="")
    provisional = models.BooleanField("暂定", default=False)

    class Meta:
        """Names and constraints."""

        db_table = "territory_calendar_day"
        verbose_name = "工作日历"

    def __str__(self) -> str:
        """The day, for people at a prompt."""
        return self.day.isoformat()
