"""Pages of completeness, of changes reported and records handed over, and the household's sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from commongrid.accounts.models import AccessLine
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.registry import actions
from commongrid.registry.jobs import CHANGES
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Told
from commongrid.roster import actions as roster
from tests.factories.desk import GRID, HAMLET, OTHER_VILLAGE, TOWNSHIP, VILLAGE, Desk, lay
from tests.factories.network import scope_as
from tests.registry.conftest import CLERK, DAY, Hamlet

if TYPE_CHECKING:
    from tests.bed import Database
    from tests.factories.scenes import Scene

PHONE, ID = "13812345678", "11010519491231002X"


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk's county in a fresh database."""
    return lay(database)


@pytest.fixture
def family(desk: Desk) -> tuple[UUID, list[UUID]]:
    """A family whose head has a phone, an identity number and a hardship flag."""
    home, people = Hamlet().family()
    fields = actions.Fields(
        of="person", subject=people[3], written={"phone": PHONE, "id_number": ID, "born_on": "", "sex": ""}
    )
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=DAY))
    return home, people


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"act": str(Act.new().id), "on": localdate().isoformat(), "source": "", **form})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_board_leads_down_to_a_household_and_its_list(
    desk: Desk, family: tuple[UUID, list[UUID]], language: str
) -> None:
    home, people = family
    client = desk.sign_in(Client(), "clerk", language)
    assert f"?place={GRID}" in text(client.get(f"/console/households/completeness?place={VILLAGE}"))
    board = f"/console/households/completeness?place={VILLAGE}"
    assert "field=person.phone" in text(client.get(board))
    lacking = text(client.get(f"{board}&field=person.phone"))
    assert str(home) in lacking
    assert str(people[3]) not in lacking, "has one"
    assert client.get(f"{board}&field=site.kind").status_code == 404
    grid = text(client.get(f"/console/households/completeness?place={GRID}"))
    assert str(home) in grid
    page = text(client.get(f"/console/households/{home}"))
    assert 'id="asking"' in page
    sheet = text(client.get(f"/console/households/{home}/ask"))
    assert ("Education" if language == "en" else "文化程度") in sheet
    township = desk.sign_in(Client(), "dispatcher", language)
    assert f"?place={VILLAGE}" in text(township.get(f"/console/households/completeness?place={TOWNSHIP}"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_field_to_the_village_and_back(desk: Desk, family: tuple[UUID, list[UUID]], language: str) -> None:
    home, people = family
    field = desk.sign_in(Client(), "grid_head", language)
    assert send(field, f"/console/households/{home}/report", sort="born").status_code == 422
    answer = send(field, f"/console/households/{home}/report", sort="died", person=str(people[3]), words="在县医院")
    assert answer.status_code == 302, text(answer)
    address = answer["Location"]
    assert "在县医院" in text(field.get(address))
    assert "在县医院" not in text(desk.sign_in(Client(), "dispatcher", language).get(address))
    assert field.post(f"{address}/decide", {"act": str(Act.new().id), "do": "approve"}).status_code == 403
    clerk = desk.sign_in(Client(), "clerk", language)
    assert address in text(clerk.get("/console/households/changes"))
    assert address not in text(clerk.get("/console/households/changes?page=2&offers=2"))
    assert clerk.post(f"{address}/decide", {"act": str(Act.new().id), "do": "refuse"}).status_code == 422
    assert clerk.post(f"{address}/decide", {"act": str(Act.new().id), "do": "approve"}).status_code == 302
    page = text(clerk.get(address))
    assert "/console/households/undo/" in page
    assert ("Died" if language == "en" else "已去世") in text(clerk.get(f"/console/households/people/{people[3]}"))


@pytest.mark.parametrize(
    ("sort", "who", "said", "leads"),
    [
        ("moved_in", None, {"name": "郑七", "sex": "2"}, ["{home}/move-in", "郑七", "2025-12-24"]),
        ("married", 2, {"name": "周四"}, ["people/{who}/marry", "周四", "2025-12-24"]),
        ("split", 1, {"words": "分家了"}, ["{home}/split", 'value="{who}" selected', "分家了"]),
        ("dwelling", None, {"to": "新村8号"}, ["{home}/correct", 'value="新村8号"', "网格上报"]),
        ("other", 1, {"words": "评上了先进"}, ["people/{who}/flag", "评上了先进"]),
    ],
)
def test_a_report_leads_to_the_form_of_its_act_filled_with_what_was_told(
    desk: Desk, family: tuple[UUID, list[UUID]], sort: str, who: int | None, said: dict[str, str], leads: list[str]
) -> None:
    home, people = family
    route, *begun = leads
    known = {"home": home, "who": people[who] if who is not None else ""}
    given = {"sort": sort, "person": str(known["who"]), "on": "2025-12-24", **said}
    address = send(desk.sign_in(Client(), "grid_head"), f"/console/households/{home}/report", **given)["Location"]
    clerk = desk.sign_in(Client(), "clerk")
    page = text(clerk.get(address))
    form = f"/console/households/{route.format(**known)}?change={address.rsplit('/', 1)[-1]}"
    assert form in page
    assert 'value="approve"' not in page
    assert clerk.post(f"{address}/decide", {"act": str(Act.new().id), "do": "approve"}).status_code == 422
    shown = text(clerk.get(form + ("&q=周四" if sort == "married" else "")))
    assert [one for one in begun if one.format(**known) not in shown] == []


def test_whatever_of_a_record_is_wrong_the_field_can_say_it(desk: Desk, family: tuple[UUID, list[UUID]]) -> None:
    home, people = family
    right = {"education": "70", "occupation": "5", "political": "13", "marital": "20"}
    given = {"sort": "correct", "person": str(people[2]), **right}
    answer = send(desk.sign_in(Client(), "grid_head"), f"/console/households/{home}/report", **given)
    assert answer.status_code == 302, text(answer)
    clerk = desk.sign_in(Client(), "clerk")
    clerk.post(f"{answer['Location']}/decide", {"act": str(Act.new().id), "do": "approve"})
    with acting(CLERK):
        assert Person.objects.filter(id=people[2], **right).exists()


def test_entering_the_form_approves_the_report_and_once_decided_enters_nothing(
    desk: Desk, family: tuple[UUID, list[UUID]]
) -> None:
    home, _people = family
    field, clerk = desk.sign_in(Client(), "grid_head"), desk.sign_in(Client(), "clerk")
    told = {"sort": "moved_in", "name": "郑七"}
    first, second = (send(field, f"/console/households/{home}/report", **told)["Location"] for _ in range(2))
    ways = [f"/console/households/{home}/move-in?change={one.rsplit('/', 1)[-1]}" for one in (first, second)]
    answer = send(clerk, ways[0], name="郑七", as_to_head="97")
    assert answer.status_code == 302, text(answer)
    assert "Done" in text(clerk.get(first))
    assert "/console/households/undo/" in text(clerk.get(first))
    clerk.post(f"{second}/decide", {"act": str(Act.new().id), "do": "refuse", "reason": "报重了"})
    late = send(clerk, ways[1], name="郑小七", as_to_head="97")
    assert (late.status_code, "decided already" in text(late), "郑小七" in text(late)) == (422, True, True)
    assert "郑小七" not in text(clerk.get(f"/console/households/{home}"))


def test_a_matter_asks_of_which_household_and_about_whom(desk: Desk, family: tuple[UUID, list[UUID]]) -> None:
    home, people = family
    made = actions.open_change(CHANGES, Act.new(), sort="died", matter=UUID(int=9), place=VILLAGE, on=DAY)
    clerk, address = desk.sign_in(Client(), "clerk"), f"/console/households/changes/{made['request']}"
    assert 'name="number"' in text(clerk.get(address))
    asked = {"go": "1", "natural_village": str(HAMLET)}
    assert "no household of this number" in text(clerk.get(address, {**asked, "number": "99"}))
    found = text(clerk.get(address, {**asked, "number": "1"}))
    assert str(people[3]) in found
    form = f"/console/households/people/{people[3]}/died?change={made['request']}"
    assert form not in found
    assert form in text(clerk.get(address, {**asked, "number": "1", "who": str(people[3])}))
    assert "事项上报" in text(clerk.get(form))
    assert send(clerk, form).status_code == 302
    assert str(home) in text(clerk.get(address))


def test_a_record_is_handed_over(desk: Desk, family: tuple[UUID, list[UUID]]) -> None:
    _home, people = family
    clerk = desk.sign_in(Client(), "clerk")
    base = f"/console/households/people/{people[2]}"
    assert send(clerk, f"{base}/hand-over", to_place="没有的村").status_code == 422
    answer = send(clerk, f"{base}/hand-over", to_place="凯峡河村")
    assert answer.status_code == 302, text(answer)
    assert "on offer" in text(clerk.get(base))
    page = answer["Location"]
    assert "周三" in text(clerk.get("/console/households/changes"))
    other = desk.sign_in(Client(), "county_admin")
    silent = other.post(page, {"act": str(Act.new().id), "do": "refuse", "reason": " "})
    assert (silent.status_code, 'href="#id_reason"' in text(silent)) == (422, True), "without a reason it is told why"
    assert clerk.post(page, {"act": str(Act.new().id), "do": "withdraw"}).status_code == 302
    assert "Withdrawn" in text(clerk.get(page))
    assert str(OTHER_VILLAGE) not in text(clerk.get(base))
    assert desk.sign_in(Client(), "far_dispatcher").get(page).status_code in (403, 404)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_household_sheet_holds_nothing_hidden_and_is_logged(
    desk: Desk, family: tuple[UUID, list[UUID]], language: str
) -> None:
    home, people = family
    civil = scope_as(desk, "township_principal")
    what = actions.Recognised(type_code="disabled", person=people[3], basis="二级")
    more = CLERK.powers | {"people.hardship"}
    actions.flag(type(CLERK)(**{**_fields(CLERK), "powers": more}), Act.new(), what=what, told=Told(on=DAY))
    today, secretary = localdate(), scope_as(desk, "secretary", on=localdate())
    to = roster.Appointment(role="linked_member", place=VILLAGE, from_on=today, name="覃联户", office_phone="0000-77")
    post = UUID(roster.appoint(secretary, Act.new(), to=to)["post"])
    tie = roster.NewAssignment(post=post, kind="linked_household", household=home, from_on=today)
    roster.assign(secretary, Act.new(), to=tie)
    client = desk.sign_in(Client(), "clerk", language)
    sheet = text(client.get(f"/console/households/{home}/sheet"))
    assert "周四" in sheet
    assert "覃联户" in sheet
    assert "0000-77" in sheet
    assert "12345" in sheet
    assert "segno" in sheet
    hidden = (PHONE, "138**", ID, "1949", "残疾", "Disabled", "二级", "疾")
    assert [one for one in hidden if one in sheet] == []
    with acting(civil):
        assert AccessLine.objects.filter(subject=home, event="printed", about="record").count() == 1


def _fields(scope: Any) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in scope.__slots__}


def test_a_split_begins_where_the_household_is_with_a_number_that_is_free(
    desk: Desk, family: tuple[UUID, list[UUID]]
) -> None:
    home, _people = family
    form = desk.sign_in(Client(), "clerk").get(f"/console/households/{home}/split").context["form"]
    assert (form.initial["number"], form.initial["natural_village"], form.initial["place"]) == ("2", HAMLET, GRID)
    assert form.fields["head"].choices[0][0] == "", "nobody is head before the clerk says so"


def test_a_history_is_told_in_words(desk: Desk, family: tuple[UUID, list[UUID]]) -> None:
    _home, people = family
    for code in ("30", "20"):
        fields = actions.Fields(of="person", subject=people[2], written={"education": code})
        actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=DAY))
    page = text(desk.sign_in(Client(), "clerk").get(f"/console/households/people/{people[2]}"))
    assert "Junior college → Bachelor" in page
    assert "Record corrected" in page


def test_a_household_is_read_as_it_was_last_month(desk: Desk, family: tuple[UUID, list[UUID]]) -> None:
    home, _people = family
    fields = actions.Fields(of="household", subject=home, written={"door": "上河新村9号", "number": "77"})
    actions.correct(CLERK, Act.new(), fields=fields, told=Told(on=localdate()))
    client = desk.sign_in(Client(), "clerk")
    now = text(client.get(f"/console/households/{home}"))
    then = text(client.get(f"/console/households/{home}?on=2026-04-01")).split("<dl", 1)[1].split("</dl>", 1)[0]
    assert "上河新村9号" in now
    assert "上河新村9号" not in then
    assert "<dd>1</dd>" in then


def test_a_matter_leads_to_the_change_that_it_asked_for(scene: Scene) -> None:
    matter = scene.report("周家添了个孩子", kind="L01")
    clerk = scene.desk.sign_in(Client(), "clerk")
    assert "Open the change" not in text(clerk.get(f"/console/matters/{matter}/"))
    actions.open_change(CHANGES, Act.new(), sort="born", matter=matter, place=VILLAGE, on=DAY)
    page = text(clerk.get(f"/console/matters/{matter}/"))
    assert "/console/households/changes/" in page
    assert "Waits for the village" in page
