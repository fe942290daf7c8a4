"""The path from declaration to links: does it, refuses, is harmless twice, leaves its line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import localdate

from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.outreach import actions
from commongrid.outreach.actions import Said, Wish
from commongrid.outreach.jobs import work_out_plans
from commongrid.outreach.queries import declaring, plans
from commongrid.outreach.queries.coverage import coverage, homes_behind
from commongrid.outreach.rules.planning import Outcome, Terms
from commongrid.registry import actions as registry
from commongrid.registry.rules.facts import Told
from commongrid.roster.models import Post
from commongrid.roster.queries.sight import PostRow, scope_of
from tests.factories.desk import COUNTY, FAR_VILLAGE, TOWNSHIP, VILLAGE
from tests.factories.scopes import scope_at
from tests.outreach.conftest import SECRETARY

if TYPE_CHECKING:
    from tests.outreach.conftest import Row


def names(subject: UUID) -> list[str]:
    with acting(SECRETARY):
        return [line.name for line in journal.history(SECRETARY, subject)]


def test_from_declaration_to_links_every_household_has_one_contact(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    plan = row.adopted(row.plan())
    linked = row.linked()
    assert set(linked) == set(row.homes)
    assert set(linked.values()) == {row.west, row.east}
    assert linked[row.homes[1]] == row.west
    assert linked[row.homes[6]] == row.east
    assert linked[row.homes[0]] == row.east, "nobody is the contact of their own household"
    assert names(plan) == [
        "outreach.plan_asked", "outreach.plan_made", "outreach.plan_approved", "outreach.plan_adopted",
    ]  # fmt: skip


def test_adopted_members_see_their_households_at_once(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan(most=10))
    with acting(SECRETARY):
        post = Post.objects.get(person=row.west, role="linked_member")
    sight = scope_of(
        PostRow(
            id=post.id, account=0, person=row.west, holder="", role="linked_member", level="household",
            place=post.place, unit=None, powers=frozenset(), second_factor=False, standing_in=False, role_zh="",
            role_en="", title_zh="", title_en="", unit_zh="", unit_en="", place_name="", place_name_en="",
        ),
        localdate(),
    )  # fmt: skip
    assert set(sight.households) == {home for home, who in row.linked().items() if who == row.west}
    assert post.office_phone == "0990-1234567"


def test_second_plan_keeps_links_that_stay_and_the_past_as_it_was(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan(most=10))
    before = row.linked()
    row.able(row.east)
    later = localdate() + timedelta(days=5)
    row.adopted(row.plan(most=10, keep=0), on=later)
    assert row.linked() == before
    after = row.linked(later)
    assert set(after.values()) == {row.west, row.east}
    stayed = [home for home in before if before[home] == after.get(home)]
    with acting(SECRETARY):
        from commongrid.outreach.queries.links import links_of

        assert all(len(links_of(SECRETARY, home)) == 1 for home in stayed)
        changed = next(home for home in before if before[home] != after[home])
        assert [one.to_on for one in links_of(SECRETARY, changed)] == [None, later]


def test_member_without_households_gives_the_post_up(row: Row) -> None:
    row.able(row.west)
    row.adopted(row.plan(most=10))
    row.able(row.west, answer="declines")
    row.able(row.east)
    row.adopted(row.plan(most=10))
    with acting(SECRETARY):
        held = Post.objects.filter(role="linked_member", to_on=None)
        assert [one.person_id for one in held] == [row.east]


def test_household_away_is_linked_only_by_phone_and_counted_apart(row: Row) -> None:
    for n in (2, 3):
        registry.left_for_work(SECRETARY, Act.new(), person_id=row.people[n], to="东莞", told=Told(on=localdate()))
    row.wish(2, "phone")
    row.able(row.west)
    row.able(row.east)
    row.adopted(row.plan())
    assert set(row.linked()) == set(row.homes) - {row.homes[3]}
    with acting(SECRETARY):
        (found,) = coverage(SECRETARY, VILLAGE, localdate(), 1000)
        assert (found.linked, found.without, found.away_linked, found.away) == (6, 0, 1, 1)
        assert found.share == 100
        behind, more = homes_behind(SECRETARY, VILLAGE, localdate(), "away")
    assert ([one.id for one in behind], more) == ([row.homes[3]], False)


def test_coverage_of_a_past_day_is_what_it_was(row: Row) -> None:
    yesterday = localdate() - timedelta(days=1)
    registry.left_for_work(SECRETARY, Act.new(), person_id=row.people[2], to="东莞", told=Told(on=localdate()))
    row.able(row.west)
    row.adopted(row.plan(most=10))
    with acting(SECRETARY):
        (then,) = coverage(SECRETARY, VILLAGE, yesterday, 1000)
        (now,) = coverage(SECRETARY, VILLAGE, localdate(), 1000)
    assert (then.linked, then.without, then.away) == (0, 8, 0)
    assert (now.linked, now.without, now.away) == (6, 1, 1)


def test_edit_lock_and_work_out_anew(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    plan = row.plan()
    actions.set_link(
        SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[1], member_id=row.east, locked=True
    )  # fmt: skip
    actions.work_out_anew(SECRETARY, Act.new(), plan_id=plan, terms=Terms(keep=0))
    assert work_out_plans() == 1
    with acting(SECRETARY):
        found = plans.planned_of(SECRETARY, plan, row.homes[1])
        assert (found.member, found.locked, found.by_hand) == (row.east, True, True)
        assert plans.plan(SECRETARY, plan).keep == 0


def test_edit_refuses_who_does_not_go_together(row: Row) -> None:
    row.able(row.west)
    row.able(row.east)
    row.wish(1, "not", row.east)
    plan = row.plan()
    for home, who in ((1, row.east), (7, row.east), (1, row.people[3])):
        with pytest.raises(BadInput):
            actions.set_link(
                SECRETARY, Act.new(), plan_id=plan, household_id=row.homes[home], member_id=who, locked=True
            )
    assert row.planned(plan)[row.homes[1]] == row.west


def test_nobody_is_given_more_than_thirty_by_hand(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    row.able(row.west)
    row.able(row.east)
    plan = row.plan()
    monkeypatch.setattr("commongrid.outreach.actions.planning.MOST", list(row.planned(plan).values()).count(row.west))
    asked: dict[str, Any] = {"plan_id": plan, "member_id": row.west, "locked": True}
    theirs = next(home for home, member in row.planned(plan).items() if member == row.west)
    actions.set_link(SECRETARY, Act.new(), household_id=theirs, **asked)
    other = next(home for home, member in row.planned(plan).items() if member == row.east)
    with pytest.raises(BadInput) as refused:
        actions.set_link(SECRETARY, Act.new(), household_id=other, **asked)
    assert set(refused.value.fields) == {"member"}


def test_propose_refuses(row: Row) -> None:
    with pytest.raises(BadInput):
        actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms())
    row.able(row.west)
    for terms in (Terms(keep=-1), Terms(target=0), Terms(target=9, most=8), Terms(most=31), Terms(leaving=9000)):
        with pytest.raises(BadInput):
            actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=terms)
    with pytest.raises(NotYours):
        actions.propose(SECRETARY, Act.new(), village=FAR_VILLAGE, terms=Terms())
    row.plan()
    with pytest.raises(WrongState):
        actions.propose(SECRETARY, Act.new(), village=VILLAGE, terms=Terms())
    with pytest.raises(NotAllowed):
        actions.propose(scope_at(VILLAGE, "links.read"), Act.new(), village=VILLAGE, terms=Terms())


def test_propose_everywhere_asks_for_the_villages_where_somebody_is_able(row: Row) -> None:
    row.able(row.west)
    township = scope_at(TOWNSHIP, "links.edit", level="township")
    assert actions.propose_everywhere(township, Act.new(), place=TOWNSHIP, terms=Terms())["plans"] == 1
    with pytest.raises(WrongState):
        actions.propose_everywhere(township, Act.new(), place=TOWNSHIP, terms=Terms())
    with pytest.raises(NotYours):
        actions.propose_everywhere(township, Act.new(), place=COUNTY, terms=Terms())
    assert actions.stop(township, Act.new(), place=TOWNSHIP)["count"] == 1
    with pytest.raises(WrongState):
        actions.stop(township, Act.new(), place=TOWNSHIP)
    with pytest.raises(NotYours):
        actions.stop(township, Act.new(), place=COUNTY)
    assert work_out_plans() == 0
    assert actions.propose_everywhere(township, Act.new(), place=TOWNSHIP, terms=Terms())["plans"] == 1, (
        "taken up again"
    )
    assert work_out_plans() == 1
    with acting(SECRETARY):
        found = plans.open_plans(SECRETARY, VILLAGE)[VILLAGE]
    assert found.state == "ready"
    planned = row.planned(found.id)
    actions.work_out_anew(SECRETARY, Act.new(), plan_id=found.id, terms=Terms(keep=0, target=1, most=1))
    assert actions.stop(township, Act.new(), place=TOWNSHIP)["count"] == 1
    with acting(SECRETARY):
        assert plans.open_plans(SECRETARY, VILLAGE)[VILLAGE] == found, "as it was before"
    assert row.planned(found.id) == planned
    assert "curve" not in found.figures, "the slider waits until nobody waits for a plan"
    assert work_out_plans() == 0
    with acting(SECRETARY):
        assert len(plans.plan(SECRETARY, found.id).figures["curve"]) >= 5


def test_a_plan_asked_for_otherwise_meanwhile_is_not_overwritten(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    row.able(row.west)
    plan = row.plan()
    actions.work_out_anew(SECRETARY, Act.new(), plan_id=plan, terms=Terms(target=4))

    def dropped(*_: object) -> Outcome:
        actions.drop(SECRETARY, Act.new(), plan_id=plan)
        return Outcome()

    monkeypatch.setattr("commongrid.outreach.rules.solving.solved", dropped)
    assert work_out_plans() == 0
    with acting(SECRETARY):
        assert plans.plan(SECRETARY, plan).state == "dropped"


def test_a_planner_that_breaks_off_is_said_and_holds_nobody_up(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    row.able(row.west)
    plan = row.plan()
    actions.work_out_anew(SECRETARY, Act.new(), plan_id=plan, terms=Terms(target=4))
    monkeypatch.setattr("commongrid.outreach.rules.solving.solved", lambda *_: 1 // 0)
    assert work_out_plans() == 1
    with acting(SECRETARY):
        found = plans.plan(SECRETARY, plan)
    assert (found.state, found.fault) == ("failed", "broken")


@pytest.mark.parametrize(
    "said", [Said(answer="maybe"), Said(answer="able", as_what="x"), Said(answer="able", capacity=0)]
)
def test_declare_refuses_what_it_does_not_know(row: Row, said: Said) -> None:
    with pytest.raises(BadInput):
        actions.declare(SECRETARY, Act.new(), village=VILLAGE, person_id=row.west, said=said, on=localdate())


def test_declare_again_follows_the_former(row: Row) -> None:
    row.able(row.west, on=localdate() - timedelta(days=9))
    row.able(row.west, answer="declines")
    with acting(SECRETARY):
        found = {one.person: one for one in declaring.candidates(SECRETARY, VILLAGE, localdate())}
        before = declaring.candidates(SECRETARY, VILLAGE, localdate() - timedelta(days=1))
    assert found[row.west].answer == "declines"
    assert found[row.east].answer == "", "members are asked although they have not declared"
    assert {one.person: one.answer for one in before}[row.west] == "able"
    with pytest.raises(NotYours):
        actions.declare(
            SECRETARY, Act.new(), village=VILLAGE, person_id=uuid4(), said=Said(answer="able"), on=localdate()
        )


def test_choose_and_take_back(row: Row) -> None:
    row.wish(3, "liked", row.west)
    row.wish(3, "liked", row.east)
    row.wish(3, "not", row.west)
    with acting(SECRETARY):
        said = declaring.choices(SECRETARY, VILLAGE, localdate(), row.homes[3])
    assert {(one.sort, one.member) for one in said} == {("liked", row.east), ("not", row.west)}
    actions.take_back(SECRETARY, Act.new(), choice_id=said[0].id, on=localdate())
    with pytest.raises(WrongState):
        actions.take_back(SECRETARY, Act.new(), choice_id=said[0].id, on=localdate())
    for wish in (
        Wish(household=row.homes[0], sort="liked", member=row.west),
        Wish(household=row.homes[0], sort="liked"),
        Wish(household=row.homes[0], sort="phone", member=row.east),
        Wish(household=row.homes[0], sort="loves", member=row.east),
    ):
        with pytest.raises(BadInput):
            actions.choose(SECRETARY, Act.new(), wish=wish, on=localdate())


def test_who_declined_and_whom_not_is_read_by_the_village_alone(row: Row) -> None:
    row.able(row.west, answer="declines")
    row.wish(3, "not", row.west)
    below = scope_at(VILLAGE, "links.read", narrow="grids", grids=(VILLAGE + 2,), level="grid")
    with acting(below):
        assert declaring.choices(below, VILLAGE, localdate()) == []
        assert all(one.answer == "" for one in declaring.candidates(below, VILLAGE, localdate()))


def test_whom_a_household_would_rather_not_have_is_read_by_those_who_keep_plans_alone(row: Row) -> None:
    row.wish(3, "not", row.west)
    row.wish(3, "liked", row.east)
    reader = scope_at(VILLAGE, "people.read", "links.read", level="village")
    with acting(reader):
        assert [one.sort for one in declaring.choices(reader, VILLAGE, localdate(), row.homes[3])] == ["liked"]


def test_a_wish_and_who_can_are_said_from_the_countys_list(row: Row) -> None:
    said = Said(answer="able", capacity=8, can=("letters",))
    actions.declare(SECRETARY, Act.new(), village=VILLAGE, person_id=row.east, said=said, on=localdate())
    row.able(row.west)
    for bad in ("telepathy", ""):
        with pytest.raises(BadInput):
            actions.choose(
                SECRETARY, Act.new(), wish=Wish(household=row.homes[3], sort="wish", ability=bad), on=localdate()
            )
    wrong = Said(answer="able", can=("telepathy",))
    with pytest.raises(BadInput):
        actions.declare(SECRETARY, Act.new(), village=VILLAGE, person_id=row.west, said=wrong, on=localdate())
    for _ in range(2):
        wish = Wish(household=row.homes[3], sort="wish", ability="letters")
        actions.choose(SECRETARY, Act.new(), wish=wish, on=localdate())
    plan = row.plan()
    with acting(SECRETARY):
        found = plans.planned_of(SECRETARY, plan, row.homes[3])
        assert (found.member, found.reason) == (row.east, "wish")
        assert plans.adopted_of(SECRETARY, row.homes[3]) is None
    row.adopted(plan)
    with acting(SECRETARY):
        told = plans.adopted_of(SECRETARY, row.homes[3])
    assert told is not None
    assert (told.member, told.reason) == (row.east, "wish")
