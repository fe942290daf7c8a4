"""The population written into the register: a township's people at a time, each as one act, by COPY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.utils.timezone import localdate
from psycopg.types.json import Jsonb

from commongrid.accounts import sealed
from commongrid.commands.demo.population import census as censuses
from commongrid.commands.demo.population.census import Census
from commongrid.commands.demo.population.kin import HEAD
from commongrid.commands.demo.population.land import Lane
from commongrid.commands.demo.population.people import Filled, Hamlet, Home, Someone, Speller
from commongrid.commands.demo.population.plan import plan
from commongrid.commands.demo.population.traits import paid_by
from commongrid.kernel.act import Act, new_id
from commongrid.kernel.pinyin import initials, sort_key
from commongrid.kernel.places import enclosing
from commongrid.kernel.scope import Scope
from commongrid.kernel.sealing import Sealer, place_of
from commongrid.registry.actions import Stage, Staged, people
from commongrid.registry.actions.peopling import SOURCE, STAGES
from commongrid.registry.rules.freshness import years

PERSON: Final = "registry_person"
INITIALS: Final = 24
DWELLING, HOUSING = "11", "01"
COLLECTIVE: Final = "collective"
BODIES: Final = {
    "dibao": "县民政局",
    "tekun_home": "县民政局",
    "disabled": "县残疾人联合会",
    "veteran": "县退役军人事务局",
}
KNOWN: Final = ("display_name", "as_in_home", "sex", "born_on", "registered_place")
MAYBE: Final = ("education", "occupation", "political", "marital", "works_at")
FLAGGED: Final = (60, 1500)
"""Days since which something has been recognised."""


def fill(
    scope: Scope,
    hamlets: Sequence[Hamlet],
    at: datetime,
    seed: str,
    census: Census | None = None,
    along: Mapping[int, Lane] | None = None,
) -> int:
    """Plan, spell out and write a population into these hamlets, along their lanes, as of a moment.

    Answers how many people there are.

    Without figures of its own it is the whole county's.
    """
    of, today = census or censuses.census(), localdate(at)
    speller = Speller(plan(of, seed), hamlets, today, seed, along)
    townships = groupby(speller.filled(of), lambda one: enclosing(one.hamlet.village, "township") or 0)
    made = 0
    with Stage() as stage:
        for township, filled in townships:
            batch = _Batch(sealed.sealer(), today, paying=made == 0)
            for one in filled:
                batch.add(one)
            for name in STAGES:
                stage.add(name, batch.rows[name])
            counts = Staged(place=township, people=len(batch.rows["person"]), homes=len(batch.rows["home"]))
            people(scope, Act(new_id(), at), staged=counts)
            stage.empty()
            made += counts.people
    return made


@dataclass(frozen=True, slots=True)
class _Lives:
    """Where somebody is registered and in which booklet; in which household they live, and when it was visited."""

    registered: int
    booklet: UUID
    household: UUID | None = None
    visited: date | None = None


@dataclass(slots=True)
class _Batch:
    """The rows of one township; ``paying``: with who has paid for insurance, which all of a county need not have."""

    sealer: Sealer
    today: date
    paying: bool = False
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in STAGES})
    fresh: dict[tuple[date, tuple[str, ...]], Jsonb] = field(default_factory=dict)

    def add(self, filled: Filled) -> None:
        """A hamlet's rows."""
        for home in filled.homes:
            self._home(filled.hamlet, home)
        if filled.collective:
            booklet = new_id()
            self.rows["booklet"].append(
                (booklet, filled.hamlet.code, f"J{filled.hamlet.code % 10**9:09}", COLLECTIVE, None, None)
            )
            for one in filled.collective:
                ident = new_id()
                self._person(ident, one, filled.hamlet, _Lives(registered=filled.hamlet.code, booklet=booklet))
                self._flags(ident, None, one.flags, filled.hamlet.grid, one.since)

    def _home(self, hamlet: Hamlet, home: Home) -> None:
        ident, dwelling = new_id(), new_id()
        ids = [new_id() for _ in home.people]
        booklets = self._booklets(hamlet, home, ids)
        state = "away" if all(one.away for one in home.people) else "lived"
        door = f"{hamlet.name}{home.number}号"
        fresh = self._fresh(home.visited, "door", "point", "head", "dwelling", "people")
        self.rows["home"].append(
            (ident, hamlet.grid, hamlet.code, f"{home.number:04}", state, door, *home.point, "measured", ids[0],
             dwelling, home.began, fresh)
        )  # fmt: skip
        self.rows["dwelling"].append(
            (dwelling, hamlet.grid, hamlet.code, DWELLING, door, *home.point, HOUSING, ids[0], home.began, home.storeys,
             home.area, True, self._fresh(home.visited, "kind", "point", "owner"))
        )  # fmt: skip
        for person, one in zip(ids, home.people, strict=True):
            lives = _Lives(home.registered_at, booklets[one.booklet], ident, home.visited)
            self._person(person, one, hamlet, lives)
            self._flags(person, ident, one.flags, hamlet.grid, one.since)
            if self.paying:
                paid = paid_by(home.number + hamlet.code, years(one.born, self.today), self.today)
                self.rows["flag"] += [(code, hamlet.grid, person, ident, max(on, one.since), "") for code, on in paid]
        self._flags(None, ident, home.flags, hamlet.grid, home.began)

    def _booklets(self, hamlet: Hamlet, home: Home, ids: Sequence[UUID]) -> dict[int, UUID]:
        found = {number: new_id() for number in sorted({one.booklet for one in home.people})}
        for number, booklet in found.items():
            head = next(
                ident
                for ident, one in zip(ids, home.people, strict=True)
                if one.booklet == number and one.as_in_booklet == HEAD
            )
            written = f"{hamlet.code % 10**9:09}{home.number:04}{number}"
            self.rows["booklet"].append((booklet, home.registered_at, written, "family", head, home.began))
        return found

    def _person(self, ident: UUID, one: Someone, hamlet: Hamlet, lives: _Lives) -> None:
        seal = self.sealer.seal
        member = None if hamlet.urban and lives.registered == hamlet.code else lives.registered // 1000 * 1000
        said = [name for name in MAYBE if getattr(one, name)]
        said += ["id_number"] * bool(one.number) + ["phone"] * bool(one.phone)
        self.rows["person"].append(
            (
                ident, one.name, sort_key(one.name), initials(one.name)[:INITIALS], hamlet.grid,
                "away" if one.away else "here", str(one.sex), one.born,
                seal(one.number, place_of(PERSON, "id_sealed", ident)) if one.number else None,
                sealed.index(one.number),
                seal(one.phone, place_of(PERSON, "phone_sealed", ident)) if one.phone else None,
                sealed.index(one.phone), one.education, one.occupation, one.political, one.marital, one.works_at,
                lives.household, one.role if lives.household else "", lives.booklet,
                one.as_in_booklet if lives.household else "", lives.registered,
                member, self._fresh(lives.visited or one.since, *KNOWN, *said), SOURCE, one.since,
            )
        )  # fmt: skip

    def _flags(
        self, person: UUID | None, household: UUID | None, flags: Sequence[str], place: int, earliest: date
    ) -> None:
        for code in flags:
            back = FLAGGED[0] + len(self.rows["flag"]) * 37 % FLAGGED[1]
            since = max(earliest, self.today - timedelta(days=back))
            self.rows["flag"].append((code, place, person, household, since, BODIES.get(code, "")))

    def _fresh(self, day: date, *fields: str) -> Jsonb:
        """When these fields were last found true; equal ones are shared."""
        found = self.fresh.get((day, fields))
        if found is None:
            found = self.fresh[day, fields] = Jsonb(dict.fromkeys(fields, day.isoformat()))
        return found
