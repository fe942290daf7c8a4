"""What happened to a matter on its way: orders, words, people, visits, ratings, supervision, escalations.

Each row is seen by whoever sees its matter, through a condition on the
matter's own policy, unless it says otherwise.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from commongrid.kernel.keeping import HIDDEN, Keeping, with_matter
from commongrid.kernel.wall import Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import (
    BACK,
    CENTRE,
    DID_IT,
    NOT_FROM_BELOW,
    OF_ITS_MATTER,
    OWN_UNIT,
    REPORTER,
    UP_TO_THE_ANSWER,
)
from commongrid.matters.rules import words
from commongrid.registry.models import Person
from commongrid.roster.models import Unit
from commongrid.territory.models import PlaceField

WAITING = ("waiting", "decision", "appeal")
"""Words of an application (read by the person once granted), of its decision, and of who asks again."""

NOTE_SORTS = (
    "reason", "basis", "answer", "finding", "supervision", "reply", "word", "draft", "instruction", "account", "said",
    "rating", *WAITING,
)  # fmt: skip


class Order(models.Model):
    """One assignment of a matter (交办): to a unit, or to a level at a place.

    States: given (``ended_at`` empty), started (``started_at``), ended with an
    ``outcome``: answered, settled, given_back, taken_away. ``kind_code`` is the kind then.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="orders")
    round = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    kind_code = models.CharField(max_length=8, blank=True, default="")
    level = models.CharField(max_length=12)
    place = PlaceField()
    by_level = models.CharField(max_length=12, blank=True, default="")
    off_list = models.BooleanField(default=False)
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_order"
        verbose_name = "交办"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=words.LEVELS), name="matters_order_level"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__isnull=False, outcome__in=("answered", "settled", "given_back", "taken_away")),
                name="matters_order_ends_with_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["matter", "ordered_at"], name="matters_order_matter"),
            models.Index(fields=["unit", "ordered_at"], name="matters_order_unit"),
            models.Index(fields=["place", "kind_code", "ordered_at"], name="matters_order_precedent"),
            models.Index(fields=["place", "ordered_at"], name="matters_order_place"),
            models.Index(fields=["ordered_at"], name="matters_order_off_list", condition=Q(off_list=True)),
        ]

    def __str__(self) -> str:
        """Matter and level."""
        return f"{self.matter_id} {self.level}"


class Note(models.Model):
    """Words that belong to a step (说明): a reason, a basis, an answer, a supervisor's note.

    ``act`` is the act they were given in, whose line in the journal says who and when.
    Of a confidential matter the person's own words are read by the centre alone, as its Original is.

    Personal data: free words may name people. Kept: with the matter's texts.
    """

    SORTS = NOTE_SORTS

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="notes")
    act = models.UUIDField()
    sort = models.CharField(max_length=12)
    text = models.TextField()
    at = models.DateTimeField()
    post = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        also_see=f"{UP_TO_THE_ANSWER} AND {NOT_FROM_BELOW}", also_write=OF_ITS_MATTER, append_only=True
    )
    keeps: ClassVar[Keeping] = with_matter(
        "matters_note.matter_id", archive="mediation", leaves={"text": HIDDEN}, words=("text",)
    )

    class Meta:
        """Names and constraints."""

        db_table = "matters_note"
        verbose_name = "说明"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=NOTE_SORTS), name="matters_note_sort"),
            models.CheckConstraint(condition=~Q(text=""), name="matters_note_says_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["matter", "at"], name="matters_note_matter")]

    def __str__(self) -> str:
        """Matter and sort."""
        return f"{self.matter_id} {self.sort}"


class Party(models.Model):
    """Who reported and whom it concerns (当事人): a name and a way to reach them, sealed.

    Parts: reporter, concerned, accused (whom a complaint is about, in the
    reporter's words) and where (no person at all: where it happened, of a
    matter without reporter that was moved out of sight).

    ``place`` is the matter's, or for a confidential matter the township's, so
    that it is known to the centre and hidden below.

    Personal data: name and phone (S3), sealed; ``phone_index`` finds the same
    phone again without showing it; ``language`` is what the reporter reads. Kept: until 90 days after the matter ended.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="parties")
    part = models.CharField(max_length=12)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    place = PlaceField()
    hidden_below = models.BooleanField(default=False)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    where_sealed = models.BinaryField(null=True)
    language = models.CharField(max_length=2, default="zh")

    wall: ClassVar[Wall] = Wall(
        place="place",
        also_see=f"NOT hidden_below AND {OF_ITS_MATTER}",
        never=f"NOT {REPORTER} AND (NOT {OF_ITS_MATTER} OR hidden_below AND NOT {CENTRE})",
    )
    keeps: ClassVar[Keeping] = with_matter(
        kind="party", whose="person_id = ANY(%(people)s) OR id = ANY(%(parties)s)", own_sight=True,
        leaves=dict.fromkeys(("person_id", "name_sealed", "phone_sealed", "phone_index", "where_sealed"), "NULL"),
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "matters_party"
        verbose_name = "当事人"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(part__in=("reporter", "concerned", "accused", "where")), name="matters_party_part"
            ),
            models.UniqueConstraint(fields=["matter", "part"], name="matters_party_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone_index"], name="matters_party_phone", condition=Q(phone_index__isnull=False)),
            models.Index(
                fields=["place"],
                name="matters_party_named",
                condition=Q(name_sealed__isnull=False, person__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """The id, never the name."""
        return str(self.id)


class Visit(models.Model):
    """One try to reach the person after the work is said to be done (回访).

    ``result``: not_reached, asked (both questions answered, see Rating),
    left_slip (they rather answer by slip), checked (no rating due: the work is
    there), not_done (no rating due: it is not).

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="visits")
    round = models.SmallIntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    mode = models.CharField(max_length=12)
    result = models.CharField(max_length=12)
    level = models.CharField(max_length=12)
    post = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=BACK, also_write=OF_ITS_MATTER, append_only=True)

    class Meta:
        """Names and constraints."""

        db_table = "matters_visit"
        verbose_name = "回访"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=words.MODES), name="matters_visit_mode"),
            models.CheckConstraint(
                condition=Q(result__in=("not_reached", "asked", "left_slip", "checked", "not_done")),
                name="matters_visit_result",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["matter", "round", "on"], name="matters_visit_matter")]

    def __str__(self) -> str:
        """Matter and result."""
        return f"{self.matter_id} {self.result}"


class Rating(models.Model):
    """The person's two answers (评价), solved and satisfied, about one answering unit in one round.

    Immutable. ``place`` is the centre's above the handler, so the handler
    doesn't see it; its unit does once ``released_at`` is set, five at a time or
    at the quarter's end.

    Personal data: the person's own words. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="ratings")
    round = models.SmallIntegerField()
    place = PlaceField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    handler_level = models.CharField(max_length=12)
    handler_place = PlaceField()
    solved = models.BooleanField()
    satisfied = models.BooleanField()
    words = models.TextField(blank=True, default="")
    reporter = models.UUIDField(null=True)
    via = models.CharField(max_length=8)
    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(
        place="place",
        never=f"NOT {OF_ITS_MATTER}",
        also_see=f"released_at IS NOT NULL AND {OF_ITS_MATTER} AND ({OWN_UNIT} OR unit_id IS NULL AND {DID_IT})",
        also_write=f"(SELECT COALESCE(current_setting('cg.kind', true), '') IN ('slip', 'post')) AND {OF_ITS_MATTER}",
        append_only=True,
        may_set=("released_at", "place", "handler_place"),
    )
    keeps: ClassVar[Keeping] = with_matter(
        whose="matter_id = ANY(%(matters)s)", leaves={"words": "''"}, words=("words",), own_sight=True
    )

    class Meta:
        """Names and constraints."""

        db_table = "matters_rating"
        verbose_name = "评价"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(via__in=words.VIAS), name="matters_rating_via"),
            models.UniqueConstraint(
                fields=["matter", "round", "unit", "reporter"], name="matters_rating_once", nulls_distinct=False
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "at"], name="matters_rating_held_unit", condition=Q(released_at__isnull=True)),
            models.Index(fields=["place", "at"], name="matters_rating_place"),
        ]

    def __str__(self) -> str:
        """Matter and round."""
        return f"{self.matter_id} {self.round}"


class Supervision(models.Model):
    """A word from above (督办): a note and a copy; the owner stays the same.

    With ``reply_by`` the supervisor demands an interim answer by then; ``replied_at`` is when it came.
    The owner is warned once at ``warn_by`` (three quarters of the office time); when nothing came by
    ``reply_by`` the supervisor is told once (``missed_at``).

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="supervisions")
    level = models.CharField(max_length=12)
    place = PlaceField()
    post = models.UUIDField(null=True)
    at = models.DateTimeField()
    reply_by = models.DateTimeField(null=True)
    warn_by = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(also_see=OF_ITS_MATTER, also_write=OF_ITS_MATTER)

    class Meta:
        """Names and constraints."""

        db_table = "matters_supervision"
        verbose_name = "督办"
        indexes: ClassVar = [
            models.Index(fields=["matter", "at"], name="matters_supervision_matter"),
            models.Index(
                fields=["reply_by"],
                name="matters_supervision_open",
                condition=Q(reply_by__isnull=False, replied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Matter and level."""
        return f"{self.matter_id} {self.level}"


class Escalation(models.Model):
    """That a level was told (提醒): at once when urgent, a warning at 75 %, or overdue; once per deadline and level.

    Personal data: none. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="escalations")
    deadline_no = models.SmallIntegerField()
    sort = models.CharField(max_length=8)
    level = models.CharField(max_length=12)
    place = PlaceField(follows=False)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    wall: ClassVar[Wall] = Wall(also_see=UP_TO_THE_ANSWER, also_write=OF_ITS_MATTER, append_only=True)

    class Meta:
        """Names and constraints."""

        db_table = "matters_escalation"
        verbose_name = "提醒"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=("told", "warned", "overdue")), name="matters_escalation_sort"),
            models.CheckConstraint(condition=Q(level__in=words.OWNERS), name="matters_escalation_level"),
            models.UniqueConstraint(fields=["matter", "deadline_no", "sort", "level"], name="matters_escalation_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "at"], name="matters_escalation_place")]

    def __str__(self) -> str:
        """Matter, sort and level."""
        return f"{self.matter_id} {self.sort} {self.level}"
