"""Erasure: signs of one person in every place that can hold any, and none left but where an archive must keep them.

The signs are a name, numbers (sealed and in words) and words of the person's
own. After the erasure every table of the database is dumped, every sealed value
opened and every file read; then the same with a backup from before, restored
and started. The last test seeds defects and shows that each is found.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from commongrid.accounts import sealed
from commongrid.accounts.actions import sealed_columns
from commongrid.journal import attachments
from commongrid.kernel.act import Act
from commongrid.kernel.keeping import Keeping
from commongrid.matters.actions import Contact
from commongrid.matters.models import Matter
from commongrid.registry.keeping import actions, jobs, listing, queries
from tests.bed import Database, _copy, point_at
from tests.factories import desk as factory
from tests.factories.copies import copies
from tests.factories.crafted import picture
from tests.factories.desk import COUNTY, HAMLET, OTHER_VILLAGE, VILLAGE, Desk, id_of
from tests.factories.scenes import Scene
from tests.factories.scopes import scope_at
from tests.proof.world import insert

NAME, WORDS = "翠雀花", "鸣蝉"
PHONE, OLD_PHONE, NUMBER, BANK = "19900445678", "19900441111", "990101198001010041", "6222990044111122223"
TELLING = re.compile(rf"{NAME}|{WORDS}|{PHONE}|{OLD_PHONE}|{NUMBER}|{BANK}|199-0044-5678|cicada")
SAID = f"{NAME}的电话是199-0044-5678，身份证{NUMBER}"
"""Words of somebody else that name the person."""
ADMIN = scope_at(COUNTY, "people.erase", "people.read")
WHY = actions.Why(basis="period", reason=f"{NAME}的记录已过期")
DAY, THEN = date(2015, 1, 1), datetime(2015, 1, 1, tzinfo=UTC)
WHO, OTHER_RECORD, HOME, BOOKLET, NEIGHBOUR = (id_of(f"erasure {n}") for n in range(5))
PLANTED = {
    "account_emailaddress", "accounts_account", "accounts_sign_in_link", "matters_external_case",
    "matters_external_reply", "matters_external_result", "matters_guarded_word", "matters_matter", "matters_mediation",
    "matters_mediation_party", "matters_note", "matters_original", "matters_party", "matters_rating",
    "matters_recheck_cause", "matters_saved_view", "matters_signed_sheet", "registry_change_request",
    "registry_correction", "registry_flag", "registry_handover", "registry_hardship_flag", "registry_household",
    "registry_membership", "registry_person", "registry_registered_household", "registry_saved_ledger", "registry_site",
    "registry_stay", "registry_suspect", "registry_thing", "roster_post", "roster_stand_in",
    "roster_talent", "socialaccount_socialaccount",
}  # fmt: skip
KEPT_BY_LAW = {"county.roster_post", "county.matters_mediation", "county.matters_mediation_party"}
"""Where an archive keeps the name by its own rule: posts in office, dispute files."""


def seal(text: str, table: str, column: str, row: UUID) -> bytes:
    """A sealed value of a row."""
    found = sealed.seal(text, table, column, row)
    assert found
    return found


@pytest.fixture
def laid(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The county, with the person in every place that can hold something of them."""
    desk = factory.lay(database)
    monkeypatch.setattr(listing, "where", lambda: tmp_path / "erasures.jsonl")
    default: Any = settings.STORAGES["default"]
    files = {**default, "OPTIONS": {**settings.FILES, "location": tmp_path / "files"}}
    with override_settings(STORAGES={**settings.STORAGES, "default": files}):
        yield _laid(desk, database)


def _laid(desk: Desk, database: Database) -> Desk:
    reported = _report(Scene(desk))
    with database.as_role("owner") as owner, owner.transaction():
        _lay_records(owner)
        _lay_what_hangs_on_them(owner)
        _lay_matters(owner, reported)
    with database.as_admin() as admin:
        _end_matters(admin)
    return desk


def _report(scene: Scene) -> UUID:
    """A matter that the person reported at the counter, with a photo."""
    photo = attachments.stage(picture(random.Random(4), "JPEG"))
    contact = Contact(name=NAME, phone=PHONE)
    return scene.report(f"{WORDS}桥坏了，{SAID}", contact=contact, photos=(photo,))


def _lay_records(owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO accounts_account (login_name, email, language, is_active, made_at, password)"
        " VALUES ('cicada', 'cicada@example.org', 'zh', true, now(), '!')"
    )
    row = owner.execute("SELECT id FROM accounts_account WHERE login_name = 'cicada'").fetchone()
    assert row
    owner.execute(
        'INSERT INTO account_emailaddress (email, verified, "primary", user_id) VALUES (%s, true, true, %s)',
        ["cicada@example.org", row[0]],
    )
    owner.execute(
        "INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id)"
        " VALUES ('sso.example', 'cicada', now(), now(), '{}', %s)",
        [row[0]],
    )
    home = {"place": VILLAGE, "natural_village": HAMLET, "began_on": DAY}
    insert(
        owner, "Household", id=HOME, number="e1", state="ended", ended_on=DAY, door=f"{WORDS}路1号", point="measured",
        lon=108.0, lat=27.0, **home,
    )  # fmt: skip
    insert(owner, "Household", id=NEIGHBOUR, number="e2", door=f"{NAME}家隔壁", **home)
    insert(owner, "RegisteredHousehold", id=BOOKLET, place=VILLAGE, number=f"{WORDS}001", ended_on=DAY)
    for ident, account, more in (
        (WHO, row[0], {"state": "gone"}),
        (OTHER_RECORD, None, {"state": "merged", "merged_into": WHO}),
    ):
        numbers = {"id": NUMBER, "phone": PHONE, "bank": BANK, "ethnic": WORDS}
        values = {f"{name}_sealed": seal(text, "registry_person", f"{name}_sealed", ident)
                  for name, text in numbers.items()}  # fmt: skip
        index = {"id_index": sealed.index(NUMBER), "phone_index": sealed.index(PHONE)}
        insert(
            owner, "Person", id=ident, display_name=NAME, sort_key=f"{WORDS}1", initials=WORDS, account=account,
            place=VILLAGE, ended_on=DAY, works_at=f"{WORDS}厂", confirmed={"phone": WORDS}, born_on=DAY, sex="1",
            former_name=f"{WORDS}旧", native_place=WORDS, registered_door=WORDS, workplace=WORDS, source="form",
            **more, **values, **index,
        )  # fmt: skip
        insert(
            owner, "Stay", id=uuid4(), person=ident, sort="living", household=HOME, place=VILLAGE, name=NAME,
            from_on=DAY, to_on=DAY,
        )  # fmt: skip
    insert(
        owner, "Stay", id=uuid4(), person=WHO, sort="registered", booklet=BOOKLET, place=VILLAGE, name=NAME,
        from_on=DAY,
    )  # fmt: skip


def _lay_changes(owner: psycopg.Connection[Any]) -> None:
    row = uuid4()
    insert(
        owner, "Correction", id=row, act=uuid4(), no=1, of="person", subject=WHO, place=VILLAGE, field="phone_sealed",
        before_sealed=seal(OLD_PHONE, "registry_correction", "before_sealed", row), since_on=DAY, at=THEN,
        source=f"{WORDS}说",
    )  # fmt: skip
    insert(
        owner, "Correction", id=uuid4(), act=uuid4(), no=1, of="person", subject=WHO, place=VILLAGE, field="works_at",
        before=f"{WORDS}厂", after=f"{WORDS}村", since_on=DAY, at=THEN,
    )  # fmt: skip
    row = uuid4()
    said = seal(json.dumps({"words": WORDS}), "registry_change_request", "said_sealed", row)
    insert(
        owner, "ChangeRequest", id=row, sort="died", place=VILLAGE, person=WHO, on=DAY, asked_at=THEN, due_at=THEN,
        said_sealed=said, state="refused", decided_at=THEN, reason=SAID,
    )  # fmt: skip
    insert(
        owner, "Handover", id=uuid4(), person=WHO, name=NAME, place=VILLAGE, to_place=OTHER_VILLAGE, on=DAY, note=WORDS,
        offered_at=THEN, due_at=THEN, state="lapsed", answered_at=THEN, reason=WORDS,
    )  # fmt: skip


def _lay_what_hangs_on_them(owner: psycopg.Connection[Any]) -> None:
    since = {"place": VILLAGE, "from_on": DAY}
    _lay_changes(owner)
    words = {"source": WORDS, "body": WORDS}
    insert(owner, "Flag", id=uuid4(), type_code="veteran", person=WHO, basis=WORDS, **words, **since)
    row = uuid4()
    basis = seal(WORDS, "registry_hardship_flag", "basis_sealed", row)
    insert(owner, "HardshipFlag", id=row, type_code="disabled", person=WHO, basis_sealed=basis, **words, **since)
    insert(owner, "Site", id=uuid4(), place=VILLAGE, kind="11", name=f"{NAME}宅", door=SAID, owner_id=WHO)
    insert(owner, "Thing", id=uuid4(), place=VILLAGE, kind="11", name=f"{NAME}的狗", mark=PHONE, keeper_id=WHO)
    company = uuid4()
    insert(owner, "Organisation", id=company, place=VILLAGE, kind="11", name="合作社")
    insert(owner, "Membership", id=uuid4(), organisation=company, person=WHO, duty="leader", name=NAME, **since)
    insert(
        owner, "Suspect", id=uuid4(), place=VILLAGE, first=min(WHO, OTHER_RECORD), second=max(WHO, OTHER_RECORD),
        reason="phone", found_at=THEN, decision="merged", why=SAID, decided_at=THEN,
    )  # fmt: skip
    insert(owner, "SubjectFile", id=uuid4(), person=WHO, place=VILLAGE, at=THEN, shown_by="card")
    insert(
        owner, "SignInLink", id=uuid4(), secret_hash=bytes(32), person=WHO, made_by=f"post:{WORDS}", made_at=THEN,
        expires_at=THEN + timedelta(hours=1),
    )  # fmt: skip
    insert(
        owner, "Post", id=id_of("erasure post"), person=WHO, role="village_clerk", place=VILLAGE, display_name=NAME,
        title_zh="文书", title_en="Clerk", from_on=DAY, to_on=DAY,
    )  # fmt: skip
    insert(
        owner, "Talent", id=uuid4(), person=id_of("mediator_person"), place=VILLAGE, sort="craft", by="self",
        skill=f"{NAME}说他会石匠", opinion=SAID, from_on=DAY,
    )  # fmt: skip
    insert(owner, "Talent", id=uuid4(), person=WHO, place=VILLAGE, sort="craft", by="self", skill="石匠", from_on=DAY)
    insert(
        owner, "StandIn", id=uuid4(), post=id_of("clerk"), by=id_of("secretary"), reason=SAID, **since, to_on=DAY
    )  # fmt: skip
    insert(
        owner, "SavedView", id=uuid4(), post=id_of("clerk"), place=VILLAGE, name=f"找{NAME}", filters={"q": NAME},
        at=THEN,
    )  # fmt: skip
    insert(
        owner, "SavedLedger", id=uuid4(), post=id_of("clerk"), place=VILLAGE, name=f"{NAME}家", of="person",
        columns=["name"], at=THEN,
    )  # fmt: skip
    insert(owner, "GuardedWord", id=uuid4(), word=NAME, sort="person", note=SAID, valid_from=DAY)


def _lay_matters(owner: psycopg.Connection[Any], reported: UUID) -> None:
    """What was written on the matter that they reported and on somebody else's."""
    other, disputed = id_of("erasure other matter"), id_of("erasure dispute")
    for ident, number, title in ((other, "Z-1", f"路灯坏了，{NAME}"), (disputed, "Z-2", "地界纠纷")):
        values = {"id": str(ident), "number": number, "title": title, "text": "", "slip_hash": None}
        owner.execute(
            copies(
                Matter,
                "jsonb_populate_record(NULL::matters_matter, to_jsonb(m) || %s::jsonb)",
                "matters_matter m WHERE id = %s",
            ),
            [json.dumps(values), reported],
        )
    insert(owner, "Party", id=uuid4(), matter=disputed, part="concerned", place=VILLAGE, person=WHO)
    for matter in (reported, other):
        of = {"matter": matter, "at": THEN}
        insert(owner, "Note", id=uuid4(), act=uuid4(), sort="answer", text=f"已答复，{SAID}", **of)
        insert(owner, "RecheckCause", id=uuid4(), place=COUNTY, cause="centre", reason=SAID, post=uuid4(),
               order_at=THEN, **of)  # fmt: skip
        insert(owner, "SignedSheet", id=uuid4(), sort="order", of=uuid4(), reason=SAID, **of)
        case = uuid4()
        insert(
            owner, "ExternalCase", id=case, matter=matter, place=VILLAGE, system="hotline_12345", number=case.hex,
            received_at=THEN, wording=SAID, worded_from=SAID,
        )  # fmt: skip
        insert(
            owner, "ExternalResult", id=uuid4(), case=case, place=COUNTY, handler_place=VILLAGE, result="solved",
            text=SAID, **of,
        )  # fmt: skip
        insert(owner, "ExternalReply", id=uuid4(), case=case, batch=uuid4(), row=1, text=SAID, original=SAID, at=THEN)
    insert(
        owner, "Rating", id=uuid4(), matter=reported, round=1, place=COUNTY, handler_level="village",
        handler_place=VILLAGE, solved=True, satisfied=True, words=WORDS, via="slip", at=THEN,
    )  # fmt: skip
    insert(owner, "Original", id=reported, place=COUNTY, title=WORDS, text=WORDS)
    row = uuid4()
    name = seal(NAME, "matters_party", "name_sealed", row)
    insert(owner, "Party", id=row, matter=other, part="concerned", place=VILLAGE, name_sealed=name)
    file = uuid4()
    insert(
        owner, "Mediation", id=file, matter=disputed, place=VILLAGE, number="M-1", post=id_of("mediator"),
        mediator="覃调解", committee="白沙村", method="oral", facts=SAID, opened_at=THEN, ended_at=THEN,
        outcome="agreed", agreement=SAID, agreed_on=DAY,
    )  # fmt: skip
    row = uuid4()
    insert(
        owner, "MediationParty", id=row, mediation=file, position=1,
        name_sealed=seal(NAME, "matters_mediation_party", "name_sealed", row),
    )  # fmt: skip


def _end_matters(admin: psycopg.Connection[Any]) -> None:
    """Every matter ended long ago; the dispute hangs on a third, so that the other's words are free."""
    admin.execute(
        "UPDATE matters_matter SET state = 'closed', closed_at = '2016-01-01', outcome = 'done', step = '',"
        " owner_level = '', clock = '', due_at = NULL, alarm_at = NULL"
    )


def found(database: Database) -> dict[str, str]:
    """Tables in which a sign of the person stands, in clear, sealed or as a blind index, with one place each."""
    with database.as_admin() as admin:
        return {**dict(_in_clear(admin)), **dict(_in_seals(admin)), **dict(_in_indexes(admin))}


def _in_clear(admin: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    tables = admin.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    for schema, table in tables:
        for (text,) in admin.execute(f'SELECT t::text FROM "{schema}"."{table}" t'):
            if hit := TELLING.search(text):
                yield f"{schema}.{table}", text[max(0, hit.start() - 40) : hit.end() + 40]


def _in_seals(admin: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    for one in sealed_columns():
        sql = f"SELECT {one.key}, {one.column} FROM {one.table} WHERE {one.column} IS NOT NULL"
        for row, value in admin.execute(sql.encode()):
            if TELLING.search(sealed.unseal(value, one.table, one.column, row)):
                yield f"county.{one.table}", f"{one.column} sealed"


def _in_indexes(admin: psycopg.Connection[Any]) -> Iterator[tuple[str, str]]:
    for table, column in (
        ("registry_person", "phone_index"),
        ("registry_person", "id_index"),
        ("matters_party", "phone_index"),
    ):
        indexes = [sealed.index(PHONE), sealed.index(OLD_PHONE), sealed.index(NUMBER)]
        if admin.execute(f"SELECT 1 FROM {table} WHERE {column} = ANY(%s)".encode(), [indexes]).fetchone():
            yield f"county.{table}", f"blind index {column}"


def files() -> list[Path]:
    """Files that were kept for matters."""
    default: Any = settings.STORAGES["default"]
    home = Path(default["OPTIONS"]["location"])
    return [path for path in home.rglob("*") if path.is_file()]


def test_an_erasure_leaves_nothing_but_what_an_archive_keeps(laid: Desk, database: Database) -> None:
    """Every table, every sealed value, every file; and the same in a backup from before, restored and started."""
    before = found(database)
    assert {f"county.{table}" for table in PLANTED} - set(before) == set(), "a sign stands wherever one can"
    assert len(files()) == 1
    older = _backup(database)
    done = actions.erase_person(ADMIN, Act.new(), person_id=WHO, why=WHY)
    left = found(database)
    assert set(left) == KEPT_BY_LAW, left
    assert done["held"]["post"] == 1
    assert done["held"]["mediation"] >= 1
    attachments.sweep(timedelta(0))
    assert files() == []
    _restored_older_backup_is_erased_again(database, older)


def _backup(database: Database) -> Database:
    connections.close_all()
    older = Database(database.cluster, f"{database.name}_{uuid4().hex[:8]}")
    with psycopg.connect(database.cluster.admin_dsn(), autocommit=True) as admin:
        _copy(admin, older.name, database.name)
    point_at(database.url())
    return older


def _restored_older_backup_is_erased_again(database: Database, older: Database) -> None:
    point_at(older.url())
    try:
        assert "county.registry_person" in found(older)
        assert jobs.missing() == 1
        jobs.do_again()
        assert set(found(older)) == KEPT_BY_LAW
        assert (jobs.missing(), jobs.do_again()) == (0, 0)
    finally:
        connections.close_all()
        with psycopg.connect(older.cluster.admin_dsn(), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{older.name}" WITH (FORCE)'.encode())
        point_at(database.url())


def test_the_search_for_signs_finds_what_an_erasure_forgets(
    laid: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded defects: a table that nobody declared, words that are not looked through, an index left behind."""
    whole = list(queries.kept_tables())

    def defective() -> Iterator[tuple[Any, Keeping]]:
        for model, keeps in whole:
            match model._meta.db_table:
                case "registry_stay":
                    continue
                case "matters_note":
                    yield model, Keeping(kind=keeps.kind, ended=keeps.ended, leaves=keeps.leaves)
                case "matters_party":
                    kept = {name: value for name, value in keeps.leaves.items() if name != "phone_index"}
                    yield model, Keeping(whose=keeps.whose, leaves=kept, waits=keeps.waits)
                case _:
                    yield model, keeps

    monkeypatch.setattr(actions, "kept_tables", defective)
    actions.erase_person(ADMIN, Act.new(), person_id=WHO, why=WHY)
    forgotten = {"county.registry_stay", "county.matters_note", "county.matters_party"}
    assert set(found(database)) == KEPT_BY_LAW | forgotten
