"""What officials set beside the vocabularies: standard answers, duty hours; and deadlines being counted anew."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from commongrid.journal.dated import period
from commongrid.kernel.wall import WHOLE_COUNTY, Wall


class StandardAnswer(models.Model):
    """A text offered at a step (标准答复), for a period: when answering, rejecting, parking and so on.

    ``text`` holds no placeholders but {number}, {date}, {unit} and {phone_of_office}.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    language = models.CharField("语言", max_length=2)
    sort = models.CharField("用于", max_length=12)
    kind_code = models.CharField("事项类别", max_length=8, blank=True, default="")
    title = models.CharField("标题", max_length=60)
    text = models.TextField("内容")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_standard_answer"
        verbose_name = "标准答复"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(language__in=("zh", "en")), name="matters_answer_language"),
            ExclusionConstraint(
                name="matters_answer_once",
                expressions=[("code", "="), ("language", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class DutyHours(models.Model):
    """A disaster or other emergency in which the limits of chosen kinds run day and night (应急值守时段).

    In force from ``begun_at`` until ``ended_at``; what got its deadline meanwhile keeps it.

    Personal data: none. Kept: for good, so that an old deadline can be explained.
    """

    id = models.UUIDField(primary_key=True)
    kinds = ArrayField(models.CharField(max_length=8), verbose_name="事项类别")
    reason = models.CharField("事由", max_length=200)
    begun_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_duty_hours"
        verbose_name = "应急值守时段"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")), name="matters_duty_ends_after"
            ),
            models.CheckConstraint(condition=~Q(kinds=[]), name="matters_duty_names_kinds"),
        ]

    def __str__(self) -> str:
        """When it began."""
        return self.begun_at.isoformat()


class Recount(models.Model):
    """Open deadlines being counted anew (时限重算) after a change of the calendar or of a rule; its id is the act's.

    ``sort``: "calendar" (``since`` is the first day that is different; no
    deadline moves earlier), "rule" (``vocabulary`` and ``row`` name the new
    version, asked for by the official; earlier ones leave at least the next
    working day), "duty" (the same, for the kinds of the duty hours). It goes
    through the matters by id and may stop anywhere: ``reached`` is the last one seen to.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    sort = models.CharField("缘由", max_length=8)
    vocabulary = models.CharField("词表", max_length=24, blank=True, default="")
    row = models.UUIDField("版本", null=True)
    since = models.DateField("自")
    reached = models.UUIDField("已算到", null=True)
    seen = models.IntegerField("已看", default=0)
    later = models.IntegerField("推后", default=0)
    sooner = models.IntegerField("提前", default=0)
    kept = models.IntegerField("保留", default=0)
    at = models.DateTimeField("时间")
    done_at = models.DateTimeField("完成", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_recount"
        verbose_name = "时限重算"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=("calendar", "rule", "duty")), name="matters_recount_sort"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="matters_recount_waiting", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        """What and since when."""
        return f"{self.sort} {self.since}"
