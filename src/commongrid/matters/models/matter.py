"""The matter itself and what the public sees of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from commongrid.journal.dated import TODAY
from commongrid.kernel.keeping import HIDDEN, MEDIATED, NAMED, Keeping
from commongrid.kernel.wall import Wall
from commongrid.matters.models.vocabulary import Kind
from commongrid.matters.rules import words
from commongrid.registry.models import Person
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField

MATTER_OPEN = Q(closed_at__isnull=True)

SEALED_FROM_OTHERS = (
    "sealed AND unit_id IS DISTINCT FROM (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid) "
    "AND NOT (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('clock', 'slip', 'public'))"
)
"""A sealed matter exists only for its competent unit; slip and public see nothing but by their own conditions."""

ACCUSED = (
    "(accused_person_id IS NOT NULL AND (accused_person_id IS NOT DISTINCT FROM "  # noqa: S608 - constants of ours
    "(SELECT NULLIF(current_setting('cg.person', true), '')::uuid) "
    "OR accused_person_id IN (SELECT p.person_id FROM roster_post p WHERE p.unit_id = ANY "
    "((SELECT NULLIF(current_setting('cg.units', true), '')::uuid[])::uuid[]) "
    f"AND p.from_on <= {TODAY} AND (p.to_on IS NULL OR p.to_on > {TODAY})))) "
    "OR (accused_unit_id IS NOT NULL AND COALESCE(accused_unit_id = ANY "
    "((SELECT NULLIF(current_setting('cg.units', true), '')::uuid[])::uuid[]), false))"
)
"""A complaint is out of sight of whom it is about, of every unit they have a post in, and of all that answer to it.

Who answers to them by place is kept out by ``place``, the code of the level that handles it.
"""

NO_READER = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'post' "
    "AND strpos(COALESCE(current_setting('cg.standing', true), ''), 'r') = 0)"
)
"""A post that neither reads matters nor their figures, such as the three administrators, sees none at all."""

OUT_OF_SIGHT = f"({SEALED_FROM_OTHERS}) OR {ACCUSED} OR {NO_READER}"


class Matter(models.Model):
    """Something that somebody reported and that somebody now owes an answer to (事项).

    ``place`` is where it belongs now (its grid, else natural village, else
    village); of a complaint or sealed kind the code of the level that handles
    it, which lies outside every interval below. ``place_then`` is the code of
    its first day, by which figures count it; only where the place is put right
    does it follow, for then the first day's was never true. ``township`` is there
    for an index alone: behind row-level security one of an expression is not read.

    State: ``state`` is one of ``rules.words.STATES``; the table of states is
    ``rules.loop``. While it is open it has an owner (``owner_level`` with
    ``owner_place``, or "unit" with ``unit``), a deadline (``due_at``, set by
    the limit named in ``clock`` and counted from ``due_from``; the ``deadline_no``-th of this matter) and a
    ``step`` that is expected next. When it ends, ``closed_at`` and
    ``outcome`` are set, and all ends count as closed.

    ``unit`` stays after the unit has answered, so it keeps sight of its work;
    ``handler_level`` (a unit's is its place's level) and ``handler_place`` say
    who did or does the work, ``answered_by`` the person who answered last; ``barred_*`` who must not get it again
    (``barred_parts``: the units that answered a part).
    ``finish_due_at`` is the finishing limit in force, ``finished_at`` the last
    answer: on time is finished_at (else closed_at) <= finish_due_at.
    ``alarm_at`` is when the clock next looks; ``raised_level`` the highest
    level told of this deadline. ``rating`` says only whether there is one: what
    it says is in Rating, out of the handler's sight (last ``round``). ``leader_due_at`` is when the
    next leader who wrote a note on it wants an answer (see LeaderNote).

    ``accused_person`` and ``accused_unit`` are whom a complaint is about: barred,
    with everybody who answers to them, from reading it too. The words of a
    ``confidential`` one are in Original; ``title`` and ``text`` are then what the
    centre retells. ``danger_kind`` is the sealed kind that its words mean: until
    the centre has sorted it, it is kept at the township, out of the village's sight.
    ``held``: its rating has not been released to the handler.

    ``exchanged``: it has at least one ExternalCase; ``external_due_at``, the
    earliest finishing deadline of those, is then its own.

    ``parent`` makes it a part of a matter that the centre of the level
    ``caller`` split or called to a meeting: a part has no slip and no
    reporter, is counted in no figure, and its answer goes to that centre.
    ``sent_back``: the centre sent this round's answer back once.
    ``pressing`` is the urgency as a number for the queue's order, 0 first; a
    trigger keeps it (``config/sql/after_pressing.sql``).

    One that was merged follows and is rated through ``merged_into`` and is over
    when that is: until then ``closed_at`` is ``rules.deciding.merging.NOT_YET``;
    ``leads`` counts those merged into this one. ``slip_no`` counts slips that
    were given anew. A closed one may owe a recheck: to ``recheck_level`` at
    ``recheck_place`` by ``recheck_due_at`` (see Recheck).

    ``doubt`` says what is doubtful about the dates of one taken over from an
    older system; such a matter counts in no figure.

    ``above_county``: it is about the county's leadership, so only the
    discipline inspection ever has it, whatever its kind.

    ``applied`` is what the deputy is asked for in an Application that waits;
    ``extended`` how often this hand got more time, ``finish_moved`` that the
    finishing limit is no longer the kind's, ``clock_left`` what a pause has to
    give back. ``refused_place`` is who said no to it and ``refused_why`` why, ``asked_again`` that the
    person asked the level above once.

    Personal data: the reporter's words may name people; ``slip_hash`` leads
    from a slip to it. Kept: ten years after the end, then texts are erased.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField("编号", max_length=24, unique=True)
    place = PlaceField("所属地方")
    place_then = models.BigIntegerField("当时地方")
    township = models.GeneratedField(
        expression=F("place") / 1_000_000 * 1_000_000, output_field=models.BigIntegerField(), db_persist=True,
        verbose_name="所属乡镇",
    )  # fmt: skip
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", verbose_name="类别")
    kind_code = models.CharField("类别代码", max_length=8)
    series = models.CharField("统计口径", max_length=12)
    source = models.CharField("来源", max_length=12)
    urgency = models.CharField("紧急程度", max_length=12, default="normal")
    pressing = models.SmallIntegerField("紧急次序", default=2)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容", blank=True, default="")

    state = models.CharField("状态", max_length=12)
    step = models.CharField("下一步", max_length=16, blank=True, default="")
    owner_level = models.CharField("责任层级", max_length=12, blank=True, default="")
    owner_place = PlaceField("责任地方", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="办理单位")
    handler_level = models.CharField("办理层级", max_length=12, blank=True, default="")
    handler_place = PlaceField("办理地方", null=True)
    barred_unit = models.UUIDField("不再交办的单位", null=True)
    barred_parts = ArrayField(
        models.UUIDField(), verbose_name="不再交办的分办单位", default=list,
        db_default=models.Value([], ArrayField(models.UUIDField())),
    )  # fmt: skip
    barred_place = PlaceField("不再交办的地方", null=True)

    clock = models.CharField("时限类别", max_length=12, blank=True, default="")
    due_at = models.DateTimeField("到期时间", null=True)
    due_from = models.DateTimeField("起算时间", null=True)
    warn_at = models.DateTimeField("预警时间", null=True)
    alarm_at = models.DateTimeField("下次提醒", null=True)
    provisional = models.BooleanField("暂定", default=False)
    deadline_no = models.SmallIntegerField("时限序号", default=0)
    raised_level = models.CharField("已提醒层级", max_length=12, blank=True, default="")
    finish_from = models.DateTimeField("办结起算", null=True)
    finish_due_at = models.DateTimeField("办结到期", null=True)

    opened_at = models.DateTimeField("上报时间")
    accepted_at = models.DateTimeField("受理时间", null=True)
    finished_at = models.DateTimeField("答复时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("结果", max_length=12, blank=True, default="")

    ordered = models.BooleanField("已交办", default=False)
    given_back = models.BooleanField("已退回", default=False)
    reopened = models.SmallIntegerField("重办次数", default=0)
    round = models.SmallIntegerField("办理轮次", default=1)
    tries = models.SmallIntegerField("回访天数", default=0)
    to_visit = models.BooleanField("需回访", null=True)
    to_rate = models.BooleanField("需评价", default=False)
    rating = models.CharField("评价情况", max_length=12, blank=True, default="")
    supervised_at = models.DateTimeField("督办时间", null=True)
    interim_due_at = models.DateTimeField("督办答复期限", null=True)
    leader_due_at = models.DateTimeField("批示回报期限", null=True)

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts", verbose_name="所属事项")
    caller = models.CharField("分办层级", max_length=12, blank=True, default="")
    sent_back = models.BooleanField("已退回补充", default=False)
    sealed = models.BooleanField("密封", default=False)
    unsealed = models.BooleanField("由密封类转回", default=False, db_default=False)
    confidential = models.BooleanField("保密", default=False)
    anonymous = models.BooleanField("匿名", default=False)
    danger_kind = models.CharField("险情所指类别", max_length=8, blank=True, default="", db_default="")
    accused_person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="被反映人"
    )
    accused_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="被反映单位"
    )
    above_county = models.BooleanField("反映县级领导", default=False, db_default=False)
    held = models.BooleanField("评价未反馈", default=False)
    slip_hash = models.BinaryField(max_length=32, unique=True, null=True)
    reported_by = models.UUIDField("上报岗位", null=True)
    answered_by = models.UUIDField("答复人", null=True)
    external_system = models.CharField("外部系统", max_length=24, blank=True, default="")
    external_number = models.CharField("外部编号", max_length=64, blank=True, default="")
    exchanged = models.BooleanField("外部工单", default=False)
    external_due_at = models.DateTimeField("外部时限", null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followers", db_index=False, verbose_name="并入事项"
    )
    leads = models.SmallIntegerField("并入件数", default=0)
    slip_no = models.SmallIntegerField("凭条序号", default=0)
    recheck_level = models.CharField("复查层级", max_length=12, blank=True, default="")
    recheck_place = PlaceField("复查地方", null=True)
    recheck_due_at = models.DateTimeField("复查期限", null=True)
    batch = models.UUIDField("导入批次", null=True)
    doubt = models.CharField("存疑", max_length=24, blank=True, default="")

    applied = models.CharField("待批申请", max_length=8, blank=True, default="")
    extended = models.SmallIntegerField("延期次数", default=0)
    finish_moved = models.BooleanField("办结期限已调整", default=False)
    clock_left = models.DurationField("暂停时剩余", null=True)
    refused_place = PlaceField("作出不予受理的地方", null=True)
    refused_why = models.ForeignKey("WaitingReason", models.PROTECT, null=True, related_name="+", db_index=False)
    asked_again = models.BooleanField("已再次申请", default=False)

    wall: ClassVar[Wall] = Wall(place="place", unit="unit_id", slip="slip_hash", never=OUT_OF_SIGHT)
    keeps: ClassVar[Keeping] = Keeping(
        kind="matter", ended="closed_at", whose="id = ANY(%(matters)s)", words=("title", "text"),
        leaves={"title": HIDDEN, "text": "''"}, about=NAMED.format(matter="matters_matter.id"),
        waits="closed_at IS NULL OR closed_at > now()",
        part_of=MEDIATED.format(matter="matters_matter.id"), archive="mediation", own_sight=True,
    )  # fmt: skip

    class Meta:
        """Names, constraints and the indexes that lists name."""

        db_table = "matters_matter"
        verbose_name = "事项"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=words.STATES), name="matters_matter_state"),
            models.CheckConstraint(
                condition=Q(state__in=words.OPEN, closed_at__isnull=True)
                | Q(state__in=words.ENDED, closed_at__isnull=False),
                name="matters_matter_ends_with_a_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False)
                | (Q(owner_level="unit") & Q(unit__isnull=False))
                | (Q(owner_level__in=words.LEVELS) & Q(owner_place__isnull=False)),
                name="matters_matter_open_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | (Q(due_at__isnull=False) & Q(clock__in=words.CLOCKS)),
                name="matters_matter_open_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | ~Q(step=""), name="matters_matter_open_has_next_step"
            ),
            models.CheckConstraint(
                condition=MATTER_OPEN
                | (Q(owner_level="", step="", clock="") & Q(due_at__isnull=True, alarm_at__isnull=True)),
                name="matters_matter_ended_owes_nothing",
            ),
            models.CheckConstraint(
                condition=(MATTER_OPEN & Q(outcome="")) | (Q(closed_at__isnull=False) & Q(outcome__in=words.OUTCOMES)),
                name="matters_matter_outcome",
            ),
            models.CheckConstraint(condition=Q(applied__in=("", *words.APPROVED)), name="matters_matter_applied"),
            models.CheckConstraint(
                condition=Q(state="paused", clock_left__isnull=False)
                | (~Q(state="paused") & Q(clock_left__isnull=True)),
                name="matters_matter_paused_knows_what_is_left",
            ),
            models.CheckConstraint(condition=Q(series__in=words.SERIES), name="matters_matter_series"),
            models.CheckConstraint(condition=Q(source__in=words.SOURCES), name="matters_matter_source"),
            models.CheckConstraint(condition=Q(urgency__in=words.URGENCIES), name="matters_matter_urgency"),
            models.CheckConstraint(condition=Q(rating__in=("", "rated", "not_rated")), name="matters_matter_rating"),
            models.CheckConstraint(condition=Q(reopened__gte=0, reopened__lte=1), name="matters_matter_reopened_once"),
            models.CheckConstraint(condition=Q(tries__gte=0, tries__lte=3), name="matters_matter_three_tries"),
            models.CheckConstraint(
                condition=Q(sealed=False) | Q(unit__isnull=False), name="matters_matter_sealed_has_unit"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False, leads=0)
                | (~Q(state="merged") & Q(merged_into__isnull=True, leads__gte=0)),
                name="matters_matter_merged_has_lead",
            ),
            models.CheckConstraint(
                condition=Q(recheck_level="", recheck_place__isnull=True, recheck_due_at__isnull=True)
                | Q(
                    state="closed",
                    recheck_level__in=words.LEVELS,
                    recheck_place__isnull=False,
                    recheck_due_at__isnull=False,
                ),
                name="matters_matter_recheck_is_owed",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, caller="")
                | Q(parent__isnull=False, caller__in=("township", "county"), slip_hash__isnull=True, to_rate=False),
                name="matters_matter_part_is_silent",
            ),
            models.UniqueConstraint(
                fields=["external_system", "external_number"],
                condition=~Q(external_number=""),
                name="matters_matter_external_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="matters_open_due", condition=MATTER_OPEN),
            models.Index(fields=["place", "due_at", "id"], name="matters_open_place", condition=MATTER_OPEN),
            models.Index(fields=["pressing", "due_at", "id"], name="matters_open_pressing", condition=MATTER_OPEN),
            models.Index(
                fields=["township", "pressing", "due_at", "id"],
                name="matters_open_township_queue",
                condition=MATTER_OPEN,
            ),
            models.Index(
                fields=["unit", "pressing", "due_at", "id"], name="matters_open_unit_queue", condition=MATTER_OPEN
            ),
            models.Index(fields=["parent"], name="matters_parts", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["owner_level", "owner_place", "due_at"], name="matters_open_owner", condition=MATTER_OPEN
            ),
            models.Index(fields=["kind_code", "place"], name="matters_open_kind", condition=MATTER_OPEN),
            models.Index(fields=["alarm_at"], name="matters_alarm", condition=MATTER_OPEN & Q(alarm_at__isnull=False)),
            models.Index(
                fields=["place", "raised_level"],
                name="matters_open_raised",
                condition=MATTER_OPEN & ~Q(raised_level=""),
            ),
            models.Index(fields=["opened_at", "id"], name="matters_opened"),
            models.Index(fields=["place", "opened_at", "id"], name="matters_place_opened"),
            models.Index(fields=["unit", "opened_at", "id"], name="matters_unit_opened"),
            models.Index(fields=["closed_at"], name="matters_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["batch"], name="matters_batch", condition=Q(batch__isnull=False)),
            models.Index(  # asked of each person whom an undone file takes away
                fields=["accused_person"], name="matters_accused", condition=Q(accused_person__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="matters_merged", condition=Q(merged_into__isnull=False)),
            models.Index(
                fields=["recheck_level", "recheck_place", "recheck_due_at"],
                name="matters_rechecked",
                condition=~Q(recheck_level=""),
            ),
        ]

    def __str__(self) -> str:
        """The number, for people at a prompt."""
        return self.number


class PublicFace(models.Model):
    """What anybody may know of an open matter of a public kind (公开摘要): kind, village, day, whether it is done.

    ``id`` is the matter's; ``place`` a village or natural village, never finer. ``series`` keeps what people reported
    apart from what patrols found and other systems sent, so that no count adds them up.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    kind_code = models.CharField(max_length=8)
    place = PlaceField()
    opened_on = models.DateField()
    state = models.CharField(max_length=8)
    series = models.CharField(max_length=12, default="asked")

    wall: ClassVar[Wall] = Wall(place="place", read="open")

    class Meta:
        """Names and constraints."""

        db_table = "matters_public_face"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=("open", "done")), name="matters_public_face_state"),
            models.CheckConstraint(condition=Q(series__in=words.SERIES), name="matters_public_face_series"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "kind_code", "opened_on"], name="matters_public_face_place"),
            models.Index(fields=["series", "opened_on", "place", "kind_code"], name="matters_public_face_year"),
        ]

    def __str__(self) -> str:
        """Kind and place."""
        return f"{self.kind_code} {self.place}"
