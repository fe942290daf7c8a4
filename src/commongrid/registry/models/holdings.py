"""Sites, things and organisations (地、物、组织), and who holds which duty in an organisation."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import TODAY, period
from commongrid.kernel.keeping import HIDDEN, OF_THEM, Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models.people import Person
from commongrid.territory.models import PlaceField

CONDITIONS = ("", "sound", "fault")
LOCATED = Q(lon__isnull=True, lat__isnull=True) | Q(lon__range=(-180, 180), lat__range=(-90, 90))


class Site(models.Model):
    """A site (地): a dwelling, school, clinic, shop, square, pond, slope that may slide.

    ``kind`` is a code of the list "site"; ``use`` of GB/T 31000 building use.
    ``hazard`` (list "hazard") says what must be checked there, empty for nothing.

    Personal data: the owner of a private dwelling (S2). Kept: while it stands, then ten years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所属网格")
    natural_village = PlaceField("自然村", null=True)
    kind = models.CharField("类型", max_length=8)
    name = models.CharField("名称", max_length=60, blank=True, default="")
    door = models.CharField("地址", max_length=120, blank=True, default="")
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    use = models.CharField("用途", max_length=4, blank=True, default="")
    hazard = models.CharField("隐患", max_length=4, blank=True, default="")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="权属人")
    built_on = models.DateField("建成日期", null=True)
    storeys = models.SmallIntegerField("层数", null=True)
    area_m2 = models.DecimalField("面积(平方米)", max_digits=9, decimal_places=2, null=True)
    self_built = models.BooleanField("自建房", default=False)
    ended_on = models.DateField("停用日期", null=True)
    confirmed = models.JSONField("核实日期", default=dict)
    version = models.IntegerField("版本", default=1)
    batch = models.UUIDField("导入批次", null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        kind="site", ended="ended_on", whose=f"owner_id {OF_THEM}", words=("name", "door"),
        leaves={"owner_id": "NULL", "name": "''", "door": "''"}, erased={"owner_id": "NULL"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_site"
        verbose_name = "场所"
        constraints: ClassVar = [
            models.CheckConstraint(condition=LOCATED, name="registry_site_located"),
            models.CheckConstraint(condition=~Q(kind=""), name="registry_site_kind"),
            models.CheckConstraint(
                condition=(Q(storeys__isnull=True) | Q(storeys__range=(1, 120)))
                & (Q(area_m2__isnull=True) | Q(area_m2__gt=0)),
                name="registry_site_measures",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "kind", "id"], name="registry_site_place_kind"),
            models.Index(fields=["kind", "name", "id"], name="registry_site_list", condition=Q(ended_on__isnull=True)),
            models.Index(fields=["batch"], name="registry_site_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Thing(models.Model):
    """A thing (物) that somebody looks after: a hydrant, street lamp, camera of the village, well, dog, machine.

    ``every_months`` is how often it is checked; ``last_check_on`` and ``next_check_on`` the days,
    ``condition`` how it was found: sound, or at fault (fault).

    Personal data: who keeps it (S2). Kept: while it is there, then three years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所属网格", db_index=True)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="things", verbose_name="所在场所")
    kind = models.CharField("类型", max_length=8)
    name = models.CharField("名称", max_length=60, blank=True, default="")
    mark = models.CharField("编号", max_length=40, blank=True, default="")
    keeper = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="管护人")
    household = models.UUIDField("所属户", null=True)
    every_months = models.SmallIntegerField("检查周期(月)", null=True)
    last_check_on = models.DateField("上次检查", null=True)
    next_check_on = models.DateField("下次检查", null=True)
    condition = models.CharField("状况", max_length=8, blank=True, default="")
    ended_on = models.DateField("停用日期", null=True)
    confirmed = models.JSONField("核实日期", default=dict)
    version = models.IntegerField("版本", default=1)
    batch = models.UUIDField("导入批次", null=True)

    wall: ClassVar[Wall] = Wall(place="place", household="household")
    keeps: ClassVar[Keeping] = Keeping(
        kind="thing", ended="ended_on", whose=f"keeper_id {OF_THEM} OR household = ANY(%(homes)s)",
        words=("name", "mark"), erased={"keeper_id": "NULL"},
        leaves={"keeper_id": "NULL", "household": "NULL", "name": "''", "mark": "''"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_thing"
        verbose_name = "物品"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kind=""), name="registry_thing_kind"),
            models.CheckConstraint(
                condition=Q(every_months__isnull=True) | Q(every_months__range=(1, 120)), name="registry_thing_every"
            ),
            models.CheckConstraint(condition=Q(condition__in=CONDITIONS), name="registry_thing_condition"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["place", "next_check_on"], name="registry_thing_next", condition=Q(ended_on__isnull=True)
            ),
            models.Index(fields=["batch"], name="registry_thing_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Organisation(models.Model):
    """An organisation (组织): company, cooperative, association, school, clinic, temple fair committee.

    ``kind`` is a code of the list "organisation"; ``credit_code`` the unified social credit code (GB 32100).

    Personal data: none. Kept: while it works, then ten years.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    place = PlaceField("所在地方", db_index=True)
    kind = models.CharField("类型", max_length=8)
    name = models.CharField("名称", max_length=80)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True, default="")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", verbose_name="办公场所")
    founded_on = models.DateField("成立日期", null=True)
    ended_on = models.DateField("停止日期", null=True)
    confirmed = models.JSONField("核实日期", default=dict)
    version = models.IntegerField("版本", default=1)
    batch = models.UUIDField("导入批次", null=True)

    wall: ClassVar[Wall] = Wall(place="place")

    class Meta:
        """Names and constraints."""

        db_table = "registry_organisation"
        verbose_name = "组织"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kind="") & ~Q(name=""), name="registry_organisation_named"),
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="registry_organisation_code_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "kind", "id"], name="registry_organisation_place"),
            models.Index(fields=["batch"], name="registry_organisation_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Membership(models.Model):
    """That a person holds a duty in an organisation, or is a member of it, for a time (任职、成员).

    ``duty`` is a code of the list "duty"; ``name`` the person's name then, so that a former committee stays readable.

    Personal data: who belongs to what (S2) and the name then (S1). Kept: with the organisation.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    place = PlaceField()
    duty = models.CharField("职务", max_length=8)
    name = models.CharField(max_length=60)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    began_by = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(place="place")
    keeps: ClassVar[Keeping] = Keeping(
        kind="organisation",
        ended="(SELECT o.ended_on FROM registry_organisation o WHERE o.id = organisation_id)",
        whose=f"person_id {OF_THEM}", leaves={"name": HIDDEN},
        erased={"name": HIDDEN, "to_on": f"COALESCE(to_on, GREATEST(from_on, {TODAY}))"},
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "registry_membership"
        verbose_name = "任职"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="registry_membership_order"
            ),
            ExclusionConstraint(
                name="registry_membership_once",
                expressions=[
                    ("organisation", "="), ("person", "="), ("duty", "="), (period("from_on", "to_on"), "&&"),
                ],
            ),
            ExclusionConstraint(
                name="registry_membership_one_leader",
                expressions=[("organisation", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(duty="leader"),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["person", "from_on"], name="registry_membership_person")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
