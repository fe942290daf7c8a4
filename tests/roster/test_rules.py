"""Who may fill what, and what does not fit together; without a database."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from commongrid.kernel.refusals import BadInput, NotAllowed, WrongState
from commongrid.kernel.scope import HARDSHIP, PUBLISH, Scope
from commongrid.roster import rules

SEEDS = Path("src/commongrid/roster/seeds")


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("level", rules.LEVELS)
def test_refuse_appointing_county_fills_every_level(level: str) -> None:
    rules.refuse_appointing("county", level)


@pytest.mark.parametrize("level", ["county", "township", "unit", "assigned_village"])
def test_refuse_appointing_township_not_its_own_level_or_above(level: str) -> None:
    with pytest.raises(NotAllowed):
        rules.refuse_appointing("township", level)


@pytest.mark.parametrize("level", ["county", "township", "village", "unit"])
def test_refuse_appointing_village_only_grids_and_groups(level: str) -> None:
    rules.refuse_appointing("village", "grid")
    with pytest.raises(NotAllowed):
        rules.refuse_appointing("village", level)


@pytest.mark.parametrize("level", ["grid", "household", "unit", ""])
def test_refuse_appointing_others_fill_nothing(level: str) -> None:
    assert not rules.may_appoint(level, "grid")


def test_refuse_seat_wrong_level_of_place() -> None:
    with pytest.raises(BadInput) as refused:
        rules.refuse_seat(rules.Seating(role="grid_head", role_level="grid", place=1, place_level="village"))
    assert list(refused.value.fields) == ["place"]


def test_refuse_seat_unit_role_without_unit() -> None:
    with pytest.raises(BadInput) as refused:
        rules.refuse_seat(rules.Seating(role="station_handler", role_level="unit", place=1, place_level="township"))
    assert list(refused.value.fields) == ["unit"]


def test_refuse_seat_unit_elsewhere() -> None:
    seat = rules.Seating(role="station_handler", role_level="unit", place=1, place_level="township", unit_place=2)
    with pytest.raises(BadInput):
        rules.refuse_seat(seat)


def test_refuse_two_administrators() -> None:
    rules.refuse_two_administrators("auditor", ["auditor", "grid_head"])
    rules.refuse_two_administrators("grid_head", ["auditor"])
    with pytest.raises(WrongState):
        rules.refuse_two_administrators("auditor", ["grid_head", "system_admin"])


def test_refuse_own_person() -> None:
    me = uuid4()
    rules.refuse_own_person(None, me)
    rules.refuse_own_person(uuid4(), me)
    with pytest.raises(NotAllowed):
        rules.refuse_own_person(me, me)


def test_refuse_period() -> None:
    day = date(2026, 11, 24)
    rules.refuse_period(day, None)
    rules.refuse_period(day, day)
    with pytest.raises(BadInput):
        rules.refuse_period(day, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("wants", "demo", "link", "needed"),
    [(True, False, False, True), (True, False, True, True), (True, True, False, True), (True, True, True, False),
     (False, False, False, False)],
)  # fmt: skip
def test_needs_second_factor(wants: bool, demo: bool, link: bool, needed: bool) -> None:
    assert rules.needs_second_factor(role_wants_it=wants, demo=demo, came_by_link=link) is needed


def test_seeds_fit_together() -> None:
    roles = {row["code"]: row for row in rows("roles")}
    powers = {row["code"] for row in rows("powers")}
    held = [(row["role"], row["power"]) for row in rows("role_powers")]
    assert len(held) == len(set(held))
    assert {role for role, _ in held} <= set(roles)
    assert {power for _, power in held} <= powers
    assert {row["scope_level"] for row in roles.values()} <= set(rules.LEVELS) == set(rules.PLACE_LEVELS)
    assert all(row["zh"] and row["en"] for name in ("roles", "powers", "functions") for row in rows(name))


def test_seeds_three_administrators_have_no_matters() -> None:
    held = {(row["role"], row["power"]) for row in rows("role_powers")}
    assert not [pair for pair in held if pair[0] in rules.ADMINISTRATORS and pair[1].startswith("matters.")]


def test_seeds_whoever_publishes_reads_no_hardship() -> None:
    held = {(row["role"], row["power"]) for row in rows("role_powers")}
    publishers, readers = ({role for role, power in held if power == one} for one in (PUBLISH, HARDSHIP))
    assert publishers
    assert readers
    assert not publishers & readers
    both = Scope(kind="post", level="township", powers=frozenset({PUBLISH, HARDSHIP}))
    assert both.standing == "p"


def test_seeds_second_factor_for_county_township_and_secretaries() -> None:
    for row in rows("roles"):
        if row["scope_level"] in {"county", "township", "unit"} or "secretary" in row["code"]:
            assert row["second_factor"] == "1", row["code"]


def test_seeds_only_levels_that_may_fill_something_hold_the_power() -> None:
    levels = {row["code"]: row["scope_level"] for row in rows("roles")}
    fillers = {row["role"] for row in rows("role_powers") if row["power"] == "posts.appoint"}
    assert {levels[role] for role in fillers} == set(rules.APPOINTS)
