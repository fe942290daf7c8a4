"""Every route with every object it can be asked for, and what the policy expects of each role.

A route whose address captures something unknown here fails the matrix: nobody
adds a route without saying what its objects are.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import get_resolver, reverse

from commongrid.kernel.codes import slip_code
from tests.proof import expectation, links, register
from tests.proof.world import PLACES, Seat, World, named

Objects = Iterator[tuple[tuple[Any, ...], str, Callable[[Seat], bool]]]
SOURCE = Path(__file__).parents[2] / "src" / "commongrid"


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask for: which object it names, and who sees that object."""

    name: str
    power: str
    scopes: tuple[str, ...]
    methods: tuple[str, ...]
    url: str
    about: str
    seen: Callable[[Seat], bool]
    edits: bool = False
    """Whether it is a form that changes the object: then it may also answer that this can't be done."""

    @property
    def relation(self) -> str:
        """The relation of place of what is asked for."""
        return self.about.partition(" / ")[0]


def policy() -> dict[str, dict[str, str]]:
    """The routes of the policy table, by name."""
    with (SOURCE / "config" / "policy.csv").open(encoding="utf-8", newline="") as handle:
        return {row["name"]: row for row in csv.DictReader(handle) if row["sort"] == "route"}


def powers() -> dict[str, set[str]]:
    """Powers by role, from the vocabulary that seeds the rows."""
    held: dict[str, set[str]] = {}
    with (SOURCE / "roster" / "seeds" / "role_powers.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            held.setdefault(row["role"], set()).add(row["power"])
    return held


def _leaves(patterns: Iterable[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _leaves(pattern.url_patterns)
        elif hasattr(pattern.callback, "door"):
            yield pattern


def everybody(_seat: Seat) -> bool:
    """For what every scope reads: places, units, posts, vocabularies."""
    return True


def nobody(_seat: Seat) -> bool:
    """For what does not exist."""
    return False


def _matters(world: World) -> Objects:
    for ident, facts in world.matters.items():
        yield (ident,), f"{facts['relation']} / {' '.join(map(str, facts['how'][1:]))}", partial(_sees, facts)
    yield (named("no such matter"),), "no such matter", nobody


def _sees(facts: dict[str, Any], seat: Seat) -> bool:
    return expectation.sees_matter(seat, facts)


def _places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, everybody
    yield (990_199_999_999_000,), "no such place", nobody


def _places_to_edit(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_covers, place)


def _covers(place: int, seat: Seat) -> bool:
    return expectation.covers(seat, place)


def _posts(world: World) -> Objects:
    for seat in world.seats.values():
        yield (seat.post,), seat.role, everybody
    yield (named("no such post"),), "no such post", nobody


def _posts_to_edit(world: World) -> Objects:
    for seat in world.seats.values():
        yield (seat.post,), seat.role, partial(_covers, seat.place)


def _units(world: World) -> Objects:
    for name, unit in world.units.items():
        yield (unit,), name, everybody
    yield (named("no such unit"),), "no such unit", nobody


def _stand_ins(world: World) -> Objects:
    for seat in list(world.seats.values())[:4]:
        yield (seat.post, named("no such stand-in")), seat.role, nobody


def _slips(world: World) -> Objects:
    yield (slip_code(settings.KEYS.slip, next(iter(world.matters))),), "a slip of another key", nobody
    yield ("7F3K-92QD-AAAA-BBBB",), "a slip made up", nobody


def _files_of_slips(_world: World) -> Objects:
    yield ("7F3K-92QD-AAAA-BBBB", named("no such file"), "x"), "a file of a slip", nobody


def _files(_world: World) -> Objects:
    yield (named("file", "county", None, False, ""), "forged"), "a forged address", nobody


def _guesses(_world: World) -> Objects:
    yield (4711,), "no such thing", nobody


def _behind(_world: World) -> Objects:
    yield ("count",), "the rows behind a figure", everybody


def _systems(world: World) -> Objects:
    yield ("hotline_12345",), "a system", everybody
    yield ("no_such",), "no such system", nobody


def _system_sheets(world: World) -> Objects:
    yield ("hotline_12345", "orders"), "a system's sheet", everybody
    yield ("no_such", "orders"), "no such system", nobody


def _uploads(_world: World) -> Objects:
    yield (named("no such sheet"),), "a sheet of somebody else", nobody


def _mediations(world: World) -> Objects:
    for ident, facts in world.mediations.items():
        yield (ident,), str(facts), partial(_in_the_file, facts)
    yield (named("no such file"),), "no such file", nobody


def _in_the_file(facts: dict[str, Any], seat: Seat) -> bool:
    return expectation.sees_mediation(seat, facts)


def _tokens(_world: World) -> Objects:
    yield ("forged",), "a forged sheet", nobody


def _themes(_world: World) -> Objects:
    yield (named("no such theme"),), "no such theme", nobody


def _publications(_world: World) -> Objects:
    yield (named("no such publication"),), "no such publication", nobody


def _rules(_world: World) -> Objects:
    yield ("kinds",), "a list of rules", everybody
    yield ("answers",), "a list that is none of rules", nobody


def _rule_rows(_world: World) -> Objects:
    yield (named("no such row"), "kinds"), "no such row", nobody


def _wording(_world: World) -> Objects:
    yield ("answers",), "texts", everybody
    yield ("kinds",), "a list that is none of texts", nobody


def _wording_rows(_world: World) -> Objects:
    yield (named("no such row"), "answers"), "no such row", nobody


def _not_there(_world: World) -> Objects:
    yield (named("no such thing"),), "no such thing", nobody


def _homes(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("household", relation),), relation, partial(_covers, place)
    yield (named("no such household"),), "no such household", nobody


def _acts_of_homes(world: World) -> Objects:
    for values, about, seen in _homes(world):
        yield (named("no such act"), *values), about, seen


def _someone(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("someone", relation),), relation, partial(_covers, place)
    yield (named("nobody"),), "nobody", nobody


def _sorts_held(_world: World) -> Objects:
    yield ("site",), "a sort of holdings", everybody
    yield ("nonsense",), "no such sort", nobody


def _held(name: str, *before: object) -> Objects:
    for relation, place in PLACES.items():
        yield (*before, named(name, relation)), relation, partial(_covers, place)
    yield (*before, named(f"no such {name}")), f"no such {name}", nobody


def _sites(_world: World) -> Objects:
    yield from _held("site", "site")


def _acts_of_sites(_world: World) -> Objects:
    yield from _held("site", named("no such act"), "site")


def _things(_world: World) -> Objects:
    yield from _held("thing")


def _organisations(_world: World) -> Objects:
    yield from _held("organisation")


def _leaving(_world: World) -> Objects:
    yield (named("no such membership"), named("no such organisation")), "no such membership", nobody


def _changes_asked(_world: World) -> Objects:
    yield from _held("request")


def _handovers(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("handover", relation),), relation, partial(_on_either_side, place)
    yield (named("no such handover"),), "no such handover", nobody


def _on_either_side(place: int, seat: Seat) -> bool:
    return register.either_side(seat, place)


def _ledgers(_world: World) -> Objects:
    yield ("roster",), "a ledger", everybody
    yield ("nonsense",), "no such ledger", nobody


def _own_ledgers(world: World) -> Objects:
    for role in ("village_secretary", "dispatcher"):
        owner = world.seats[role]
        yield (named("own ledger", role),), f"{role}'s ledger", partial(_is, owner)
        yield (named("shared ledger", role),), f"{role}'s shared ledger", partial(_shares, owner)
    yield (named("no such ledger"),), "no such ledger", nobody


def _is(owner: Seat, seat: Seat) -> bool:
    return seat.post == owner.post


def _shares(owner: Seat, seat: Seat) -> bool:
    return seat.post == owner.post or expectation.same_place(seat, owner)


def _booklets(_world: World) -> Objects:
    yield from _held("booklet")


def _register_sheets(_world: World) -> Objects:
    yield ("people",), "a template", everybody
    yield ("cats",), "no such template", nobody


def _batches(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("batch", relation),), relation, partial(_covers, place)
    yield (named("no such batch"),), "no such batch", nobody


def _suspects(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("suspect", relation),), relation, partial(_covers, place)
    yield (named("no such pair"),), "no such pair", nobody


def _boundary_files(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("boundary file", relation),), relation, partial(_covers, place)
    yield (named("no such file"),), "no such file", nobody


def _villages_to_link(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_links_in, place) if relation.endswith(" village") else nobody


def _links_in(place: int, seat: Seat) -> bool:
    return links.whole(seat, place)


def _wide_places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        wide = relation == "county" or relation.endswith(" township")
        yield (place,), relation, partial(_links_in, place) if wide and place % 10**6 == 0 else nobody


def _hamlets(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_covers, place) if relation.endswith(" hamlet") else nobody


def _contact_places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, nobody if "grid" in relation or "group" in relation else everybody


def _no_such_choice(_world: World) -> Objects:
    yield (named("no such choice"), PLACES["own village"]), "no such choice", nobody


def _plans(_world: World) -> Objects:
    yield from _held("plan")


def _planned(_world: World) -> Objects:
    for relation, place in PLACES.items():
        values = named("household", relation), named("plan", relation)
        yield values, relation, partial(_covers, place)


def _linkers(world: World) -> Objects:
    for seat in world.seats.values():
        known = seat.role == "linked_member"
        yield (seat.post,), seat.role, partial(_looks_after, seat) if known else nobody


def _looks_after(of: Seat, seat: Seat) -> bool:
    return seat.post == of.post or expectation.covers(seat, of.place)


def _numbers_of_the_sheet(_world: World) -> Objects:
    yield ("grids",), "the rows behind a number", everybody
    yield ("nonsense",), "no such number", nobody


def _itself(_world: World) -> Objects:
    yield (), "", everybody


OBJECTS: dict[tuple[str, tuple[str, ...]], Callable[[World], Objects]] = {
    ("", ()): _itself,
    ("", ("matter_id",)): _matters,
    ("exchange_", ("code",)): _systems,
    ("exchange_", ("code", "sort")): _system_sheets,
    ("exchange_", ("upload_id",)): _uploads,
    ("exchange_", ("batch_id",)): _uploads,
    ("exchange_", ("case_id",)): _uploads,
    ("mediation", ("mediation_id",)): _mediations,
    ("sheet", ("token",)): _tokens,
    ("", ("code",)): _places,
    ("place_", ("code",)): _places_to_edit,
    ("slip", ("code",)): _slips,
    ("", ("post_id",)): _posts,
    ("", ("unit_id",)): _units,
    ("post_", ("post_id",)): _posts_to_edit,
    ("post_", ("post_id", "stand_in_id")): _stand_ins,
    ("slip", ("code", "file", "token")): _files_of_slips,
    ("", ("file", "token")): _files,
    ("", ("secret",)): _guesses,
    ("", ("session_id",)): _guesses,
    ("", ("which",)): _behind,
    ("theme", ("theme_id",)): _themes,
    ("publi", ("publication_id",)): _publications,
    ("rules_", ("vocabulary",)): _rules,
    ("rules_", ("row", "vocabulary")): _rule_rows,
    ("wording_", ("vocabulary",)): _wording,
    ("wording_", ("row", "vocabulary")): _wording_rows,
    ("market", ("code",)): _places_to_edit,
    ("", ("duty_id",)): _not_there,
    ("", ("view_id",)): _not_there,
    ("", ("notice_id",)): _not_there,
    ("household", ("household_id",)): _homes,
    ("household_undo", ("done", "household_id")): _acts_of_homes,
    ("person", ("person_id",)): _someone,
    ("people_", ("sort",)): _register_sheets,
    ("people_", ("upload_id",)): _uploads,
    ("people_", ("batch_id",)): _batches,
    ("duplicate", ("suspect_id",)): _suspects,
    ("boundary_file", ("file_id",)): _boundary_files,
    ("flag", ("flag_id",)): _not_there,
    ("holding", ("of",)): _sorts_held,
    ("holding", ("of", "subject")): _sites,
    ("holding_undo", ("done", "of", "subject")): _acts_of_sites,
    ("thing", ("subject",)): _things,
    ("organisation", ("subject",)): _organisations,
    ("organisation_leave", ("membership_id", "subject")): _leaving,
    ("booklet", ("booklet_id",)): _booklets,
    ("change", ("request_id",)): _changes_asked,
    ("handover", ("handover_id",)): _handovers,
    ("ledger", ("code",)): _ledgers,
    ("linking", ("code",)): _villages_to_link,
    ("linking_everywhere", ("code",)): _wide_places,
    ("linking_choice_end", ("choice_id", "code")): _no_such_choice,
    ("link_", ("code",)): _hamlets,
    ("contacts", ("code",)): _contact_places,
    ("plan", ("plan_id",)): _plans,
    ("plan_set", ("household_id", "plan_id")): _planned,
    ("linked_member", ("post_id",)): _linkers,
    ("county_sheet_rows", ("which",)): _numbers_of_the_sheet,
    ("own_ledger", ("ledger_id",)): _own_ledgers,
    ("own_ledger_", ("ledger_id",)): _not_there,
}
"""By the beginning of a route's name and what its address captures: what it is asked for."""


EDITING = ("place_", "post_", "market", "linking_propose", "link_notice_down", "plan_")
"""How the names of routes begin that change what they are asked for."""


def objects(world: World, name: str, captures: tuple[str, ...]) -> Objects:
    """What can stand in an address with these captures: (values, about, who sees it)."""
    for (begins, known), yields in sorted(OBJECTS.items(), key=lambda item: -len(item[0][0])):
        if known == captures and name.startswith(begins):
            return yields(world)
    message = f"tests/proof/routes.py does not know what {name} with {captures} is asked for"
    raise AssertionError(message)


def targets(world: World) -> Iterator[Target]:
    """Every route with every object."""
    table = policy()
    for pattern in _leaves(get_resolver().url_patterns):
        row = table[pattern.name]
        captures = tuple(sorted(pattern.pattern.converters))
        for values, about, seen in objects(world, pattern.name, captures):
            yield Target(
                name=pattern.name,
                power=row["power"],
                scopes=tuple(row["scopes"].split()),
                methods=tuple(row["methods"].split()),
                url=reverse(pattern.name, kwargs=dict(zip(captures, values, strict=True))),
                about=about,
                seen=seen,
                edits=pattern.name.startswith(EDITING) and pattern.name != "markets",
            )
