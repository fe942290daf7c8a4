"""Reads of named helpers: who helps a household, whom a post helps, whom nobody helps any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from commongrid.journal.dated import in_force
from commongrid.kernel.places import interval
from commongrid.registry.models import HardshipFlag
from commongrid.roster.models import Assignment, Post
from commongrid.roster.rules import HELPER, HELPS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commongrid.kernel.scope import Scope

PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A tie of a household to its helper: the post with its public face, and since when, until when."""

    id: UUID
    post: UUID
    name: str
    phone: str
    from_on: date
    to_on: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.from_on <= on and (self.to_on is None or self.to_on > on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """A household with its helper since a day; without one, since when it has none any more."""

    id: UUID
    natural_village: int
    number: str
    door: str
    head: str
    since: date
    post: UUID | None = None
    name: str = ""


def helpers_of(scope: Scope, household: UUID) -> list[Helper]:
    """A household's helpers through time as far as the scope learns of them, the latest first."""
    found = Assignment.objects.filter(kind=HELPER, household=household).order_by("-from_on", "-id")
    return [
        Helper(id=one, post=post, name=name, phone=phone, from_on=begun, to_on=ended)
        for one, post, name, phone, begun, ended in found.values_list(
            "id", "post_id", "post__display_name", "post__office_phone", "from_on", "to_on"
        )
    ]


def helpers_told(scope: Scope, household: UUID, on: date) -> list[Helper] | None:
    """Who helps a household on a day, for whoever reads hardship; for everybody else nothing at all."""
    if not scope.may("people.hardship"):
        return None
    return [one for one in helpers_of(scope, household) if one.holds(on)]


def may_help(scope: Scope, village: int, on: date) -> list[tuple[UUID, str, int]]:
    """Posts of a village whose holders help households, by name, and how many they help on a day."""
    held = Count("assignments", filter=in_force(on, path="assignments__") & Q(assignments__kind=HELPER))
    found = Post.objects.filter(in_force(on), role=HELPS, place__range=interval(village))
    return list(found.annotate(n=held).order_by("display_name", "id").values_list("id", "display_name", "n"))


def helped_by(scope: Scope, on: date) -> list[Helped]:
    """The households that the scope's own post helps on a day."""
    return [_line(row) for row in _held(on).filter(post=scope.post)] if scope.post else []


def helped_in(scope: Scope, place: int, on: date, page: int = 0) -> tuple[list[Helped], bool]:
    """A page of a place's households that somebody helps on a day, and whether another follows."""
    rows = _held(on).filter(place__range=interval(place))[page * PAGE : (page + 1) * PAGE + 1]
    found = [_line(row) for row in rows]
    return found[:PAGE], len(found) > PAGE


def unhelped(scope: Scope, lo: int, hi: int, on: date) -> list[Helped]:
    """Households of an interval still in hardship whose last helper's tie has ended, those longest without first."""
    goes_on = Assignment.objects.filter(Q(to_on=None) | Q(to_on__gt=on), kind=HELPER, household=OuterRef("household"))
    needs = HardshipFlag.objects.filter(in_force(on), household=OuterRef("household"))
    ended = Assignment.objects.filter(
        kind=HELPER, place__range=(lo, hi), household__place__range=(lo, hi), to_on__lte=on
    )
    rows: QuerySet[Any, Any] = (
        ended.exclude(household__state__in=("ended", "empty"))
        .filter(~Exists(goes_on), Exists(needs))
        .values(*_HOME)
        .annotate(since=Max("to_on"))
        .order_by("since", "household")
    )
    return [_line(row) for row in rows]


def without_helper(scope: Scope, on: date) -> list[Helped]:
    """The same of everything in scope, for whoever reads hardship at a township or the county and sees to it."""
    sees_to_it = scope.level in ("township", "county") and not scope.narrow
    return unhelped(scope, scope.lo, scope.hi, on) if sees_to_it and scope.may("people.hardship") else []


_HOME: Final = ("household", "household__natural_village", "household__number", "household__door",
                "household__head__display_name")  # fmt: skip


def _held(on: date) -> QuerySet[Any, Any]:
    found = Assignment.objects.filter(in_force(on), kind=HELPER, household__isnull=False)
    rows: QuerySet[Any, Any] = found.values(*_HOME, "post", name=F("post__display_name"), since=F("from_on"))
    ordered: QuerySet[Any, Any] = rows.order_by("household__natural_village", "household__number", "household", "id")
    return ordered


def _line(row: dict[str, Any]) -> Helped:
    return Helped(
        id=row["household"], natural_village=row["household__natural_village"], number=row["household__number"],
        door=row["household__door"], head=row["household__head__display_name"] or "", since=row["since"],
        post=row.get("post"), name=row.get("name", ""),
    )  # fmt: skip
