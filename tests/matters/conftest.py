"""The desk's county with a police station and a county centre of its own, for tests of the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commongrid.matters.queries import forget_vocabularies
from commongrid.territory.queries import forget_calendars
from tests.factories import desk
from tests.factories.scenes import Scene
from tests.matters.waits import add_post

if TYPE_CHECKING:
    from tests.bed import Database

UNITS = (
    ("police", desk.TOWNSHIP, "station", "青石派出所", "Qingshi Police Station", "public_security"),
    ("discipline", desk.COUNTY, "department", "县纪委监委", "County Discipline Inspection", "discipline"),
    ("roads", desk.TOWNSHIP, "office", "青石镇规划建设办", "Qingshi Planning Office", "housing"),
)
POSTS = (
    ("police", "station_handler", desk.TOWNSHIP, "police", "华所长"),
    ("discipline", "department_handler", desk.COUNTY, "discipline", "严主任"),
    ("roads", "township_office_handler", desk.TOWNSHIP, "roads", "金主任"),
    ("far_clerk", "village_clerk", desk.OTHER_VILLAGE, None, "陶文书"),
)


@pytest.fixture
def scene(database: Database) -> Scene:
    """The county with somebody in every post the loop needs."""
    return peopled(database)


def peopled(database: Database) -> Scene:
    """That county, for tests that have no fixture."""
    forget_vocabularies()
    forget_calendars()
    laid = desk.lay(database)
    laid.accounts |= database.begin("peopled", _people)
    return Scene(laid)


def _people(database: Database) -> dict[str, int]:
    """More units and posts; answers their accounts."""
    accounts = {}
    with database.as_role("owner") as owner, owner.transaction():
        for name, place, type_, zh, en, function in UNITS:
            owner.execute(
                "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, outside_command,"
                " office_phone, valid_from) VALUES (%s, %s, %s, %s, %s, %s, false, '', %s)",
                [desk.id_of(name + "_unit"), place, type_, zh, en, function, desk.FROM],
            )
        for n, (name, role, place, unit, person) in enumerate(POSTS):
            account = 9500 + n
            owner.execute(
                "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
                " VALUES (%s, '!', %s, '', '', true, now())", [account, name],
            )  # fmt: skip
            owner.execute(
                "INSERT INTO registry_person (id, display_name, account_id, place) VALUES (%s, %s, %s, %s)",
                [desk.id_of(name + "_person"), person, account, place],
            )
            owner.execute(
                "INSERT INTO roster_post (id, person_id, role_id, place, unit_id, from_on, display_name, title_zh,"
                " title_en, office_phone) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '')",
                [desk.id_of(name), desk.id_of(name + "_person"), role, place,
                 desk.id_of(unit + "_unit") if unit else None, desk.FROM, person],
            )  # fmt: skip
            accounts[name] = account
    return accounts


@pytest.fixture
def deputy(scene: Scene) -> Scene:
    """The transport station has a deputy of its own."""
    add_post(scene, "deputy", "unit_deputy", desk.TOWNSHIP, "transport")
    return scene
