"""A file taken in: new, changed, unchanged; never a second head; all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.errors import UniqueViolation

from commongrid.accounts import sealed
from commongrid.accounts.models import AccessLine
from commongrid.journal import queries as journal
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.datum import to_gcj02
from commongrid.kernel.refusals import BadInput, NotFound, WrongState
from commongrid.kernel.scope import clock, public
from commongrid.registry import actions as registry
from commongrid.registry.importing import actions, queries
from commongrid.registry.importing.rules.layout import HOMES
from commongrid.registry.models import Household, Person
from commongrid.registry.queries import changes_of
from commongrid.registry.queries.alike import taken_elsewhere
from commongrid.registry.rules.facts import Told
from tests.factories.desk import FAR_VILLAGE, GRID, HAMLET, OTHER_GRID, VILLAGE, id_of
from tests.factories.scopes import scope_at
from tests.proof.world import insert
from tests.registry.conftest import CLERK, Hamlet, broken_laws
from tests.registry.importing.making import HOMES_HEAD, family, number, person, workbook

if TYPE_CHECKING:
    from tests.bed import Database


def send(*rows: dict[str, object], scope: Any = CLERK, sort: str = "people", data: bytes = b"", **more: Any) -> UUID:
    """A file sent and looked through; answers its upload."""
    answer = actions.send_file(scope, Act.new(), sort=sort, name="a.xlsx", data=data or workbook(*rows, **more))
    upload = UUID(answer["upload"])
    actions.look_through(scope, Act.new(), upload_id=upload)
    return upload


def take(
    upload: UUID, scope: Any = CLERK, answers: dict[int, str] | None = None, *, good_only: bool = False
) -> dict[str, Any]:
    """Take a file in as it was looked at."""
    row = queries.upload(CLERK, upload)
    decision = actions.Decision(digest=row.digest, answers=tuple((answers or {}).items()), good_only=good_only)
    return actions.take_in(CLERK, Act.new(), upload_id=upload, decision=decision)


def counts(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("fresh", "changed", "same", "left_out", "homes"))


def people() -> dict[str, Person]:
    with acting(CLERK):
        return {one.display_name: one for one in Person.objects.exclude(source="post").exclude(household=None)}


def test_a_list_comes_in_with_households_heads_stays_and_history(village: Hamlet) -> None:
    rows = [*family(1, 1), *family(2, 2)]
    rows[1] |= {"phone": "138 1234 5678", "state": "外出", "works_at": "浙江义乌"}
    answer = take(send(*rows))
    assert counts(answer) == (6, 0, 0, 0, 2)
    found = people()
    wife = next(one for one in found.values() if one.display_name.startswith("吴") and one.state == "away")
    assert set(wife.confirmed) >= {"display_name", "id_number", "phone", "as_in_home"}
    assert (wife.sex, wife.born_on, wife.as_in_home, wife.state) == ("2", date(1982, 5, 6), "10", "away")
    assert broken_laws() == []
    with acting(CLERK):
        home = Household.objects.get(number="1")
        assert (home.natural_village, home.state) == (HAMLET, "lived")
        assert [one.field for one in changes_of(CLERK, home.id)] == ["*"]
        assert {str(one.act) for one in changes_of(CLERK, home.id, wife.id)} == {answer["batch"]}
        line = journal.history(CLERK, UUID(answer["batch"]))[-1]
    assert (line.name, line.facts["fresh"]) == ("registry.imported", 6)


def test_the_same_file_again_changes_nothing(village: Hamlet) -> None:
    rows = [*family(1, 1), person(number="3", name="无号", born_on="1950-02-03"), person(number="4", name="更无")]
    take(send(*rows))
    before = {name: one.version for name, one in people().items()}
    upload = send(*rows)
    with pytest.raises(BadInput, match="nothing new"):
        take(upload)
    assert {name: one.version for name, one in people().items()} == before


def test_what_is_said_otherwise_changes_and_what_is_not_said_stays(village: Hamlet) -> None:
    rows = family(1, 1)
    rows[0] |= {"phone": "13812345678", "education": "初中"}
    take(send(*rows))
    rows[0] |= {"phone": "13987654321", "education": "", "marital": "已婚"}
    rows[2] |= {"relation": "次子", "state": "外出"}
    answer = take(send(*rows))
    assert counts(answer) == (0, 2, 1, 0, 0)
    head = next(one for one in people().values() if one.as_in_home == "02")
    assert (head.education, head.marital, head.version) == ("70", "20", 2)
    with acting(CLERK):
        kept = {(one.field, one.before, one.after) for one in changes_of(CLERK, head.id) if one.field != "*"}
    assert kept == {("phone_sealed", "", ""), ("marital", "", "20")}
    assert broken_laws() == []


def test_a_household_never_gets_a_second_head(village: Hamlet) -> None:
    take(send(*family(1, 1)))
    upload = send(
        person(number="1", name="另一人", id_number=number(9)), *family(2, 2), person(number="2", name="第二")
    )
    look = queries.upload(CLERK, upload)
    assert look.state == "looked"
    with pytest.raises(BadInput, match="good rows"):
        take(upload)
    assert counts(take(upload, good_only=True)) == (3, 0, 0, 2, 1)
    assert broken_laws() == []


def test_all_or_nothing_unless_good_rows_alone_are_wished(village: Hamlet) -> None:
    rows = [*family(1, 1), person(number="2", name="王五", id_number="123")]
    upload = send(*rows)
    with pytest.raises(BadInput):
        take(upload)
    assert people() == {}
    assert counts(take(upload, good_only=True)) == (3, 0, 0, 1, 1)
    with pytest.raises(NotFound):
        queries.upload(CLERK, upload)


def far_hamlet(database: Database) -> Any:
    """A natural village far away, and its clerk."""
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO territory_place (code, level, kind, name, name_en, initials, sort_key, parent, valid_from)"
            " VALUES (%s, 'natural_village', '', '远寨', '', '', '', %s, '2020-01-01')",
            [FAR_VILLAGE + 1, FAR_VILLAGE],
        )
    return scope_at(FAR_VILLAGE, "people.edit", "people.read")


def test_a_number_known_elsewhere_says_so_and_shows_nothing(village: Hamlet, database: Database) -> None:
    take(send(*family(1, 1)))
    far = far_hamlet(database)
    upload = send(person(natural_village="远寨", name="另写的名", id_number=number(1)), scope=far)
    told = queries.found(far, upload)
    assert [fault[1] for fault in told["faults"]] == ["elsewhere"]
    assert not told["doubts"]
    assert "周" not in str(told)
    with acting(clock("test.log", "accounts.log")):
        line = AccessLine.objects.get(event="revealed")
    assert (line.about, line.place, line.post, line.subject) == ("elsewhere.1", FAR_VILLAGE, far.post, upload)
    with acting(public()), connection.cursor() as cursor:
        cursor.execute("SELECT numbers_taken(%s)", [[sealed.index(number(1))]])
        assert cursor.fetchall() == []


def test_another_county_in_the_database_neither_tells_nor_takes_a_number(village: Hamlet, database: Database) -> None:
    taken = sealed.index(number(1))
    assert taken is not None
    take(send(*family(1, 1)))
    beside = replace(CLERK, lo=CLERK.lo + 10**9, hi=CLERK.hi + 10**9)
    numbered = "UPDATE registry_person SET id_sealed = 'x', id_index = %s WHERE id = %s"
    with acting(CLERK):
        assert taken_elsewhere([taken]) == {taken}
    with acting(beside):
        assert taken_elsewhere([taken]) == frozenset()
    there, here = (registry.add_person(of, Act.new(), display_name="同号", place=of.lo) for of in (beside, CLERK))
    with database.as_role("owner") as owner:
        owner.execute(numbered, [taken, UUID(there["person"])])
        with pytest.raises(UniqueViolation):
            owner.execute(numbered, [taken, UUID(here["person"])])


def test_doubts_wait_for_an_answer(village: Hamlet) -> None:
    rows = [*family(1, 1), person(number="2", name="李小芳", born_on="1990-01-01")]
    take(send(*rows))
    doubtful = [
        {**rows[0], "name": "周改名"},
        person(number="2", name="李晓芳", born_on="1990-01-01"),
        person(number="3", name="李小芳", born_on="1990-01-01"),
    ]
    upload = send(*doubtful)
    told = queries.found(CLERK, upload)
    assert [(one["row"], one["why"]) for one in told["doubts"]] == [
        (2, "other_name"),
        (3, "like_name"),
        (4, "other_home"),
    ]
    with pytest.raises(BadInput):
        take(upload)
    answer = take(upload, answers={2: "same", 3: "same", 4: "new"})
    assert counts(answer) == (1, 2, 0, 0, 1)
    assert {"周改名", "李晓芳", "李小芳"} <= set(people())
    assert broken_laws() == []


def test_a_post_holder_gets_a_household_instead_of_a_twin(village: Hamlet) -> None:
    upload = send(person(name="朱文书", id_number=number(7)))
    told = queries.found(CLERK, upload)
    assert [one["why"] for one in told["doubts"]] == ["post_holder"]
    assert counts(take(upload, answers={2: "same"})) == (0, 1, 0, 0, 1)
    clerk = people()["朱文书"]
    assert (clerk.id, clerk.as_in_home, clerk.account_id is not None) == (id_of("clerk_person"), "02", True)
    assert broken_laws() == []


def test_who_left_the_county_is_told_and_comes_back_by_file(village: Hamlet) -> None:
    rows = [*family(1, 1), person(number="1", name="吴归", relation="其他亲属", born_on="1990-01-01")]
    take(send(*rows))
    numbered, named = people()[str(rows[1]["name"])], people()["吴归"]
    left = Told(on=date(2026, 5, 1))
    for one in (numbered, named):
        registry.moved_out(CLERK, Act.new(), person_id=one.id, to="贵阳", told=left)
    again = [{**rows[1], "number": "2", "relation": "户主"}, {**rows[-1], "number": "2"}]
    with pytest.raises(BadInput):
        take(send({**again[0], "since": "2026-04-01"}), answers={2: "same"})
    upload = send(*again)
    told = queries.found(CLERK, upload)
    assert [one["why"] for one in told["doubts"]] == ["came_back", "left_before"]
    answer = take(upload, answers={2: "same", 3: "same"})
    assert counts(answer)[:2] == (0, 2)
    found = people()[numbered.display_name]
    assert (found.id, found.state, found.ended_on, found.works_at) == (numbered.id, "here", None, "")
    assert people()["吴归"].id == named.id, "nobody is entered twice"
    assert broken_laws() == []
    actions.undo_import(CLERK, Act.new(), batch_id=UUID(str(answer["batch"])), reason="弄错了")
    with acting(CLERK):
        back = Person.objects.get(id=named.id)
    assert (back.state, back.household_id, back.works_at) == ("gone", None, "贵阳")


def test_what_changed_since_the_look_is_told(village: Hamlet) -> None:
    first, second = send(*family(1, 1)), send(*family(1, 1))
    take(first)
    with pytest.raises(WrongState, match="changed since"):
        take(second)


def test_a_field_corrected_since_the_look_is_not_overwritten(village: Hamlet) -> None:
    rows = family(1, 1)
    rows[0] |= {"education": "初中"}
    take(send(*rows))
    head = next(one for one in people().values() if one.as_in_home == "02")
    rows[0] |= {"education": "小学"}
    upload = send(*rows)
    corrected = registry.Fields(of="person", subject=head.id, written={"education": "60"})
    told = Told(on=queries.today_of(CLERK, Act.new().at))
    registry.correct(CLERK, Act.new(), fields=corrected, told=told)
    with pytest.raises(WrongState, match="changed since"):
        take(upload)
    assert village.read(head.id).education == "60"


def test_while_places_change_or_another_import_runs_nothing_comes_in(village: Hamlet, database: Database) -> None:
    upload = send(*family(1, 1))
    with database.as_role("owner") as owner, owner.transaction():
        owner.execute("LOCK TABLE territory_place IN SHARE ROW EXCLUSIVE MODE")
        with pytest.raises(WrongState, match="merged or re-coded"):
            take(upload)
    with database.as_role("app") as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(7301003, hashtext(current_schema()))")
        with pytest.raises(WrongState, match="Somebody else"):
            take(upload)
    with database.as_role("owner") as owner:
        owner.execute("UPDATE territory_place SET valid_to = '2026-11-01' WHERE code = %s", [HAMLET])
    with pytest.raises(WrongState, match="changed since"):
        take(upload)
    assert people() == {}


def homes(*rows: dict[str, object]) -> UUID:
    return send(sort="homes", data=workbook(*rows, head=HOMES_HEAD, columns=HOMES))


def test_households_come_in_empty_and_change(village: Hamlet) -> None:
    one: dict[str, object] = {"natural_village": "上河", "number": "1", "door": "上河1号"}
    assert counts(take(homes(one, {**one, "number": "2", "lon": "108.2", "lat": "27.5"}))) == (2, 0, 0, 0, 2)
    batch = UUID(take(homes({**one, "door": "上河老屋1号"}))["batch"])
    with acting(CLERK):
        found = {home.number: home for home in Household.objects.all()}
    assert (found["1"].door, found["1"].state, found["2"].point) == ("上河老屋1号", "empty", "measured")
    actions.undo_import(CLERK, Act.new(), batch_id=batch, reason="错了")
    assert counts(take(send(person(number="1", name="甲", born_on="1980-01-01")))) == (1, 0, 0, 0, 0)
    with acting(CLERK):
        home = Household.objects.get(number="1")
    assert (home.door, home.state, home.head_id) == ("上河1号", "lived", people()["甲"].id)
    assert broken_laws() == []


def test_new_homes_of_a_village_with_several_grids_ask_the_map_once(village: Hamlet, database: Database) -> None:
    """Each goes to the grid that holds it, however many there are; outside of all they stay with the village."""
    other = OTHER_GRID
    with database.as_role("owner") as owner:
        insert(owner, "GridCover", id=id_of("a second cover"), grid=other, covered=HAMLET, valid_from=date(2020, 1, 1))
        for grid, west in ((GRID, 108.0), (other, 108.2)):
            east, ring = west + 0.1, [[west, 27.0], [west + 0.1, 27.0], [west + 0.1, 27.1], [west, 27.1], [west, 27.0]]
            insert(
                owner, "Boundary", id=id_of(f"line {grid}"), place=grid, source="drawn", area_m2=1, west=west,
                shape={"type": "Polygon", "coordinates": [ring]}, east=east, south=27.0, north=27.1,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
    rows: list[dict[str, object]] = [
        {"natural_village": "上河", "number": str(n), "lon": str(108.05 + 0.2 * (n % 2)), "lat": "27.05"}
        for n in range(1, 7)
    ]
    upload = homes(*rows, {"natural_village": "上河", "number": "9", "lon": "108.15", "lat": "27.05"})
    with CaptureQueriesContext(connection) as asked:
        take(upload)
    assert sum(' FROM "territory_boundary"' in str(one["sql"]) for one in asked.captured_queries) == 1
    with acting(CLERK):
        places = dict(Household.objects.values_list("number", "place"))
    assert places == {**{str(n): other if n % 2 else GRID for n in range(1, 7)}, "9": HAMLET}


def boundary(database: Database, place: int, west: float, south: float, side: float = 0.02) -> None:
    """A square that somebody set as a place's boundary."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    with database.as_role("owner") as owner:
        insert(
            owner, "Boundary", id=id_of(f"line {place}"), place=place, source="drawn", area_m2=1, west=west, east=east,
            south=south, north=north, shape={"type": "Polygon", "coordinates": [ring]}, valid_from=date(2020, 1, 1),
        )  # fmt: skip


def points(*spots: tuple[float, float]) -> list[dict[str, object]]:
    return [
        {"natural_village": "上河", "number": str(n), "lon": str(lon), "lat": str(lat)}
        for n, (lon, lat) in enumerate(spots, 1)
    ]


def notes(upload: UUID) -> dict[str, list[int]]:
    found: dict[str, list[int]] = queries.found(CLERK, upload)["notes"]
    return found


def test_a_point_outside_its_village_is_told(village: Hamlet, database: Database) -> None:
    boundary(database, VILLAGE, 108.0, 27.0)
    upload = homes(*points((108.01, 27.01), (109.01, 27.01)))
    assert notes(upload) == {"astray": [3]}
    assert counts(take(upload)) == (2, 0, 0, 0, 2)


def test_points_of_a_web_map_are_recognised(village: Hamlet, database: Database) -> None:
    boundary(database, VILLAGE, 108.0, 27.0)
    rim = [(108.0195, 27.001 + n * 0.002) for n in range(6)]
    assert notes(homes(*points(*rim))) == {}
    assert notes(homes(*points(*(to_gcj02(*one) for one in rim))))["web_map"] == [2, 3, 4, 5, 6, 7]


def test_without_a_boundary_the_homes_speak(village: Hamlet) -> None:
    five = [(108.01 + n * 0.001, 27.01) for n in range(5)]
    take(homes(*points(*five)))
    assert notes(homes(*points(*five[:4], (108.2, 27.01)))) == {"astray": [6]}
