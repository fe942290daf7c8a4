"""Ledgers that people make themselves, some of them laid into a form of somebody else's."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from commongrid.journal.dated import TODAY
from commongrid.kernel.keeping import Keeping
from commongrid.kernel.wall import Wall
from commongrid.territory.models import PlaceField

SUBJECTS = ("person", "household", "site", "thing", "organisation")
OWN_LEDGER = "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid)"
OF_THE_PLACE = (
    "shared AND (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post') "
    "AND place = (SELECT NULLIF(current_setting('cg.lo', true), '')::bigint) "
    "AND (SELECT COALESCE(current_setting('cg.narrow', true), '') = '')"
)
"""Shared with every post that acts for the same place as a whole."""
CLOCK = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
"""The clock reads and changes a ledger for an erasure alone: its name may name somebody."""

ORPHANED: Final = (
    "shared AND NOT EXISTS (SELECT 1 FROM roster_post p WHERE p.id = registry_saved_ledger.post"  # noqa: S608 - ours
    f" AND (p.to_on IS NULL OR p.to_on > {TODAY}))"
)
"""Shared by a post that has ended: the posts of its place go on using it, and any of them may take it over."""


class SavedLedger(models.Model):
    """A ledger that a post made itself (自建台账): a subject, columns in their order, filters, a grouping, an order.

    It holds no record: each reader sees the rows of their own scope through it. ``place`` is where its post stands;
    ``shared`` ones are offered to the posts of that place. A ledger laid into a form of somebody else's (外来表样)
    keeps that workbook in ``form_sealed``; ``form`` says its name, its sheet, the first row to fill, which column is
    which, and what becomes of what stands below.

    Personal data: a form may have come with names in it, so it is sealed (S4). Kept: until its post removes it, or
    a year after that post ended; a shared one goes on, and whoever changes it next has it.
    """

    id = models.UUIDField(primary_key=True)
    post = models.UUIDField("岗位")
    place = PlaceField("所属地方")
    name = models.CharField("名称", max_length=40)
    of = models.CharField("对象", max_length=14)
    columns = models.JSONField("栏目")
    filters = models.JSONField("筛选", default=dict)
    group = models.CharField("分组", max_length=24, blank=True, default="")
    order = models.CharField("排序", max_length=24, blank=True, default="")
    down = models.BooleanField("倒序", default=False)
    shared = models.BooleanField("本地共用", default=False)
    form = models.JSONField("表样", null=True)
    form_sealed = models.BinaryField("表样文件", null=True)
    at = models.DateTimeField("保存时间")

    wall: ClassVar[Wall] = Wall(
        also_see=f"{OWN_LEDGER} OR {OF_THE_PLACE} OR {CLOCK}",
        also_write=f"{OWN_LEDGER} OR {CLOCK} OR ({OF_THE_PLACE} AND {ORPHANED})",
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="own_list", words=("name", "form"),
        ended="CASE WHEN NOT shared THEN (SELECT p.to_on FROM roster_post p WHERE p.id = registry_saved_ledger.post)"
        " END",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_saved_ledger"
        verbose_name = "自建台账"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="registry_saved_ledger_has_a_name"),
            models.CheckConstraint(condition=Q(of__in=SUBJECTS), name="registry_saved_ledger_of"),
            models.CheckConstraint(
                condition=Q(form__isnull=True, form_sealed__isnull=True)
                | Q(form__isnull=False, form_sealed__isnull=False),
                name="registry_saved_ledger_form",
            ),
            models.UniqueConstraint(fields=["post", "name"], name="registry_saved_ledger_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "name"], name="registry_saved_ledger_shared", condition=Q(shared=True)),
        ]

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)
