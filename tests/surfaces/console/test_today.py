"""Today: lanes with counts, their lists, the clock's state, the header's search and the work list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from commongrid.journal import pulses
from commongrid.surfaces.shared import fields
from tests.matters.waits import ask, wanted
from tests.registry.conftest import Hamlet
from tests.registry.test_changes import report
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.factories.desk import Desk
    from tests.factories.scenes import Scene


def lanes(client: Client) -> dict[str, int]:
    """Counts by lane, those shown."""
    return {lane.code: lane.count for lane in client.get("/console/today/").context["lanes"]}


def test_lanes_count_what_waits_for_this_post(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("村口涵洞塌陷")
    scene.at_township("路塌方")
    scene.with_station("桥面破损")
    with scene.desk.database.as_role("owner") as owner:  # whatever the hour and day on which this runs
        owner.execute("UPDATE matters_matter SET due_at = now() + interval '20 hours'")
    assert lanes(as_post("dispatcher")) == {"all": 2, "overdue": 0, "today": 2, "accept": 1, "divert": 1}
    assert lanes(as_post("station")) == {"all": 1, "overdue": 0, "today": 1, "start": 1}
    assert lanes(as_post("far_dispatcher")) == {"all": 0, "overdue": 0, "today": 0}


def test_nothing_waits_for_who_may_do_nothing_about_it(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.at_township("路塌方")
    assert lanes(as_post("dispatcher"))["all"] == 1
    assert lanes(as_post("township_principal"))["all"] == 0


def test_what_waits_for_the_rating_is_no_ones_turn(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.answered("校门口斑马线看不清")
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET state = 'to_rate', step = 'rate' WHERE id = %s", [matter])
    counted = lanes(as_post("county_dispatcher"))
    assert (counted["all"], counted["visit"]) == (0, 1)


def test_a_lane_shows_its_list_and_its_step(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("村口涵洞塌陷")
    scene.at_township("路塌方")
    page = as_post("dispatcher").get("/console/today/?lane=divert")
    assert [row.title for row in page.context["rows"]] == ["路塌方"]
    assert page.context["rows"][0].mine
    assert as_post("dispatcher").get("/console/today/?lane=nonsense").status_code == 302


def test_overdue_is_told_apart(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.age(scene.in_hand("护栏被撞坏"), 24 * 60)
    assert lanes(as_post("station"))["overdue"] == 1


def test_today_asks_little(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("村口涵洞塌陷")
    client = as_post("dispatcher")
    client.get("/console/today/")
    with counting() as statements:
        client.get("/console/today/")
    assert len(statements) <= 12, "\n".join(statements)


def test_empty_today_says_what_to_do(county: Desk, as_post: Callable[..., Client]) -> None:
    page = as_post("dispatcher").get("/console/today/").text
    assert "Nothing waits for you" in page
    assert "/console/matters/new/" in page


def test_a_stopped_clock_turns_the_page_red(county: Desk, as_post: Callable[..., Client]) -> None:
    client = as_post("dispatcher")
    assert "The clock has stopped" in client.get("/console/today/").text
    assert "The clock has stopped" not in client.get("/console/matters/").text, "no worker has run yet"
    with county.database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO journal_pulse (job, at, done_at, ms, handled, fails, every)"
            " VALUES (%s, now(), now(), 5, 0, 0, 60)",
            ["matters.tick"],
        )
        assert any(one.job == "matters.tick" for one in pulses.pulses())
        assert "The clock has stopped" not in client.get("/console/today/").text
        owner.execute("UPDATE journal_pulse SET done_at = now() - interval '4 minutes'")
    assert "The clock has stopped" in client.get("/console/today/").text
    fields._NAMES.clear()
    assert client.get("/console/matters/").text.count("The clock has stopped") == 1, "and so says every page"


def test_search_finds_places_by_initials_and_matters_by_words(scene: Scene, as_post: Callable[..., Client]) -> None:
    scene.report("村口涵洞塌陷，校车绕行")
    client = as_post("dispatcher")
    assert "Baisha Village" in client.get("/console/search/?q=bsc").text
    assert "村口涵洞塌陷" in client.get("/console/search/", {"q": "涵洞"}).text
    assert "Nothing found" in client.get("/console/search/", {"q": "zzzz"}).text
    assert client.get("/console/search/", {"q": "\x00'; --"}).status_code == 200


def test_work_list_says_who_leads_and_by_when(county: Desk, as_post: Callable[..., Client]) -> None:
    page = as_post("clerk").get("/console/work-list/?class=G").text
    assert "Bridges and culverts" in page
    assert "Transport" in page
    assert "Domestic violence" in as_post("clerk").get("/console/work-list/", {"q": "violence"}).text
    assert "No kind matches" in as_post("clerk").get("/console/work-list/", {"q": "zzzz"}).text


def test_states_are_a_table_of_the_rules(county: Desk, as_post: Callable[..., Client]) -> None:
    page = as_post("clerk").get("/console/work-list/states/").text
    assert "Return visit due" in page
    assert "It stays where it is" in page


def test_what_the_register_waits_for_is_counted_too(scene: Scene, as_post: Callable[..., Client]) -> None:
    home, people = Hamlet().family()
    report(home, "died", people[0])
    page = as_post("clerk").get("/console/today/")
    assert {lane.code: (lane.count, lane.url) for lane in page.context["lanes"]}["changes"] == (1, reverse("changes"))
    assert "Nothing else waits for you" in page.text
    assert "changes" not in lanes(as_post("dispatcher"))


def test_an_application_is_counted_and_something_does_wait(scene: Scene, as_post: Callable[..., Client]) -> None:
    ask(scene, "extend", wanted(40))
    page = as_post("dispatcher").get("/console/today/")
    assert {lane.code: lane.count for lane in page.context["lanes"]}["applications"] == 1
    assert "Nothing else waits for you" in page.text
    assert "Nothing waits for you" not in page.text
