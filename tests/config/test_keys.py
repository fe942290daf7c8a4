"""Keys are made once, kept to their owner, and never made anew over a loss."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from commongrid.config import keys


def test_load_makes_keys_for_their_owner_alone(tmp_path: Path) -> None:
    made = keys.load(tmp_path)
    home = tmp_path / "keys"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
    assert len({made.fingerprint, made.blind, made.slip, made.address, made.seal, *made.sealing.values()}) == 6
    assert made.sealing_current == "k1"


def test_load_again_answers_the_same(tmp_path: Path) -> None:
    assert keys.load(tmp_path) == keys.load(tmp_path)


def test_first_starts_at_once_agree(tmp_path: Path) -> None:
    program = "import sys, pathlib as p; from commongrid.config import keys as k; print(k.load(p.Path(sys.argv[1])))"
    racers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({racer.communicate()[0] for racer in racers}) == 1
    assert not list((tmp_path / "keys").glob(".making-*"))


def test_the_newest_sealing_key_seals(tmp_path: Path) -> None:
    keys.load(tmp_path)
    for name in ("k2", "k10", "k9"):
        (tmp_path / "keys" / f"sealing-{name}").write_text("ab" * 32)
    loaded = keys.load(tmp_path)
    assert (loaded.sealing_current, set(loaded.sealing)) == ("k10", {"k1", "k2", "k9", "k10"})


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGRID_KEY_BLIND", "cd" * 32)
    monkeypatch.setenv("COMMONGRID_KEY_SEALING_K1", "ef" * 32)
    loaded = keys.load(tmp_path)
    assert (loaded.blind, loaded.sealing["k1"]) == (bytes.fromhex("cd" * 32), bytes.fromhex("ef" * 32))
    assert not (tmp_path / "keys" / "blind").exists()


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "is empty"), ("xyz", "not hexadecimal"), ("ab", "has 1 bytes instead of 32")]
)
def test_a_damaged_key_is_refused_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    keys.load(tmp_path)
    (tmp_path / "keys" / "blind").write_text(text)
    with pytest.raises(keys.KeysProblem, match=sentence):
        keys.load(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(keys.KeysProblem, match="cannot be made"):
        keys.load(tmp_path / "data")
