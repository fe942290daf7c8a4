"""How long records are kept, who is erased and what waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.keeping import GONE, last_day_kept
from commongrid.kernel.refusals import BadInput, NotAllowed, NotYours, WrongState
from commongrid.matters.actions import Contact
from commongrid.registry.keeping import actions, jobs, listing, queries, tracing
from commongrid.registry.keeping.models import Erasure, RetentionRule
from commongrid.registry.keeping.rules import LAW_SAYS, SAYS, law_says
from commongrid.registry.models import Person
from commongrid.registry.rules.vocabularies import EXPORTED, FIXED_PERIODS, RETENTION
from tests.factories import desk as factory
from tests.factories.desk import COUNTY, TOWNSHIP, VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import DAY, Hamlet
from tests.registry.keeping.leaving import ADMIN, END_MATTERS, PHONE, WHY, now, somebody, words

if TYPE_CHECKING:
    from tests.bed import Database


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
    of = tracing.Traces(people=[uuid4()])
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
    seeded = queries.rules(ADMIN, date(2026, 1, 1))
    assert kinds - {""} == set(seeded)
    ends = {keeps.kind for _model, keeps in queries.kept_tables() if keeps.ended}
    assert {code for code in seeded if code not in ends} <= set(FIXED_PERIODS), "a rule whose period never begins"
    for code, (length, unit) in FIXED_PERIODS.items():
        said: dict[str, object] = {"code": code, "length": length, "unit": unit or "years"}
        assert not RETENTION.check(said)
        assert RETENTION.check(said | {"length": 30}), "its period is no rule's"
    for length, unit, sound in ((7, "days", True), (None, "days", False), (400, "days", False), (1, "years", False)):
        assert bool(RETENTION.check({"code": EXPORTED, "length": length, "unit": unit})) != sound


def test_each_kind_has_one_rule() -> None:
    rows = resources.files("commongrid.registry").joinpath("seeds", "retention.csv").read_text(encoding="utf-8")
    codes = [line.partition(",")[0] for line in rows.splitlines()]
    assert len(codes) == len(set(codes))


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
    assert (jobs.do_again(), jobs.go_on()) == (0, 0)


def test_what_is_worked_on_waits_and_goes_when_it_is_over(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village)
    scene = Scene(desk)
    matter = scene.report("周一山说桥坏了", contact=Contact(name="周一山", phone=PHONE))
    done = actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    assert done["waits"] > 0
    with acting(ADMIN):
        assert Erasure.objects.get().sought_sealed is not None
    assert words(database, matter) == "周一山说桥坏了", "who works on it still knows what it is about"
    lines = _lines(database)
    assert jobs.go_on() == 0
    assert _lines(database) == lines, "nothing was done, and the journal says nothing"
    with database.as_admin() as admin:
        admin.execute(END_MATTERS)
    assert jobs.go_on() == 1
    with acting(ADMIN):
        assert Erasure.objects.get().sought_sealed is None
    assert words(database, matter) == ""
    with database.as_role("owner") as owner:
        sealed_left = owner.execute("SELECT count(*) FROM matters_party WHERE phone_sealed IS NOT NULL").fetchone()
    assert sealed_left == (0,)


def _lines(database: Database) -> int:
    with database.as_role("owner") as owner:
        row = owner.execute("SELECT count(*) FROM journal_line").fetchone()
    assert row
    return int(row[0])


def _age(database: Database) -> None:
    """Records of every sort, long ended, and one that has just ended."""
    old, new = datetime(2010, 1, 1, tzinfo=UTC), now() - timedelta(days=30)
    someone = id_of("clerk_person")
    with database.as_role("owner") as owner:
        for name, at in (("old", old), ("new", new)):
            insert(
                owner, "Person", id=id_of(f"{name} someone"), display_name=name, place=VILLAGE, state="dead",
                ended_on=at.date(),
            )  # fmt: skip
            insert(
                owner, "HardshipFlag", id=id_of(f"{name} flag"), type_code="disabled", place=VILLAGE, person=someone,
                from_on=at.date() - timedelta(days=300), to_on=at.date(),
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
            mediator="覃调解", committee="白沙村", method="oral", opened_at=now(), ended_at=now(),
            outcome="not_agreed", ways_on="法院",
        )  # fmt: skip
    with database.as_admin() as admin:
        admin.execute(
            "UPDATE matters_matter SET state = 'closed', closed_at = '2012-01-01', outcome = 'done', step = '',"
            " owner_level = '', clock = '', due_at = NULL, alarm_at = NULL"
        )
    today = now()
    assert jobs.apply_periods(today) > 0
    told = {row["kind"]: row for row in queries.reports(ADMIN)[0].rows}
    assert (told["hardship"]["removed"], told["handover"]["removed"], told["person"]["removed"]) == (1, 1, 1)
    assert (told["matter"]["held"] > 0, told["matter"]["archive"]) == (True, "mediation")
    assert (words(database, free), words(database, disputed)) == ("", "地界纠纷")
    with database.as_role("owner") as owner:
        people = owner.execute("SELECT display_name FROM registry_person WHERE state = 'dead' ORDER BY 1").fetchall()
        flags = owner.execute("SELECT count(*) FROM registry_hardship_flag").fetchone()
    assert (people, flags) == ([(GONE,), ("new",)], (1,))
    assert jobs.apply_periods(today) == 0, "once a day"
    assert jobs.apply_periods(today + timedelta(days=1)) == 0


def test_whom_the_clock_erases_is_noted_and_waited_for(desk: Desk, village: Hamlet, database: Database) -> None:
    """Each is an act of their own with a row, so that what is still worked on is come back for; one fails alone."""
    _age(database)
    office, other = id_of("office again"), id_of("other someone")
    with database.as_role("owner") as owner:
        for ident, name in ((office, "任职者"), (other, "周一山")):
            insert(owner, "Person", id=ident, display_name=name, place=VILLAGE, state="gone", ended_on=date(2009, 1, 1))
        insert(
            owner, "Post", id=uuid4(), person=office, role="village_clerk", place=VILLAGE, display_name="任职者",
            title_zh="文书", title_en="Clerk", from_on=DAY,
        )  # fmt: skip
    open_matter = Scene(desk).report("周一山说桥坏了", contact=Contact(name="周一山", phone=""))
    jobs.apply_periods(now())
    told = {row["kind"]: row for row in queries.reports(ADMIN)[0].rows}["person"]
    assert (told["removed"], told["held"], told["archive"]) == (2, 1, "post")
    with acting(ADMIN):
        rows = {one.people[0]: one for one in Erasure.objects.all()}
    assert set(rows) == {other, id_of("old someone")}
    assert (rows[other].basis, rows[other].post, rows[other].done_at) == ("period", None, None)
    assert {one.people[0] for one in listing.read()} == set(rows)
    with database.as_admin() as admin:
        admin.execute(END_MATTERS)
    assert jobs.go_on() == 1
    assert words(database, open_matter) == ""


def test_one_erasure_that_fails_holds_none_of_the_others_up(
    village: Hamlet, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _age(database)
    bad = id_of("bad")
    with database.as_role("owner") as owner:
        insert(owner, "Person", id=bad, display_name="x", place=VILLAGE, state="gone", ended_on=date(2009, 1, 1))
    whole = tracing.with_joined

    def failing(person_id: UUID) -> list[UUID]:
        if person_id == bad:
            message = "broken"
            raise RuntimeError(message)
        return whole(person_id)

    monkeypatch.setattr(tracing, "with_joined", failing)
    with pytest.raises(ExceptionGroup, match="erasures failed"):
        jobs.apply_periods(now())
    told = {row["kind"]: row for row in queries.reports(ADMIN)[0].rows}["person"]
    assert (told["removed"], told["left"]) == (1, 1)
    again = [listing.Listed(act=uuid4(), place=COUNTY, basis="law", people=(uuid4(),)) for _ in range(2)]
    listing.add(again)
    whole_again, first = actions.erase_again, again[0].act

    def failing_again(*args: Any, again: listing.Listed) -> Any:
        if again.act == first:
            return failing(bad)
        return whole_again(*args, again=again)

    monkeypatch.setattr(actions, "erase_again", failing_again)
    with pytest.raises(ExceptionGroup):
        jobs.do_again()
    assert jobs.missing() == 1


def test_a_period_that_officials_change_holds_from_its_day(village: Hamlet, database: Database) -> None:
    _age(database)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE registry_retention_rule SET length = 30 WHERE code IN ('hardship', 'person')")
    jobs.apply_periods(now())
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT count(*) FROM registry_hardship_flag").fetchone() == (2,)
    with acting(ADMIN):
        assert RetentionRule.objects.get(code="hardship").basis


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
    jobs.apply_periods(now())
    page = client.get(reverse("retention")).content.decode()
    assert "查无此人" in page
    assert "任职记录" in page
    left = client.get(reverse("person", args=[who])).content.decode()
    assert "周一山" not in left
    assert PHONE not in left


def test_every_kind_names_its_law_and_what_that_leaves_to_the_county(village: Hamlet) -> None:
    with acting(ADMIN):
        rules = {one.code: one.basis for one in RetentionRule.objects.all()}
    assert set(SAYS) <= set(rules)
    for code, basis in rules.items():
        assert "《" in basis, code
        left_open = law_says(code) not in (LAW_SAYS["length"], LAW_SAYS["system"])
        assert not left_open or "由县" in basis, code
    assert set(SAYS.values()) | {"purpose"} == set(LAW_SAYS)
