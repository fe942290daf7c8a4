"""The seam to the planner: laws of every plan, reasons, what is said where members are too few."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from commongrid.outreach.rules.planning import Home, Linker, Task, Terms
from commongrid.outreach.rules.solving import compared, solved
from commongrid.surfaces.console.network.reasons import FAULTS, SENTENCES

A, B = UUID(int=1), UUID(int=2)
ALL = Terms(target=10, most=15)


def home(n: int, east: float, **said: object) -> Home:
    return Home(id=UUID(int=100 + n), at=(107.0 + east, 26.0), **said)  # type: ignore[arg-type]


def linker(ident: UUID, east: float, capacity: int = 15, **said: object) -> Linker:
    return Linker(id=ident, at=(107.0 + east, 26.0), capacity=capacity, **said)  # type: ignore[arg-type]


ROW = [home(n, n / 1000) for n in range(6)]
BOTH = [linker(A, 0.0), linker(B, 0.005)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([None, A, B]), st.booleans()), min_size=1, max_size=20),
       st.integers(1, 8), st.integers(1, 8))  # fmt: skip
def test_every_plan_keeps_its_laws(village: list[tuple[int, UUID | None, bool]], of_a: int, of_b: int) -> None:
    """Each household once and at most one contact, nobody over the limit, never whom it would rather not have."""
    homes = [
        home(n, east / 1000, now=now, never=frozenset({A}) if rather_not else frozenset())
        for n, (east, now, rather_not) in enumerate(village)
    ]
    out = solved(homes, [linker(A, 0.0, of_a), linker(B, 0.02, of_b)], ALL)
    assert [one.household for one in sorted(out.links, key=lambda one: one.household)] == [one.id for one in homes]
    load = Counter(one.member for one in out.links if one.member)
    assert load[A] <= of_a
    assert load[B] <= of_b
    never = {one.id for one in homes if one.never}
    assert not [one for one in out.links if one.member == A and one.household in never]
    assert all(one.reason in SENTENCES for one in out.links)
    unlinked = sum(one.member is None for one in out.links)
    assert out.figures["unlinked"] == unlinked
    assert unlinked == max(0, len(homes) - of_b - min(of_a, len(homes) - len(never)))


def test_nearest_liked_locked_and_kept() -> None:
    said = [
        home(0, 0.001), home(1, 0.001, liked=B), home(2, 0.001, fixed=True, to=B), home(3, 0.001, fixed=True),
        home(4, 0.003, now=A), home(5, 0.0028, now=A, kin=frozenset({B})),
    ]  # fmt: skip
    out = solved(said, BOTH, ALL)
    found = {one.household.int - 100: (one.member, one.reason) for one in out.links}
    assert found == {
        0: (A, "nearest"), 1: (B, "liked"), 2: (B, "locked"), 3: (None, "locked"), 4: (A, "keeps"), 5: (B, "kin"),
    }  # fmt: skip
    kept = next(one for one in out.links if one.household == said[4].id)
    assert kept.facts["other"] == str(B)
    assert kept.facts["other_metres"] < (kept.metres or 0)


def test_reason_says_what_a_place_is_worth_to_others() -> None:
    out = solved(ROW[:4], [linker(A, 0.0, 2), linker(B, 0.01)], ALL)
    full = [one for one in out.links if one.reason == "full"]
    assert full
    assert all(one.facts["other"] == str(A) and one.facts["load"] == 2 and one.facts["price"] > 0 for one in full)


def test_party_group_is_left_at_a_price_or_not_at_all() -> None:
    g, h = UUID(int=7), UUID(int=8)
    homes = [home(0, 0.001, groups=frozenset({g}))]
    near, far = linker(A, 0.0, group=h), linker(B, 0.004, group=g)
    assert solved(homes, [near, far], Terms(leaving=1000)).links[0].reason == "group"
    assert solved(homes, [near, far], Terms(leaving=100)).links[0].member == A
    alone = solved(homes, [near], Terms(leaving=None))
    assert (alone.links[0].member, alone.links[0].reason, alone.figures["apart"]) == (None, "nobody_may", 1)


def test_too_few_members_are_said_with_what_would_help() -> None:
    homes = [home(n, n / 1000) for n in range(32)]
    out = solved(homes, BOTH, Terms(target=10, most=15))
    assert out.figures["unlinked"] == 2
    (short,) = out.figures["short"]
    assert (short["homes"], short["places"], short["limit"], short["more"]) == (32, 30, 16, 1)


def test_slider_goes_from_short_ways_to_few_changes() -> None:
    homes = [home(n, n / 1000, now=A) for n in range(6)]
    now = datetime(2026, 11, 26, tzinfo=UTC)
    curve = compared(
        Task(plan=A, asked=False, asked_at=now, homes=tuple(homes), linkers=tuple(BOTH), terms=Terms(keep=200))
    )
    assert [stop for stop, _, _ in curve] == sorted(stop for stop, _, _ in curve)
    assert [changes for _, changes, _ in curve] == sorted((changes for _, changes, _ in curve), reverse=True)
    assert [saved for _, _, saved in curve] == sorted((saved for _, _, saved in curve), reverse=True)
    assert 200 in [stop for stop, _, _ in curve]
    left = tuple(home(n, n / 1000, now=UUID(int=9)) for n in range(6))
    gone = Task(plan=A, asked=False, asked_at=now, homes=left, linkers=tuple(BOTH), terms=Terms())
    assert {changes for _, changes, _ in compared(gone)} == {6}, "whose contact can't go on gets another anyhow"
    locked = replace(gone, homes=(*left, home(7, 0.007, now=A, fixed=True)))
    assert {changes for _, changes, _ in compared(locked)} == {7}, "nor does who is locked to nobody keep theirs"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([None, A, B, UUID(int=9)])), min_size=1, max_size=15),
       st.integers(1, 9), st.integers(1, 9))  # fmt: skip
def test_the_slider_tells_what_each_plan_then_does(
    village: list[tuple[int, UUID | None]], of_a: int, of_b: int
) -> None:
    """So many get another contact as the slider said, and the more keeping one is worth, the fewer."""
    homes = tuple(home(n, east / 1000, now=now) for n, (east, now) in enumerate(village))
    able = (linker(A, 0.0, of_a), linker(B, 0.02, of_b))
    asked_at = datetime(2026, 11, 26, tzinfo=UTC)
    curve = compared(Task(plan=A, asked=False, asked_at=asked_at, homes=homes, linkers=able, terms=ALL))
    told = [changes for _stop, changes, _saved in curve]
    assert told == sorted(told, reverse=True)
    for stop, changes, _saved in curve:
        assert solved(homes, able, replace(ALL, keep=stop)).figures["changes"] == changes


def test_what_cannot_be_says_why() -> None:
    assert solved(ROW, [], ALL).fault == "nobody"
    assert solved([], BOTH, ALL).fault == "none"
    lost = solved([home(0, 0.0, fixed=True, to=UUID(int=9))], BOTH, ALL)
    full = solved([home(n, 0.0, fixed=True, to=A) for n in range(3)], [linker(A, 0.0, 2), linker(B, 0.0)], ALL)
    own = solved([home(0, 0.0, fixed=True, to=A)], [linker(A, 0.0, home=UUID(int=100))], ALL)
    assert [(one.fault, one.figures["count"]) for one in (lost, full, own)] == [
        ("locked", 1),
        ("locked", 3),
        ("locked", 1),
    ]
    assert {one.fault for one in (lost, full, own)} < FAULTS.keys()


def test_household_of_a_member_who_left_counts_among_the_changes() -> None:
    gone = UUID(int=3)
    figures = solved([home(0, 0.001, now=gone), home(1, 0.001, now=A)], BOTH, ALL).figures
    assert (figures["changes"], figures["left"]) == (1, 1)


def test_a_wish_is_met_where_it_costs_no_more_than_it_is_worth() -> None:
    near, far = linker(A, 0.0), linker(B, 0.001, can=frozenset({"letters"}))
    wishing = [home(0, 0.0, wishes=frozenset({"letters"})), home(1, 0.0)]
    first, second = solved(wishing, [near, far], ALL).links
    assert (first.member, first.reason, first.facts["other"]) == (B, "wish", str(A)), "some hundred metres"
    assert second.member == A
    further = linker(B, 0.01, can=frozenset({"letters"}))
    assert solved(wishing, [near, further], ALL).links[0].member == A, "a kilometre is too far for a wish"


def test_each_has_at_least_so_many_if_it_can_be() -> None:
    homes = [home(n, n / 10_000) for n in range(8)]
    both = [linker(A, 0.0), linker(B, 0.002)]
    load = Counter(one.member for one in solved(homes, both, Terms(target=8, most=10, least=3)).links)
    assert load[B] >= 3
    assert solved(homes[:1], both, Terms(target=8, most=10, least=3)).fault == "", "soft: nobody is refused for it"
