"""A real county beside the demo: the public pages offer both, the demo marked, and nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from commongrid.kernel.act import new_id
from tests.factories import places
from tests.factories.desk import COUNTY, HAMLET, TOWNSHIP, VILLAGE, Desk

if TYPE_CHECKING:
    from django.test import Client

REAL, REAL_TOWNSHIP = 990102 * 10**9, 990102001 * 10**6
WHERE = "/report/where?kind=G01"


@pytest.fixture
def both(county: Desk) -> Desk:
    """The demo's county, and a real one that somebody brought in."""
    with places.as_owner(county.database):
        places.bring([*places.CONTEXT[:2], *places.SIBLING], date(2024, 1, 1))
    return county


def page(villager: Client, address: str) -> str:
    answer = villager.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_one_county_is_not_asked_for(villager: Client) -> None:
    first = page(villager, WHERE)
    assert "Choose the township" in first
    assert f'value="{TOWNSHIP}"' in first
    assert "Yunling County (demo)" in first


def test_both_counties_are_offered_and_the_demo_is_marked(villager: Client, both: Desk) -> None:
    first = page(villager, WHERE)
    assert "Choose the county" in first
    assert (
        first.index(f'value="{REAL}"') < first.index(f'value="{COUNTY}"') < first.index("Names and matters are made up")
    )
    assert f'value="{REAL_TOWNSHIP}"' in page(villager, f"{WHERE}&at={REAL}")
    demo = page(villager, f"{WHERE}&at={COUNTY}")
    assert f'value="{TOWNSHIP}"' in demo
    assert f'value="{REAL_TOWNSHIP}"' not in demo
    assert "All counties" in demo
    assert f'value="{VILLAGE}"' in page(villager, f"{WHERE}&at={TOWNSHIP}")
    assert both.accounts


def test_a_village_of_either_county_is_found_by_its_name(villager: Client, both: Desk) -> None:
    assert "Yunling County (demo) ›" in page(villager, f"{WHERE}&q=Baisha")
    assert "清溪县 ›" in page(villager, f"{WHERE}&q=南门")
    assert both.accounts


def test_a_slip_of_the_demo_is_headed_by_the_demo(villager: Client, both: Desk) -> None:
    told = {"act": str(new_id()), "kind": "G01", "at": str(HAMLET), "text": "Broken", "urgency": "normal"}
    slip = villager.post("/report/send", told)["Location"]
    assert "Yunling County (demo)" in page(villager, slip)
    assert "清溪县" in page(villager, "/")
    assert both.accounts


def test_published_texts_are_sought_in_either_county(villager: Client, both: Desk) -> None:
    listed = page(villager, "/published")
    for code in (REAL, REAL_TOWNSHIP, COUNTY, TOWNSHIP):
        assert f'<option value="{code}"' in listed
    assert '<optgroup label="Yunling County (demo)">' in listed
    assert f'<option value="{COUNTY}" selected>' in page(villager, f"/published?place={COUNTY}")
    assert both.accounts
