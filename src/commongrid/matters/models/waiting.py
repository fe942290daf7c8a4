"""Waiting and other ends: bodies it may be referred to, reasons, applications to the deputy, referrals.

Bodies and reasons are dated rows that officials edit, seeded from ``seeds/*.csv``.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import OF_ITS_MATTER
from commongrid.matters.rules import words
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField


class ReferralBody(models.Model):
    """A body outside this platform that a matter may be referred to (转出接收单位), for a period.

    Personal data: none. Kept: for good; an old referral is explained by the row it was made under.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    about_zh = models.CharField("受理范围", max_length=120, blank=True, default="")
    about_en = models.CharField("受理范围(英文)", max_length=200, blank=True, default="")
    contact = models.CharField("联系方式", max_length=80, blank=True, default="")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_referral_body"
        verbose_name = "转出接收单位"
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="matters_referral_body_once", expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")]
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class WaitingReason(models.Model):
    """Why a matter is not accepted or is parked (理由), for a period; ``advice`` says what the person can do instead.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    sort = models.CharField("用于", max_length=8)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文", max_length=60)
    en = models.CharField("英文", max_length=120)
    advice_zh = models.CharField("给本人的话", max_length=200, blank=True, default="")
    advice_en = models.CharField("给本人的话(英文)", max_length=300, blank=True, default="")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_waiting_reason"
        verbose_name = "理由"
        ordering: ClassVar = ["sort", "position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=words.REASONED), name="matters_waiting_reason_sort"),
            ExclusionConstraint(
                name="matters_waiting_reason_once",
                expressions=[("sort", "="), ("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """Sort and code."""
        return f"{self.sort} {self.code}"


class Application(models.Model):
    """What the deputy is asked for or did in one step (审批): more time, a pause, parked, referred out, ended.

    Asked of ``to_unit``, or of the level ``to_level`` at ``to_place``, until
    ``due_at``; undecided by then it goes to the level above. ``outcome`` is
    empty while it waits, then granted, refused or lapsed (the matter moved
    on). ``until`` is the new limit, the end of the pause or the day of review.
    ``told`` is how the person was told. Its words are notes of the matter.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="applications")
    sort = models.CharField("申请", max_length=8)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.UUIDField("申请岗位", null=True)
    until = models.DateField("至", null=True)
    reason = models.ForeignKey(WaitingReason, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.ForeignKey(ReferralBody, models.PROTECT, null=True, related_name="+", db_index=False)
    told = models.CharField("如何告知本人", max_length=8, blank=True, default="")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    to_level = models.CharField("审批层级", max_length=12)
    to_place = PlaceField("审批地方")
    due_at = models.DateTimeField("审批期限", null=True)
    outcome = models.CharField("结果", max_length=8, blank=True, default="")
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_by = models.UUIDField("审批岗位", null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_application"
        verbose_name = "审批"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=words.APPROVED), name="matters_application_sort"),
            models.CheckConstraint(condition=Q(told__in=("", *words.TOLD)), name="matters_application_told"),
            models.CheckConstraint(condition=Q(to_level__in=words.OWNERS), name="matters_application_level"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, due_at__isnull=False)
                | Q(outcome__in=("granted", "refused", "lapsed"), decided_at__isnull=False),
                name="matters_application_waits_or_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(sort="park", outcome="granted") | (Q(until__isnull=False) & ~Q(told="")),
                name="matters_application_parked_has_review",
            ),
            models.UniqueConstraint(fields=["matter"], condition=Q(outcome=""), name="matters_application_one_waits"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "asked_at"], name="matters_application_matter"),
            models.Index(
                fields=["to_level", "to_place", "due_at"], name="matters_application_waits", condition=Q(outcome="")
            ),
        ]

    def __str__(self) -> str:
        """Matter and sort."""
        return f"{self.matter_id} {self.sort}"


class Referral(models.Model):
    """One referral to another body (转出): when its receipt is due, and what came: a receipt, a no, or taken back.

    Personal data: none; ``contact`` is an office's. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="referrals")
    body = models.ForeignKey(ReferralBody, models.PROTECT, related_name="+", db_index=False)
    referred_at = models.DateTimeField("转出时间")
    receipt_due_at = models.DateTimeField("回执期限")
    outcome = models.CharField("结果", max_length=8, blank=True, default="")
    ended_at = models.DateTimeField("收到时间", null=True)
    number = models.CharField("回执编号", max_length=60, blank=True, default="")
    received_on = models.DateField("对方收到日期", null=True)
    contact = models.CharField("对方联系方式", max_length=80, blank=True, default="")

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_referral"
        verbose_name = "转出"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True)
                | Q(outcome__in=("received", "refused", "taken"), ended_at__isnull=False),
                name="matters_referral_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="received") | (~Q(number="") & Q(received_on__isnull=False)),
                name="matters_referral_receipt_has_number",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["matter", "referred_at"], name="matters_referral_matter")]

    def __str__(self) -> str:
        """Matter and body."""
        return f"{self.matter_id} {self.body_id}"
