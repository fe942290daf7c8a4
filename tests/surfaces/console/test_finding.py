"""What is found while somebody types: a few lines for the header's box, and the list of a form that picks somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories.desk import Desk, id_of, lay
from tests.registry.conftest import Hamlet

if TYPE_CHECKING:
    from tests.bed import Database

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def test_typing_gets_lines_and_sending_the_form_a_page(desk: Desk) -> None:
    village = Hamlet()
    person = village.person(village.home("1"), "周大山")
    client = desk.sign_in(Client(), "clerk", "en")
    lines = client.get("/console/search/", {"q": "大山"}, headers=HTMX).text
    assert f"/console/households/people/{person}" in lines
    assert "<html" not in lines
    assert "1 found" in lines
    assert "<html" in client.get("/console/search/", {"q": "大山"}).text


def test_typing_finds_nothing_out_of_scope_and_survives_anything(desk: Desk) -> None:
    village = Hamlet()
    village.person(village.home("1"), "周大山")
    far = desk.sign_in(Client(), "far_dispatcher", "en")
    assert "周大山" not in far.get("/console/search/", {"q": "大山"}, headers=HTMX).text
    for text in ("", "\x00", "'; --", "<b>x", "%", "9" * 99):
        answer = far.get("/console/search/", {"q": text}, headers=HTMX)
        assert answer.status_code == 200
        assert "<b>x" not in answer.text


def test_a_whole_number_of_a_matter_is_a_line_and_no_redirect(desk: Desk) -> None:
    client = desk.sign_in(Client(), "dispatcher", "en")
    assert client.get("/console/search/", {"q": "990101-26-000001-5"}, headers=HTMX).status_code == 200


def test_a_form_that_picks_somebody_says_how_many_there_are(desk: Desk) -> None:
    village = Hamlet()
    person = village.person(village.home("1"), "周大山")
    village.person(village.home("2"), "吴花")
    client = desk.sign_in(Client(), "clerk", "en")
    page = client.get(f"/console/households/people/{person}/marry", {"q": "吴"}).text
    assert 'hx-target="#id_spouse"' in page
    assert 'id="id_spouse"' in page
    assert "1 to choose from" in page


def test_a_form_that_picks_nobody_has_no_box(desk: Desk) -> None:
    village = Hamlet()
    person = village.person(village.home("1"), "周大山")
    page = desk.sign_in(Client(), "clerk", "en").get(f"/console/households/people/{person}/died").text
    assert 'id="picked-said"' not in page
    assert str(id_of("clerk")) not in page
