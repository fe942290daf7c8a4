"""People, and where each stayed when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q

from commongrid.journal.dated import TODAY, period
from commongrid.kernel.keeping import HIDDEN, OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models.homes import Household, RegisteredHousehold
from commongrid.territory.models import PlaceField

PERSON_STATES = ("here", "away", "gone", "dead", "merged")
SEXES = ("", "0", "1", "2", "9")


class Person(models.Model):
    """A person (人) known to the county: who lives here, who is registered here, or who holds a post.

    ``place`` is where the record belongs: the living household's, else that of
    registration. ``household`` and ``booklet`` are the living and the
    registered one now; ``as_in_home`` and ``as_in_booklet`` what they are to
    its head (GB/T 4761). Earlier ones are in Stay.

    States: here, away (lives elsewhere for now), gone (moved out of the county
    for good), dead, merged (the same person as ``merged_into``); all but the
    first two have ``ended_on``. One that was erased keeps nothing but that there was one (``erased_at``), so that
    histories of others stay readable.

    ID number, phone and bank account are sealed, the first two found by blind index only; one living
    record per ID number in the whole county, so a second is refused without
    showing the first. ``sort_key`` and ``initials`` are the name's pinyin.
    ``collective`` is the village of whose collective they are a member.
    ``inflow`` is why somebody came and ``domicile`` how they are housed (GB/T 31000).
    ``confirmed`` holds per field the day on which it was last found true.
    Ethnic group is off unless the county switches it on, then sealed; religion has no column.

    Personal data: names (S1), birth, native place, registered address and workplace (S2), ID number, phone and bank
    account (S4, sealed), ethnic group (S4, sealed), the link to a sign-in. Kept: while the person lives here or holds
    a post, then ten years, then erased.
    """

    wall: ClassVar = Wall(
        place="place",
        household="household_id",
        also_see="account_id = NULLIF(current_setting('cg.account', true), '')::bigint",
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="person",
        ended="CASE WHEN erased_at IS NULL THEN ended_on END",
        whose=f"id {OF_THEM}",
        leaves={
            "display_name": HIDDEN, "sort_key": "''", "initials": "''", "account_id": "NULL", "sex": "''",
            "born_on": "NULL", "id_sealed": "NULL", "id_index": "NULL", "phone_sealed": "NULL", "phone_index": "NULL",
            "bank_sealed": "NULL", "ethnic_sealed": "NULL", "education": "''", "occupation": "''", "political": "''",
            "marital": "''", "works_at": "''", "household_id": "NULL", "as_in_home": "''", "booklet_id": "NULL",
            "former_name": "''", "native_place": "''", "registered_door": "''", "workplace": "''", "inflow": "''",
            "domicile": "''", "as_in_booklet": "''", "registered_place": "NULL", "collective": "NULL",
            "confirmed": "'{}'", "source": "''", "batch": "NULL", "erased_at": "COALESCE(erased_at, now())",
        },
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, editable=False)
    display_name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField("拼音", max_length=120, blank=True, default="", db_default="")
    initials = models.CharField("拼音首字母", max_length=24, blank=True, default="", db_default="")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="账号", db_index=False
    )
    place = PlaceField("所在地方")
    state = models.CharField("状态", max_length=8, default="here", db_default="here")
    ended_on = models.DateField("注销日期", null=True)
    erased_at = models.DateTimeField("删除时间", null=True)
    merged_into = models.UUIDField("并入", null=True)

    sex = models.CharField("性别", max_length=1, blank=True, default="", db_default="")
    born_on = models.DateField("出生日期", null=True)
    id_sealed = models.BinaryField("身份证件号码", null=True)
    id_index = models.BinaryField(max_length=32, null=True)
    phone_sealed = models.BinaryField("联系电话", null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    bank_sealed = models.BinaryField("银行账号", null=True)
    ethnic_sealed = models.BinaryField("民族", null=True)
    education = models.CharField("文化程度", max_length=4, blank=True, default="", db_default="")
    occupation = models.CharField("职业", max_length=4, blank=True, default="", db_default="")
    political = models.CharField("政治面貌", max_length=4, blank=True, default="", db_default="")
    marital = models.CharField("婚姻状况", max_length=4, blank=True, default="", db_default="")
    works_at = models.CharField("务工或就学去向", max_length=60, blank=True, default="", db_default="")
    former_name = models.CharField("曾用名", max_length=60, blank=True, default="", db_default="")
    native_place = models.CharField("籍贯", max_length=60, blank=True, default="", db_default="")
    registered_door = models.CharField("户籍地详址", max_length=120, blank=True, default="", db_default="")
    workplace = models.CharField("服务处所", max_length=80, blank=True, default="", db_default="")
    inflow = models.CharField("流入原因", max_length=4, blank=True, default="", db_default="")
    domicile = models.CharField("住所类型", max_length=4, blank=True, default="", db_default="")

    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="people", verbose_name="常住户")
    as_in_home = models.CharField("与户主关系", max_length=4, blank=True, default="", db_default="")
    booklet = models.ForeignKey(
        RegisteredHousehold, models.PROTECT, null=True, related_name="people", verbose_name="户籍户", db_index=False
    )
    as_in_booklet = models.CharField("户籍户主关系", max_length=4, blank=True, default="", db_default="")
    registered_place = PlaceField("户籍地", null=True)
    collective = PlaceField("集体经济组织成员所在村", null=True)

    confirmed = models.JSONField("核实日期", default=dict, db_default=models.Value({}, models.JSONField()))
    source = models.CharField("来源", max_length=12, blank=True, default="", db_default="")
    version = models.IntegerField("版本", default=1, db_default=1)
    batch = models.UUIDField("导入批次", null=True)

    class Meta:
        """Names and constraints."""

        db_table = "registry_person"
        verbose_name = "人员"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PERSON_STATES), name="registry_person_state"),
            models.CheckConstraint(condition=Q(sex__in=SEXES), name="registry_person_sex"),
            models.CheckConstraint(
                condition=(Q(state__in=("here", "away")) & Q(ended_on__isnull=True))
                | (~Q(state__in=("here", "away")) & Q(ended_on__isnull=False)),
                name="registry_person_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=(Q(state="merged") & Q(merged_into__isnull=False))
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="registry_person_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(id_sealed__isnull=True, id_index__isnull=True)
                | Q(id_sealed__isnull=False, id_index__isnull=False),
                name="registry_person_id_found_again",
            ),
            models.UniqueConstraint(
                F("id_index"),
                F("place") / 10**9,  # the county
                condition=Q(id_index__isnull=False) & ~Q(state__in=("merged",)),
                name="registry_person_id_once",
            ),
            models.UniqueConstraint(  # by condition: next to nobody has one
                fields=["account"], condition=Q(account__isnull=False), name="registry_person_account_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "sort_key", "id"], name="registry_person_place_name"),
            models.Index(fields=["booklet"], name="registry_person_booklet", condition=Q(booklet__isnull=False)),
            models.Index(
                fields=["registered_place"],
                name="registry_person_registered",
                condition=Q(registered_place__isnull=False),
            ),
            models.Index(fields=["phone_index"], name="registry_person_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["initials", "place"], name="registry_person_initials", condition=~Q(initials="")),
            models.Index(fields=["merged_into"], name="registry_person_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["batch"], name="registry_person_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)


VOID = "void"
"""Why a stay ended that was cut back to nothing: it was told later that it never was so."""


class StaySet(models.QuerySet["Stay"]):
    """Named filters of stays."""

    def told(self) -> StaySet:
        """Without those that were cut back to nothing."""
        return self.exclude(why_ended=VOID)

    def on(self, day: date) -> StaySet:
        """Those that hold a day, also of those of whom nobody said when they came."""
        ended = Q(to_on__isnull=False, to_on__lte=day)
        return self.exclude(ended).filter(Q(from_on__isnull=True) | Q(from_on__lte=day))

    def after(self, day: date) -> StaySet:
        """Those that hold the day or one after it, the latest first."""
        held = self.told().exclude(to_on__isnull=False, to_on__lte=day)
        return held.order_by(F("from_on").desc(nulls_last=True), F("to_on").desc(nulls_first=True))


class Stay(models.Model):
    """That a person was in a household for a time (在户经历): where, as what to its head, under which name.

    ``sort``: living (``household``) or registered (``booklet``). ``place`` is
    the household's, so the old household remains readable as it was even after
    somebody has moved where its readers don't see. ``why`` it began and ended
    are codes of acts: born, moved_in, married, split, imported; died, moved_out ...
    ``began_by`` and ``ended_by`` are those acts, so that undoing one finds its stays. ``from_on`` is unknown where a
    file doesn't say it. A stay of which it is told later that it never was so ends where it began, as VOID.

    Personal data: who lived with whom (S2) and the name then (S1). Kept: with the household.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="stays")
    sort = models.CharField(max_length=10)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="stays", db_index=False)
    booklet = models.ForeignKey(RegisteredHousehold, models.PROTECT, null=True, related_name="stays", db_index=False)
    place = PlaceField()
    name = models.CharField(max_length=60)
    as_to_head = models.CharField(max_length=4, blank=True, default="")
    head = models.BooleanField(default=False)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    why_began = models.CharField(max_length=12, blank=True, default="")
    why_ended = models.CharField(max_length=12, blank=True, default="")
    began_by = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    batch = models.UUIDField(null=True)

    objects = StaySet.as_manager()

    wall: ClassVar[Wall] = Wall(place="place", household="household_id")
    keeps: ClassVar[Keeping] = Keeping(
        kind="household",
        ended="COALESCE((SELECT h.ended_on FROM registry_household h WHERE h.id = household_id), "
        "(SELECT b.ended_on FROM registry_registered_household b WHERE b.id = booklet_id))",
        whose=f"person_id {OF_THEM}",
        leaves={"name": HIDDEN},
        erased={"name": HIDDEN, "to_on": f"COALESCE(to_on, GREATEST(from_on, {TODAY}))", "batch": "NULL"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_stay"
        verbose_name = "在户经历"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sort="living", household__isnull=False, booklet__isnull=True)
                | Q(sort="registered", household__isnull=True, booklet__isnull=False),
                name="registry_stay_in_one_household",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="registry_stay_in_order"
            ),
            ExclusionConstraint(
                name="registry_stay_once",
                expressions=[("person", "="), ("sort", "="), (period("from_on", "to_on"), "&&")],
            ),
            ExclusionConstraint(
                name="registry_stay_one_head",
                expressions=[("household", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(head=True, sort="living"),
            ),
            ExclusionConstraint(
                name="registry_stay_one_booklet_head",
                expressions=[("booklet", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(head=True, sort="registered"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "from_on"], name="registry_stay_household"),
            models.Index(fields=["sort", "place"], name="registry_stay_place"),
            models.Index(fields=["booklet"], name="registry_stay_booklet", condition=Q(booklet__isnull=False)),
            models.Index(fields=["batch"], name="registry_stay_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
