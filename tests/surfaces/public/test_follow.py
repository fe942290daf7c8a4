"""Following, rating and withdrawing by slip."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.utils import translation

from commongrid.kernel.act import Act, new_id
from commongrid.matters import actions
from commongrid.surfaces.shared import standing, throttle
from tests.factories.desk import HAMLET, Desk
from tests.factories.network import scope_as

if TYPE_CHECKING:
    from django.test import Client

    from commongrid.matters.queries import Followed

NOBODY = "7F3K-92QD-M4TVX"


@pytest.fixture
def code(county: Desk, villager: Client) -> str:
    """The slip of a fresh matter."""
    form = {
        "act": str(new_id()),
        "kind": "A02",
        "at": str(HAMLET),
        "text": "They argue about water.",
        "urgency": "normal",
    }
    return str(villager.post("/report/send", form)["Location"].split("/")[2].split("?")[0])


def answered(county: Desk, code: str) -> None:
    """Lay the matter down as answered by the village, waiting for its rating."""
    with county.database.as_admin() as admin:
        admin.execute(
            "UPDATE matters_matter SET state = 'to_rate', step = 'rate', clock = 'rate', owner_level = 'township',"
            " owner_place = place / 1000000 * 1000000, handler_level = 'village', handler_place = place / 1000 * 1000,"
            " finished_at = now(), to_visit = false"
        )


def ratings(county: Desk) -> list[tuple[Any, ...]]:
    with county.database.as_admin() as admin:
        return admin.execute("SELECT solved, satisfied, words FROM matters_rating").fetchall()


def state(county: Desk) -> str:
    with county.database.as_admin() as admin:
        row = admin.execute("SELECT state FROM matters_matter").fetchone()
    return str(row[0]) if row else ""


def test_code_is_read_as_people_type_it(villager: Client, code: str) -> None:
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("0", "O")):
        response = villager.post("/follow", {"code": typed})
        assert response["Location"] == f"/s/{code}", typed


@pytest.mark.parametrize(
    ("typed", "says"), [("", "Please type the code"), ("ABC", "13 letters and digits"), ("U" * 13, "13")]
)
def test_wrong_code_comes_back_with_a_sentence(villager: Client, county: Desk, typed: str, says: str) -> None:
    response = villager.post("/follow", {"code": typed})
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert f'value="{typed}"' in page or not typed


def test_slip_shows_where_it_stands_and_who_has_it(villager: Client, code: str) -> None:
    page = villager.get(f"/s/{code}").content.decode()
    assert "Received. It is decided now" in page
    assert "In charge" in page
    assert "Reported" in page
    assert code in page


def test_slip_of_nothing_is_not_found_and_counted(villager: Client, code: str) -> None:
    wrong = "0000-0000-00000"
    response = villager.get(f"/s/{wrong}")
    assert response.status_code == 404
    assert throttle.tries("slip", response.wsgi_request, 600) == 1
    assert villager.get(f"/s/{code}").status_code == 200
    assert villager.get("/s/nonsense").status_code == 422


def test_guessing_is_stopped(villager: Client, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "tries", lambda *_: 60)
    assert villager.get(f"/s/{code}").status_code == 429


def test_paper_slip_has_two_copies(villager: Client, code: str) -> None:
    page = villager.get(f"/s/{code}/print").content.decode()
    assert page.count('class="paper-slip"') == 2
    assert page.count("<svg") == page.count('class="slip-code"') == 1
    assert page.count(code) == 2, "the person's copy and the way back"
    assert "They argue" not in page


def test_rating_before_an_answer_is_refused(county: Desk, villager: Client, code: str) -> None:
    response = villager.post(
        f"/s/{code}/rate", {"act": str(new_id()), "solved": "yes", "satisfied": "yes", "words": "kept"}
    )
    assert response.status_code == 409
    assert "kept" in response.content.decode()
    assert ratings(county) == []


def test_rating_needs_both_answers(county: Desk, villager: Client, code: str) -> None:
    answered(county, code)
    response = villager.post(f"/s/{code}/rate", {"act": str(new_id()), "solved": "yes", "words": "kept"})
    assert response.status_code == 422
    assert "Please say whether you are satisfied." in response.content.decode()
    assert "kept" in response.content.decode()
    assert ratings(county) == []


def test_good_rating_closes(county: Desk, villager: Client, code: str) -> None:
    answered(county, code)
    assert "Answer the two questions" in villager.get(f"/s/{code}").content.decode()
    form = {"act": str(new_id()), "solved": "yes", "satisfied": "yes", "words": "Quick."}
    first, second = (villager.post(f"/s/{code}/rate", form) for _ in range(2))
    assert first["Location"] == second["Location"] == f"/s/{code}?done=rated"
    assert ratings(county) == [(True, True, "Quick.")]
    assert state(county) == "closed"
    page = villager.get(first["Location"]).content.decode()
    assert "Your answers have been recorded." in page
    assert "Answer the two questions" not in page


def test_not_solved_reopens_with_somebody_else(county: Desk, villager: Client, code: str) -> None:
    answered(county, code)
    form = {"act": str(new_id()), "solved": "no", "satisfied": "no"}
    assert villager.post(f"/s/{code}/rate", form).status_code == 302
    assert state(county) == "reopened"
    assert "another office does it once more" in villager.get(f"/s/{code}").content.decode()


def test_withdrawing_ends_it(county: Desk, villager: Client, code: str) -> None:
    response = villager.post(f"/s/{code}/withdraw", {"act": str(new_id())})
    assert response["Location"] == f"/s/{code}?done=withdrawn"
    assert state(county) == "withdrawn"
    again = villager.post(f"/s/{code}/withdraw", {"act": str(new_id())})
    assert again.status_code == 409


def test_sealed_matter_shows_its_receipt_only(county: Desk, villager: Client) -> None:
    with county.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_unit SET function_id = 'grid_centre' WHERE name_en = 'County Water Bureau'")
    form = {"act": str(new_id()), "kind": "A12", "at": str(HAMLET), "text": "He hits her.", "urgency": "normal"}
    code = villager.post("/report/send", form)["Location"].split("/")[2].split("?")[0]
    page = villager.get(f"/s/{code}").content.decode()
    assert "Only the body that is competent by law sees it." in page
    for secret in ("He hits", "Domestic violence", "Water Bureau", "Shanghe"):
        assert secret not in page
    assert "Domestic violence" not in villager.get(f"/s/{code}/print").content.decode()


@pytest.mark.parametrize(
    ("phase", "rating", "outcome", "may_rate", "says"),
    [
        ("answered", "", "", True, "You are asked whether it is solved."),
        ("answered", "rated", "", False, "You have said whether it is solved."),
        ("answered", "", "", False, "Somebody else looks"),
        ("closed", "rated", "disagrees", False, "you do not agree"),
        ("closed", "rated", "done", False, "It is closed."),
    ],
)
def test_a_slip_asks_only_where_it_may_be_rated(
    phase: str, rating: str, outcome: str, *, may_rate: bool, says: str
) -> None:
    followed = SimpleNamespace(sealed=False, phase=phase, rating=rating, outcome=outcome, may_rate=may_rate)
    with translation.override("en"):
        assert says in standing.stands(cast("Followed", followed))


def test_rating_page_says_what_will_happen_the_first_and_the_second_time(
    villager: Client, code: str, county: Desk
) -> None:
    answered(county, code)
    first = villager.get(f"/s/{code}/rate").text
    assert "by a different office" in first
    assert "the county looks at it" not in first
    with county.database.as_admin() as admin:
        admin.execute("UPDATE matters_matter SET reopened = 1, round = 2")
    second = villager.get(f"/s/{code}/rate").text
    assert "the county looks at it" in second
    assert "by a different office" not in second
    told = {"act": str(new_id()), "solved": "no", "satisfied": "no", "words": ""}
    assert villager.post(f"/s/{code}/rate", told).status_code == 302
    assert state(county) == "review"


def test_what_goes_on_among_offices_after_not_solved_is_not_said_as_not_solved_again(
    county: Desk, villager: Client, code: str
) -> None:
    answered(county, code)
    villager.post(f"/s/{code}/rate", {"act": str(new_id()), "solved": "no", "satisfied": "no"})
    with county.database.as_admin() as admin:
        ((matter,),) = admin.execute("SELECT id FROM matters_matter").fetchall()
    actions.raise_level(scope_as(county, "dispatcher"), Act.new(), matter_id=matter, reason="县里才能修")
    page = villager.get(f"/s/{code}").content.decode()
    assert page.count("Not solved: another office does it once more") == 1
    assert "Passed up to the next level" in page
