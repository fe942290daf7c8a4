"""Tables of outreach: who is able to link, whom households would like, plans, the notice.

Every period is half-open. The links themselves are the roster's assignments.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.outreach.rules.planning import Terms
from commongrid.outreach.rules.words import ANSWERS, CHOICES, MOST, STANDINGS, STATES
from commongrid.registry.models import Household, Person
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField


class Declaration(models.Model):
    """What somebody said about linking households (联户申报): able and for how many, declines, or is away.

    No reason is asked or kept. ``as_what`` is what they are: Party member, on probation, of the two committees, in
    service and registered here, leader of a villager group. ``place`` is the village, so that nobody below it reads
    who declined. ``group`` is their Party group. ``phone`` is the number they want to stand on the notice, ``can``
    are codes of ``Ability``. ``ended_by``: the act of the register after which it ended by rule; undone, it goes on.

    Personal data: who is willing (S2), a phone number given for the notice (S1). Kept: while it holds, then three
    years.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    place = PlaceField("行政村")
    group = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="党小组")
    answer = models.CharField("意愿", max_length=10)
    as_what = models.CharField("身份", max_length=12, default="member")
    capacity = models.SmallIntegerField("可联户数", default=10)
    phone = models.CharField("公示电话", max_length=40, blank=True, default="")
    can = ArrayField(models.CharField(max_length=24), verbose_name="专长", default=list)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(kind="choice", ended="to_on", whose=f"person_id {OF_THEM}")

    class Meta:
        """Names and constraints."""

        db_table = "outreach_declaration"
        verbose_name = "联户申报"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(answer__in=ANSWERS), name="outreach_declaration_answer"),
            models.CheckConstraint(condition=Q(as_what__in=STANDINGS), name="outreach_declaration_as_what"),
            models.CheckConstraint(condition=Q(capacity__range=(1, MOST)), name="outreach_declaration_capacity"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="outreach_declaration_period"
            ),
            ExclusionConstraint(
                name="outreach_declaration_one",
                expressions=[("person", "="), (period("from_on", "to_on"), "&&")],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place"], name="outreach_declaration_place")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Choice(models.Model):
    """What a household said about its contact (户的选择): whom it would like, kin, whom rather not, a wish, by phone.

    ``member`` is whom it is about; none for ``phone``: a household wholly away that wishes to be called, and none for
    ``wish``: somebody who can what ``ability`` names, a code of ``Ability``. No reason is kept, least of all for
    ``not``. ``place`` is the village: nobody below it reads who would rather not have whom.

    Personal data: a household's wish about a person (S2). Kept: while it holds, then three years.
    """

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    place = PlaceField("行政村")
    sort = models.CharField("选择", max_length=8)
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ability = models.CharField("希望的专长", max_length=24, blank=True, default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        kind="choice", ended="to_on", whose=f"member_id {OF_THEM} OR household_id = ANY(%(homes)s)",
        own="household_id = ANY(%(homes)s)",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "outreach_choice"
        verbose_name = "户的选择"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=CHOICES), name="outreach_choice_sort"),
            models.CheckConstraint(
                condition=Q(sort__in=("phone", "wish"), member__isnull=True)
                | (~Q(sort__in=("phone", "wish")) & Q(member__isnull=False)),
                name="outreach_choice_about",
            ),
            models.CheckConstraint(
                condition=Q(sort="wish") & ~Q(ability="") | ~Q(sort="wish") & Q(ability=""),
                name="outreach_choice_ability",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="outreach_choice_period"
            ),
            ExclusionConstraint(
                name="outreach_choice_one_liked",
                expressions=[("household", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(sort="liked"),
            ),
            ExclusionConstraint(
                name="outreach_choice_once",
                expressions=[("household", "="), ("member", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(member__isnull=False),
            ),
            ExclusionConstraint(
                name="outreach_choice_one_wish",
                expressions=[("household", "="), ("ability", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(sort="wish"),
            ),
            ExclusionConstraint(
                name="outreach_choice_one_phone",
                expressions=[("household", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(sort="phone"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place"], name="outreach_choice_place")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Plan(models.Model):
    """A proposal of links for one village (联户方案), with its limits, what it costs, and how it was decided.

    States: asked (the clock will work it out), ready (may be edited, worked out anew, approved), failed (``fault`` says
    what to change), approved (by the branch meeting), adopted (its links hold from ``adopts_on``), dropped.

    ``keep`` is worth how many metres a household's present contact is; ``target`` and ``most`` are households per
    member, ``least`` how many each is to have if it can be; ``leaving`` the metres by which leaving the Party group is
    dearer, none where it is forbidden; beyond ``unlinked`` metres (none: never) a household has rather nobody.
    ``figures`` hold numbers only: metres, how many change, the curve of the slider, options where members are too few.
    ``entitled`` (to vote), ``present`` and ``in_favour`` are counts of the meeting, ``wrote`` the post that wrote them
    down. ``edited_at``: when a contact was last chosen by hand. ``former``: its limits and state while it waits to
    be worked out anew, for whoever lets that go.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("行政村")
    state = models.CharField("状态", max_length=10, default="asked")
    keep = models.SmallIntegerField("保留现有联系的权重(米)", default=200)
    target = models.SmallIntegerField("目标户数", default=10)
    most = models.SmallIntegerField("最多户数", default=15)
    least = models.SmallIntegerField("尽量不少于", default=0)
    leaving = models.SmallIntegerField("跨党小组加价(米)", null=True, default=500)
    unlinked = models.SmallIntegerField("宁可留空的距离(米)", null=True)
    figures = models.JSONField(default=dict)
    fault = models.CharField(max_length=24, blank=True, default="")
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    former = models.JSONField(null=True)
    approved_on = models.DateField("支部会议日期", null=True)
    entitled = models.SmallIntegerField("应到会有表决权党员", null=True)
    present = models.SmallIntegerField("到会", null=True)
    in_favour = models.SmallIntegerField("赞成", null=True)
    wrote = models.UUIDField(null=True)
    adopts_on = models.DateField("执行日期", null=True)
    ended_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "outreach_plan"
        verbose_name = "联户方案"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="outreach_plan_state"),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "adopted")) | Q(approved_on__isnull=False, present__gte=1),
                name="outreach_plan_approved_by_a_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(state="adopted") | Q(adopts_on__isnull=False), name="outreach_plan_adopted_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(keep__gte=0, target__gte=1, most__gte=F("target"))
                & Q(most__lte=MOST, least__gte=0, least__lte=F("target")),
                name="outreach_plan_limits",
            ),
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(state__in=("asked", "ready", "failed", "approved")),
                name="outreach_plan_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "asked_at"], name="outreach_plan_place"),
            models.Index(fields=["asked_at"], name="outreach_plan_asked", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)

    @property
    def terms(self) -> Terms:
        """Its limits, as the planner takes them."""
        return Terms(
            keep=self.keep, target=self.target, most=self.most, least=self.least, leaving=self.leaving,
            unlinked=self.unlinked,
        )  # fmt: skip

    def set_aside(self) -> None:
        """Keep limits and state before it is worked out anew."""
        times = {name: at.isoformat() for name in ("asked_at", "ready_at") if (at := getattr(self, name))}
        self.former = {**asdict(self.terms), "state": self.state, "fault": self.fault, **times}

    def take_back(self) -> None:
        """Be as it was before it was to be worked out anew."""
        for name, value in (self.former or {}).items():
            setattr(self, name, datetime.fromisoformat(value) if name.endswith("_at") else value)
        self.former = None


class PlannedLink(models.Model):
    """One household of a plan (方案中的一户): who is to be its contact, who is now, how far, and why.

    ``member`` none: nobody in this plan. ``reason`` is a code of ``rules.reasons`` and ``facts`` what its sentence
    names: metres, another member's id, counts. ``locked``: stays as it is when the rest is worked out anew;
    ``by_hand``: somebody chose it.

    Personal data: who is to be whose contact (S2). Kept: with the household.
    """

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="links", db_index=False)
    place = PlaceField("行政村")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    member = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    now = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    metres = models.IntegerField(null=True)
    reason = models.CharField(max_length=16, blank=True, default="")
    facts = models.JSONField(default=dict)
    locked = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        whose=f"member_id {OF_THEM} OR now_id {OF_THEM} OR household_id = ANY(%(homes)s)",
        own="household_id = ANY(%(homes)s)",
    )

    class Meta:
        """Names and constraints."""

        db_table = "outreach_planned_link"
        verbose_name = "方案中的一户"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "household"], name="outreach_planned_link_once"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class LinkNotice(models.Model):
    """The public notice of a natural village (联户公示): who looks after how many, the duties, whom to call.

    ``place`` is the natural village. ``content`` holds the fields that ``rules.notice`` allows and no others, so that
    nothing about a household's circumstances can stand in it. One at a time; a new one takes the former's place.

    Personal data: names and office phones in a function (S0). Kept: while it is posted, then a year.
    """

    id = models.UUIDField(primary_key=True)
    place = PlaceField("自然村")
    content = models.JSONField()
    at = models.DateTimeField("公示时间")
    by = models.UUIDField(null=True)
    ended_at = models.DateTimeField("撤下时间", null=True)

    wall: ClassVar[Wall] = Wall(place="place", also_see="ended_at IS NULL")
    keeps: ClassVar[Keeping] = Keeping(kind="notice", ended="ended_at")

    class Meta:
        """Names and constraints."""

        db_table = "outreach_notice"
        verbose_name = "联户公示"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place"], condition=Q(ended_at__isnull=True), name="outreach_notice_one_posted"
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
