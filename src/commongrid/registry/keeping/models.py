"""Tables of keeping: how long each kind of record is kept, what the clock did, who was erased, who got their file."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import OF_THEM, UNITS, Keeping
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.registry.keeping.rules import BASES, SHOWN_BY
from commongrid.registry.models import Person
from commongrid.territory.models import PlaceField


class RetentionRule(models.Model):
    """How long one kind of record is kept after it ended (留存规则); empty ``length`` for good.

    ``archive``: a law keeps it so long, and an erasure yields to it until then; ``basis`` names the law.

    Personal data: none. Kept: for good, so that what was removed can be explained.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("记录种类", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=80)
    length = models.SmallIntegerField("期限", null=True)
    unit = models.CharField("单位", max_length=8, default="years")
    archive = models.BooleanField("法定保管", default=False)
    basis = models.CharField("依据", max_length=200)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "registry_retention_rule"
        verbose_name = "留存规则"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="registry_retention_rule_unit"),
            models.CheckConstraint(
                condition=Q(length__isnull=True) | Q(length__gte=1), name="registry_retention_rule_length"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="registry_retention_rule_basis"),
            ExclusionConstraint(
                name="registry_retention_rule_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class RetentionReport(models.Model):
    """What the clock did with the periods on a day (留存报告): per kind what was removed, held by an archive, left.

    ``rows`` is a list of ``{kind, removed, held, archive, left}``; ``left``: due, but taken on the next day.

    Personal data: none, counts only. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("县")
    on = models.DateField("日期")
    at = models.DateTimeField("时间")
    rows = models.JSONField("结果", default=list)

    wall: ClassVar[Wall] = Wall(place="place", append_only=True, may_set=("place",))

    class Meta:
        """Names and constraints."""

        db_table = "registry_retention_report"
        verbose_name = "留存报告"
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "on"], name="registry_retention_report_once")]

    def __str__(self) -> str:
        """The day."""
        return str(self.on)


class Erasure(models.Model):
    """That somebody was erased (删除): by whom, why, on which basis, what went and what an archive keeps.

    ``people`` are the ids of the record and of those joined into it; nothing leads from them to anybody any more, and
    after a restore they say whom to erase again. While something is still worked on, ``sought_sealed`` keeps the
    signs to look for when it is over; then it is emptied and ``done_at`` set. ``rows`` counts by kind what went,
    ``held`` what is kept.

    Personal data: ids that lead to nobody; while it waits, the names and numbers (S4, sealed). Kept: for good, as proof
    and for restores.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("县")
    people = ArrayField(models.UUIDField())
    at = models.DateTimeField("时间")
    post = models.UUIDField("岗位", null=True)
    basis = models.CharField("依据", max_length=12)
    reason = models.CharField("理由", max_length=200)
    rows = models.JSONField("已删除", default=dict)
    held = models.JSONField("依法保管", default=dict)
    sought_sealed = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(words=("reason",), about="%(villages)s::bigint[] <> '{}'")

    class Meta:
        """Names and constraints."""

        db_table = "registry_erasure"
        verbose_name = "删除"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(basis__in=BASES), name="registry_erasure_basis"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(sought_sealed__isnull=True), name="registry_erasure_done_forgets"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "-at"], name="registry_erasure_place"),
            models.Index(fields=["at"], name="registry_erasure_waits", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class SubjectFile(models.Model):
    """That somebody was given everything the county holds of them (查阅本人信息): when, by whom, how they showed who.

    The file itself is not kept.

    Personal data: who asked for their file (S2). Kept: three years.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    place = PlaceField("地方")
    at = models.DateTimeField("时间")
    post = models.UUIDField("岗位", null=True)
    shown_by = models.CharField("身份核验", max_length=12)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(kind="subject_file", ended="at", whose=f"person_id {OF_THEM}")

    class Meta:
        """Names and constraints."""

        db_table = "registry_subject_file"
        verbose_name = "查阅本人信息"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(shown_by__in=SHOWN_BY), name="registry_subject_file_shown_by"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
