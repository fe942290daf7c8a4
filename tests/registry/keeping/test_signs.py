"""By which signs an erasure finds a person, and what of others it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.keeping import GONE
from commongrid.matters.actions import Contact
from commongrid.matters.models import SignedSheet
from commongrid.registry.keeping import actions, rules, tracing
from tests.factories.desk import COUNTY, VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.proof.world import insert
from tests.registry.conftest import DAY, Hamlet
from tests.registry.keeping.leaving import ADMIN, END_MATTERS, PHONE, WHY, now, somebody, words

if TYPE_CHECKING:
    from tests.bed import Database


def test_signs_are_looked_for_as_people_write_them() -> None:
    plain = (PHONE, "139-0000-1234", "139 0000 1234")
    assert rules.ways_to_write(PHONE) == (*plain, *(f"86{way}" for way in plain))
    assert rules.ways_to_write("99010119800101004x") == ("99010119800101004x", "99010119800101004X")
    assert rules.sought_names({"周", "周一山", "", GONE}) == ("周一山",), "one sign would be found everywhere"
    assert rules.sought_numbers({"110", ""}) == ()
    assert rules.rare(("周一山", "高山")) == ("周一山",), "a name of two signs is an ordinary word too"
    pattern = rules.any_of(("周一山", "Ann"), rules.sought_numbers({PHONE, "6601234"}))
    for text, left in (
        ("周一山和周一山", "***和***"), ("Ann, Anna", "***, Anna"),
        (f"打{PHONE}。", "打***。"), ("+8613900001234", "+***"),
        (f"订单2{PHONE}、{PHONE}5", f"订单2{PHONE}、{PHONE}5"), ("6601234，66012345", "***，66012345"),
    ):  # fmt: skip
        assert rules.covered(text, pattern) == left
    assert rules.covered({"q": ["周一山", 1]}, pattern) == {"q": [GONE, 1]}
    assert rules.covered("都在", rules.any_of(())) == "都在"


def test_the_name_of_a_namesake_stays(village: Hamlet, database: Database) -> None:
    """In a village where somebody else bears the name, words that only say the name may mean them."""
    who = somebody(village)
    village.person(village.home("2"), "周一山")
    with database.as_role("owner") as owner:
        insert(owner, "Site", id=id_of("a site"), place=VILLAGE, kind="11", name=f"周一山宅 {PHONE}")
    actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT name FROM registry_site").fetchall() == [("周一山宅 ***",)]


def test_a_shared_phone_gives_nothing_of_the_others_away(desk: Desk, village: Hamlet, database: Database) -> None:
    """What the wife reported with the family's phone stays hers: not erased with the husband, not in his file."""
    who = somebody(village)
    wife = village.person(village.home("2"), "吴二花", phone=PHONE)
    scene = Scene(desk)
    told = {
        name: scene.report(f"{name}说桥坏了，打{PHONE}", contact=Contact(name=name, phone=PHONE))
        for name in ("周一山", "吴二花", "")
    }
    linked = scene.report("路灯坏了", contact=Contact(name="周一山", phone=PHONE))
    with database.as_admin() as admin:
        admin.execute("UPDATE matters_party SET person_id = %s WHERE matter_id = %s", [wife, linked])
        admin.execute(END_MATTERS)
    assert tracing.traces(actions.eraser(COUNTY), [who]).matters == [told["周一山"]]
    actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    assert [words(database, told[name]) for name in told] == ["", f"吴二花说桥坏了，打{PHONE}", f"说桥坏了，打{PHONE}"]
    with database.as_role("owner") as owner:
        rows = owner.execute("SELECT matter_id FROM matters_party WHERE phone_sealed IS NOT NULL").fetchall()
    assert {row[0] for row in rows} == {told["吴二花"], told[""], linked}


def test_who_left_a_phone_and_no_name_is_who_alone_has_it(desk: Desk, village: Hamlet, database: Database) -> None:
    who = somebody(village)
    nameless = Scene(desk).report("桥坏了", contact=Contact(name="", phone=PHONE))
    assert tracing.traces(actions.eraser(COUNTY), [who]).matters == [nameless]
    village.person(village.home("2"), "吴三花", phone=PHONE)
    assert tracing.traces(actions.eraser(COUNTY), [who]).matters == []


def test_ordinary_words_of_others_stay(desk: Desk, village: Hamlet, database: Database) -> None:
    """A name of two signs, a word that was corrected into a name, digits of a longer number: of theirs only."""
    who = somebody(village, "高山")
    scene = Scene(desk)
    own, other = scene.report("高山家门口", contact=Contact(name="高山", phone=PHONE)), scene.report("高山路，原因不详")
    with database.as_role("owner") as owner:
        insert(
            owner, "Correction", id=uuid4(), act=uuid4(), no=1, of="person", subject=who, place=VILLAGE,
            field="display_name", before="原因不详", after="高山", since_on=DAY, at=now(),
        )  # fmt: skip
        insert(owner, "Site", id=id_of("a site"), place=VILLAGE, kind="11", name=f"高山路 8{PHONE}", door=f"打{PHONE}")
    with database.as_admin() as admin:
        admin.execute(END_MATTERS)
        admin.execute("UPDATE matters_matter SET title = text")
    actions.erase_person(ADMIN, Act.new(), person_id=who, why=WHY)
    assert (words(database, own), words(database, other)) == ("", "高山路，原因不详")
    with database.as_role("owner") as owner:
        assert owner.execute("SELECT name, door FROM registry_site").fetchall() == [(f"高山路 8{PHONE}", "打***")]


def test_a_covered_text_that_grows_beyond_its_column_is_cut(desk: Desk, village: Hamlet, database: Database) -> None:
    """Of a table that is only added to as well; and its wall lets nothing else be cut."""
    who = somebody(village, "高山")
    matter, row = Scene(desk).report("桥坏了", contact=Contact(name="高山", phone=PHONE)), uuid4()
    with database.as_role("owner") as owner:
        insert(
            owner, "SignedSheet", id=row, matter=matter, sort="order", of=uuid4(), at=now(), reason="高山" * 200
        )  # fmt: skip
    with database.as_admin() as admin:
        admin.execute(END_MATTERS)
    with database.as_role("app") as app:
        app.execute(f"SET cg.kind = 'clock'; SET cg.lo = '{COUNTY}'; SET cg.hi = '{COUNTY + 10**9 - 1}'".encode())
        app.execute("SET cg.seek = '高山'")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            app.execute("UPDATE matters_signed_sheet SET reason = repeat('***', 133)")
    with acting(actions.eraser(COUNTY)):
        done = actions.Outcome()
        of = tracing.Traces(people=[who], named=[matter], names=["高山"])
        actions._cover(SignedSheet, SignedSheet.keeps, of, done)
    with database.as_role("owner") as owner:
        left = owner.execute("SELECT reason FROM matters_signed_sheet").fetchone()
    assert left == (("***" * 134)[:400],)


def test_the_app_can_cover_words_of_a_note_and_nothing_else(desk: Desk, village: Hamlet, database: Database) -> None:
    """The wall behind the erasure: the clock empties, or covers the one word it is after; it never rewrites."""
    matter = Scene(desk).report("桥坏了")
    with database.as_role("owner") as owner:
        insert(owner, "Note", id=id_of("n"), matter=matter, act=uuid4(), sort="word", text="周一山说", at=now())
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
