"""Other systems that send orders here: what each expects, how its sheets look, each order with its number and clock."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import HIDDEN, Keeping, with_matter
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.rechecks import WITH_MATTERS
from commongrid.matters.models.sight import DID_IT, OF_ITS_MATTER, OWN_UNIT
from commongrid.matters.models.steps import Rating
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField

A_POST = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'post')"
OWN_POST = (
    "post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid) "
    "OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
)
RESULTS = ("solved", "not_solved", "rework")
SORTS = ("orders", "results")
SHEETS = (*SORTS, "replies")
ITS_MATTER = "(SELECT c.matter_id FROM matters_external_case c WHERE c.id = case_id)"
OF_ITS_CASE = "EXISTS (SELECT 1 FROM matters_external_case c WHERE c.id = case_id)"


class ExternalSystem(models.Model):
    """A system above or beside the county that sends orders here (外部系统), for a period.

    ``accept_days``, ``finish_days`` and ``extend_days`` are its own limits in
    natural days; without them each order says by when. ``their_visit``: its
    own return visit counts, so nobody asks the person a second time.
    ``source`` is the channel that its orders come in by.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=24)
    zh = models.CharField("中文名", max_length=60)
    en = models.CharField("英文名", max_length=120)
    source = models.CharField("来源", max_length=12, default="department")
    accept_days = models.SmallIntegerField("受理天数", null=True)
    finish_days = models.SmallIntegerField("办结天数", null=True)
    extend_days = models.SmallIntegerField("延期天数", null=True)
    their_visit = models.BooleanField("以对方回访为准", default=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_system"
        verbose_name = "外部系统"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(accept_days__isnull=True) | Q(accept_days__gt=0))
                & (Q(finish_days__isnull=True) | Q(finish_days__gt=0))
                & (Q(extend_days__isnull=True) | Q(extend_days__gt=0)),
                name="matters_external_system_days",
            ),
            ExclusionConstraint(
                name="matters_external_system_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class ExternalColumn(models.Model):
    """What a column of a system's sheet is called there (列对照): mapped once, remembered for every later sheet.

    Of replies it is the whole layout: ``position`` is where the column stands,
    and one that nothing here fills has its place as its field ("_3").

    Personal data: none. Kept: while the system sends sheets.
    """

    id = models.UUIDField(primary_key=True)
    system = models.CharField("系统", max_length=24)
    sort = models.CharField("表", max_length=8)
    field = models.CharField("字段", max_length=16)
    header = models.CharField("列名", max_length=80)
    position = models.SmallIntegerField("位置", default=0)
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(read="open", also_write=A_POST)

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_column"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=SHEETS), name="matters_external_column_sort"),
            models.UniqueConstraint(fields=["system", "sort", "field"], name="matters_external_column_once"),
        ]

    def __str__(self) -> str:
        """System and field."""
        return f"{self.system} {self.field}"


class ExternalCase(models.Model):
    """One order of another system on a matter (外部工单): its number, its clock, what was replied, what came of it.

    A matter may have several: the same appeal sent twice under two numbers is
    one matter, and each number gets its reply. ``due_at`` is the matter's
    finishing deadline while it is the earliest; ``alike`` finds the same words
    from the same village again (a keyed hash). The reply is
    what the matter was answered with; what went out is kept in ExternalReply, what came back in ExternalResult.
    ``wording`` is how it shall read there instead; it holds while the answer is still ``worded_from``.

    Personal data: the wording may name people. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="cases")
    place = PlaceField("所属地方")
    system = models.CharField("系统", max_length=24)
    number = models.CharField("编号", max_length=64)
    alike = models.BinaryField(max_length=32, null=True)
    received_at = models.DateTimeField("收到时间")
    accept_due_at = models.DateTimeField("受理到期", null=True)
    due_at = models.DateTimeField("办结到期", null=True)
    reply_due_at = models.DateTimeField("回复到期", null=True)
    extended_at = models.DateTimeField("延期时间", null=True)
    imported_in = models.UUIDField(null=True)
    replied_at = models.DateTimeField("回复时间", null=True)
    replied_in = models.UUIDField(null=True)
    wording = models.TextField("回复改写", blank=True, default="")
    worded_from = models.TextField("所据答复", blank=True, default="")

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)
    keeps: ClassVar[Keeping] = with_matter(
        whose="matter_id = ANY(%(matters)s)", words=("wording", "worded_from"), own_sight=True,
        leaves={"wording": "''", "worded_from": "''", "alike": "NULL"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_case"
        verbose_name = "外部工单"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "number"], name="matters_external_case_once"),
            models.CheckConstraint(condition=~Q(number=""), name="matters_external_case_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter"], name="matters_case_matter"),
            models.Index(fields=["alike"], name="matters_case_alike", condition=Q(alike__isnull=False)),
            models.Index(
                fields=["system", "place"], name="matters_case_to_reply", condition=Q(replied_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        """System and number."""
        return f"{self.system} {self.number}"


class ExternalResult(models.Model):
    """What another system said came of its order (对方结果): solved, not_solved, or rework (given back), in its words.

    The newest counts. It tells how the person was content, so it has the
    rating's wall: the centre that takes it in reads it, whoever did the work
    only once ``released_at`` is set, with ``rating`` where it brought one and in
    the next batch of that handler otherwise. ``late``: the matter had ended here by then.

    Personal data: the words may name people. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(ExternalCase, models.PROTECT, related_name="results")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="results")
    rating = models.OneToOneField(Rating, models.PROTECT, null=True, related_name="told_by")
    place = PlaceField("所属地方")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    handler_place = PlaceField("办理地方")
    result = models.CharField("结果", max_length=12)
    satisfied = models.BooleanField("满意", null=True)
    text = models.TextField("结果说明", blank=True, default="")
    late = models.BooleanField("办结后收到", default=False)
    at = models.DateTimeField("结果时间")
    released_at = models.DateTimeField("反馈时间", null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        never=f"NOT {OF_ITS_MATTER}",
        also_see=f"{OF_ITS_MATTER} AND ({WITH_MATTERS} OR released_at IS NOT NULL "
        f"AND ({OWN_UNIT} OR unit_id IS NULL AND {DID_IT}))",
        also_write=f"{A_POST} AND {OF_ITS_MATTER}",
        append_only=True,
        may_set=("released_at", "place", "handler_place"),
    )
    keeps: ClassVar[Keeping] = with_matter(leaves={"text": "''"}, words=("text",))

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_result"
        verbose_name = "对方结果"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(result__in=RESULTS), name="matters_external_result_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "-at"], name="matters_result_case"),
            models.Index(fields=["matter"], name="matters_result_matter"),
            models.Index(fields=["unit", "at"], name="matters_result_held", condition=Q(released_at__isnull=True)),
        ]

    def __str__(self) -> str:
        """The id, never the result."""
        return str(self.id)


class ExternalReply(models.Model):
    """A reply as it went out (已回复), one row of an export; the same export can be made again from these rows.

    ``original`` is the answer that the person reads, where ``text`` puts it otherwise.

    Personal data: the reply may name people. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(ExternalCase, models.PROTECT, related_name="replies")
    batch = models.UUIDField()
    row = models.IntegerField()
    text = models.TextField()
    original = models.TextField("原答复", blank=True, default="")
    who = models.CharField("答复单位", max_length=80, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_CASE, also_write=OF_ITS_CASE, append_only=True)
    keeps: ClassVar[Keeping] = with_matter(
        ITS_MATTER, leaves={"text": HIDDEN, "original": "''"}, words=("text", "original")
    )

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_reply"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="matters_external_reply_has_words"),
            models.UniqueConstraint(fields=["batch", "row"], name="matters_external_reply_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["case"], name="matters_external_reply_case")]

    def __str__(self) -> str:
        """Batch and row."""
        return f"{self.batch} {self.row}"


class ExternalBatch(models.Model):
    """One sheet that went in or out (交换批次): how many rows, what came of them. An export is made again from it.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("所属地方")
    system = models.CharField("系统", max_length=24)
    sort = models.CharField("表", max_length=8)
    file_hash = models.BinaryField(max_length=32, null=True)
    rows = models.IntegerField(default=0)
    fresh = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    faulty = models.IntegerField(default=0)
    post = models.UUIDField(null=True)
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(place="place", append_only=True, may_set=("place",))

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_batch"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=SHEETS), name="matters_external_batch_sort"),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "at"], name="matters_external_batch_place")]

    def __str__(self) -> str:
        """System and sort."""
        return f"{self.system} {self.sort}"


class ExternalUpload(models.Model):
    """A sheet between its upload and the decision about it (待导入表): sealed, seen by whoever sent it, gone in a day.

    Personal data: the sheet as sent, sealed. Kept: until it is applied or dropped, at most a day.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("所属地方", follows=False)
    post = models.UUIDField()
    system = models.CharField("系统", max_length=24)
    sort = models.CharField("表", max_length=8)
    name = models.CharField("文件名", max_length=120)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(also_see=OWN_POST, also_write=OWN_POST)
    keeps: ClassVar[Keeping] = Keeping(kind="import_file", ended="at")

    class Meta:
        """Names and constraints."""

        db_table = "matters_external_upload"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=SHEETS), name="matters_external_upload_sort"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="matters_external_upload_at")]

    def __str__(self) -> str:
        """System and sort."""
        return f"{self.system} {self.sort}"
