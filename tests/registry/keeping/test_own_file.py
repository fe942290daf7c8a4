"""Everything that is held of a person, for their own eyes."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import BadInput, NotAllowed
from commongrid.matters.actions import Contact
from commongrid.registry.keeping import actions, queries
from commongrid.registry.keeping.models import SubjectFile
from commongrid.roster import actions as roster
from commongrid.surfaces.console.register import own_file
from tests.factories.desk import COUNTY, TOWNSHIP, VILLAGE, Desk
from tests.factories.network import fill, scope_as, tie
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import DAY, Hamlet
from tests.registry.keeping.leaving import ADMIN, OFFICE, PHONE, WHY, somebody

if TYPE_CHECKING:
    from tests.bed import Database


def test_the_file_names_every_table_that_it_shows() -> None:
    """A table that nobody named would stand there with the names of its columns."""
    theirs = {model._meta.db_table for model, keeps in queries.kept_tables() if keeps.own or keeps.whose}
    assert theirs == set(own_file.SHOWN) | own_file.NOT_ON_THE_PAGE


def test_a_person_gets_everything_in_one_file_and_that_is_told(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village, sex="1", born_on=date(1980, 1, 1))
    with database.as_role("owner") as owner:
        row = uuid4()
        basis = sealed.seal("尿毒症", "registry_hardship_flag", "basis_sealed", row)
        insert(owner, "HardshipFlag", id=row, type_code="serious_illness", place=VILLAGE, person=who, from_on=DAY,
               basis_sealed=basis)  # fmt: skip
    Scene(desk).report("渠堵了，请来看看", contact=Contact(name="周一山", phone=PHONE))
    with pytest.raises(NotAllowed):
        actions.give_file(scope_at(TOWNSHIP, "people.file"), Act.new(), person_id=who, shown_by="card")
    with pytest.raises(BadInput):
        actions.give_file(OFFICE, Act.new(), person_id=who, shown_by="")
    client = desk.sign_in(Client(), "township_principal", "zh-hans")
    address = reverse("person_file", args=[who])
    assert client.get(address).status_code == 200
    assert client.post(address, {"act": str(Act.new().id)}).status_code == 422
    sent = client.post(address, {"act": str(Act.new().id), "shown_by": "card"})
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    for said in ("周一山", PHONE, "尿毒症", "渠堵了，请来看看", "1980"):
        assert said in page, said
    assert data["registry_person"][0]["phone"] == PHONE
    assert data["registry_hardship_flag"][0]["basis"] == "尿毒症"
    assert data["matters_matter"][0]["text"] == "渠堵了，请来看看"
    with acting(OFFICE):
        assert SubjectFile.objects.get(person_id=who).shown_by == "card"
    looks = desk.sign_in(Client(), "clerk", "zh-hans").get(reverse("person_looks", args=[who]))
    assert "本人的全部信息" in looks.content.decode()


def test_the_file_has_the_present_home_and_who_is_tied_to_it(desk: Desk, village: Hamlet, database: Database) -> None:
    home, (who, *_) = village.family()
    new = roster.Appointment(role="linked_member", place=VILLAGE, from_on=localdate(), name="覃联户")
    post = UUID(roster.appoint(scope_as(desk, "secretary", on=localdate()), Act.new(), to=new)["post"])
    tie(post, "linked_household", household=home)
    tie(fill("helper", VILLAGE), "named_helper", household=home)
    client = desk.sign_in(Client(), "township_principal")
    sent = client.post(reverse("person_file", args=[who]), {"act": str(Act.new().id), "shown_by": "card"})
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    assert [one["id"] for one in data["registry_household"]] == [str(home)]
    assert {one["kind"] for one in data["roster_assignment"]} == {"linked_household", "named_helper"}
    assert "Contact of the household" in page
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM roster_assignment").fetchone() == (2,)


def test_what_was_changed_is_told_in_words(desk: Desk, village: Hamlet) -> None:
    """Somebody moved out: the state in words, before and after; no id of the household left, no key."""
    who = somebody(village)
    client = desk.sign_in(Client(), "township_principal")
    sent = client.post(reverse("person_file", args=[who]), {"act": str(Act.new().id), "shown_by": "card"})
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    left = [one["before"] for one in data["registry_correction"] if one["field"] == "household_id"]
    assert left
    assert "Is at home" in page
    assert not [text for text in (*left, "sort_key", "household_id") if text in page]


def test_what_a_household_said_of_somebody_is_not_told_them(village: Hamlet, database: Database) -> None:
    """Who would rather not have whom as their contact stays with the village; it goes with an erasure all the same."""
    who = somebody(village)
    plan = {"place": VILLAGE, "household": village.home("2"), "member": who}
    with database.as_role("owner") as owner:
        insert(owner, "Choice", id=uuid4(), sort="not", from_on=DAY, **plan)
    told = {one.table for one in queries.everything(OFFICE, actions.reader(COUNTY), who)}
    assert "outreach_choice" not in told
    assert "registry_person" in told
    actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM outreach_choice").fetchone() == (0,)


def test_the_file_is_whole(desk: Desk, village: Hamlet, database: Database) -> None:
    """However many lines there are: an official may have thousands, and each look is told."""
    who = somebody(village)
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO accounts_access_line (id, at, event, about, reason, subject_kind, subject, place)"
            " SELECT gen_random_uuid(), now() - n * interval '1 minute', 'revealed', 'phone', 'call ' || n, 'person',"
            " %s, %s FROM generate_series(1, 2100) n",
            [who, VILLAGE],
        )
    client = desk.sign_in(Client(), "township_principal", "zh-hans")
    sent = client.post(reverse("person_file", args=[who]), {"act": str(Act.new().id), "shown_by": "card"})
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    assert len(data["accounts_access_line"]) >= 2100
    assert page.count("call 2100") == 2, "in the log and among the looks"
    looks = client.get(reverse("person_looks", args=[who])).content.decode()
    assert ("call 199<" in looks, "call 200<" in looks, "最近200条" in looks) == (True, False, True)


def test_the_file_gives_no_confidence_away(desk: Desk, village: Hamlet, database: Database) -> None:
    """Whoever told something in confidence is known to the centre alone: not to a clerk who hands out a file."""
    who = somebody(village)
    scene = Scene(desk)
    told = scene.report("村干部吃拿卡要", contact=Contact(name="周一山", phone=PHONE), confidential=True)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE matters_matter SET title = '转述', text = '转述' WHERE id = %s", [told])
    principal = desk.sign_in(Client(), "township_principal", "zh-hans")
    assert principal.get(reverse("matter", args=[told])).status_code == 200, "the matter is seen, its reporter is not"
    sent = principal.post(reverse("person_file", args=[who]), {"act": str(Act.new().id), "shown_by": "card"})
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    assert not {"matters_matter", "matters_party", "matters_original"} & set(data)
    assert "转述" not in page
