"""Tables of the takeover from older systems: the batch, and where each matter came from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.territory.models import PlaceField


class Batch(models.Model):
    """One file taken over (导入批次): from which system, how many rows, and whether it was undone since.

    ``place`` is the smallest place that holds all its matters. ``file_hash`` is
    the SHA-256 of the file as read. ``first`` numbers the matters of all
    batches through, so that none gets another's number. ``opened_from`` and
    ``opened_to`` are the first and last opening, by which tallies know what to
    count again.

    Personal data: none; the file's name is not kept. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("地方")
    system = models.CharField("来源系统", max_length=24)
    file_hash = models.BinaryField("文件摘要", max_length=32)
    rows = models.IntegerField("行数")
    taken = models.IntegerField("导入数")
    flagged = models.IntegerField("存疑数")
    open = models.IntegerField("未结数")
    first = models.BigIntegerField("起始序号", unique=True)
    opened_from = models.DateTimeField("最早上报")
    opened_to = models.DateTimeField("最晚上报")
    at = models.DateTimeField("导入时间")
    undone_at = models.DateTimeField("撤销时间", null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "matters_import_batch"
        verbose_name = "导入批次"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken__gt=0, taken__lte=F("rows"), flagged__gte=0, open__gte=0),
                name="matters_import_batch_counts",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="matters_import_batch_at")]

    def __str__(self) -> str:
        """System and time."""
        return f"{self.system} {self.at:%Y-%m-%d}"


class Origin(models.Model):
    """What the older system said of a matter that this one does not say itself (历史信息).

    ``row`` is its row in the file, ``kind_text`` the kind as written there.
    ``satisfied`` and ``reopened`` are empty where the file did not tell.

    Personal data: the person's answer. Kept: with the matter.
    """

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="origin")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="origins")
    place = PlaceField("地方")
    row = models.IntegerField("行号")
    kind_text = models.CharField("原类别", max_length=120, blank=True, default="")
    satisfied = models.BooleanField("满意", null=True)
    reopened = models.BooleanField("重办", null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "matters_origin"
        verbose_name = "历史信息"
        indexes: ClassVar = [
            models.Index(
                fields=["matter"],
                name="matters_origin_told",
                condition=Q(satisfied__isnull=False) | Q(reopened__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Matter and row."""
        return f"{self.matter_id} {self.row}"
