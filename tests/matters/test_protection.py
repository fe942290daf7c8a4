"""Protection: complaints routed round whoever they are about, words kept for the centre, ratings not to be guessed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from commongrid.journal.acting import acting
from commongrid.journal.queries import history
from commongrid.kernel.act import Act
from commongrid.kernel.codes import slip_hash
from commongrid.kernel.refusals import BadInput, NobodyThere, NotAllowed, NotFound, WrongState
from commongrid.kernel.scope import public, slip
from commongrid.matters import actions, queries
from commongrid.matters.actions import About, Contact, Report, code_of
from commongrid.matters.models import Matter, Note, Order, Original, Party, PublicFace
from commongrid.matters.queries import Filters
from commongrid.matters.rules.routing_round import OUTSIDE, handled_at, highest
from commongrid.roster.actions import Appointment, NewUnit, add_unit, appoint
from tests.factories import desk
from tests.factories.network import SETTING_UP
from tests.factories.scenes import Scene

ANYONE = public("matters.report")
AFFAIRS, ROAD, LIGHT = "I99", "G01", "G03"
VILLAGE = ("secretary", "clerk", "grid_head", "grid_member", "mediator")


def tell(kind: str = AFFAIRS, *, about: About | None = None, text: str = "低保名单里有他家亲戚", **more: Any) -> UUID:
    """Somebody without a post reports."""
    more.setdefault("contact", Contact(name="李小芳", phone="13812341234"))
    told = Report(kind_code=kind, place=more.pop("place", desk.GRID), text=text, about=about or About(), **more)
    return UUID(actions.report(ANYONE, Act.new(), report=told)["matter"])


def row(scene: Scene, matter: UUID) -> dict[str, Any]:
    """The matter's columns as they are."""
    names = (
        "place", "state", "owner_level", "owner_place", "sealed", "unit_id", "title", "text", "accused_person_id",
        "accused_unit_id", "held", "outcome",
    )  # fmt: skip
    with scene.desk.database.as_role("owner") as owner:
        query = f"SELECT {', '.join(names)} FROM matters_matter WHERE id = %s"
        found = owner.execute(query.encode(), [matter]).fetchone()
    assert found is not None
    return dict(zip(names, found, strict=True))


def sees(scene: Scene, name: str, matter: UUID) -> bool:
    """Whether raw reads in this post's scope find anything of it."""
    with acting(scene.as_post(name)):
        return any((
            Matter.objects.filter(id=matter).exists(), Party.objects.filter(matter_id=matter).exists(),
            Note.objects.filter(matter_id=matter).exists(), Order.objects.filter(matter_id=matter).exists(),
            PublicFace.objects.filter(id=matter).exists(), bool(history(scene.as_post(name), matter)),
        ))  # fmt: skip


@pytest.mark.parametrize(
    ("about", "unit_level", "unit_type", "level"),
    [
        ("village", "", "", "township"), ("township", "", "", "county"), ("county", "", "", OUTSIDE),
        ("unsure", "", "", "county"), ("unit", "township", "station", "township"),
        ("unit", "township", "centre", "county"),
        ("unit", "county", "department", "county"), ("unit", "county", "centre", OUTSIDE),
        ("unit", "village", "party_group", "township"),
    ],
)  # fmt: skip
def test_handled_at_the_first_level_whose_people_do_not_answer_to_them(
    about: str, unit_level: str, unit_type: str, level: str
) -> None:
    assert handled_at(about, unit_level=unit_level, unit_type=unit_type) == level


def test_highest_of_several_posts_rules() -> None:
    assert highest(["township", OUTSIDE, "county"]) == OUTSIDE


def test_refuses_a_complaint_about_the_village_to_everybody_there(scene: Scene) -> None:
    matter = tell(LIGHT, about=About(whom="village", words="杨书记"))
    assert [name for name in VILLAGE if sees(scene, name, matter)] == []
    found = row(scene, matter)
    assert (found["place"], found["owner_level"]) == (desk.TOWNSHIP, "township")
    parts = {party.part for party in queries.matter(scene.as_post("dispatcher"), matter).parties}
    assert parts == {"reporter", "accused"}


def test_refuses_a_complaint_about_the_township_to_the_township(scene: Scene) -> None:
    matter = tell(about=About(whom="township"))
    under = (*VILLAGE, "dispatcher", "township_principal", "station")
    assert [name for name in under if sees(scene, name, matter)] == []
    assert sees(scene, "county_dispatcher", matter)
    assert row(scene, matter)["place"] == desk.COUNTY


def test_refuses_a_complaint_about_a_bureau_to_it_and_to_its_stations(scene: Scene) -> None:
    bureau = desk.id_of("transport_county_unit")
    matter = tell(ROAD, about=About(whom="unit", unit=bureau))
    assert sees(scene, "county_dispatcher", matter)
    scene.do("county_dispatcher", actions.accept, matter)
    for unit in ("transport_county_unit",):
        with pytest.raises(BadInput, match="complaint is about"):
            scene.do("county_dispatcher", actions.divert, matter, unit_id=desk.id_of(unit), reason="它自己办")
    offered = {one.unit for one in queries.suggestions(scene.as_post("county_dispatcher"), matter)}
    assert bureau not in offered
    with scene.desk.database.as_role("owner") as owner:  # even where it lies with them, they never see it
        owner.execute("UPDATE matters_matter SET unit_id = %s WHERE id = %s", [bureau, matter])
        owner.execute("UPDATE matters_matter SET place = %s WHERE id = %s", [desk.TOWNSHIP, matter])
    assert not sees(scene, "department", matter)
    assert not sees(scene, "station", matter)


def test_refuses_a_complaint_to_the_very_person_in_whatever_post(scene: Scene) -> None:
    matter = tell(about=About(post=desk.id_of("township_principal")))
    found = row(scene, matter)
    assert (found["place"], found["accused_person_id"]) == (desk.COUNTY, desk.id_of("township_principal_person"))
    to = Appointment(
        role="supervisor", place=desk.COUNTY, person=desk.id_of("township_principal_person"), from_on=date(2020, 1, 1)
    )
    second = UUID(appoint(SETTING_UP, Act.new(), to=to)["post"])
    from commongrid.roster.queries import scope_for_session

    scope = scope_for_session(scene.desk.accounts["township_principal"], second, date(2026, 11, 24))
    assert scope is not None
    with acting(scope):
        assert not Matter.objects.filter(id=matter).exists()
    assert sees(scene, "supervisor", matter)


def test_a_complaint_about_the_countys_leadership_leaves_it(scene: Scene) -> None:
    with pytest.raises(NobodyThere, match="12388"):  # nobody to hand it on: nothing is kept
        _without_discipline(scene, lambda: tell(about=About(whom="county")))
    matter = tell(about=About(whom="county"))
    everyone = ("county_dispatcher", "county_leader", "supervisor", "dispatcher", "department", "auditor", *VILLAGE)
    assert [name for name in everyone if sees(scene, name, matter)] == []
    assert queries.matter(scene.as_post("discipline"), matter).may == ("receipt", "hand_on")


def _without_discipline(scene: Scene, do: Any) -> None:
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_unit SET valid_to = '2021-01-01' WHERE function_id = 'discipline'")
    try:
        do()
    finally:
        with scene.desk.database.as_role("owner") as owner:
            owner.execute("UPDATE roster_unit SET valid_to = NULL WHERE function_id = 'discipline'")


def test_a_sealed_kind_about_its_own_body_goes_to_another(scene: Scene) -> None:
    police = _unit_of(scene, "public_security")
    commission()
    matter = tell("A12", about=About(whom="unit", unit=police))
    assert row(scene, matter)["unit_id"] != police
    assert not sees(scene, "police", matter)


def _unit_of(scene: Scene, function: str) -> UUID:
    with scene.desk.database.as_role("owner") as owner:
        found = owner.execute("SELECT id FROM roster_unit WHERE function_id = %s", [function]).fetchone()
    assert found is not None
    return UUID(str(found[0]))


def test_a_sealed_kind_without_competent_unit_goes_to_the_county_body_never_to_a_queue(scene: Scene) -> None:
    with scene.desk.database.as_role("owner") as owner:
        owner.execute("UPDATE roster_unit SET valid_to = '2021-01-01' WHERE function_id = 'public_security'")
    with pytest.raises(NobodyThere, match="110"):
        tell("A12")
    with scene.desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM matters_matter").fetchone() == (0,)
    unit = commission()
    matter = tell("A12")
    assert (row(scene, matter)["unit_id"], row(scene, matter)["sealed"]) == (unit, True)
    others = ("county_dispatcher", "dispatcher", "supervisor", *VILLAGE)
    assert [name for name in others if sees(scene, name, matter)] == []


def commission() -> UUID:
    """The county's political and legal commission, which takes sealed kinds where no competent unit is set up."""
    new = NewUnit(
        place=desk.COUNTY, type="department", name_zh="县委政法委", function="politics_law", valid_from=desk.FROM
    )
    return UUID(add_unit(SETTING_UP, Act.new(), unit=new)["unit"])


def test_route_round_takes_a_matter_out_of_the_handlers_sight_at_once(scene: Scene) -> None:
    matter = scene.in_hand("站里有人收了钱才肯修")
    assert sees(scene, "station", matter)
    about = About(whom="unit", unit=desk.id_of("transport_unit"), words="许站长")
    scene.do("dispatcher", actions.route_round, matter, about=about, reason="反映的就是交通站")
    assert [name for name in ("station", *VILLAGE) if sees(scene, name, matter)] == []
    found = row(scene, matter)
    assert (found["state"], found["owner_level"], found["place"]) == ("accepted", "township", desk.TOWNSHIP)
    with pytest.raises(NotFound):
        scene.do("station", actions.answer, matter, answer="已经修好了")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.divert, matter, unit_id=desk.id_of("transport_unit"), reason="还是它办")


def test_route_round_about_the_township_leaves_the_dispatchers_sight(scene: Scene) -> None:
    matter = scene.at_township("镇里承包工程的是领导亲戚")
    scene.do("dispatcher", actions.route_round, matter, about=About(whom="township"), reason="反映镇领导")
    assert not sees(scene, "dispatcher", matter)
    assert sees(scene, "county_dispatcher", matter)
    scene.do("county_dispatcher", actions.accept, matter)


def test_route_round_refuses_without_whom_or_why_and_sealed_or_answered_ones(scene: Scene) -> None:
    matter = scene.at_township("路灯坏了")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.route_round, matter, about=About(), reason="不清楚")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.route_round, matter, about=About(whom="village"), reason=" ")
    answered = scene.answered("已答复的")
    with pytest.raises((NotAllowed, WrongState)):
        scene.do("dispatcher", actions.route_round, answered, about=About(whom="village"), reason="迟了")


def test_anonymous_reports_leave_no_person_and_keep_their_slip(scene: Scene) -> None:
    matter = tell(LIGHT, contact=Contact())
    with scene.desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM matters_party").fetchone() == (0,)
    assert queries.followed(_slip(matter)).number
    tell(AFFAIRS, contact=Contact())
    with scene.desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT DISTINCT part FROM matters_party").fetchall() == [("where",)]


def _slip(matter: UUID) -> Any:
    return slip(slip_hash(settings.KEYS.slip, code_of(matter)), "matters.follow", "matters.rate")


HIT = "我男人喝酒打我，我怕他今晚再打"


def test_words_of_danger_keep_a_matter_from_the_village_until_the_centre_sorts_it(scene: Scene) -> None:
    matter = tell("Z00", text=HIT, urgency="immediate")
    assert not any(sees(scene, name, matter) for name in VILLAGE)
    assert (row(scene, matter)["place"], row(scene, matter)["owner_level"]) == (desk.TOWNSHIP, "township")
    assert queries.kinds_said(scene.as_post("dispatcher"), HIT)[0].kind.code == "A12"
    found = queries.kinds_said(scene.as_post("dispatcher"), "桥涵垮了，孩子上学过不去")
    assert found
    assert [one.kind.code for one in found] == ["G02", "C03"], "one word of school is no child that can't go to it"
    for unsorted in ("", "Z00"):
        with pytest.raises(BadInput):
            scene.do("dispatcher", actions.accept, matter, kind_code=unsorted)
    scene.do("dispatcher", actions.accept, matter, kind_code=ROAD)
    now = row(scene, matter)
    assert (now["place"], now["state"]) == (desk.GRID, "accepted")
    assert queries.matter(scene.as_post("clerk"), matter).text == HIT


def test_words_of_danger_hold_every_kind_and_lead_into_the_sealed_one(scene: Scene) -> None:
    matter = tell(LIGHT, text="路灯坏了。还有，他天天殴打老人", confidential=True)
    assert not any(sees(scene, name, matter) for name in VILLAGE)
    scene.do("dispatcher", actions.accept, matter, kind_code="D09")
    assert row(scene, matter)["sealed"]
    assert not any(sees(scene, name, matter) for name in (*VILLAGE, "dispatcher"))
    harmless = tell(LIGHT, text="路灯坏了，修好请打我电话")
    assert sees(scene, "clerk", harmless)


SAID = "从我家阳台看得见他家半夜往河里倒东西"


def test_confidential_words_stay_with_the_centre_until_retold(scene: Scene) -> None:
    matter = tell(LIGHT, text=SAID, confidential=True)
    clerk, centre = scene.as_post("clerk"), scene.as_post("dispatcher")
    below = queries.matter(clerk, matter)
    assert (below.text, below.row.title, below.original, below.parties) == ("", "", None, ())
    assert all(SAID[:6] not in one.title for one in queries.queue(clerk).rows)
    assert queries.queue(clerk, Filters(text="阳台")).rows == ()
    with acting(clerk):
        assert not Original.objects.filter(id=matter).exists()
    for name in ("township_principal", "county_leader", "supervisor"):
        with acting(scene.as_post(name)):
            assert not Original.objects.filter(id=matter).exists(), name
    own = queries.matter(centre, matter).original
    assert own is not None
    assert own.text == SAID
    assert queries.followed(_slip(matter)).title == SAID
    assert "retell" in queries.matter(centre, matter).may
    assert "retell" not in below.may
    scene.do("dispatcher", actions.retell, matter, text="请夜间巡查河边倾倒")
    below = queries.matter(clerk, matter)
    assert (below.text, below.row.title) == ("请夜间巡查河边倾倒", "请夜间巡查河边倾倒")
    with scene.desk.database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM matters_public_face WHERE id = %s", [matter]).fetchone() == (0,)


def test_retell_refuses_below_the_centre_and_what_is_not_confidential(scene: Scene) -> None:
    matter = tell(LIGHT, text=SAID, confidential=True)
    with pytest.raises(NotAllowed):
        scene.do("clerk", actions.retell, matter, text="我来转述")
    with pytest.raises(BadInput):
        scene.do("dispatcher", actions.retell, matter, text="  ")
    with pytest.raises(WrongState):
        scene.do("dispatcher", actions.retell, scene.at_township("路灯坏了"), text="转述")


def test_a_confidential_report_sorted_into_a_sealed_kind_reaches_its_body_whole(scene: Scene) -> None:
    matter = tell("Z00", text=SAID, confidential=True)
    scene.do("dispatcher", actions.accept, matter, kind_code="A12")
    police = queries.matter(scene.as_post("police"), matter)
    assert police.text == SAID
    assert {party.part for party in police.parties} == {"reporter"}
    assert not sees(scene, "dispatcher", matter)


ADMINISTRATORS = ("auditor", "system_admin", "security_admin")


def test_administrators_see_no_matter_and_the_auditor_its_lines(scene: Scene) -> None:
    matter, sealed = scene.at_township("路灯坏了"), tell("A12")
    for name in ADMINISTRATORS:
        if name not in scene.desk.accounts:
            continue
        with acting(scene.as_post(name)):
            assert not Matter.objects.exists()
            assert not Note.objects.exists()
    auditor = scene.as_post("auditor")
    assert "matters.reported" in [line.name for line in history(auditor, matter)]
    assert history(auditor, sealed) == []
