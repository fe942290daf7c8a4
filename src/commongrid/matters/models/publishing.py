"""What of a matter is published, in words of its own; and sheets of paper that came back signed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from commongrid.journal.dated import TODAY, period
from commongrid.kernel.keeping import Keeping, with_matter
from commongrid.kernel.wall import WHOLE_COUNTY, Wall
from commongrid.matters.models.matter import Matter
from commongrid.matters.models.sight import BACK, OF_ITS_MATTER
from commongrid.territory.models import PlaceField

STATES = ("proposed", "published", "refused", "down")
GUARDED_SORTS = ("hardship", "person", "other")
WHO_PUBLISHES = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock' "
    "OR COALESCE(current_setting('cg.kind', true), '') = 'post' "
    "AND strpos(COALESCE(current_setting('cg.standing', true), ''), 'p') > 0)"
)
"""Who publishes at the township or county, or the clock."""
IN_ITS_DAYS = f"until >= {TODAY}"
"""That its last day has not passed, whether or not the clock has taken it down yet."""


class Publication(models.Model):
    """What anybody may read of one matter (公开件): its own title, words and answer, put on and taken down by date.

    ``place`` is a village or natural village, never finer. States: proposed
    (waits for a second person), published, refused, down. ``why`` is the reason
    of a refusal or of taking it down; empty where its day had come.

    Personal data: none; a gate refuses names, numbers, doors and words of hardship. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="publications")
    place = PlaceField()
    kind_code = models.CharField("类别代码", max_length=8)
    title = models.CharField("标题", max_length=60)
    text = models.TextField("内容")
    answer = models.TextField("办理结果", blank=True, default="")
    opened_on = models.DateField("反映日期")
    answered_on = models.DateField("答复日期", null=True)
    until = models.DateField("公开至")
    state = models.CharField("状态", max_length=10)
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    proposer = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    down_at = models.DateTimeField(null=True)
    why = models.CharField("理由", max_length=400, blank=True, default="")

    wall: ClassVar[Wall] = Wall(
        also_see=f"state = 'published' AND {IN_ITS_DAYS} OR {WHO_PUBLISHES} AND {OF_ITS_MATTER}",
        also_write=f"{WHO_PUBLISHES} AND {OF_ITS_MATTER}",
    )

    class Meta:
        """Names and constraints."""

        db_table = "matters_publication"
        verbose_name = "公开件"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="matters_publication_state"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="matters_publication_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="down", down_at__isnull=False) | (~Q(state="down") & Q(down_at__isnull=True)),
                name="matters_publication_down_has_time",
            ),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(state__in=("proposed", "published")), name="matters_publication_one"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at", "id"], name="matters_publication_public", condition=Q(state="published")
            ),
            models.Index(fields=["until"], name="matters_publication_until", condition=Q(state="published")),
            models.Index(fields=["place", "proposed_at"], name="matters_publication_place"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class SignedSheet(models.Model):
    """A printed sheet that came back filled in and was photographed (签字件): an order or an answer.

    ``of`` is the order, or names the round that the person was asked about. A
    later photo of the same sheet says in ``reason`` why; the first is kept.
    Its photos are files of this row, so that the ticks on an answer are seen no
    earlier than the rating they are.

    Personal data: handwriting and a signature on the photos. Kept: with the matter.
    """

    id = models.UUIDField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="sheets")
    sort = models.CharField(max_length=8)
    of = models.UUIDField()
    at = models.DateTimeField()
    post = models.UUIDField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")

    wall: ClassVar[Wall] = Wall(
        also_see=f"sort = 'order' AND {OF_ITS_MATTER} OR sort = 'answer' AND {BACK}",
        also_write=OF_ITS_MATTER,
        append_only=True,
    )
    keeps: ClassVar[Keeping] = with_matter(leaves={"reason": "''"}, words=("reason",))

    class Meta:
        """Names and constraints."""

        db_table = "matters_signed_sheet"
        verbose_name = "签字件"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sort__in=("order", "answer")), name="matters_signed_sheet_sort"),
        ]
        indexes: ClassVar = [models.Index(fields=["matter", "sort", "of"], name="matters_signed_sheet_matter")]

    def __str__(self) -> str:
        """Matter and sort."""
        return f"{self.matter_id} {self.sort}"


class GuardedWord(models.Model):
    """A word that no published text may hold (敏感词), for a period; the mask covers it, the gate refuses it.

    ``sort``: hardship (hardship, health, supervision by the authorities), person (a name that is never
    published, whatever the matter), other.

    Personal data: names that an office has put on the list. Kept: for good, so that an old refusal can be explained.
    """

    id = models.UUIDField(primary_key=True)
    word = models.CharField("词", max_length=60)
    sort = models.CharField("类别", max_length=12, default="hardship")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True)

    wall: ClassVar[Wall] = Wall(also_see=f"{WHO_PUBLISHES} OR {WHOLE_COUNTY}", also_write=WHOLE_COUNTY)
    keeps: ClassVar[Keeping] = Keeping(
        whose="sort = 'person' AND word = ANY(%(names)s) AND NOT EXISTS (SELECT 1 FROM registry_person p"
        " WHERE p.display_name = word AND NOT p.id = ANY(%(people)s) AND p.erased_at IS NULL)",
        words=("note",), about="false",
    )  # fmt: skip

    class Meta:
        """Names and constraints."""

        db_table = "matters_guarded_word"
        verbose_name = "敏感词"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(word=""), name="matters_guarded_word_is_one"),
            models.CheckConstraint(condition=Q(sort__in=GUARDED_SORTS), name="matters_guarded_word_sort"),
            ExclusionConstraint(
                name="matters_guarded_word_once",
                expressions=[("word", "="), (period("valid_from", "valid_to"), "&&")],
            ),
        ]

    def __str__(self) -> str:
        """The id, never the word: it may be a name."""
        return str(self.id)
