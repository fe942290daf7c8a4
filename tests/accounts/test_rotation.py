"""A new key: running servers find it, every sealed value of every table moves to it, what came meanwhile stays."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.conf import settings

from commongrid.accounts import actions, sealed
from commongrid.accounts.actions import resealing
from commongrid.config import keys
from commongrid.config.walls import walled_models
from commongrid.journal.acting import acting
from commongrid.kernel.scope import clock
from commongrid.kernel.sealing import SealBroken, key_of, sm4_available
from tests.bed import point_at
from tests.factories.desk import COUNTY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bed import Database

OWNER = clock("rotate keys", "accounts.rotate")
TABLES = (
    "registry_person.id_sealed", "registry_person.phone_sealed", "registry_person.bank_sealed",
    "registry_correction.before_sealed", "registry_hardship_flag.basis_sealed", "registry_change_request.said_sealed",
    "matters_party.name_sealed", "matters_mediation_session.attended_sealed", "matters_external_upload.sealed",
)  # fmt: skip
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county's keys in a folder of their own."""
    monkeypatch.setattr(settings, "SEALING", keys.Sealing(tmp_path))
    return tmp_path


def test_every_binary_column_that_is_sealed_is_known() -> None:
    known = {f"{one.table}.{one.column}" for one in actions.sealed_columns()}
    assert set(TABLES) <= known
    assert not any("index" in one or "hash" in one for one in known)


def test_a_running_server_finds_the_new_key_and_opens_with_the_old(ring: Path) -> None:
    before = sealed.seal("13812345678", "t", "c", ONE)
    assert keys.add_sealing_key(ring) == "k2"
    after = sealed.seal("13812345678", "t", "c", ONE)
    assert before
    assert after
    assert (key_of(before), key_of(after)) == ("k1", "k2")
    assert sealed.unseal(before, "t", "c", ONE) == sealed.unseal(after, "t", "c", ONE) == "13812345678"


@pytest.mark.skipif(not sm4_available(), reason="the linked OpenSSL has no SM4-GCM")
def test_sm4_can_be_chosen_and_left_again(ring: Path) -> None:
    assert keys.add_sealing_key(ring, sm4=True) == "sm4-2"
    value = sealed.seal("张三", "t", "c", ONE)
    assert value
    assert key_of(value) == "sm4-2"
    assert keys.add_sealing_key(ring) == "k3"
    assert sealed.sealer().current == "k3"
    assert sealed.unseal(value, "t", "c", ONE) == "张三"


def test_where_sm4_is_missing_it_is_said(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "sm4_available", lambda: False)
    with pytest.raises(keys.KeysProblem, match="SM4"):
        keys.add_sealing_key(ring, sm4=True)


def test_all_values_move_to_the_new_key_also_in_tables_that_are_only_added_to(database: Database, ring: Path) -> None:
    phone = sealed.seal("13812345678", "registry_person", "phone_sealed", ONE)
    former = sealed.seal("13900001111", "registry_correction", "before_sealed", TWO)
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_person (id, display_name, place, phone_sealed) VALUES (%s, '甲', %s, %s)",
            [ONE, COUNTY, phone],
        )
        owner.execute(
            "INSERT INTO registry_correction (id, act, no, of, subject, place, field, before, after, source,"
            " before_sealed, since_on, at) VALUES (%s, %s, 1, 'person', %s, %s, 'phone_sealed', '', '', '', %s,"
            " '2026-01-01', now())",
            [TWO, TWO, ONE, COUNTY, former],
        )
        owner.execute(
            "INSERT INTO registry_person (id, display_name, place, bank_sealed) VALUES (%s, '乙', %s, %s)",
            [TWO, COUNTY, b"\x01\x02k1" + bytes(40)],
        )
    keys.add_sealing_key(ring)
    point_at(database.url("owner"))
    *_, told = actions.reseal(OWNER, batch=1)
    assert told.values == 2
    assert told.broken == [f"registry_person.bank_sealed {TWO}"], "what does not open is left as it is and told"
    with database.as_role("owner") as owner:
        found = owner.execute("SELECT phone_sealed FROM registry_person WHERE id = %s", [ONE]).fetchone()
        kept = owner.execute("SELECT before_sealed FROM registry_correction WHERE id = %s", [TWO]).fetchone()
        assert found
        assert kept
        with pytest.raises(Exception, match="append-only"):
            owner.execute("UPDATE registry_correction SET before = 'x' WHERE id = %s", [TWO])
    assert (key_of(found[0]), key_of(kept[0])) == ("k2", "k2")
    assert sealed.unseal(kept[0], "registry_correction", "before_sealed", TWO) == "13900001111"
    assert actions.values_by_key(OWNER) == {"k1": 1, "k2": 2}
    *_, again = actions.reseal(OWNER)
    assert again.values == 0


def test_a_value_that_was_written_meanwhile_stays(database: Database, ring: Path) -> None:
    before = sealed.seal("13812345678", "registry_person", "phone_sealed", ONE)
    with database.as_role("owner") as owner:
        owner.execute(
            "INSERT INTO registry_person (id, display_name, place, phone_sealed) VALUES (%s, '甲', %s, %s)",
            [ONE, COUNTY, before],
        )
        keys.add_sealing_key(ring)
        meanwhile = sealed.seal("13900001111", "registry_person", "phone_sealed", ONE)
        owner.execute("UPDATE registry_person SET phone_sealed = %s WHERE id = %s", [meanwhile, ONE])
    point_at(database.url("owner"))
    column = next(one for one in actions.sealed_columns() if one.column == "phone_sealed")
    told = resealing.Resealed(0, [])
    with acting(OWNER):
        resealing._reseal(column, ONE, before or b"", told)
    with database.as_role("owner") as owner:
        row = owner.execute("SELECT phone_sealed FROM registry_person WHERE id = %s", [ONE]).fetchone()
    assert row
    assert told.values == 0
    assert sealed.unseal(row[0], "registry_person", "phone_sealed", ONE) == "13900001111"


def test_a_lost_key_is_told_without_the_value(ring: Path) -> None:
    value = sealed.seal("13812345678", "t", "c", ONE)
    (ring / "keys" / "sealing-k1").rename(ring / "lost")
    with pytest.raises(SealBroken) as broken:
        sealed.unseal(value, "t", "c", ONE)
    assert "138" not in str(broken.value)


def test_what_is_only_added_to_may_still_be_sealed_anew() -> None:
    walls = {model._meta.db_table: wall for model, wall in walled_models()}
    stuck = [
        f"{one.table}.{one.column}"
        for one in actions.sealed_columns()
        if walls[one.table].append_only and one.column not in walls[one.table].may_set
    ]
    assert stuck == []
