"""Tables of the roster: roles, powers, posts, stand-ins, assignments.

Every period is half-open: from ``from_on`` until the day before ``to_on``.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from commongrid.journal.dated import TODAY, period
from commongrid.kernel.keeping import THEIR_HOME, Keeping
from commongrid.kernel.wall import Wall
from commongrid.registry.models import Household, Person
from commongrid.registry.models.flags import HARDSHIP_READERS
from commongrid.roster.models.units import Unit
from commongrid.roster.rules import ADMINISTRATORS, LEVELS, NO_ID, TARGETS
from commongrid.territory.models import PlaceField

KEEPS_DUTY_LINES = (
    f"({HARDSHIP_READERS} OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post' "
    "AND COALESCE(current_setting('cg.narrow', true), '') = ''))"
)
"""Scopes that learn who helps which household: a whole village or more, or with the power to read hardship."""


class Role(models.Model):
    """What somebody is in the network (角色), e.g. grid head; a dated row that officials edit.

    ``scope_level`` says how far its sight reaches. ``second_factor``: taken only
    by a session with a second factor. ``expected``: every place of that level
    should have one, so a missing one is a vacant seat.

    Personal data: none. Kept: for good.
    """

    code = models.TextField(primary_key=True)
    zh = models.TextField()
    en = models.TextField()
    scope_level = models.TextField()
    second_factor = models.BooleanField(default=False)
    expected = models.BooleanField(default=False)
    position = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", write="owner")

    class Meta:
        """Names and constraints."""

        db_table = "roster_role"
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(scope_level__in=LEVELS), name="roster_role_scope_level"),
        ]

    def __str__(self) -> str:
        """The role's code."""
        return self.code


class Power(models.Model):
    """One thing that may be done (权限), named ``<module>.<verb>``.

    Personal data: none. Kept: for good.
    """

    code = models.TextField(primary_key=True)
    zh = models.TextField()
    en = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", write="owner")

    class Meta:
        """Names and constraints."""

        db_table = "roster_power"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        """The power's code."""
        return self.code


class RolePower(models.Model):
    """That a role holds a power during a period.

    Personal data: none. Kept: for good; an old decision is explained by the row it was made under.
    """

    id = models.UUIDField(primary_key=True)
    role = models.ForeignKey(Role, models.PROTECT, related_name="role_powers")
    power = models.ForeignKey(Power, models.PROTECT, related_name="role_powers")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    wall: ClassVar[Wall] = Wall(read="open", write="owner")

    class Meta:
        """Names and constraints."""

        db_table = "roster_role_power"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="roster_role_power_once",
                expressions=[("role", "="), ("power", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]


class Post(models.Model):
    """A person in a role at a place during a period (岗位); in force, it is the permission.

    ``display_name``, ``title_*`` and ``office_phone`` are its public face: on
    notices and slips, readable by everybody. States: to come (before
    ``from_on``), in force, ended.

    Personal data: a name in an official function and an office phone. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    place = PlaceField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="posts")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    display_name = models.TextField()
    title_zh = models.TextField(blank=True, default="")
    title_en = models.TextField(blank=True, default="")
    office_phone = models.TextField(blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place", read="open")
    keeps: ClassVar[Keeping] = Keeping(
        kind="post", whose="person_id = ANY(%(people)s)",
        bars=f"from_on <= {TODAY} AND (to_on IS NULL OR to_on > {TODAY})",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "roster_post"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="roster_post_period"
            ),
            ExclusionConstraint(
                name="roster_post_once",
                expressions=[
                    ("person", "="),
                    ("role", "="),
                    ("place", "="),
                    (Coalesce("unit", Value(NO_ID, output_field=models.UUIDField())), "="),
                    (period("from_on", "to_on"), "&&"),
                ],
            ),
            ExclusionConstraint(
                name="roster_post_three_administrators",
                expressions=[("person", "="), ("role", "<>"), (period("from_on", "to_on"), "&&")],
                condition=Q(role__in=ADMINISTRATORS),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["place", "role"], name="roster_post_place"),
            models.Index(fields=["person"], name="roster_post_person"),
            models.Index(fields=["unit"], name="roster_post_unit"),
        ]


class StandIn(models.Model):
    """Somebody acting in another's post for a time (代岗): ``by`` is the post of whoever does it.

    The post stood in for may be in force (its holder is away) or ended (it is
    empty). ``place`` is that post's.

    Personal data: who was away and why, in office. Kept: for good.
    """

    id = models.UUIDField(primary_key=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="stand_ins")
    by = models.ForeignKey(Post, models.PROTECT, related_name="standing_in")
    place = PlaceField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    reason = models.TextField(blank=True, default="")

    wall: ClassVar[Wall] = Wall(place="place", read="open")
    keeps: ClassVar[Keeping] = Keeping(words=("reason",))

    class Meta:
        """Names and constraints."""

        db_table = "roster_stand_in"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(post=F("by")), name="roster_stand_in_other"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="roster_stand_in_period"
            ),
            ExclusionConstraint(
                name="roster_stand_in_one",
                expressions=[("post", "="), (period("from_on", "to_on"), "&&")],
            ),
        ]


class Assignment(models.Model):
    """A post tied to a village, household, unit or case (包联): one idea with five kinds.

    ``kind``: contact_point, assigned_village, named_helper, petition_case,
    linked_household. Exactly one target; ``matter`` is an id of a table above
    this module. ``place`` is the target's, so scope decides who reads it:
    a named helper tells that a household has difficulties, and a case that somebody complained, so those kinds are
    for whoever keeps a whole place or reads hardship and for the post itself, never for grids and linked members.
    ``ended_by``: the act
    of the register after which a link or a helper ended by rule; undone, it goes on.

    Personal data: which household has which helper. Kept: for good, a named helper as long as the hardship.
    """

    id = models.UUIDField(primary_key=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="assignments", db_index=False)
    kind = models.TextField()
    place = PlaceField()
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    matter = models.UUIDField(null=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        household="household_id",
        never=f"kind IN ('named_helper', 'petition_case') AND NOT {KEEPS_DUTY_LINES}",
        also_see="post_id = NULLIF(current_setting('cg.post', true), '')::uuid",
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="hardship", ended="CASE WHEN kind = 'named_helper' THEN to_on END",
        whose="kind = 'named_helper' AND household_id = ANY(%(homes)s)",
        own=f"household_id {THEIR_HOME}",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "roster_assignment"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=tuple(TARGETS)), name="roster_assignment_kind"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="roster_assignment_period"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("named_helper", "linked_household"))
                | Q(household__isnull=False, unit__isnull=True, matter__isnull=True),
                name="roster_assignment_household",
            ),
            models.CheckConstraint(
                condition=~Q(kind="assigned_village")
                | Q(household__isnull=True, unit__isnull=True, matter__isnull=True),
                name="roster_assignment_village",
            ),
            ExclusionConstraint(
                name="roster_assignment_one_link",
                expressions=[("household", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(kind="linked_household"),
            ),
            ExclusionConstraint(
                name="roster_assignment_once",
                expressions=[
                    ("post", "="),
                    ("kind", "="),
                    ("place", "="),
                    (Coalesce("household", "unit", "matter", Value(NO_ID, output_field=models.UUIDField())), "="),
                    (period("from_on", "to_on"), "&&"),
                ],
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "kind"], name="roster_assignment_post"),
            models.Index(fields=["place"], name="roster_assignment_place"),
        ]
