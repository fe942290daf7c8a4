"""Every route with every object it can be asked for, and what the policy expects of each role.

A route whose address captures something unknown here fails the matrix: nobody
adds a route without saying what its objects are.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import get_resolver, reverse

from tests.proof import objects
from tests.proof.world import Seat, World

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


OBJECTS: dict[tuple[str, tuple[str, ...]], Callable[[World], objects.Objects]] = {
    ("", ()): objects.itself,
    ("", ("matter_id",)): objects.matters,
    ("exchange_", ("code",)): objects.systems,
    ("exchange_", ("code", "sort")): objects.system_sheets,
    ("exchange_", ("upload_id",)): objects.uploads,
    ("exchange_", ("batch_id",)): objects.uploads,
    ("exchange_", ("case_id",)): objects.uploads,
    ("mediation", ("mediation_id",)): objects.mediations,
    ("sheet", ("token",)): objects.tokens,
    ("", ("code",)): objects.places,
    ("place_", ("code",)): objects.places_to_edit,
    ("slip", ("code",)): objects.slips,
    ("", ("post_id",)): objects.posts,
    ("", ("unit_id",)): objects.units,
    ("unit_", ("unit_id",)): objects.units_to_edit,
    ("unit_covers", ("unit_id",)): objects.party_groups,
    ("post_", ("post_id",)): objects.posts_to_edit,
    ("post_", ("post_id", "stand_in_id")): objects.stand_ins,
    ("post_", ("assignment_id", "post_id")): objects.assignments,
    ("slip", ("code", "file", "token")): objects.files_of_slips,
    ("", ("file", "token")): objects.files,
    ("", ("secret",)): objects.guesses,
    ("", ("session_id",)): objects.guesses,
    ("", ("which",)): objects.behind,
    ("theme", ("theme_id",)): objects.themes,
    ("publi", ("publication_id",)): objects.publications,
    ("rules_", ("vocabulary",)): objects.rules,
    ("rules_", ("row", "vocabulary")): objects.rule_rows,
    ("wording_", ("vocabulary",)): objects.wording,
    ("wording_", ("row", "vocabulary")): objects.wording_rows,
    ("market", ("code",)): objects.places_to_edit,
    ("", ("duty_id",)): objects.not_there,
    ("", ("view_id",)): objects.not_there,
    ("", ("x", "y", "z")): objects.no_tiles,
    ("talent_", ("talent_id",)): objects.talents,
    ("rota_", ("turn_id",)): objects.not_there,
    ("", ("notice_id",)): objects.not_there,
    ("household", ("household_id",)): objects.homes,
    ("register_undo", ("done",)): objects.no_such_act,
    ("person", ("person_id",)): objects.someone,
    ("people_", ("sort",)): objects.register_sheets,
    ("people_", ("upload_id",)): objects.uploads,
    ("people_", ("batch_id",)): objects.batches,
    ("duplicate", ("suspect_id",)): objects.suspects,
    ("boundary_file", ("file_id",)): objects.boundary_files,
    ("flag", ("flag_id",)): objects.not_there,
    ("holding", ("of",)): objects.sorts_held,
    ("holding", ("of", "subject")): objects.sites,
    ("thing", ("subject",)): objects.things,
    ("organisation", ("subject",)): objects.organisations,
    ("organisation_leave", ("membership_id", "subject")): objects.leaving,
    ("booklet", ("booklet_id",)): objects.booklets,
    ("change", ("request_id",)): objects.changes_asked,
    ("handover", ("handover_id",)): objects.handovers,
    ("ledger", ("code",)): objects.ledgers,
    ("linking", ("code",)): objects.villages_to_link,
    ("linking_everywhere", ("code",)): objects.wide_places,
    ("linking_choice_end", ("choice_id", "code")): objects.no_such_choice,
    ("link_", ("code",)): objects.hamlets,
    ("contacts", ("code",)): objects.contact_places,
    ("plan", ("plan_id",)): objects.plans,
    ("plan_set", ("household_id", "plan_id")): objects.planned,
    ("linked_member", ("post_id",)): objects.linkers,
    ("household_helper_end", ("assignment_id", "household_id")): objects.no_such_helper,
    ("matter_case_end", ("assignment_id", "matter_id")): objects.no_such_case,
    ("dividing", ("code",)): objects.villages_to_link,
    ("dividing_everywhere", ("code",)): objects.wide_places,
    ("barriers", ("code",)): objects.villages_to_link,
    ("barrier_remove", ("barrier_id", "code")): objects.no_such_barrier,
    ("division", ("division_id",)): objects.divisions,
    ("division_", ("division_id", "number")): objects.division_grids,
    ("division_seat_back", ("division_id", "seat_id")): objects.no_such_seat,
    ("county_sheet_rows", ("which",)): objects.numbers_of_the_sheet,
    ("own_ledger", ("ledger_id",)): objects.own_ledgers,
    ("own_ledger_", ("ledger_id",)): objects.not_there,
    ("prepared_", ("list_id",)): objects.exported_lists,
}
"""By the beginning of a route's name and what its address captures: what it is asked for."""


EDITING = (
    "place_",
    "post_",
    "unit_",
    "market",
    "linking_propose",
    "link_notice_down",
    "plan_",
    "division_",
    "dividing_propose",
    "dividing_posts",
    "dividing_everywhere_stop",
    "linking_everywhere_stop",
)
"""How the names of routes begin that change what they are asked for."""


def asked_for(world: World, name: str, captures: tuple[str, ...]) -> objects.Objects:
    """What can stand in an address with these captures: (values, about, who sees it)."""
    for (begins, known), yields in sorted(OBJECTS.items(), key=lambda item: -len(item[0][0])):
        if known == captures and name.startswith(begins):
            return yields(world)
    message = f"tests/proof/objects.py does not know what {name} with {captures} is asked for"
    raise AssertionError(message)


def targets(world: World) -> Iterator[Target]:
    """Every route with every object."""
    table = policy()
    for pattern in _leaves(get_resolver().url_patterns):
        row = table[pattern.name]
        captures = tuple(sorted(pattern.pattern.converters))
        for values, about, seen in asked_for(world, pattern.name, captures):
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
