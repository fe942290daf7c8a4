"""The county's own lists about links: duties, what members can, numbers on notices. Dated rows."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models

from commongrid.journal.dated import period
from commongrid.kernel.wall import WHOLE_COUNTY, Wall


class Duty(models.Model):
    """One of the duties (职责) of linked members, grid heads or grid members, as ``whom`` says; a dated row.

    Those of linked members stand on the notice and the member's page, those of the grid's people on the page of grid
    staff. ``does_zh`` and ``does_en`` say in a few words what it means for a household; ``counts_when`` what fulfils
    it; ``source`` whether the county set it or it is proposed.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    does_zh = models.CharField("做什么", max_length=40, blank=True, default="")
    does_en = models.CharField("做什么(英文)", max_length=120, blank=True, default="")
    whom = models.CharField("谁的职责", max_length=8, default="linked")
    counts_when = models.CharField("何时算履行", max_length=160, blank=True, default="")
    source = models.CharField("来源", max_length=12, default="county")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "outreach_duty"
        verbose_name = "职责"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="outreach_duty_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class Ability(models.Model):
    """Something that a member can and a household may wish for (联户专长): a dialect, signing, reading letters; dated.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "outreach_ability"
        verbose_name = "联户专长"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="outreach_ability_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class PublicNumber(models.Model):
    """A number that stands on notices and slips of every place (公示电话), such as the one always answered; dated.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    number = models.CharField("号码", max_length=40)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "outreach_public_number"
        verbose_name = "公示电话"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="outreach_public_number_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code
