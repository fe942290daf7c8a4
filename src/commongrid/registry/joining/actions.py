"""Two records of one person joined, two people told apart, suspects found by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import IntegrityError, transaction

from commongrid.accounts import sealed
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.registry.actions.carrying import carry_booklet, carry_property, refuse_waiting
from commongrid.registry.actions.desk import SEALED, Desk, change, desk, living, person, touch
from commongrid.registry.actions.duties import end_duties
from commongrid.registry.actions.homes import end_home, succeed
from commongrid.registry.actions.marks import carry_marks
from commongrid.registry.actions.stays import Turn, begin_stay, end_stay, turn_stay
from commongrid.registry.joining import queries
from commongrid.registry.joining.models import Suspect
from commongrid.registry.models import Flag, HardshipFlag, Household, Person
from commongrid.registry.rules.facts import SELF, Told
from commongrid.registry.rules.fields import FURTHER

if TYPE_CHECKING:
    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.registry.joining.queries import Pair

FILLED: Final = (
    "sex", "born_on", "education", "occupation", "political", "marital", "works_at", "registered_place", "collective",
    *FURTHER,
)  # fmt: skip
"""What the record that goes on takes from the other where it has nothing itself."""
HARDSHIP: Final = "people.hardship"
TWO_NUMBERS: Final = N_("Both records have an identity number, and they differ: these are two people.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Which record goes on and which ends in it; their versions as they were on the screen."""

    kept: UUID
    ended: UUID
    seen: tuple[int, int] | None = None


@action("registry.people_joined", power="people.join", facts=("into", "from_place"))
def join(scope: Scope, act: Act, *, twins: Twins, told: Told) -> Line:
    """Two records are one person: one goes on with what the other knew, the other ends as merged into it (合并人员).

    Both histories stay. The record that goes on keeps its household and booklet, or gets the other's where it has none;
    marks in force, duties, houses and things come along. Across townships both are told, and each sees its own record.
    ``registry.undone`` takes it back.

    Refuses: NotYours where one is out of scope; NotAllowed without the power to see hardship, because those marks come
    along; WrongState where one has ended or was changed meanwhile, or signs in, holds a post or waits for a decision
    and would end; BadInput for one record twice or two identity numbers.
    """
    scope.demand(HARDSHIP)
    if twins.kept == twins.ended:
        raise BadInput(N_("Choose two records."))
    at = desk(scope, act, told)
    seen = dict(zip((twins.kept, twins.ended), twins.seen or (None, None), strict=True))
    locked = {each: person(at, each, seen=seen[each]) for each in sorted((twins.kept, twins.ended))}
    kept, ended = locked[twins.kept], locked[twins.ended]
    if ended.account_id is not None:
        raise WrongState(N_("The record that would end signs in here. Keep that one, and end the other."))
    refuse_waiting(ended)
    if kept.id_index and ended.id_index and bytes(kept.id_index) != bytes(ended.id_index):
        raise BadInput(TWO_NUMBERS)
    came_from = ended.place
    _join(at, kept, ended)
    Suspect.objects.filter(first=min(twins.kept, twins.ended), second=max(twins.kept, twins.ended)).update(
        decision="merged", why=told.source[:120], decided_at=act.at, decided_by=scope.post
    )
    return Line(
        place=kept.place, subject=ended.id, subject_kind="person",
        facts={"into": str(kept.id), "from_place": came_from}, answer={"person": kept.id, "version": kept.version},
    )  # fmt: skip


def _join(at: Desk, kept: Person, ended: Person) -> None:
    hidden = {column: _opened(ended, column) for column in SEALED}
    where = ended.household_id
    home = Household.objects.select_for_update(of=("self",)).filter(id=where).first() if where else None
    role = ended.as_in_home
    _leave(at, ended, home, into=kept)
    carry_booklet(at, kept, ended)
    change(
        at, ended, state="merged", ended_on=at.on, merged_into=kept.id, household_id=None, booklet_id=None
    )  # its number now counts for nobody
    filled: dict[str, Any] = {name: getattr(ended, name) for name in FILLED if not getattr(kept, name)}
    filled |= {column: text for column, text in hidden.items() if not getattr(kept, column)}
    if kept.household_id is None and home is not None:
        filled |= {"household_id": home.id, "place": home.place, "as_in_home": role}
    left = kept.place
    try:
        with transaction.atomic():
            change(at, kept, **{name: value for name, value in filled.items() if value})
    except IntegrityError:
        raise BadInput(TWO_NUMBERS) from None
    if "household_id" in filled and home is not None:
        carry_marks(at, kept, left=left)
        begin_stay(at, kept, home, as_to_head=role, why="joined", head=home.head_id == kept.id)
    _carry_marks(at, kept, ended)
    end_duties(at, ended, into=kept)
    carry_property(at, kept, ended)


def _opened(one: Person, column: str) -> str:
    return sealed.unseal(getattr(one, column), "registry_person", column, one.id)


def _leave(at: Desk, ended: Person, home: Household | None, *, into: Person) -> None:
    """The record's stay ends; where it was head the one that goes on is, or another of the household."""
    end_stay(at, ended, why="joined")
    if home is None:
        return
    staying = [one for one in living(home) if one.id != ended.id]
    takes_place = into.household_id is None
    if home.head_id == ended.id and (takes_place or into.household_id == home.id):
        _seat_instead(at, home, into, staying)
    elif home.head_id == ended.id and staying:
        succeed(at, home, staying)
    elif not staying and not takes_place:
        end_home(at, home)
    else:
        touch(home)


def _seat_instead(at: Desk, home: Household, into: Person, staying: list[Person]) -> None:
    """The same person goes on as head: what the others are to the head stays."""
    if into in staying and into.as_in_home != SELF:
        change(at, into, as_in_home=SELF)
        turn_stay(at, into, home, Turn(as_to_head=SELF, why="joined", head=True))
    change(at, home, head_id=into.id)


def _carry_marks(at: Desk, kept: Person, ended: Person) -> None:
    """Marks in force end on the one record and begin on the other, unless it has them."""
    for table in (Flag, HardshipFlag):
        held = set(table.objects.filter(person_id=kept.id, to_on=None).values_list("type_code", flat=True))
        for mark in table.objects.select_for_update().filter(person_id=ended.id, to_on=None):
            if mark.type_code not in held:
                more = {"basis": mark.basis} if isinstance(mark, Flag) else _basis(mark, row := at.child())
                table(
                    id=row if isinstance(mark, HardshipFlag) else at.child(), type_code=mark.type_code,
                    place=kept.place, person_id=kept.id, household_id=kept.household_id, from_on=mark.from_on,
                    source=mark.source, body=mark.body, began_by=at.act.id, **more,
                ).save(force_insert=True)  # fmt: skip
            mark.to_on, mark.ended_by = max(at.on, mark.from_on), at.act.id
            mark.save(update_fields=("to_on", "ended_by"))


def _basis(mark: HardshipFlag, row: UUID) -> dict[str, Any]:
    """The sealed cause of a mark, sealed anew for the row it goes on in."""
    table = HardshipFlag._meta.db_table
    said = sealed.unseal(mark.basis_sealed, table, "basis_sealed", mark.id)
    return {"basis_sealed": sealed.seal(said, table, "basis_sealed", row)}


@action("registry.told_apart", power="people.join")
def tell_apart(scope: Scope, act: Act, *, suspect_id: UUID, why: str) -> Line:
    """Two records that resemble each other are two people; nobody is asked again (不是同一人).

    Refuses: NotFound; WrongState when it was decided already; BadInput without a reason.
    """
    said = " ".join(why.split())
    if not said:
        raise BadInput(fields={"why": N_("Please say why, in a sentence.")})
    row = queries.suspect(scope, suspect_id)
    if row.decision:
        raise WrongState
    Suspect.objects.filter(id=row.id).update(decision="apart", why=said[:120], decided_at=act.at, decided_by=scope.post)
    return Line(place=row.place, subject=row.id, subject_kind="suspect", answer={"suspect": row.id})


@action("registry.suspects_found", power="people.join", kinds=("clock",), facts=("found",))
def keep_suspects(scope: Scope, act: Act, *, found: tuple[Pair, ...]) -> Line:
    """Keep pairs that may be one person, for whoever may join records (疑似重复). Refuses: nothing; known ones stay."""
    Suspect.objects.bulk_create(
        (
            Suspect(
                id=uuid5(NAMESPACE_OID, f"commongrid suspect {one.first} {one.second}"), place=one.place,
                first=one.first, second=one.second, reason=one.reason, found_at=act.at,
            )
            for one in found
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    return Line(place=scope.lo, facts={"found": len(found)}, answer={"found": len(found)})
