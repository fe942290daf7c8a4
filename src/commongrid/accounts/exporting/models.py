"""Tables of long exports: what was asked for, and the pieces of the file that came of it."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from commongrid.accounts.models import Account
from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import Wall

STATES: Final = ("asked", "making", "ready", "failed")
OWN_POST: Final = (
    "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid) "
    "OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
)
_MAY_HOLD: Final = (
    f"EXISTS (SELECT 1 FROM registry_person p WHERE p.id {OF_THEM}"  # noqa: S608 - ours
    " AND (p.place BETWEEN lo AND hi OR p.registered_place BETWEEN lo AND hi))"
)
"""Somebody of the places: they may be in the list."""


class ExportedList(models.Model):
    """A long list that a post asked for (导出名册): ``what`` it is, of which places, until when its file is kept.

    States: asked; making (``share`` per cent are written; whoever writes said so at ``read_at``, and it is the
    ``tries``-th writing); ready (``rows`` and ``size`` say how much); failed (``fault`` says why).
    ``asked_sealed`` holds the purpose and which rows, ``session_sealed`` the session that asked, until it is written;
    ``sight`` is a digest of what the post saw then: to another sight the file is not handed out.

    Personal data: the purpose and the search words, sealed; the file in its pieces. Kept: until its day, or removed.
    """

    id = models.UUIDField(primary_key=True)
    post = models.UUIDField("岗位")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    what = models.CharField("名册", max_length=40)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    language = models.CharField("语言", max_length=8)
    asked_sealed = models.BinaryField()
    session_sealed = models.BinaryField(null=True)
    sight = models.BinaryField(max_length=32)
    state = models.CharField("状态", max_length=8, default="asked")
    share = models.SmallIntegerField("进度", default=0)
    rows = models.IntegerField("行数", default=0)
    size = models.BigIntegerField("字节数", default=0)
    fault = models.CharField(max_length=600, blank=True, default="")
    read_at = models.DateTimeField("写入时间", null=True)
    tries = models.SmallIntegerField("写入次数", default=0)
    until = models.DateField("保留至")
    at = models.DateTimeField("请求时间")

    wall: ClassVar[Wall] = Wall(also_see=OWN_POST, also_write=OWN_POST, unpublished=True)
    keeps: ClassVar[Keeping] = Keeping(kind="export", ended="at", whose=_MAY_HOLD, own="false")

    class Meta:
        """Names and constraints."""

        db_table = "accounts_exported_list"
        verbose_name = "导出名册"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="accounts_exported_list_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "at"], name="accounts_exported_list_post"),
            models.Index(fields=["at"], name="accounts_exported_list_todo", condition=Q(state__in=("asked", "making"))),
            models.Index(fields=["until"], name="accounts_exported_list_until"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


_ITS_LIST: Final = "EXISTS (SELECT 1 FROM accounts_exported_list l WHERE l.id = list_id AND {condition})"


class ExportPiece(models.Model):
    """A piece of the file of a long list (导出文件分段), sealed; the pieces in their order are the file.

    Personal data: a part of the file, sealed. Kept: with the list. Its table comes before the list's by name, so that
    clock and erasure, which go by name, find the pieces by a list that still stands.
    """

    id = models.UUIDField(primary_key=True)
    list = models.ForeignKey(ExportedList, models.CASCADE, related_name="pieces", db_index=False)
    n = models.IntegerField("序号")
    post = models.UUIDField("岗位")
    sealed = models.BinaryField()

    wall: ClassVar[Wall] = Wall(also_see=OWN_POST, also_write=OWN_POST, unpublished=True)
    keeps: ClassVar[Keeping] = Keeping(
        kind="export", ended="(SELECT l.at FROM accounts_exported_list l WHERE l.id = list_id)",
        whose=_ITS_LIST.format(condition=_MAY_HOLD.replace("lo AND hi", "l.lo AND l.hi")), own="false",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "accounts_export_piece"
        verbose_name = "导出文件分段"
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "n"], name="accounts_export_piece_once")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
