"""Vocabularies of the loop: kinds, the work list, urgencies, limits, tiles, seeds of draws.

Dated rows that officials edit; a matter keeps the row it was decided under.
Seeded from ``seeds/*.csv``.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.matters.rules import words
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField


class Kind(models.Model):
    """What a matter is about (事项类别), for a period: limits, return visit, rating, who sees it, what closes it.

    ``parent`` is the group's code, empty for a group. ``respond_hours`` and
    ``finish_days`` run on ``calendar`` (W working, C natural); without
    ``finish_days`` only the response counts and finishing falls to the
    county's default; of a sealed kind only the response ever counts, for it
    ends here by its receipt. ``settle_roles`` may settle on the spot. ``closes``:
    "rating" (the reporter's good answer closes), "filing" (the centre reads
    and files), "receipt" (the competent body's receipt closes). ``routed_round``:
    a complaint about village cadres, so it starts at the township, out of the
    village's sight. ``publish``: whether its public face needs one person, two or
    is never shown ("never"); empty as ``rules.publishing`` says of such a kind.

    Personal data: none. Kept: for good; an old decision is explained by the row it was made under.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=8)
    parent = models.CharField("大类", max_length=8, blank=True, default="")
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    first_level = models.CharField("首接层级", max_length=12, blank=True, default="")
    respond_hours = models.DecimalField("响应时限(小时)", max_digits=7, decimal_places=2, null=True)
    finish_days = models.DecimalField("办结时限(天)", max_digits=7, decimal_places=2, null=True)
    calendar = models.CharField("日历", max_length=1, default="W")
    visit = models.CharField("回访", max_length=8, default="none")
    rated = models.BooleanField("评价", default=False)
    visibility = models.CharField("可见范围", max_length=12, default="parties")
    sensitive = models.BooleanField("敏感", default=False)
    publish = models.CharField("公开", max_length=8, blank=True, default="")
    closes = models.CharField("办结方式", max_length=8, default="filing")
    routed_round = models.BooleanField("回避村级", default=False)
    settle_roles = ArrayField(models.CharField(max_length=40), verbose_name="可当场办结的角色", default=list)
    competent = models.CharField("主管职能", max_length=40, blank=True, default="")
    emergency = models.CharField("应急电话", max_length=20, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_kind"
        verbose_name = "事项类别"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first_level__in=("", "grid", "village", "township", "county")),
                name="matters_kind_first_level",
            ),
            models.CheckConstraint(condition=Q(calendar__in=("W", "C")), name="matters_kind_calendar"),
            models.CheckConstraint(condition=Q(visit__in=("all", "sample", "none")), name="matters_kind_visit"),
            models.CheckConstraint(
                condition=Q(visibility__in=("public", "parties", "restricted", "sealed")),
                name="matters_kind_visibility",
            ),
            models.CheckConstraint(condition=Q(closes__in=("rating", "filing", "receipt")), name="matters_kind_closes"),
            models.CheckConstraint(condition=Q(publish__in=("", "one", "two", "never")), name="matters_kind_publish"),
            models.CheckConstraint(
                condition=~Q(visibility="sealed") | (Q(closes="receipt", visit="none", rated=False) & ~Q(competent="")),
                name="matters_kind_sealed_is_receipted",
            ),
            ExclusionConstraint(
                name="matters_kind_once", expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")]
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class WorkListRow(models.Model):
    """Who leads a kind of matter at a level (事项清单): a function that units share, or one unit named by a decision.

    ``place`` limits the row to one township, empty means the whole county.
    ``list`` says whether the township may be given it: basic (its own),
    support (helps, the department leads), recalled (the department does it).
    ``respond_hours`` and ``finish_days`` replace the kind's where given.
    ``decided_in`` is the act of the decision on a returned order, ``basis`` its words.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    kind_code = models.CharField("事项类别", max_length=8)
    level = models.CharField("层级", max_length=12)
    place = PlaceField("适用地方", null=True)
    function = models.CharField("牵头职能", max_length=40, blank=True, default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    list = models.CharField("清单", max_length=10, blank=True, default="")
    respond_hours = models.DecimalField("响应时限(小时)", max_digits=7, decimal_places=2, null=True)
    finish_days = models.DecimalField("办结时限(天)", max_digits=7, decimal_places=2, null=True)
    basis = models.CharField("依据", max_length=400, blank=True, default="")
    decided_in = models.UUIDField(null=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(place="place", read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_work_list"
        verbose_name = "事项清单"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=("township", "county")), name="matters_work_list_level"),
            models.CheckConstraint(
                condition=Q(list__in=("", "basic", "support", "recalled")), name="matters_work_list_list"
            ),
            models.CheckConstraint(
                condition=~Q(function="") | Q(unit__isnull=False), name="matters_work_list_leads_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(decided_in__isnull=True) | (Q(place__isnull=False) & ~Q(basis="")),
                name="matters_work_list_decision_has_basis",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind_code", "level"], name="matters_work_list_kind", condition=Q(valid_to=None)),
        ]

    def __str__(self) -> str:
        """Kind and level."""
        return f"{self.kind_code} {self.level}"


class UrgencyRule(models.Model):
    """How pressing a matter is (紧急程度), for a period: a factor on the kind's limits; 0 leaves them to the county.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=12)
    zh = models.CharField(max_length=20)
    en = models.CharField(max_length=40)
    factor = models.DecimalField(max_digits=4, decimal_places=2)
    note = models.CharField(max_length=200, blank=True, default="")
    position = models.SmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_urgency_rule"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(factor__gte=0, factor__lte=1), name="matters_urgency_rule_factor"),
            ExclusionConstraint(
                name="matters_urgency_rule_once", expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")]
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class Limit(models.Model):
    """A limit of the loop that no kind sets (环节时限): deciding, visiting, rating, filing, raising to the next level.

    ``amount`` counts ``measure`` (hours or days) on ``calendar``, or is a
    plain share or number where the measure says so.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=24)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=8, decimal_places=3)
    measure = models.CharField(max_length=8)
    calendar = models.CharField(max_length=1, default="W")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_limit"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(measure__in=("hours", "days", "share", "count")), name="matters_limit_measure"
            ),
            models.CheckConstraint(condition=Q(calendar__in=("W", "C")), name="matters_limit_calendar"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="matters_limit_positive"),
            models.CheckConstraint(
                condition=~Q(code="recheck_share") | Q(amount__gte=words.LEAST_RECHECKED),
                name="matters_limit_rechecked",
            ),
            models.CheckConstraint(
                condition=~Q(code="rating_batch") | Q(measure="count", amount__gte=words.LEAST_TOGETHER),
                name="matters_limit_together",
            ),
            ExclusionConstraint(
                name="matters_limit_once", expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")]
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class DangerWord(models.Model):
    """A phrase that says somebody is in danger (险情用语), for a period, with the sealed kind that it means.

    Without a kind it is harmless and only keeps a shorter phrase in it from counting.

    Personal data: none. Kept: for good, so that an old matter held back can be explained.
    """

    id = models.UUIDField(primary_key=True)
    word = models.CharField("用语", max_length=60)
    kind_code = models.CharField("所指类别", max_length=8, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_danger_word"
        verbose_name = "险情用语"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(word=""), name="matters_danger_word_is_one"),
            ExclusionConstraint(
                name="matters_danger_word_once",
                expressions=[("word", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The phrase."""
        return self.word


class SealedBody(models.Model):
    """A field of work whose bodies take sealed matters beside the one that each kind names first (密封类转交范围).

    For a period; ``about`` says what for.

    Personal data: none. Kept: for good, so that an old handing on can be explained.
    """

    id = models.UUIDField(primary_key=True)
    function = models.CharField("职能", max_length=40)
    about_zh = models.CharField("受理范围", max_length=120, blank=True, default="")
    about_en = models.CharField("受理范围(英文)", max_length=200, blank=True, default="")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_sealed_body"
        verbose_name = "密封类转交范围"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="matters_sealed_body_once",
                expressions=[("function", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The field of work."""
        return self.function


class TileShown(models.Model):
    """One of some twelve pictures that a villager chooses from (上报图块), for a period, standing for a kind.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    zh = models.CharField(max_length=20)
    en = models.CharField(max_length=40)
    kind_code = models.CharField(max_length=8)
    urgency = models.CharField(max_length=12, default="normal")
    picture = models.CharField(max_length=24)
    position = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_tile_shown"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="matters_tile_shown_once", expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")]
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class DrawSeed(models.Model):
    """The published seed of a month's draws (抽样种子): which "sample" matters get a return visit.

    A matter is drawn when the first 32 bits of SHA-256 over the seed and the
    matter's id, as a share of all, lie below the sample's share; anyone can check it.

    Personal data: none. Kept: for good.
    """

    month = models.DateField(primary_key=True)
    value = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(exempt="published numbers, no place and no person", append_only=True)

    class Meta:
        """Names and constraints."""

        db_table = "matters_draw_seed"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="matters_draw_seed_month"),
        ]

    def __str__(self) -> str:
        """The month."""
        return self.month.isoformat()


class NumberBase(models.Model):
    """Where the sequence of matters stood when a month began (编号起点): a matter's number is counted from there.

    Personal data: none. Kept: for good.
    """

    month = models.DateField(primary_key=True)
    base = models.BigIntegerField()

    wall: ClassVar[Wall] = Wall(exempt="counts per month, no place and no person", append_only=True)

    class Meta:
        """Names and constraints."""

        db_table = "matters_number_base"

    def __str__(self) -> str:
        """The month."""
        return self.month.isoformat()
