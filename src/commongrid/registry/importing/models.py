"""Tables of the import: a file between its upload and the decision about it, and the batch that came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField

SORTS = ("people", "homes", "sites", "things", "organisations", "members", "flags")
STATES = ("sent", "looking", "looked", "refused")
OWN_POST = (
    "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid) "
    "OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
)


class ImportUpload(models.Model):
    """A file between its upload and the decision about it (待导入文件): sealed, seen by whoever sent it, gone in a day.

    States: sent; looking (``share`` per cent are read; whoever reads said so at ``read_at``, and it is the ``tries``-th
    reading); looked (``found_sealed`` is what it would do; ``digest`` names the plan); refused (``fault`` says why it
    can't be read). ``lo`` and ``hi`` are what its sender may see, and ``hardship`` whether
    that takes in flags of hardship.

    Personal data: the file as sent and what was found in it, sealed. Kept: until taken in or dropped, at most a day.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("所属地方", follows=False)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    post = models.UUIDField()
    sort = models.CharField("表", max_length=16)
    hardship = models.BooleanField("可见困难标记", default=False)
    name = models.CharField("文件名", max_length=120)
    sealed = models.BinaryField()
    size = models.IntegerField("字节数")
    state = models.CharField("状态", max_length=8, default="sent")
    share = models.SmallIntegerField("进度", default=0)
    read_at = models.DateTimeField("读取时间", null=True)
    tries = models.SmallIntegerField("读取次数", default=0)
    found_sealed = models.BinaryField(null=True)
    digest = models.CharField(max_length=32, blank=True, default="")
    fault = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(also_see=OWN_POST, also_write=OWN_POST)
    keeps: ClassVar[Keeping] = Keeping(kind="import_file", ended="at")

    class Meta:
        """Names and constraints."""

        db_table = "registry_import_upload"
        verbose_name = "待导入文件"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=SORTS), name="registry_import_upload_sort"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="registry_import_upload_state"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="registry_import_upload_at")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class ImportBatch(models.Model):
    """A file taken in (导入批次): the act's id, how many rows did what, and whether it was undone since.

    What it made carries its id, and every field it changed left its former value in
    Correction. ``place`` is the post's. ``file_hash`` is the SHA-256 of the file.

    Personal data: none; the file's name is not kept. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("地方")
    sort = models.CharField("表", max_length=16)
    file_hash = models.BinaryField("文件摘要", max_length=32)
    rows = models.IntegerField("行数")
    fresh = models.IntegerField("新增")
    changed = models.IntegerField("变更")
    same = models.IntegerField("未变")
    left_out = models.IntegerField("未导入")
    homes = models.IntegerField("新增户")
    post = models.UUIDField(null=True)
    at = models.DateTimeField("导入时间")
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "registry_import_batch"
        verbose_name = "导入批次"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=SORTS), name="registry_import_batch_sort"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="registry_import_batch_undone",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "at"], name="registry_import_batch_at")]

    def __str__(self) -> str:
        """Kind and day."""
        return f"{self.sort} {self.at:%Y-%m-%d}"
