"""Vocabularies of the register: standard code lists, and which fields are wanted and for how long they stay fresh."""

from __future__ import annotations

from typing import ClassVar, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.registry.rules.vocabularies import OWN_LISTS

OWN: Final = ", ".join(f"'{code}'" for code, _name in OWN_LISTS)


class Code(models.Model):
    """One entry of a standard code list (代码): GB/T 2261, 4658, 4761, 4762, 6565, 31000 and the county's own.

    ``list`` names the code list, ``code`` the entry inside it. Whoever acts for the
    whole county writes its own lists; what a standard says, no scope changes.

    Personal data: none. Kept: for good; an old record is read with the list of its day.
    """

    id = models.UUIDField(primary_key=True)
    list = models.CharField("代码表", max_length=24)
    code = models.CharField("代码", max_length=8)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120, blank=True, default="")
    standard = models.CharField("依据", max_length=40, blank=True, default="")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=f"{WHOLE_COUNTY} AND list IN ({OWN})")

    class Meta:
        """Names and constraints."""

        db_table = "registry_code"
        verbose_name = "代码"
        ordering: ClassVar = ["list", "position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(zh=""), name="registry_code_named"),
            ExclusionConstraint(
                name="registry_code_once",
                expressions=[("list", "="), ("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """List and code."""
        return f"{self.list}:{self.code}"


class FieldRule(models.Model):
    """How much a field of a record is asked for (字段要求): needed or wanted, of whom, and how long it stays fresh.

    ``of`` is the kind of record, ``field`` its field, ``who`` whom it is asked of: everybody, adults, children,
    elders, or those away. ``fresh_days`` empty: it never goes stale (a date of birth). ``weight`` is what it counts in
    the record's completeness, which scores the record and never a person.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    of = models.CharField("记录", max_length=16)
    field = models.CharField("字段", max_length=24)
    who = models.CharField("适用", max_length=12, default="all")
    need = models.CharField("要求", max_length=8, default="wanted")
    fresh_days = models.SmallIntegerField("保鲜天数", null=True)
    weight = models.SmallIntegerField("权重", default=1)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "registry_field_rule"
        verbose_name = "字段要求"
        ordering: ClassVar = ["of", "position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(of__in=("person", "household", "site", "thing", "organisation")),
                name="registry_field_rule_of",
            ),
            models.CheckConstraint(
                condition=Q(who__in=("all", "adults", "children", "elders", "away")), name="registry_field_rule_who"
            ),
            models.CheckConstraint(condition=Q(need__in=("needed", "wanted")), name="registry_field_rule_need"),
            models.CheckConstraint(
                condition=Q(weight__gte=1) & (Q(fresh_days__isnull=True) | Q(fresh_days__gte=1)),
                name="registry_field_rule_positive",
            ),
            ExclusionConstraint(
                name="registry_field_rule_once",
                expressions=[("of", "="), ("field", "="), ("who", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """Record and field."""
        return f"{self.of}.{self.field}"
