"""Tables of notices: the notices themselves, their texts, and what people wish."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.matters.models import Matter
from commongrid.notices.rules.texts import SIGN_IN_CODE, SORTS
from commongrid.territory.models import PlaceField

OWN_POST = "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid)"
CLOCK = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
OF_ITS_MATTER = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"


class Notice(models.Model):
    """One notice to one post or to the person behind one matter, by one channel (通知).

    Made once per act, recipient and channel: the id follows from them.
    ``facts`` hold a number, a day and an office's id and nothing else
    (``rules.texts.Facts``). To a person only ``matter`` says whose; the phone
    is looked up when it is sent and never kept here.

    States: waiting (tried at ``next_at``), sent, delivered, failed (given up;
    ``fault`` is a code), dropped (nobody to send it to any more). In the
    console it is sent at once and ``read_at`` once seen.

    Personal data: none. Kept: a year.
    """

    id = models.UUIDField(primary_key=True)
    sort = models.CharField("通知类型", max_length=16)
    channel = models.CharField("渠道", max_length=8)
    place = PlaceField("接收地方")
    post = models.UUIDField("接收岗位", null=True)
    matter = models.UUIDField("事项", null=True)
    facts = models.JSONField("要素")
    at = models.DateTimeField("时间")
    state = models.CharField("状态", max_length=12, default="waiting")
    next_at = models.DateTimeField("下次发送", null=True)
    tries = models.SmallIntegerField("次数", default=0)
    reference = models.CharField("回执号", max_length=64, blank=True, default="")
    fault = models.CharField("失败代码", max_length=24, blank=True, default="")
    done_at = models.DateTimeField("送达时间", null=True)
    read_at = models.DateTimeField("已读时间", null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        never=f"channel = 'inbox' AND NOT ({OWN_POST}) AND NOT {CLOCK}",
        also_see=OWN_POST,
        also_write=OWN_POST,
    )
    keeps: ClassVar[Keeping] = Keeping(kind="notice", ended="at")

    class Meta:
        """Names and constraints."""

        db_table = "notices_notice"
        verbose_name = "通知"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sort__in=tuple(code for code in SORTS if code != SIGN_IN_CODE)), name="notices_sort"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=("inbox", "email"), post__isnull=False)
                | Q(channel="sms", post__isnull=True, matter__isnull=False),
                name="notices_to_a_post_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False)
                | Q(state__in=("sent", "delivered", "failed", "dropped"), next_at__isnull=True),
                name="notices_waiting_has_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "at"], name="notices_inbox", condition=Q(channel="inbox")),
            models.Index(fields=["post"], name="notices_unread", condition=Q(channel="inbox", read_at__isnull=True)),
            models.Index(fields=["next_at"], name="notices_waiting", condition=Q(state="waiting")),
            models.Index(fields=["at"], name="notices_failed", condition=Q(state="failed")),
            models.Index(fields=["reference"], name="notices_reference", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        """Sort and channel."""
        return f"{self.sort} {self.channel}"


class NoticeText(models.Model):
    """The text of a sort of notice by channel and language (通知文本), for a period.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    sort = models.CharField("通知类型", max_length=16)
    channel = models.CharField("渠道", max_length=8)
    language = models.CharField("语言", max_length=2)
    text = models.CharField("文本", max_length=300)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "notices_text"
        verbose_name = "通知文本"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="notices_text_once",
                expressions=[
                    ("sort", "="), ("channel", "="), ("language", "="), (period("valid_from", "valid_to"), "&&"),
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Sort and channel."""
        return f"{self.sort} {self.channel} {self.language}"


class Wish(models.Model):
    """Whether the person behind a matter wants messages about it (短信意愿), and in which language they said so.

    Without a row the rule of its sort holds, and the language of the report.

    Personal data: none; it says nothing but yes or no. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="+")
    wanted = models.BooleanField()
    language = models.CharField(max_length=2, blank=True, default="")
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names."""

        db_table = "notices_wish"
        verbose_name = "短信意愿"

    def __str__(self) -> str:
        """The matter's id."""
        return str(self.matter_id)
