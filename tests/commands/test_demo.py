"""The demo county shows matters in every state, some overdue, some supervised, and a post of every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commongrid.commands.demo.laying import COUNTY
from commongrid.kernel.scope import clock
from commongrid.matters.rules.table import STATES
from commongrid.registry.joining.queries import pairs

if TYPE_CHECKING:
    from tests.bed import Database

LIVE = {code for code, state in STATES.items() if state.live}


def test_demo_shows_matters_in_every_state(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        states = {row[0] for row in owner.execute("SELECT DISTINCT state FROM matters_matter").fetchall()}
        assert states == LIVE
        for some in (
            "matters_matter WHERE closed_at IS NULL AND due_at < now()",
            "matters_supervision",
            "journal_line WHERE name = 'matters.put_right'",
            "matters_escalation",
            "matters_rating WHERE NOT satisfied",
        ):
            assert owner.execute(f"SELECT count(*) > 0 FROM {some}".encode()).fetchone() == (True,), some
        assert owner.execute(
            "SELECT max(opened_at) <= now() AND min(opened_at) < now() - interval '30 days' FROM matters_matter"
        ).fetchone() == (True,)


def test_demo_fills_every_role(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        empty = owner.execute(
            "SELECT code FROM roster_role WHERE code NOT IN (SELECT role_id FROM roster_post)"
        ).fetchall()
    assert empty == []


def test_demo_is_marked_and_lies_in_an_unassigned_range(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        assert owner.execute("SELECT code, demo FROM territory_county").fetchall() == [(990101 * 10**9, True)]


def test_demo_has_its_grids_and_natural_villages_in_the_past_too(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        began = owner.execute(
            "SELECT level, max(valid_from) < current_date - 300 FROM territory_place"
            " WHERE level IN ('grid', 'natural_village', 'villager_group') GROUP BY level"
        ).fetchall()
    assert {level for level, _past in began} == {"grid", "natural_village", "villager_group"}
    assert all(past for _level, past in began)


def test_demo_staffs_its_grids_with_people_of_the_register_and_links_before_any_matter(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        team = owner.execute(
            "SELECT count(*), count(*) FILTER (WHERE p.household_id IS NOT NULL AND p.place / 1000 = o.place / 1000),"
            " count(*) FILTER (WHERE p.political IN ('01', '02')) > 3 FROM roster_post o"
            " JOIN registry_person p ON p.id = o.person_id WHERE o.role_id IN ('grid_head', 'grid_member')"
        ).fetchone()
        assert team == (15, 15, True), "one of eight grids has no head"
        tied = dict(
            owner.execute(
                "SELECT kind, max(from_on) < (SELECT min(opened_at)::date FROM matters_matter) FROM roster_assignment"
                " GROUP BY kind"
            ).fetchall()
        )
        before = ("contact_point", "assigned_village", "named_helper", "linked_household")
        assert tied == {**dict.fromkeys(before, True), "petition_case": False}, "a case is of a matter"
        linked = owner.execute(
            "SELECT h.place / 1000, count(*) = count(a.id) FROM registry_household h LEFT JOIN roster_assignment a"
            " ON a.household_id = h.id AND a.kind = 'linked_household' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert [whole for _village, whole in linked] == [False, True, True, True], "the first is the newcomer's to link"


def test_demo_has_only_a_handful_of_people_twice(hamlet: Database) -> None:
    scope = clock("test", "people.join", lo=COUNTY, hi=COUNTY + 10**9 - 1)
    found = pairs(scope, 100)
    assert {one.reason for one in found} == {"birth", "sound", "post"}
    assert len(found) < 10


def test_demo_does_ordinary_things_in_office_hours(hamlet: Database) -> None:
    with hamlet.as_role("owner") as owner:
        odd = owner.execute(
            "SELECT name, at FROM (SELECT name, at, at AT TIME ZONE 'Asia/Shanghai' AS local FROM journal_line"
            " WHERE post IS NOT NULL) done WHERE extract(isodow FROM local) > 5"
            " OR extract(hour FROM local) NOT BETWEEN 8 AND 17"
        ).fetchall()
    assert odd == []
