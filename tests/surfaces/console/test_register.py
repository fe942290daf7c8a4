"""The Households pages: enter, move, split, correct, undo as a clerk does; what others see; refusals keep the text."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions
from commongrid.registry.models import Household, Person
from commongrid.registry.rules.facts import NewHome, Told
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, VILLAGE, Desk, lay
from tests.factories.scopes import scope_at

if TYPE_CHECKING:
    from tests.bed import Database

READER = scope_at(VILLAGE, "people.read")
CLERK = scope_at(VILLAGE, "people.edit", "people.read")
FEBRUARY = "2026-02-01"
MARCH = Told(on=date(2026, 3, 1))


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def lay_place(
    desk: Desk, code: int, level: str, name: str, *, ended: bool = False, parent: int = VILLAGE
) -> None:  # fmt: skip
    """A place of the village besides those that the desk has, or its end."""
    with desk.database.as_role("owner") as owner, owner.transaction():
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " VALUES (%s, %s, '', %s, '', '', %s, %s, '2020-01-01') ON CONFLICT DO NOTHING",
            [code, level, name, name, parent],
        )
        if ended:
            owner.execute("UPDATE territory_place SET valid_to = '2026-11-01' WHERE code = %s", [code])


def living(page: str) -> str:
    """The part of a household's page that lists who lives there."""
    return page.split('id="people"')[1].split("</section>", maxsplit=1)[0]


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), "on": localdate().isoformat(), "source": "", **form})


def surely(client: Client, address: str, **form: object) -> Any:
    """Look at what will be, then do it."""
    shown = send(client, address, **form)
    found = re.search(r'name="sure" value="([0-9a-f]+)"', text(shown))
    assert found, text(shown)
    return send(client, address, **form, sure=found[1])


def household(client: Client, number: str = "12") -> UUID:
    """A household entered by the clerk, through the form."""
    answer = send(
        client, f"/console/households/new?place={VILLAGE}", natural_village=HAMLET, place=GRID, number=number,
        door="上河12号", on=FEBRUARY,
    )  # fmt: skip
    assert answer.status_code == 302, text(answer)
    return UUID(answer["Location"].rsplit("/", 1)[1])


def person(client: Client, home: UUID, name: str, as_to_head: str = "", **said: str) -> UUID:
    """Somebody who moves in, through the form."""
    form = {"name": name, "as_to_head": as_to_head, "on": FEBRUARY, **said}
    answer = send(client, f"/console/households/{home}/move-in", **form)
    assert answer.status_code == 302, text(answer)
    with acting(READER):
        return Person.objects.get(display_name=name).id


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_clerks_round(desk: Desk, client: Client, language: str) -> None:
    desk.sign_in(client, "clerk", language)
    home = household(client)
    head = person(client, home, "周大山", sex="1", phone="13812345678")
    son = person(client, home, "周小山", "20", born_on="2001-05-04")
    page = text(client.get(f"/console/households/{home}"))
    assert "周大山" in living(page)
    assert "周小山" in living(page)
    card = text(client.get(f"/console/households/people/{head}"))
    assert "138****5678" in card
    assert "13812345678" not in card
    before = text(client.get(f"/console/households/{home}?on=2026-01-15"))
    assert "周大山" not in before
    assert {"en": "did not exist", "zh-hans": "尚未立户"}[language] in before

    split = send(
        client, f"/console/households/{home}/split", people=[str(son)], head=str(son), natural_village=HAMLET,
        place=GRID, number="13", door="",
    )  # fmt: skip
    assert split.status_code == 302, text(split)
    new = split["Location"]
    assert "周小山" in text(client.get(new))
    yesterday = (localdate() - timedelta(days=1)).isoformat()
    assert "周小山" in living(text(client.get(f"/console/households/{home}?on={yesterday}")))

    fixed = send(client, f"/console/households/people/{head}/correct", display_name="周大川", sex="1", born_on="")
    assert fixed.status_code == 302, text(fixed)
    assert "周大川" in text(client.get(f"/console/households/people/{head}"))
    with acting(READER):
        assert Household.objects.get(id=home).head_id == head


def test_each_act_of_a_life_has_its_page(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home, other = household(client), household(client, "13")
    one = person(client, home, "甲")
    two = person(client, home, "乙", "20")
    base = f"/console/households/people/{two}"
    assert send(client, f"{base}/left", to="浙江").status_code == 302
    assert send(client, f"{base}/returned").status_code == 302
    moved = surely(client, f"{base}/move", natural_village=HAMLET, number="13", as_to_head="")
    assert moved.status_code == 302, text(moved)
    with acting(READER):
        assert Person.objects.get(id=two).household_id == other
    child = send(client, f"/console/households/{home}/birth", name="丙", as_to_head="30", sex="2", id_number="")
    assert child.status_code == 302, text(child)
    found = surely(client, f"/console/households/people/{one}/marry?q=乙", spouse=str(two), home="own", as_to_head="10")
    assert found.status_code == 302, text(found)
    assert send(client, f"/console/households/{home}/head", head=str(two)).status_code == 302
    assert send(client, f"{base}/flag", type_code="veteran", body="县退役军人局", basis="").status_code == 302
    assert send(client, f"{base}/confirm", found=["display_name"]).status_code == 302
    assert send(client, f"/console/households/people/{one}/died").status_code == 302
    assert send(client, f"{base}/moved-out", to="贵阳").status_code == 302
    assert "Veteran" in text(client.get(base))


def test_a_household_as_it_was_mixes_no_days(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    head = person(client, home, "周大山")
    opened = actions.open_booklet(CLERK, Act.new(), new=actions.NewBooklet(place=HAMLET, number="B77"), told=MARCH)
    booklet = UUID(opened["booklet"])
    actions.enrol(CLERK, Act.new(), person_id=head, booklet_id=booklet, as_to_head="", told=MARCH)
    actions.flag(CLERK, Act.new(), what=actions.Recognised(type_code="veteran", person=head), told=MARCH)
    written = {"lon": "108.5", "lat": "27.5", "door": "下河1号"}
    actions.correct(CLERK, Act.new(), fields=actions.Fields(of="household", subject=home, written=written), told=MARCH)
    actions.left_for_work(CLERK, Act.new(), person_id=head, to="浙江", told=MARCH)
    now, then = (text(client.get(f"/console/households/{home}{day}")) for day in ("", f"?on={FEBRUARY}"))
    shown = ("B77", "Veteran", "108.50000", "下河1号", ">All away<", ">Away<")
    assert [one for one in shown if one not in now] == []
    assert [one for one in shown[:3] + shown[4:] if one in then] == []


def test_namesakes_are_told_apart_where_one_is_chosen(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home, other = household(client), household(client, "13")
    one = person(client, home, "周大山")
    person(client, home, "吴花", "97", born_on="1981-01-01")
    send(client, f"/console/households/{other}/move-in", name="吴花", born_on="1991-01-01", on=FEBRUARY, another="on")
    page = text(client.get(f"/console/households/people/{one}/marry?q=吴花"))
    assert "Household 12 · 1981-01-01" in page
    assert "Household 13 · 1991-01-01" in page


def test_whoever_keeps_several_villages_moves_people_between_them(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    one = person(client, household(client), "周大山")
    assert 'name="elsewhere"' not in text(client.get(f"/console/households/people/{one}/move"))
    lay_place(desk, OTHER_VILLAGE + 1, "natural_village", "下河", parent=OTHER_VILLAGE)
    new = NewHome(place=OTHER_VILLAGE, natural_village=OTHER_VILLAGE + 1, number="7")
    there = actions.found_household(scope_at(OTHER_VILLAGE, "people.edit"), Act.new(), new=new)["household"]
    desk.sign_in(client, "county_admin")
    form = {"natural_village": "", "number": "7", "as_to_head": ""}
    assert send(client, f"/console/households/people/{one}/move", **form).status_code == 422
    moved = surely(client, f"/console/households/people/{one}/move", **form, elsewhere="下河")
    assert moved.status_code == 302, text(moved)
    with acting(scope_at(OTHER_VILLAGE, "people.read")):
        assert str(Person.objects.get(id=one).household_id) == there


def undo_links(client: Client, address: str) -> list[str]:
    """Where a page offers to take an act back, the latest first."""
    return re.findall(r'href="(/console/households/undo/[^"]+)"', text(client.get(address)))


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("seen_from", ["household", "person"])
def test_a_death_is_undone_from_the_page_of_either(desk: Desk, client: Client, seen_from: str, last: bool) -> None:
    """Of the last of a household, which ends with them, and of one who was not its head."""
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲")
    if not last:
        one = person(client, home, "乙", "20")
    base = f"/console/households/people/{one}"
    send(client, f"{base}/died")
    link = undo_links(client, base if seen_from == "person" else f"/console/households/{home}")[0]
    assert "State: Is at home → Died" in text(client.get(link))
    assert send(client, link, reason="").status_code == 422
    assert send(client, link, reason="记错了人").status_code == 302
    with acting(READER):
        assert Person.objects.get(id=one).state == "here"
        assert Household.objects.get(id=home).state == "lived"
    assert link not in undo_links(client, base)


def test_a_booklet_and_somebody_without_a_household_have_their_undoing(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲")
    made = send(client, f"/console/households/registered/new?place={VILLAGE}", place=VILLAGE, number="7", sort="family")
    booklet = made["Location"]
    send(client, f"/console/households/people/{one}/enrol", booklet="7", as_to_head="")
    send(client, f"/console/households/people/{one}/moved-out", to="贵阳")
    send(client, undo_links(client, f"/console/households/people/{one}")[0], reason="弄错")
    send(client, undo_links(client, booklet)[0], reason="弄错")
    with acting(READER):
        found = Person.objects.get(id=one)
        assert (found.state, found.household_id, found.booklet_id) == ("here", home, None)


def test_what_was_recognised_is_ended_and_taken_back(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    one = person(client, household(client), "甲")
    base = f"/console/households/people/{one}"
    send(client, f"{base}/flag", type_code="veteran", body="县退役军人局", basis="")
    (end,) = re.findall(r'href="([^"]+/flags/[^"]+/end)"', text(client.get(base)))
    assert send(client, end, on="2020-01-01").status_code == 422
    assert send(client, end).status_code == 302
    page = text(client.get(base))
    assert "Recognised: Veteran or entitled-care household → —" in page
    assert "/end" not in page
    send(client, undo_links(client, base)[0], reason="弄错")
    assert end in text(client.get(base))


def test_a_household_is_corrected_on_its_page(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home, other = household(client), household(client, "13")
    base = f"/console/households/{home}"
    assert f"{base}/correct" in text(client.get(base))
    half = send(client, f"{base}/correct", number="12", door="上河12号", lon="108.2", lat="")
    assert half.status_code == 422
    assert "108.2" in text(half)
    send(client, f"{base}/correct", number="21", door="下河21号", lon="108.2", lat="27.5")
    beside = send(client, f"/console/households/{other}/correct", number="13", door="", beside=str(home))
    assert beside.status_code == 302, text(beside)
    assert send(client, f"/console/households/{other}/correct", number="21", door="").status_code == 422
    with acting(READER):
        one, two = Household.objects.get(id=home), Household.objects.get(id=other)
    assert (one.number, one.door, one.lon, two.lon, two.point) == ("21", "下河21号", 108.2, 108.2, "measured")


def test_a_correction_keeps_a_house_and_a_group_that_have_ended(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    group = VILLAGE + 41
    lay_place(desk, group, "villager_group", "二组")
    house = actions.NewHolding(of="site", place=GRID, written={"kind": "11", "name": "老屋"})
    site = actions.add_holding(CLERK, Act.new(), new=house, told=Told(on=localdate()))["site"]
    written = {"dwelling": str(site), "villager_group": str(group), "lon": "108.2", "lat": "27.5"}
    fields = actions.Fields(of="household", subject=home, written=written)
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=localdate()))
    actions.end_holding(CLERK, Act.new(), of="site", subject=UUID(str(site)), told=Told(on=localdate()))
    lay_place(desk, group, "villager_group", "二组", ended=True)
    page = text(client.get(f"/console/households/{home}/correct"))
    for kept in (f'<option value="{site}" selected>老屋', f'<option value="{group}" selected>二组'):
        assert kept in page
    assert "老屋" in text(client.get(f"/console/households/{home}/confirm"))
    assert send(client, f"/console/households/{home}/correct", number="14", door="").status_code == 302
    with acting(READER):
        found = Household.objects.get(id=home)
    assert (found.number, found.lon, found.villager_group) == ("14", 108.2, group)
    assert str(found.dwelling_id) == str(site)


def test_a_household_stands_beside_one_of_another_natural_village(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    send(client, f"/console/households/{home}/correct", number="12", door="", lon="108.2", lat="27.5")
    hamlet = VILLAGE + 40
    lay_place(desk, hamlet, "natural_village", "下河")
    new = {"natural_village": hamlet, "place": GRID, "number": "1", "door": "", "beside": str(home)}
    answer = send(client, f"/console/households/new?place={VILLAGE}", **new)
    assert answer.status_code == 302, text(answer)
    with acting(READER):
        assert Household.objects.get(natural_village=hamlet).lon == 108.2


@pytest.mark.parametrize("code", ["990101101000", "990101101209", "520102001001"])
def test_a_place_of_another_level_or_county_or_none_is_not_taken(desk: Desk, client: Client, code: str) -> None:
    desk.sign_in(client, "clerk")
    one = person(client, household(client), "甲")
    answer = send(client, f"/console/households/people/{one}/correct", display_name="甲", collective=code)
    assert answer.status_code == 422
    assert "it must be one of these: Village." in text(answer)


def test_whoever_visits_says_what_was_found_true(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "甲", phone="13812345678")
    desk.sign_in(client, "grid_head")
    page = text(client.get(f"/console/households/{home}"))
    assert f"/console/households/people/{one}/confirm" in page
    assert f"/console/households/{home}/confirm" in page
    asked = text(client.get(f"/console/households/people/{one}/confirm"))
    assert "138****5678" in asked
    assert "13812345678" not in asked
    assert send(client, f"/console/households/people/{one}/confirm").status_code == 422
    today = localdate().isoformat()
    assert send(client, f"/console/households/people/{one}/confirm", found=["phone"]).status_code == 302
    assert send(client, f"/console/households/{home}/confirm", found=["people", "head"]).status_code == 302
    with acting(READER):
        assert Person.objects.get(id=one).confirmed == {"display_name": FEBRUARY, "phone": today}
        assert Household.objects.get(id=home).confirmed.items() >= {"people": today, "head": today}.items()


def test_where_somebody_belongs_is_corrected_by_name(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk", "zh-hans")
    home = household(client)
    person(client, home, "甲")
    two = person(client, home, "乙", "97")
    base = f"/console/households/people/{two}"
    given = {"display_name": "乙", "born_on": "", "as_in_home": "20", "occupation": ""}
    wrong = send(client, f"{base}/correct", **given, collective="没有这个村")
    assert wrong.status_code == 422
    assert "没有这个村" in text(wrong)
    done = send(client, f"{base}/correct", **given, collective="白沙村", registered_place=str(VILLAGE))
    assert done.status_code == 302, text(done)
    with acting(READER):
        found = Person.objects.get(id=two)
    assert (found.as_in_home, found.collective, found.registered_place) == ("20", VILLAGE, VILLAGE)
    kept = re.findall(r'name="collective" value="([^"]+)"', text(client.get(f"{base}/correct")))
    assert kept == [f"白沙村 {VILLAGE}"]


def test_what_is_refused_keeps_what_was_typed(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk", "zh-hans")
    home = household(client)
    address = f"/console/households/{home}/move-in"
    answer = send(client, address, name="周大山", id_number="11010519491231002", as_to_head="")
    assert answer.status_code == 422
    assert "周大山" in text(answer)
    assert "身份证号码共18位" in text(answer)
    answer = send(client, address, name="甲", on=(localdate() + timedelta(days=9)).isoformat())
    assert answer.status_code == 422
    with acting(READER):
        assert not Person.objects.filter(household_id=home).exists()


@pytest.mark.parametrize("name", ["grid_head", "dispatcher", "county_dispatcher"])
def test_readers_read_and_don_t_write(desk: Desk, client: Client, name: str) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "周大山")
    desk.sign_in(client, name)
    assert "周大山" in text(client.get(f"/console/households/{home}"))
    assert client.get(f"/console/households/people/{one}").status_code == 200
    assert send(client, f"/console/households/people/{one}/died").status_code == 403
    assert client.get("/console/households/").status_code == 200


def test_others_find_nothing(desk: Desk, client: Client) -> None:
    desk.sign_in(client, "clerk")
    home = household(client)
    one = person(client, home, "周大山")
    desk.sign_in(client, "far_dispatcher")
    assert client.get(f"/console/households/{home}").status_code == 404
    assert client.get(f"/console/households/people/{one}").status_code == 404
    desk.sign_in(client, "auditor")
    assert client.get(f"/console/households/{home}").status_code == 403


@pytest.mark.parametrize("query", ["place=1", "place=x", "state=nonsense", f"place={VILLAGE}1"])
def test_addresses_made_up_are_not_found(desk: Desk, client: Client, query: str) -> None:
    desk.sign_in(client, "clerk")
    assert client.get(f"/console/households/?{query}").status_code == 404
    assert client.get(f"/console/households/?place={VILLAGE}&after=nonsense").status_code == 200
