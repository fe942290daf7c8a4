"""Flags: what is recognised of a person or household, from when to when, by whom. Hardship stands in a table apart."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import period
from commongrid.kernel.keeping import OF_THEM, Keeping
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.registry.models.homes import Household
from commongrid.registry.models.people import Person
from commongrid.territory.models import PlaceField

HARDSHIP_READERS = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock' "
    "OR strpos(COALESCE(current_setting('cg.standing', true), ''), 'h') > 0)"
)
"""Scopes that hold the power to read hardship: never a linked member, a grid head or the publishing role."""


OF_THEM_OR_THEIR_HOME = f"person_id {OF_THEM} OR (person_id IS NULL AND household_id = ANY(%(homes)s))"


class FlagType(models.Model):
    """A type of flag (标记类型), dated because the words change by year: left-behind, veteran, allowance, watched ...

    ``of`` says whether it hangs on a person or a household; a household's view
    of its people's flags is derived. ``sensitive`` ones are hardship flags.
    ``procedure``: only by its own procedure (watched households), never by hand.

    Personal data: none. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField("代码", max_length=32)
    zh = models.CharField("中文名", max_length=40)
    en = models.CharField("英文名", max_length=80)
    group = models.CharField("类别", max_length=12)
    of = models.CharField("对象", max_length=10)
    sensitive = models.BooleanField("敏感", default=False)
    procedure = models.BooleanField("须经程序", default=False)
    position = models.SmallIntegerField("顺序", default=0)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(read="open", also_write=WHOLE_COUNTY)

    class Meta:
        """Names and constraints."""

        db_table = "registry_flag_type"
        verbose_name = "标记类型"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(of__in=("person", "household")), name="registry_flag_type_of"),
            ExclusionConstraint(
                name="registry_flag_type_once",
                expressions=[("code", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class _Recognised(models.Model):
    """What both tables of flags share."""

    id = models.UUIDField(primary_key=True, editable=False)
    type_code = models.CharField("类型", max_length=32)
    place = PlaceField("所在地方")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", verbose_name="户")
    from_on = models.DateField("认定日期")
    to_on = models.DateField("结束日期", null=True)
    source = models.CharField("来源", max_length=40, blank=True, default="")
    body = models.CharField("认定机关", max_length=60, blank=True, default="")
    began_by = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)
    batch = models.UUIDField("导入批次", null=True)

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        """The id, never the subject."""
        return str(self.id)


def _constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(person__isnull=True, household__isnull=False)
            | Q(person__isnull=False, household__isnull=False)
            | Q(person__isnull=False, household__isnull=True),
            name=f"{name}_of_somebody",
        ),
        models.CheckConstraint(
            condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name=f"{name}_order"
        ),
        ExclusionConstraint(
            name=f"{name}_person_once",
            expressions=[("type_code", "="), ("person", "="), (period("from_on", "to_on"), "&&")],
            condition=Q(person__isnull=False),
        ),
        ExclusionConstraint(
            name=f"{name}_household_once",
            expressions=[("type_code", "="), ("household", "="), (period("from_on", "to_on"), "&&")],
            condition=Q(person__isnull=True),
        ),
    ]


def _indexes(name: str) -> list[models.Index]:
    return [
        models.Index(fields=["place", "type_code"], name=f"{name}_place", condition=Q(to_on__isnull=True)),
        models.Index(fields=["batch"], name=f"{name}_batch", condition=Q(batch__isnull=False)),
    ]


class Flag(_Recognised):
    """A flag that is no hardship (标记): veteran, Party member, whole household away, registered only.

    On a person, whose living household then stands beside it, or on a household alone.

    Personal data: a fact about a person (S2). Kept: with the person's record.
    """

    basis = models.CharField("依据", max_length=200, blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place", household="household_id")
    keeps: ClassVar[Keeping] = Keeping(whose=OF_THEM_OR_THEIR_HOME, words=("source", "body", "basis"))

    class Meta:
        """Names and constraints."""

        db_table = "registry_flag"
        verbose_name = "标记"
        constraints: ClassVar = _constraints("registry_flag")
        indexes: ClassVar = _indexes("registry_flag")


class HardshipFlag(_Recognised):
    """A hardship flag (困难标记): allowance, disability, illness, left behind, watched: a class of its own.

    Read only with the power ``people.hardship``, which a named helper holds for
    the own households; a linked member and a grid head never see it, the
    publishing role has no grant. Never on maps, in rules or rankings. The cause and
    basis in words (an illness, a document) are sealed on top, and shown with a reason.

    Personal data: hardship and health (S4 by category). Kept: three years after it ended, then erased, unless the
    archive of its procedure says longer.
    """

    basis_sealed = models.BinaryField("原因和依据", null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        household="household_id",
        never=f"NOT {HARDSHIP_READERS}",
        unpublished=True,
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="hardship", ended="to_on", whose=OF_THEM_OR_THEIR_HOME, words=("source", "body")
    )

    class Meta:
        """Names and constraints."""

        db_table = "registry_hardship_flag"
        verbose_name = "困难标记"
        constraints: ClassVar = _constraints("registry_hardship")
        indexes: ClassVar = _indexes("registry_hardship")
