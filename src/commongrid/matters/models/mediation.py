"""Mediation of a dispute: who with whom, how often they sat together, what they agreed, and whether it was kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import HIDDEN, Keeping
from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.territory.models import PlaceField

METHODS = ("oral", "at_home", "joint", "hearing", "phone")
ENDS = ("agreed", "not_agreed", "violence", "handed_on")

IN_THE_FILE = (
    "(NOT sealed AND (post = (SELECT NULLIF(current_setting('cg.post', true), '')::uuid)"
    " OR (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
    " OR (place BETWEEN (SELECT NULLIF(current_setting('cg.lo', true), '')::bigint)"
    " AND (SELECT NULLIF(current_setting('cg.hi', true), '')::bigint)"
    " AND EXISTS (SELECT 1 FROM roster_unit u"
    " WHERE u.id = (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid) AND u.function_id = 'justice'))))"
    " OR (sealed AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id))"
)
"""The dispute file is for whoever mediates, the township's judicial office and the county's justice bureau.

Where violence came to light it is closed off, and only whoever sees the sealed matter sees it.
"""

ITS_END = "(SELECT d.ended_at FROM matters_mediation d WHERE d.id = mediation_id)"
OF_ITS_MEDIATION = "EXISTS (SELECT 1 FROM matters_mediation d WHERE d.id = mediation_id)"


class Mediation(models.Model):
    """The file of one mediation (人民调解案卷).

    ``post`` is the mediator's. Under way until ``ended_at``: then "agreed"
    (with words, how and by when it is performed), "not_agreed" (with the ways
    that stay open), "violence", or "handed_on" with its matter. ``check_due_at`` is when somebody asks whether it was
    kept; ``kept`` what was found. ``check_alarm_at`` is when the clock looks next
    at that, ``check_raised`` the highest level told that nobody asked. ``signed`` is the newest photo of the signed
    sheet, among the files of the mediation. ``sealed``: violence came to light.

    Personal data: facts and agreement name people. Kept: as the mediation
    archive demands (the long-term class), which erasure yields to.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="mediations")
    place = PlaceField("所属地方")
    number = models.CharField("编号", max_length=40, unique=True)
    post = models.UUIDField("调解员岗位")
    mediator = models.CharField("调解员", max_length=60)
    committee = models.CharField("调解委员会", max_length=80)
    method = models.CharField("调解方式", max_length=12)
    facts = models.TextField("纠纷事实", blank=True, default="")
    opened_at = models.DateTimeField()
    agreement = models.TextField("协议内容", blank=True, default="")
    performance = models.TextField("履行方式和期限", blank=True, default="")
    agreed_on = models.DateField("达成日期", null=True)
    perform_by = models.DateField("履行期限", null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField("结果", max_length=12, blank=True, default="")
    ways_on = models.TextField("其他途径", blank=True, default="")
    signed = models.UUIDField("签字件", null=True)
    signed_at = models.DateTimeField(null=True)
    replaced = models.TextField("更换签字件的理由", blank=True, default="")
    check_due_at = models.DateTimeField("回访履行期限", null=True)
    check_alarm_at = models.DateTimeField("下次提醒", null=True)
    check_raised = models.CharField("已提醒层级", max_length=12, blank=True, default="")
    kept = models.BooleanField("已履行", null=True)
    checked_at = models.DateTimeField(null=True)
    found = models.TextField("履行情况", blank=True, default="")
    sealed = models.BooleanField("密封", default=False)

    wall: ClassVar[Wall] = Wall(also_see=IN_THE_FILE, also_write=IN_THE_FILE)
    keeps: ClassVar[Keeping] = Keeping(
        kind="mediation", ended="ended_at", whose="matter_id = ANY(%(named)s)",
        leaves={
            "mediator": HIDDEN, "facts": HIDDEN, "agreement": HIDDEN, "performance": "''", "ways_on": HIDDEN,
            "replaced": "''", "found": "''",
        },
        own_sight=True,
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "matters_mediation"
        verbose_name = "人民调解"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(method__in=METHODS), name="matters_mediation_method"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False, outcome__in=ENDS),
                name="matters_mediation_ends_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="agreed") | (~Q(agreement="") & Q(agreed_on__isnull=False)),
                name="matters_mediation_agreed_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_agreed") | ~Q(ways_on=""), name="matters_mediation_not_agreed_has_ways"
            ),
            models.CheckConstraint(
                condition=Q(kept__isnull=True) | Q(checked_at__isnull=False), name="matters_mediation_check_has_time"
            ),
            models.CheckConstraint(
                condition=Q(check_raised__in=("", "township", "county")), name="matters_mediation_check_raised"
            ),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(ended_at__isnull=True), name="matters_mediation_one_open"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "opened_at"], name="matters_mediation_matter"),
            models.Index(fields=["place", "opened_at"], name="matters_mediation_place"),
            models.Index(
                fields=["post", "check_due_at"],
                name="matters_mediation_check",
                condition=Q(check_due_at__isnull=False, checked_at__isnull=True),
            ),
            models.Index(
                fields=["check_alarm_at"],
                name="matters_mediation_alarm",
                condition=Q(check_alarm_at__isnull=False, checked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """The number."""
        return self.number


class MediationParty(models.Model):
    """One party of a dispute (当事人), sealed: a name, a phone, where they live.

    Personal data: name, phone, address (S3), sealed. Kept: with the mediation's file.
    """

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="parties")
    position = models.SmallIntegerField()
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    address_sealed = models.BinaryField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MEDIATION, also_write=OF_ITS_MEDIATION)
    keeps: ClassVar[Keeping] = Keeping(kind="mediation", ended=ITS_END)

    class Meta:
        """Names and constraints."""

        db_table = "matters_mediation_party"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mediation", "position"], name="matters_mediation_party_once"),
        ]

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)


class MediationSession(models.Model):
    """One sitting (调解会): when, who came, what was said.

    Personal data: who came, sealed; the words may name people. Kept: with the mediation's file.
    """

    id = models.UUIDField(primary_key=True)
    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="sessions")
    on = models.DateField()
    attended_sealed = models.BinaryField()
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(
        also_see=OF_ITS_MEDIATION, also_write=OF_ITS_MEDIATION, append_only=True, may_set=("attended_sealed",)
    )
    keeps: ClassVar[Keeping] = Keeping(
        kind="mediation", ended=ITS_END, leaves={"attended_sealed": "''::bytea", "note": "''"}
    )

    class Meta:
        """Names and constraints."""

        db_table = "matters_mediation_session"
        indexes: ClassVar = [models.Index(fields=["mediation", "on"], name="matters_mediation_session_on")]

    def __str__(self) -> str:
        """Mediation and day."""
        return f"{self.mediation_id} {self.on}"
