"""What can stand in an address: every object of the world that a route may be asked for, and who sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.conf import settings

from commongrid.kernel.codes import slip_code
from commongrid.kernel.places import level_of
from tests.proof import expectation, links, register
from tests.proof.world import PLACES, UNITS, Seat, World, named

Objects = Iterator[tuple[tuple[Any, ...], str, Callable[[Seat], bool]]]


def everybody(_seat: Seat) -> bool:
    """For what every scope reads: places, units, posts, vocabularies."""
    return True


def nobody(_seat: Seat) -> bool:
    """For what does not exist."""
    return False


def matters(world: World) -> Objects:
    for ident, facts in world.matters.items():
        yield (ident,), f"{facts['relation']} / {' '.join(map(str, facts['how'][1:]))}", partial(_sees, facts)
    yield (named("no such matter"),), "no such matter", nobody


def _sees(facts: dict[str, Any], seat: Seat) -> bool:
    return expectation.sees_matter(seat, facts)


def places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, everybody
    yield (990_199_999_999_000,), "no such place", nobody


def places_to_edit(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_covers, place)


def _covers(place: int, seat: Seat) -> bool:
    return expectation.covers(seat, place)


def posts(world: World) -> Objects:
    for seat in world.seats.values():
        yield (seat.post,), seat.role, everybody
    yield (named("no such post"),), "no such post", nobody


def posts_to_edit(world: World) -> Objects:
    for seat in world.seats.values():
        yield (seat.post,), seat.role, partial(_covers, seat.place)


def units(world: World) -> Objects:
    for name, unit in world.units.items():
        yield (unit,), name, everybody
    yield (named("no such unit"),), "no such unit", nobody


def units_to_edit(world: World) -> Objects:
    for name, place, kind in UNITS:
        yield (world.units[name],), name, partial(_sets_up, place, kind)
    yield (named("no such unit"),), "no such unit", nobody


def party_groups(world: World) -> Objects:
    for name, place, kind in UNITS:
        yield (world.units[name],), name, partial(_sets_up, place, kind) if kind == "party_group" else nobody


def _sets_up(place: int, kind: str, seat: Seat) -> bool:
    """A village changes its own Party groups, a township and the county every unit in their area."""
    level = {"county": True, "township": True, "village": kind == "party_group"}.get(seat.level, False)
    return level and expectation.covers(seat, place)


def stand_ins(world: World) -> Objects:
    for seat in list(world.seats.values())[:4]:
        yield (seat.post, named("no such stand-in")), seat.role, nobody


def assignments(world: World) -> Objects:
    for seat in list(world.seats.values())[:4]:
        yield (named("no such assignment"), seat.post), seat.role, nobody


def slips(world: World) -> Objects:
    yield (slip_code(settings.KEYS.slip, next(iter(world.matters))),), "a slip of another key", nobody
    yield ("7F3K-92QD-AAAA-BBBB",), "a slip made up", nobody


def files_of_slips(_world: World) -> Objects:
    yield ("7F3K-92QD-AAAA-BBBB", named("no such file"), "x"), "a file of a slip", nobody


def files(_world: World) -> Objects:
    yield (named("file", "county", None, False, ""), "forged"), "a forged address", nobody


def guesses(_world: World) -> Objects:
    yield (4711,), "no such thing", nobody


def behind(_world: World) -> Objects:
    yield ("count",), "the rows behind a figure", everybody


def systems(world: World) -> Objects:
    yield ("hotline_12345",), "a system", everybody
    yield ("no_such",), "no such system", nobody


def system_sheets(world: World) -> Objects:
    yield ("hotline_12345", "orders"), "a system's sheet", everybody
    yield ("no_such", "orders"), "no such system", nobody


def uploads(_world: World) -> Objects:
    yield (named("no such sheet"),), "a sheet of somebody else", nobody


def mediations(world: World) -> Objects:
    for ident, facts in world.mediations.items():
        yield (ident,), str(facts), partial(_in_the_file, facts)
    yield (named("no such file"),), "no such file", nobody


def _in_the_file(facts: dict[str, Any], seat: Seat) -> bool:
    return expectation.sees_mediation(seat, facts)


def tokens(_world: World) -> Objects:
    yield ("forged",), "a forged sheet", nobody


def themes(_world: World) -> Objects:
    yield (named("no such theme"),), "no such theme", nobody


def publications(_world: World) -> Objects:
    yield (named("no such publication"),), "no such publication", nobody


def rules(_world: World) -> Objects:
    yield ("kinds",), "a list of rules", everybody
    yield ("answers",), "a list that is none of rules", nobody


def rule_rows(_world: World) -> Objects:
    yield (named("no such row"), "kinds"), "no such row", nobody


def wording(_world: World) -> Objects:
    yield ("answers",), "texts", everybody
    yield ("kinds",), "a list that is none of texts", nobody


def wording_rows(_world: World) -> Objects:
    yield (named("no such row"), "answers"), "no such row", nobody


def not_there(_world: World) -> Objects:
    yield (named("no such thing"),), "no such thing", nobody


def no_tiles(_world: World) -> Objects:
    yield (0, 0, 0), "no base map is set", nobody


def homes(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("household", relation),), relation, partial(_covers, place)
    yield (named("no such household"),), "no such household", nobody


def no_such_act(_world: World) -> Objects:
    yield (named("no such act"),), "no such act", nobody


def someone(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("someone", relation),), relation, partial(_covers, place)
    yield (named("nobody"),), "nobody", nobody


def sorts_held(_world: World) -> Objects:
    yield ("site",), "a sort of holdings", everybody
    yield ("nonsense",), "no such sort", nobody


def _held(name: str, *before: object) -> Objects:
    for relation, place in PLACES.items():
        yield (*before, named(name, relation)), relation, partial(_covers, place)
    yield (*before, named(f"no such {name}")), f"no such {name}", nobody


def sites(_world: World) -> Objects:
    yield from _held("site", "site")


def things(_world: World) -> Objects:
    yield from _held("thing")


def organisations(_world: World) -> Objects:
    yield from _held("organisation")


def leaving(_world: World) -> Objects:
    yield (named("no such membership"), named("no such organisation")), "no such membership", nobody


def changes_asked(_world: World) -> Objects:
    yield from _held("request")


def handovers(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("handover", relation),), relation, partial(_on_either_side, place)
    yield (named("no such handover"),), "no such handover", nobody


def _on_either_side(place: int, seat: Seat) -> bool:
    return register.either_side(seat, place)


def ledgers(_world: World) -> Objects:
    yield ("roster",), "a ledger", everybody
    yield ("nonsense",), "no such ledger", nobody


def own_ledgers(world: World) -> Objects:
    for role in ("village_secretary", "dispatcher"):
        owner = world.seats[role]
        yield (named("own ledger", role),), f"{role}'s ledger", partial(_is, owner)
        yield (named("shared ledger", role),), f"{role}'s shared ledger", partial(_shares, owner)
    yield (named("no such ledger"),), "no such ledger", nobody


def exported_lists(world: World) -> Objects:
    for role in ("village_secretary", "dispatcher"):
        yield (named("exported list", role),), f"{role}'s long list", partial(_is, world.seats[role])
    yield (named("no such list"),), "no such list", nobody


def _is(owner: Seat, seat: Seat) -> bool:
    return seat.post == owner.post


def _shares(owner: Seat, seat: Seat) -> bool:
    return seat.post == owner.post or expectation.same_place(seat, owner)


def booklets(_world: World) -> Objects:
    yield from _held("booklet")


def register_sheets(_world: World) -> Objects:
    yield ("people",), "a template", everybody
    yield ("cats",), "no such template", nobody


def batches(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("batch", relation),), relation, partial(_covers, place)
    yield (named("no such batch"),), "no such batch", nobody


def suspects(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("suspect", relation),), relation, partial(_covers, place)
    yield (named("no such pair"),), "no such pair", nobody


def boundary_files(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (named("boundary file", relation),), relation, partial(_covers, place)
    yield (named("no such file"),), "no such file", nobody


def villages_to_link(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_links_in, place) if level_of(place) == "village" else nobody


def _links_in(place: int, seat: Seat) -> bool:
    return links.whole(seat, place)


def wide_places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        wide = relation == "county" or relation.endswith(" township")
        yield (place,), relation, partial(_links_in, place) if wide and place % 10**6 == 0 else nobody


def hamlets(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, partial(_covers, place) if relation.endswith(" hamlet") else nobody


def contact_places(_world: World) -> Objects:
    for relation, place in PLACES.items():
        yield (place,), relation, nobody if "grid" in relation or "group" in relation else everybody


def no_such_choice(_world: World) -> Objects:
    yield (named("no such choice"), PLACES["own village"]), "no such choice", nobody


def plans(_world: World) -> Objects:
    yield from _held("plan")


def talents(_world: World) -> Objects:
    yield from _held("talent")


def planned(_world: World) -> Objects:
    for relation, place in PLACES.items():
        values = named("household", relation), named("plan", relation)
        yield values, relation, partial(_covers, place)


def no_such_barrier(_world: World) -> Objects:
    yield (named("no such barrier"), PLACES["own village"]), "no such barrier", nobody


def divisions(_world: World) -> Objects:
    for relation, place in PLACES.items():
        seen = partial(_links_in, place) if relation.partition(" ")[2] == "village" else nobody
        yield (named("division", relation),), relation, seen
    yield (named("no such division"),), "no such division", nobody


def division_grids(world: World) -> Objects:
    for values, relation, seen in divisions(world):
        yield (*values, 1), relation, seen


def no_such_seat(_world: World) -> Objects:
    yield (named("division", "own village"), named("no such seat")), "no such seat", nobody


def no_such_helper(_world: World) -> Objects:
    yield (named("no such helper"), named("household", "own village")), "no such helper", nobody


def no_such_case(world: World) -> Objects:
    for (ident,), about, _seen in matters(world):
        yield (named("no such case"), ident), about, nobody


def linkers(world: World) -> Objects:
    for seat in world.seats.values():
        known = seat.role == "linked_member"
        yield (seat.post,), seat.role, partial(_looks_after, seat) if known else nobody


def _looks_after(of: Seat, seat: Seat) -> bool:
    return seat.post == of.post or expectation.covers(seat, of.place)


def numbers_of_the_sheet(_world: World) -> Objects:
    yield ("grids",), "the rows behind a number", everybody
    yield ("nonsense",), "no such number", nobody


def itself(_world: World) -> Objects:
    yield (), "", everybody
