"""How long records are kept, who is erased and what waits, and the file for a person's own eyes."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from commongrid.accounts import sealed
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.keeping import GONE, last_day_kept
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.matters.actions import Contact
from commongrid.registry import actions as registry
from commongrid.registry.keeping import actions, jobs, listing, queries, rules
from commongrid.registry.keeping.models import Erasure, RetentionRule, SubjectFile
from commongrid.registry.models import Person
from commongrid.registry.rules.facts import Told
from tests.factories import desk as factory
from tests.factories.desk import COUNTY, TOWNSHIP, VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import CLERK, DAY, Hamlet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

ADMIN = scope_at(COUNTY, "people.erase", "people.read")
OFFICE = scope_at(TOWNSHIP, "people.file", "people.read", "people.hardship", "people.looks")
WHY = actions.Why(basis="purpose", reason="查无此人")
TOLD = Told(on=date(2026, 6, 1))
PHONE = "13900001234"


@pytest.fixture(autouse=True)
def _own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a list of erasures of its own beside its database."""
    monkeypatch.setattr(listing, "where", lambda: tmp_path / "erasures.jsonl")


@pytest.fixture
def desk(database: Database) -> Desk:
    """The county."""
    return factory.lay(database)


@pytest.fixture
def village(desk: Desk) -> Hamlet:
    """Its hamlet's clerk."""
    return Hamlet()


@pytest.mark.parametrize(
    ("today", "length", "unit", "before"),
    [
        (date(2026, 11, 26), 90, "days", date(2026, 8, 28)),
        (date(2026, 3, 31), 1, "months", date(2026, 2, 28)),
        (date(2024, 2, 29), 1, "years", date(2023, 2, 28)),
        (date(2026, 1, 15), 2, "months", date(2025, 11, 15)),
        (date(2026, 1, 1), 3000, "years", date.min),
    ],
)
def test_a_period_is_counted_back_from_today(today: date, length: int, unit: str, before: date) -> None:
    assert last_day_kept(today, length, unit) == before


def test_signs_are_looked_for_as_people_write_them() -> None:
    assert rules.ways_to_write(PHONE) == (PHONE, "139-0000-1234", "139 0000 1234")
    assert rules.ways_to_write("99010119800101004x") == ("99010119800101004x", "99010119800101004X")
    assert rules.sought_names({"周", "周一山", "", GONE}) == ("周一山",), "one sign would be found everywhere"
    assert rules.sought_numbers({"110", ""}) == ()
    assert rules.covered("周一山和周一山", ("周一山",)) == "***和***"
    assert rules.any_of(("a.b", "c")) == r"a\.b|c"


def test_every_table_with_personal_data_says_how_it_is_kept() -> None:
    """Of a table that names people but declares nothing, neither clock nor erasure would know."""
    from django.apps import apps

    silent = {
        model.__name__
        for model in apps.get_app_config("commongrid").get_models()
        if "Personal data: none" not in " ".join((model.__doc__ or "").split()) and not hasattr(model, "keeps")
    }
    assert silent <= {
        "Line",  # who acted in office, for good
        "Origin",  # a code of the person's answer
        "Unit", "Assignment",  # offices
        "ImportBatch",
    }  # fmt: skip


def test_every_declaration_holds_in_the_database(database: Database) -> None:
    """Each condition runs, each kind has its rule and each rule its table."""
    factory.lay(database)
    of = queries.Traces(people=[uuid4()])
    kinds = set()
    with acting(actions.eraser(COUNTY)):
        for model, keeps in queries.kept_tables():
            kinds.add(keeps.kind)
            table = model._meta.db_table
            conditions = [keeps.whose, keeps.waits, keeps.part_of, keeps.bars, keeps.about if keeps.words else ""]
            if keeps.ended:
                conditions.append(f"({keeps.ended})::date < CURRENT_DATE")
            for condition in filter(None, conditions):
                queries.counted(table, condition, queries.values_of(of))
            for column, value in {**keeps.leaves, **keeps.erased}.items():
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT {column} IS NOT DISTINCT FROM {value} FROM {table} LIMIT 1")
    seeded = set(queries.rules(ADMIN, date(2026, 1, 1)))
    assert kinds - {""} == seeded


def somebody(village: Hamlet, name: str = "周一山", **said: Any) -> UUID:
    """A couple, of whom one has moved out of the county."""
    home = village.home("1")
    who = village.person(home, name, phone=PHONE, **said)
    village.person(home, "吴二花", "10")
    registry.moved_out(CLERK, Act.new(), person_id=who, to="", told=TOLD)
    return who


def test_only_a_record_that_ended_and_nobody_in_office_is_erased(village: Hamlet) -> None:
    home = village.home("1")
    living = village.person(home, "周一山")
    for scope, person_id, why, refusal in (
        (ADMIN, living, WHY, WrongState),
        (ADMIN, uuid4(), WHY, NotYours),
        (scope_at(TOWNSHIP, "people.erase"), living, WHY, NotAllowed),
        (scope_at(COUNTY, "people.edit"), living, WHY, NotAllowed),
        (ADMIN, living, actions.Why(basis="", reason="x"), BadInput),
        (ADMIN, living, actions.Why(basis="law", reason=" "), BadInput),
        (ADMIN, id_of("clerk_person"), WHY, WrongState),
    ):
        with pytest.raises(refusal):
            actions.erase_person(scope, Act.new(), person_id=person_id, why=why)


def test_somebody_in_office_again_stays(village: Hamlet, database: Database) -> None:
    who = somebody(village)
    with database.as_role("owner") as owner:
        insert(
            owner, "Post", id=uuid4(), person=who, role="village_clerk", place=VILLAGE, display_name="周一山",
            title_zh="文书", title_en="Clerk", from_on=DAY,
        )  # fmt: skip
    with pytest.raises(WrongState, match="holds a post"):
        actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)


def test_an_erasure_is_once_recorded_and_listed(village: Hamlet) -> None:
    who = somebody(village)
    done = actions.erase_person(ADMIN, Act.new(), person_id=who, why=actions.Why(basis="law", reason="周一山已注销"))
    assert done["waits"] == 0
    with acting(ADMIN):
        row = Erasure.objects.get()
        left = Person.objects.get(id=who)
    assert (left.display_name, left.phone_sealed, left.erased_at is not None) == (GONE, None, True)
    assert (row.reason, row.basis, row.sought_sealed, row.people) == ("***已注销", "law", None, [who])
    assert [one.people for one in listing.read()] == [(who,)]
    with pytest.raises(WrongState, match="already"):
        actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    assert jobs.look_after_erasures() == 0


def test_the_name_of_a_namesake_stays(village: Hamlet, database: Database) -> None:
    """In a village where somebody else bears the name, words that only say the name may mean them."""
    who = somebody(village)
    village.person(village.home("2"), "周一山")
    with database.as_role("owner") as owner:
        insert(owner, "Site", id=id_of("a site"), place=VILLAGE, kind="11", name=f"周一山宅 {PHONE}")
    actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT name FROM registry_site").fetchall() == [("周一山宅 ***",)]


def test_what_is_worked_on_waits_and_goes_when_it_is_over(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village)
    scene = Scene(desk)
    matter = scene.report("周一山说桥坏了", contact=Contact(name="周一山", phone=PHONE))
    done = actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    assert done["waits"] > 0
    with acting(ADMIN):
        assert Erasure.objects.get().sought_sealed is not None
    assert _words(database, matter) == "周一山说桥坏了", "who works on it still knows what it is about"
    assert jobs.look_after_erasures() == 0
    with database.as_admin() as admin:
        admin.execute(
            "UPDATE matters_matter SET state = 'closed', closed_at = now() - interval '1 hour', outcome = 'done',"
            " step = '', owner_level = '', clock = '', due_at = NULL, alarm_at = NULL"
        )
    assert jobs.look_after_erasures() == 1
    with acting(ADMIN):
        assert Erasure.objects.get().sought_sealed is None
    assert _words(database, matter) == ""
    with database.as_role("owner") as owner:
        sealed_left = owner.execute("SELECT count(*) FROM matters_party WHERE phone_sealed IS NOT NULL").fetchone()
    assert sealed_left == (0,)


def _words(database: Database, matter: UUID) -> str:
    with database.as_role("owner") as owner:
        row = owner.execute("SELECT text FROM matters_matter WHERE id = %s", [matter]).fetchone()
    assert row
    return str(row[0])


def test_the_app_can_cover_words_of_a_note_and_nothing_else(desk: Desk, village: Hamlet, database: Database) -> None:
    """The wall behind the erasure: the clock empties, or covers the one word it is after; it never rewrites."""
    matter = Scene(desk).report("桥坏了")
    with database.as_role("owner") as owner:
        insert(owner, "Note", id=id_of("n"), matter=matter, act=uuid4(), sort="word", text="周一山说", at=_now())
    with database.as_role("app") as app:
        app.execute(f"SET cg.kind = 'clock'; SET cg.lo = '{COUNTY}'; SET cg.hi = '{COUNTY + 10**9 - 1}'".encode())
        app.execute("SET cg.seek = '周一山'")
        for text in ("别的话", "*** 说", "周一山说。"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                app.execute("UPDATE matters_note SET text = %s", [text])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE matters_note SET at = now()")
        assert app.execute("UPDATE matters_note SET text = '***说'").rowcount == 1
        app.execute("SET cg.kind = 'post'")
        assert app.execute("UPDATE matters_note SET text = '***'").rowcount == 0, "no post does it at all"


def _now() -> datetime:
    return datetime.now(UTC)


def _age(database: Database) -> None:
    """Records of every sort, long ended, and one that has just ended."""
    old, new = datetime(2010, 1, 1, tzinfo=UTC), _now() - timedelta(days=30)
    with database.as_role("owner") as owner:
        for name, at in (("old", old), ("new", new)):
            someone = id_of(f"{name} someone")
            insert(owner, "Person", id=someone, display_name=name, place=VILLAGE, state="dead", ended_on=at.date())
            insert(
                owner, "HardshipFlag", id=id_of(f"{name} flag"), type_code="disabled", place=VILLAGE, person=someone,
                from_on=date(2009, 1, 1), to_on=at.date(),
            )  # fmt: skip
            insert(
                owner, "Handover", id=id_of(f"{name} offer"), person=someone, name=name, place=VILLAGE,
                to_place=VILLAGE, on=at.date(), offered_at=at, due_at=at, state="lapsed", answered_at=at,
            )  # fmt: skip


def test_the_clock_removes_what_is_due_and_says_what_is_held(desk: Desk, village: Hamlet, database: Database) -> None:
    _age(database)
    scene = Scene(desk)
    free, disputed = scene.report("路灯坏了"), scene.report("地界纠纷")
    with database.as_role("owner") as owner:
        insert(
            owner, "Mediation", id=uuid4(), matter=disputed, place=VILLAGE, number="M", post=id_of("mediator"),
            mediator="覃调解", committee="白沙村", method="oral", opened_at=_now(), ended_at=_now(),
            outcome="not_agreed", ways_on="法院",
        )  # fmt: skip
    with database.as_admin() as admin:
        admin.execute(
            "UPDATE matters_matter SET state = 'closed', closed_at = '2012-01-01', outcome = 'done', step = '',"
            " owner_level = '', clock = '', due_at = NULL, alarm_at = NULL"
        )
    now = _now()
    assert jobs.apply_periods(now) > 0
    told = {row["kind"]: row for row in queries.reports(ADMIN)[0].rows}
    assert (told["hardship"]["removed"], told["handover"]["removed"], told["person"]["removed"]) == (1, 1, 1)
    assert (told["matter"]["held"] > 0, told["matter"]["archive"]) == (True, "mediation")
    assert (_words(database, free), _words(database, disputed)) == ("", "地界纠纷")
    with database.as_role("owner") as owner:
        people = owner.execute("SELECT display_name FROM registry_person WHERE state = 'dead' ORDER BY 1").fetchall()
        flags = owner.execute("SELECT count(*) FROM registry_hardship_flag").fetchone()
    assert (people, flags) == ([(GONE,), ("new",)], (1,))
    assert jobs.apply_periods(now) == 0, "once a day"
    assert jobs.apply_periods(now + timedelta(days=1)) == 0


def test_a_period_that_officials_change_holds_from_its_day(village: Hamlet, database: Database) -> None:
    _age(database)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_retention_rule SET length = 30 WHERE code IN ('hardship', 'person')")
    jobs.apply_periods(_now())
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM registry_hardship_flag").fetchone() == (2,)
    with acting(ADMIN):
        assert RetentionRule.objects.get(code="hardship").basis


def test_a_person_gets_everything_in_one_file_and_that_is_told(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village, sex="1", born_on=date(1980, 1, 1))
    civil = scope_at(VILLAGE, "people.edit", "people.hardship")
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
    assert civil.may("people.hardship")
    client = desk.sign_in(Client(), "township_principal", "zh-hans")
    address = reverse("person_file", args=[who])
    assert client.get(address).status_code == 200
    assert client.post(address, {"act": str(Act.new().id)}).status_code == 422
    sent = client.post(address, {"act": str(Act.new().id), "shown_by": "card"})
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(sent.content)) as packed:
        page, data = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    for said in ("周一山", PHONE, "尿毒症", "渠堵了，请来看看", "提供", "1980"):
        assert said in page or said == "提供", said
    assert data["registry_person"][0]["phone"] == PHONE
    assert data["registry_hardship_flag"][0]["basis"] == "尿毒症"
    assert data["matters_matter"][0]["text"] == "渠堵了，请来看看"
    with acting(OFFICE):
        assert SubjectFile.objects.get(person_id=who).shown_by == "card"
    looks = desk.sign_in(Client(), "clerk", "zh-hans").get(reverse("person_looks", args=[who]))
    assert "本人的全部信息" in looks.content.decode()


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


def test_pages_show_what_goes_what_is_held_and_what_was_done(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village)
    with database.as_role("owner") as owner:
        insert(
            owner, "Post", id=uuid4(), person=who, role="village_clerk", place=VILLAGE, display_name="周一山",
            title_zh="文书", title_en="Clerk", from_on=DAY, to_on=DAY,
        )  # fmt: skip
    client = desk.sign_in(Client(), "county_admin", "zh-hans")
    address = reverse("person_erase", args=[who])
    shown = client.get(address).content.decode()
    assert "任职记录" in shown
    assert "档案法" in shown
    given = {"basis": "purpose", "reason": "查无此人", "sure": "on"}
    assert client.post(address, {**given, "sure": "", "act": str(Act.new().id)}).status_code == 422
    assert client.post(address, {**given, "act": str(Act.new().id)}).status_code == 302
    jobs.apply_periods(_now())
    page = client.get(reverse("retention")).content.decode()
    assert "查无此人" in page
    assert "任职记录" in page
    left = client.get(reverse("person", args=[who])).content.decode()
    assert "周一山" not in left
    assert PHONE not in left
