"""From an account to its posts, and from a post to the Scope of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, UUIDField, When

from commongrid.accounts.models import BY_KEY
from commongrid.journal.acting import acting
from commongrid.journal.dated import in_force, valid
from commongrid.journal.fixed import Fixed, SideBySide
from commongrid.kernel.places import Interval, interval, township_of
from commongrid.kernel.scope import Scope, public
from commongrid.registry.models import Person
from commongrid.roster.models import Assignment, Post, RolePower, StandIn, UnitCover
from commongrid.territory.models import GridCover, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post that an account may act in on a day, own or stood in for, with its role's powers.

    ``person`` is whoever acts; ``holder`` the name on the post. ``standing_in``
    tells that the two differ.
    """

    id: UUID
    account: int
    person: UUID
    holder: str
    role: str
    level: str
    place: int
    unit: UUID | None
    powers: frozenset[str]
    second_factor: bool
    standing_in: bool
    role_zh: str
    role_en: str
    title_zh: str
    title_en: str
    unit_zh: str
    unit_en: str
    place_name: str
    place_name_en: str
    units: tuple[UUID, ...] = ()

    def label(self, lang: str) -> str:
        """The title, else the role, in the language asked for."""
        if lang == "en":
            return self.title_en or self.role_en
        return self.title_zh or self.role_zh

    def place_label(self, lang: str) -> str:
        """The place's name in the language asked for, where there is one."""
        return (self.place_name_en if lang == "en" else "") or self.place_name

    def unit_label(self, lang: str) -> str:
        """The unit's name in the language asked for, or nothing."""
        return (self.unit_en if lang == "en" else "") or self.unit_zh


def posts_of_account(account_id: int, on: date) -> list[PostRow]:
    """The posts that the account's person may act in on the day: in force, or stood in for.

    Own posts first, then by level. One query; it runs as the public plus the
    account, which is all that row-level security shows to someone choosing.
    """
    with acting(public(account=account_id)):
        return [_row(values, account_id) for values in _of_account(account_id, on)]


def scope_of(row: PostRow, on: date) -> Scope:
    """The Scope of a post: interval, narrowing and powers.

    A post whose narrowing has nothing in it yet (a cadre without villages, a
    handler without unit) sees nothing.
    """
    reach, narrow, grids, households = _reach(row, on)
    return Scope(
        kind="post",
        lo=reach.lo,
        hi=reach.hi,
        powers=row.powers,
        narrow=narrow,  # type: ignore[arg-type]  # one of the three names, from _reach
        grids=tuple(sorted(grids)),
        households=tuple(sorted(households)),
        unit=row.unit,
        units=row.units,
        post=row.id,
        person=row.person,
        role=row.role,
        level=row.level,
        place=row.place,
        account=row.account,
        asks_proof=row.second_factor,
    )


def scope_for_session(account_id: int, post_id: UUID, on: date) -> Scope | None:
    """The Scope of a session that chose this post, or None where the account may not act in it (any more)."""
    with acting(public(account=account_id)):
        values = _CHOSEN.rows(account=account_id, on=on, post=post_id)
        return scope_of(_row(dict(zip(_COLUMNS, values[0], strict=True)), account_id), on) if values else None


def scope_brought(values: tuple[Any, ...], account_id: int, on: date) -> Scope:
    """The Scope of the post that ``standing`` read for this account on this day."""
    row = _row(dict(zip(_COLUMNS, values, strict=True)), account_id)
    if row.level in ("county", "township", "village", "unit"):
        return scope_of(row, on)
    with acting(public(account=account_id)):
        return scope_of(row, on)


def scopes_in_force(scope: Scope, on: date) -> list[Scope]:
    """The Scope of every post in force on the day, whoever holds it: for the demo, which acts as many."""
    powers = RolePower.objects.filter(valid(on), valid(on, "power__"), role=OuterRef("role")).values("power_id")
    with acting(scope):
        found = Post.objects.filter(in_force(on), valid(on, "role__")).order_by("role__position", "place", "id")
        rows = [
            PostRow(
                id=ident, account=0, person=person, holder="", role=role, level=level, place=place, unit=unit,
                powers=frozenset(held), second_factor=False, standing_in=False, role_zh="", role_en="", title_zh="",
                title_en="", unit_zh="", unit_en="", place_name="", place_name_en="",
                units=_chain(unit, *above),
            )
            for ident, person, role, level, place, unit, held, *above in found.values_list(
                "id", "person_id", "role_id", "role__scope_level", "place", "unit_id", ArraySubquery(powers), *ABOVE
            )
        ]  # fmt: skip
        return [scope_of(row, on) for row in rows]


_NOWHERE = Interval(1, 0)
Reach = tuple[Interval, str, "Iterable[int]", "Iterable[UUID]"]


def _of_account(account_id: int, on: date) -> QuerySet[Post, Any]:
    """Posts of the account with everything a Scope needs, in one statement."""
    mine = Q(person__in=Person.objects.filter(account=account_id).values("id")) & in_force(on)
    lent = StandIn.objects.filter(in_force(on), in_force(on, path="by__"), by__person__account=account_id)
    standing = lent.filter(post=OuterRef("pk"))
    powers = RolePower.objects.filter(valid(on), valid(on, "power__"), role=OuterRef("role")).values("power_id")
    name = Place.objects.filter(code=OuterRef("place"))
    found: QuerySet[Post, Any] = (
        Post.objects.filter(mine | Q(id__in=lent.values("post_id")))
        .annotate(
            own=Case(When(mine, then=True), default=False, output_field=BooleanField()),
            acting_person=Case(
                When(mine, then=F("person_id")),
                default=Subquery(standing.values("by__person_id")[:1]),
                output_field=UUIDField(),
            ),
        )
        .filter(valid(on, "role__"), acting_person__isnull=False)
        .order_by("-own", "role__position", "place", "id")
        .values(
            *_PLAIN,
            powers=ArraySubquery(powers), place_name=Subquery(name.values("name")[:1]),
            place_name_en=Subquery(name.values("name_en")[:1]),
        )
    )  # fmt: skip
    return found


ABOVE: Final = tuple(
    "unit__" + way
    for way in (
        "parent_id", "master_id", "parent__parent_id", "parent__master_id", "master__parent_id", "master__master_id",
    )
)  # fmt: skip
"""What a unit answers to, read with the post: its parent and master, and theirs; units lie at most that deep."""


def _chain(*units: UUID | None) -> tuple[UUID, ...]:
    return tuple(sorted({one for one in units if one is not None}))


_PLAIN: Final = (
    "id", "acting_person", "own", "display_name", "place", "unit_id", "title_zh", "title_en",
    "role_id", "role__scope_level", "role__second_factor", "role__zh", "role__en", "unit__name_zh", "unit__name_en",
    *ABOVE,
)  # fmt: skip
_COLUMNS: Final = (*_PLAIN, "powers", "place_name", "place_name_en")


def _chosen(account: int, on: date, post: UUID) -> QuerySet[Post, Any]:
    """The one post that a session chose, if the account may act in it; the columns as ``_COLUMNS`` names them."""
    return _of_account(account, on).filter(id=post).values_list(*_COLUMNS)[:1]


_CHOSEN: Final = Fixed(_chosen, planned=True, account=-101, on=date(1801, 1, 1), post=UUID(int=101))


def standing(session: Fixed) -> Fixed:
    """A session's row, its account's and the post it chose, in one statement, for ``glancing`` as that account.

    Named values: those of ``session``, ``pk`` and ``account`` (both the account), ``post``, ``on``.
    """
    return SideBySide(session, BY_KEY, _CHOSEN)


def _row(values: dict[str, Any], account_id: int) -> PostRow:
    v = values
    return PostRow(
        id=v["id"], account=account_id, person=v["acting_person"], holder=v["display_name"], role=v["role_id"],
        level=v["role__scope_level"], place=v["place"], unit=v["unit_id"], powers=frozenset(v["powers"]),
        second_factor=v["role__second_factor"], standing_in=not v["own"],
        role_zh=v["role__zh"], role_en=v["role__en"], title_zh=v["title_zh"], title_en=v["title_en"],
        unit_zh=v["unit__name_zh"] or "", unit_en=v["unit__name_en"] or "",
        place_name=v["place_name"] or "", place_name_en=v["place_name_en"] or "",
        units=_chain(v["unit_id"], *(v[name] for name in ABOVE)),
    )  # fmt: skip


def _reach(row: PostRow, on: date) -> Reach:
    """Interval and narrowing by the level of the role."""
    match row.level:
        case "county" | "township" | "village":
            return interval(row.place), "", (), ()
        case "unit":
            return (interval(row.place), "unit", (), ()) if row.unit else (_NOWHERE, "", (), ())
        case "grid" | "villager_group" | "natural_village":
            return _village(row.place), "grids", _codes_at(row.place, on), ()
        case "party_group":
            return _village(row.place), "grids", _codes_of_unit(row, on), ()
        case "household":
            return interval(_village(row.place).lo), "households", (), _households(row, on)
        case "assigned_village":
            return _assigned(row, on)
        case _:
            return _NOWHERE, "", (), ()


def _village(place: int) -> Interval:
    """The village's interval for a place in it; a wider place keeps its own."""
    return interval(place - place % 1000)


def _codes_at(place: int, on: date) -> set[int]:
    """The place's own code, the sets it serves as a grid, the grids that serve it as a set."""
    return {place} | _served({place}, on)


def _served(places: Iterable[int], on: date) -> set[int]:
    wanted = list(places)
    pairs = GridCover.objects.filter(Q(grid__in=wanted) | Q(covered__in=wanted), valid(on))
    return {code for pair in pairs.values_list("grid", "covered") for code in pair}


def _codes_of_unit(row: PostRow, on: date) -> set[int]:
    """The sets a Party group takes in and the grids that serve them."""
    if row.unit is None:
        return set()
    sets = set(UnitCover.objects.filter(valid(on), unit=row.unit).values_list("place", flat=True))
    grids = set(GridCover.objects.filter(valid(on), covered__in=sets).values_list("grid", flat=True))
    return sets | grids


def _households(row: PostRow, on: date) -> list[UUID]:
    """The households linked to the post or helped by it."""
    kinds = ("linked_household", "named_helper")
    with acting(_itself(row)):
        found = Assignment.objects.filter(in_force(on), post=row.id, kind__in=kinds)
        return [one for one in found.values_list("household_id", flat=True) if one is not None]


def _assigned(row: PostRow, on: date) -> Reach:
    """One assigned village is its interval; several are the township's, narrowed to all their codes."""
    with acting(_itself(row)):
        found = Assignment.objects.filter(in_force(on), post=row.id, kind="assigned_village")
        villages = sorted(set(found.values_list("place", flat=True)))
    if not villages:
        return _NOWHERE, "", (), ()
    if len(villages) == 1:
        return interval(villages[0]), "", (), ()
    inside = Q()
    for village in villages:
        inside |= Q(code__range=interval(village))
    codes = Place.objects.filter(inside).values_list("code", flat=True)
    return interval(township_of(row.place) or row.place), "grids", codes, ()


def _itself(row: PostRow) -> Scope:
    """A scope that sees nothing but the post's own assignments."""
    return Scope(kind="post", post=row.id, person=row.person, account=row.account)
