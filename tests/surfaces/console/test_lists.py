"""A list asks the database no more often for thirty rows than for three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now
from psycopg.types.json import Jsonb

from commongrid.kernel.act import Act
from commongrid.kernel.pinyin import initials, sort_key
from tests.factories.desk import FROM, GRID, SPACE, TOWNSHIP, VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.surfaces.console.conftest import counting

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

LISTS = (
    ("dispatcher", "/console/posts/"), ("dispatcher", "/console/posts/vacant"),
    ("dispatcher", "/console/posts/units"), ("dispatcher", f"/console/posts/{id_of('township_principal')}"),
    ("dispatcher", f"/console/posts/{id_of('clerk')}"), ("dispatcher", "/console/posts/appoint?q=村"),
    ("dispatcher", f"/console/posts/appoint?place={VILLAGE}&q=重名"),
    ("dispatcher", f"/console/posts/{id_of('clerk')}/hand-over?q=重名"), ("dispatcher", "/console/themes/"),
    ("dispatcher", "/console/published/"), ("township_principal", f"/console/network/talents?place={TOWNSHIP}"),
    ("township_principal", f"/console/network/helpers?place={TOWNSHIP}"),
    ("dispatcher", f"/console/network/rota?place={TOWNSHIP}"), ("dispatcher", "/console/notices/"),
    ("dispatcher", f"/console/network/staffing?place={TOWNSHIP}"), ("dispatcher", "/console/households/changes"),
    ("dispatcher", f"/console/places/{TOWNSHIP}/"), ("dispatcher", "/console/search/?q=村"),
)  # fmt: skip
"""Who opens which list."""


def ident(sort: str, n: int) -> UUID:
    """The id of the n-th row of a sort."""
    return uuid5(SPACE, f"{sort} {n}")


def insert(owner: Connection[Any], table: str, **values: object) -> None:
    """One row."""
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    owner.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*values.values()])


def lay_row(owner: Connection[Any], n: int, matter: UUID) -> None:
    """One more village, with a row of its own in every list."""
    code, name, day = TOWNSHIP + (300 + n) * 1000, f"某村{n}", localdate()
    insert(
        owner, "territory_place", code=code, level="village", kind="", name=name, name_en="", initials=initials(name),
        sort_key=sort_key(name), parent=TOWNSHIP, valid_from=FROM,
    )  # fmt: skip
    person, post, unit, home = (ident(sort, n) for sort in ("person", "post", "unit", "home"))
    insert(owner, "registry_person", id=person, display_name="重名", place=code, sort_key=sort_key("重名"))
    seat = {"title_zh": "", "title_en": "", "office_phone": ""}
    insert(
        owner, "roster_post", id=post, person_id=person, role_id="village_clerk", place=code, from_on=FROM,
        display_name="重名", **seat,
    )  # fmt: skip
    insert(
        owner, "roster_post", id=ident("other post", n), person_id=id_of("clerk_person"), role_id="village_clerk",
        place=code, from_on=FROM, display_name="朱文书", **seat,
    )  # fmt: skip
    insert(
        owner, "roster_unit", id=unit, place=code, type="party_group", name_zh=f"{name}党小组", name_en="",
        outside_command=False, office_phone="", valid_from=FROM,
    )  # fmt: skip
    insert(
        owner, "roster_assignment", id=ident("contact point", n), post_id=id_of("township_principal"),
        kind="contact_point", place=code, from_on=FROM,
    )  # fmt: skip
    insert(
        owner, "roster_talent", id=ident("talent", n), person_id=person, place=code, sort="craft", by="self",
        skill="石匠", state="nominated", opinion="", reserve=False, from_on=FROM,
    )  # fmt: skip
    insert(owner, "registry_household", id=home, place=code, natural_village=code, number="1", head_id=person)
    insert(
        owner, "roster_assignment", id=ident("helper", n), post_id=post, kind="named_helper", place=code,
        household_id=home, from_on=FROM,
    )  # fmt: skip
    insert(
        owner, "roster_duty_turn", id=ident("turn", n), place=TOWNSHIP, post_id=post, part="day",
        on=day + timedelta(days=n % 14),
    )  # fmt: skip
    insert(owner, "matters_theme", id=ident("theme", n), place=code, name=name, story="", opened_at=now(), found="")
    insert(
        owner, "matters_publication", id=ident("text", n), matter_id=matter, place=code, kind_code="G02", title=name,
        text="涵洞", answer="", opened_on=FROM, until=day, state="down", proposed_at=now(), proposed_by=id_of("clerk"),
        why="到期", down_at=now(),
    )  # fmt: skip
    insert(
        owner, "notices_notice", id=ident("notice", n), sort="supervised", channel="inbox", place=TOWNSHIP,
        post=id_of("dispatcher"), facts=Jsonb({"number": "", "date": "", "unit": str(unit)}), at=now(), state="sent",
        tries=0, reference="", fault="",
    )  # fmt: skip


def test_a_list_asks_no_more_often_however_long_it_is(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter, clients = scene.report("村口涵洞塌了"), {who: as_post(who) for who, _page in LISTS}

    def lay(first: int, last: int) -> None:
        connection.close()
        with scene.desk.database.as_role("owner") as owner:
            for n in range(first, last):
                lay_row(owner, n, matter)

    def asked(who: str, page: str) -> list[str]:
        with counting() as statements:
            answer = clients[who].get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        return statements

    lay(0, 3)
    for who, page in LISTS:
        asked(who, page)
    few = {page: asked(who, page) for who, page in LISTS}
    lay(3, 30)
    many = {page: asked(who, page) for who, page in LISTS}
    assert {page: (len(few[page]), len(many[page])) for page in few if len(few[page]) < len(many[page])} == {}


def test_namesakes_are_told_apart_at_once(scene: Scene, as_post: Callable[..., Client]) -> None:
    matter = scene.report("村口涵洞塌了")
    connection.close()
    with scene.desk.database.as_role("owner") as owner:
        for n in range(2):
            lay_row(owner, n, matter)
    client, sent = as_post("dispatcher"), {
        "place": str(GRID), "role": "grid_member", "display_name": "重名", "from_on": localdate().isoformat(),
    }  # fmt: skip

    def asked() -> tuple[int, str]:
        with counting() as statements:
            answer = client.post("/console/posts/appoint", {**sent, "act": str(Act.new().id)})
        assert answer.status_code == 422
        return len(statements), answer.content.decode()

    asked()
    few, page = asked()
    assert "These are the first" not in page
    connection.close()
    with scene.desk.database.as_role("owner") as owner:
        for n in range(2, 21):
            lay_row(owner, n, matter)
        insert(owner, "registry_person", id=ident("near", 0), display_name="重名", place=VILLAGE, sort_key="")
    many, page = asked()
    assert many <= few
    assert page.count('name="person"') == 21, "twenty, and somebody else"
    assert "These are the first 20" in page
    assert str(ident("near", 0)) in page, "of the village before others"
    person = f"/console/households/people/{ident('near', 0)}/marry?q=重名"
    assert "These are the first 20" in as_post("county_admin").get(person).text
    chosen = next(n for n in range(21) if str(ident("person", n)) not in page)
    found = client.get(f"/console/posts/appoint?place={GRID}&role=grid_member&person={ident('person', chosen)}")
    assert f'value="{ident("person", chosen)}"' in found.content.decode(), "whoever is chosen is among them"


def test_who_takes_a_post_on_is_looked_up(county: Desk, as_post: Callable[..., Client]) -> None:
    client, address, other = (
        as_post("dispatcher"), f"/console/posts/{id_of('grid_head')}/hand-over", id_of("grid_member_person"),
    )  # fmt: skip
    assert f"?person={other}" in client.get(f"{address}?q=尤").text
    assert 'value="尤网格"' in client.get(f"{address}?person={other}").text
