"""A small county for tests of the staff pages: two townships, three villages, two grids, units, a person in each role.

Rows are laid as the owner, so that tests of pages depend on no other module's
actions; matters are then made through the real actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore

from commongrid.kernel.pinyin import initials, sort_key

if TYPE_CHECKING:
    from django.test import Client
    from psycopg import Connection

    from tests.bed import Database

SPACE = UUID("a2a8f0b4-6f0f-4f0e-9b5e-5d1f3f6a7c11")
COUNTY, TOWNSHIP, OTHER_TOWNSHIP = 990101000000000, 990101101000000, 990101102000000
VILLAGE, OTHER_VILLAGE, FAR_VILLAGE = 990101101201000, 990101101202000, 990101102201000
HAMLET, GRID, OTHER_GRID = VILLAGE + 1, VILLAGE + 2, VILLAGE + 3
FROM = date(2020, 1, 1)

PLACES = (
    (COUNTY, "county", "云岭县", "Yunling County", None),
    (TOWNSHIP, "township", "青石镇", "Qingshi Town", COUNTY),
    (OTHER_TOWNSHIP, "township", "龙潭乡", "Longtan Township", COUNTY),
    (VILLAGE, "village", "白沙村", "Baisha Village", TOWNSHIP),
    (OTHER_VILLAGE, "village", "凯峡河村", "Kaixiahe Village", TOWNSHIP),
    (FAR_VILLAGE, "village", "龙井村", "Longjing Village", OTHER_TOWNSHIP),
    (HAMLET, "natural_village", "上河", "Shanghe", VILLAGE),
    (GRID, "grid", "第1网格", "Grid 1", VILLAGE),
    (OTHER_GRID, "grid", "第2网格", "Grid 2", VILLAGE),
)
UNITS = (
    ("transport_county", COUNTY, "department", "县交通运输局", "County Transport Bureau", "transport", None),
    (
        "transport",
        TOWNSHIP,
        "station",
        "青石镇交通管理站",
        "Qingshi Transport Station",
        "transport",
        "transport_county",
    ),
    ("water", TOWNSHIP, "office", "青石镇水务站", "Qingshi Water Station", "water", None),
    ("water_county", COUNTY, "department", "县水务局", "County Water Bureau", "water", None),
    ("justice", TOWNSHIP, "station", "青石镇司法所", "Qingshi Justice Office", "justice", None),
)
POSTS = (
    ("county_dispatcher", "county_dispatcher", COUNTY, None, "周县调", "县网格中心调度员", "County centre dispatcher"),
    ("supervisor", "supervisor", COUNTY, None, "吴督查", "县督查员", "County supervisor"),
    ("county_leader", "county_leader", COUNTY, None, "郑领导", "副县长", "Deputy county head"),
    ("dispatcher", "dispatcher", TOWNSHIP, None, "王调度", "青石镇网格中心调度员", "Qingshi dispatcher"),
    ("far_dispatcher", "dispatcher", OTHER_TOWNSHIP, None, "冯调度", "龙潭乡网格中心调度员", "Longtan dispatcher"),
    ("township_principal", "township_principal", TOWNSHIP, None, "陈镇长", "青石镇镇长", "Head of Qingshi"),
    ("secretary", "village_secretary", VILLAGE, None, "杨书记", "白沙村党支部书记", "Baisha secretary"),
    ("clerk", "village_clerk", VILLAGE, None, "朱文书", "白沙村文书", "Baisha clerk"),
    ("grid_head", "grid_head", GRID, None, "秦网格", "白沙村第1网格网格长", "Head of grid 1, Baisha"),
    ("grid_member", "grid_member", GRID, None, "尤网格", "白沙村第1网格网格员", "Grid 1 member, Baisha"),
    ("mediator", "mediator", VILLAGE, None, "覃调解", "白沙村人民调解员", "Baisha mediator"),
    ("justice", "station_handler", TOWNSHIP, "justice", "范司法", "青石镇司法所所长", "Qingshi judicial officer"),
    ("station", "station_handler", TOWNSHIP, "transport", "许站长", "交通管理站站长", "Transport station head"),
    (
        "department",
        "department_handler",
        COUNTY,
        "transport_county",
        "何科长",
        "交通运输局科长",
        "Transport bureau officer",
    ),
    ("auditor", "auditor", COUNTY, None, "吕审计", "安全审计员", "Auditor"),
    ("county_admin", "county_admin", COUNTY, None, "施管理", "县级管理员", "County administrator"),
)


def id_of(name: str) -> UUID:
    """The id of a post, person or unit of this county, by its short name."""
    return uuid5(SPACE, name)


@dataclass
class Desk:
    """The county, and a way to sign somebody in."""

    database: Database
    accounts: dict[str, int] = field(default_factory=dict)

    def session(self, post: str) -> str:
        """A session of whoever holds this post, acting as it: the value of its cookie."""
        account = get_user_model().objects.get(pk=self.accounts[post])
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session["post"] = str(id_of(post))
        session["account_authentication_methods"] = [
            {"method": "mfa", "type": "totp", "at": datetime.now(UTC).timestamp()}
        ]
        session.create()
        return str(session.session_key)

    def sign_in(self, client: Client, post: str, language: str = "en") -> Client:
        """A test client signed in and acting as the post."""
        client.cookies["cg_session"] = self.session(post)
        client.cookies["cg_language"] = language
        return client


def lay(database: Database) -> Desk:
    """Put the county into an empty database."""
    return Desk(database, database.begin("desk", _lay))


def _lay(database: Database) -> dict[str, int]:
    with database.as_role("owner") as owner, owner.transaction():
        _lay_places(owner)
        _lay_units(owner)
        return _lay_posts(owner)


def _lay_places(owner: Connection[Any]) -> None:
    for code, level, zh, en, parent in PLACES:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " VALUES (%s, %s, '', %s, %s, %s, %s, %s, %s)",
            [code, level, zh, en, initials(zh), sort_key(zh), parent, FROM],
        )
    owner.execute(
        "INSERT INTO territory_county (code, zone, demo, calendar_version) VALUES (%s, 'Asia/Shanghai', true, 1)"
        " ON CONFLICT DO NOTHING",
        [COUNTY],
    )
    if not owner.execute("SELECT 1 FROM territory_office_hours").fetchone():
        for opens, closes in (("09:00", "12:00"), ("14:00", "18:00")):
            owner.execute(
                "INSERT INTO territory_office_hours (id, opens, closes, valid_from) VALUES (%s, %s, %s, %s)",
                [uuid5(SPACE, opens), opens, closes, FROM],
            )
    owner.execute(
        "INSERT INTO territory_grid_cover (id, grid, covered, valid_from) VALUES (%s, %s, %s, %s)",
        [uuid5(SPACE, "cover"), GRID, HAMLET, FROM],
    )


def _lay_units(owner: Connection[Any]) -> None:
    for name, place, type_, zh, en, function, master in UNITS:
        owner.execute(
            "INSERT INTO roster_unit (id, place, type, name_zh, name_en, function_id, master_id, outside_command,"
            " office_phone, valid_from) VALUES (%s, %s, %s, %s, %s, %s, %s, false, '0000-1234', %s)",
            [
                id_of(name + "_unit"),
                place,
                type_,
                zh,
                en,
                function,
                id_of(master + "_unit") if master else None,
                FROM,
            ],
        )


def _lay_posts(owner: Connection[Any]) -> dict[str, int]:
    """The accounts of the posts, by name."""
    accounts = {}
    for n, (name, role, place, unit, person, zh, en) in enumerate(POSTS):
        account = 9000 + n
        owner.execute(
            "INSERT INTO accounts_account (id, password, login_name, email, language, is_active, made_at)"
            " VALUES (%s, '!', %s, '', '', true, now())",
            [account, name],
        )
        owner.execute(
            "INSERT INTO registry_person (id, display_name, account_id, place) VALUES (%s, %s, %s, %s)",
            [id_of(name + "_person"), person, account, place],
        )
        owner.execute(
            "INSERT INTO roster_post (id, person_id, role_id, place, unit_id, from_on, display_name, title_zh,"
            " title_en, office_phone) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '0000-5678')",
            [
                id_of(name),
                id_of(name + "_person"),
                role,
                place,
                id_of(unit + "_unit") if unit else None,
                FROM,
                person,
                zh,
                en,
            ],
        )
        accounts[name] = account
    return accounts
