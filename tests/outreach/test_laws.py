"""Laws of links, whatever happens: one contact at most for each living household, and books of coverage that add up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import Refusal
from commongrid.outreach.queries import links
from commongrid.outreach.queries.coverage import coverage, of_hamlets, whole
from commongrid.registry import actions as registry
from commongrid.registry.actions import Leaving
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import Into, NewHome, Told
from commongrid.territory.actions import add_natural_village
from commongrid.territory.rules.editing import Named
from tests.factories.desk import HAMLET, OTHER_GRID, VILLAGE
from tests.outreach.conftest import SECRETARY, all_followed
from tests.outreach.test_following import AROUND

if TYPE_CHECKING:
    from tests.outreach.conftest import Row

HAPPENS = st.sampled_from(("declare", "decline", "plan", "wish", "die", "leave", "merge", "split"))
STEPS = st.lists(st.tuples(HAPPENS, st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=6)
_numbers = iter(range(200, 400))


def _happens(row: Row, what: str, one: int, other: int) -> None:
    told = Told(on=localdate())
    match what:
        case "declare" | "decline":
            row.able(row.people[one], capacity=other + 1, answer="able" if what == "declare" else "declines")
        case "plan":
            row.adopted(row.plan(target=4, most=8, leaving=None if other % 2 else 500))
        case "wish":
            row.wish(one, ("liked", "kin", "not")[other % 3], row.people[other])
        case "die":
            registry.died(SECRETARY, Act.new(), person_id=row.people[one], told=told)
        case "leave":
            registry.moved_out(SECRETARY, Act.new(), person_id=row.people[one], to="外省", told=told)
        case "merge":
            into = Into(household=row.homes[other], as_to_head="97")
            registry.merge_households(SECRETARY, Act.new(), household_id=row.homes[one], into=into, told=told)
        case "split":
            with acting(SECRETARY):
                home = Person.objects.filter(id=row.people[one]).values_list("household", flat=True).first()
            new = NewHome(
                place=OTHER_GRID, natural_village=HAMLET, number=str(next(_numbers)), began_on=localdate()
            )  # fmt: skip
            leaving = Leaving(people=(row.people[one],), head=row.people[one], home=new)
            registry.split(SECRETARY, Act.new(), household_id=home or row.homes[one], leaving=leaving, told=told)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_one_contact_at_most_and_books_that_add_up(row: Row, steps: list[tuple[str, int, int]]) -> None:
    """One village through all examples: each begins where the one before ended."""
    for step in [("declare", 0, 6), ("declare", 7, 6), *steps, ("plan", 0, 0)]:
        try:
            _happens(row, *step)
        except Refusal:
            continue
        all_followed()
        with acting(SECRETARY):
            held = links.links_on(SECRETARY, VILLAGE, localdate())
            (whole,) = coverage(SECRETARY, VILLAGE, localdate(), 1000)
            parts = of_hamlets(SECRETARY, VILLAGE, localdate())
            living = {one.id: one.state for one in Household.objects.filter(state__in=("lived", "away"))}
        assert max(Counter(one.household for one in held).values(), default=0) <= 1
        assert whole.linked + whole.without + whole.away_linked + whole.away == whole.homes
        assert sum(one.homes for one in parts) == whole.homes
        assert whole.linked + whole.away_linked == sum(one.household in living for one in held)


def test_a_natural_village_put_right_leaves_the_days_before_as_they_were(row: Row) -> None:
    today, before = localdate(), localdate() - timedelta(days=1)
    made = add_natural_village(AROUND, Act.new(), village=VILLAGE, named=Named("新寨", "Xinzhai"))
    fields = registry.Fields(of="household", subject=row.homes[0], written={"natural_village": str(made["code"])})
    registry.correct(SECRETARY, Act.new(), fields=fields, told=Told(on=today))
    with acting(SECRETARY):
        for day, told in ((before, {HAMLET: 8}), (today, {HAMLET: 7, made["code"]: 1})):
            assert {one.part: one.homes for one in of_hamlets(SECRETARY, VILLAGE, day)} == told
            assert whole(SECRETARY, HAMLET, day).homes == told[HAMLET]
