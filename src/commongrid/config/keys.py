"""The keys of an installation: made on the first start, kept in files only their owner may read.

Each key is one file of hexadecimal text in `$COMMONGRID_DATA/keys`; an environment variable of the name
`COMMONGRID_KEY_<NAME>` comes before the file. Keys are never in the repository and never in the database.
Losing them loses what they sealed: back the folder up apart from the database.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST_SEALING_KEY = "k1"
NAMES = ("secret", "fingerprint", "blind", "slip", "address", "seal", "metrics", f"sealing-{FIRST_SEALING_KEY}")
KEY_BYTES = 32


class KeysProblem(Exception):
    """The keys cannot be read or made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Every key, by what it is for."""

    secret: str
    """Django's own signing key."""
    fingerprint: bytes
    """HMAC over an act's name and arguments."""
    blind: bytes
    """HMAC for looking up sealed values."""
    slip: bytes
    """HMAC for slip codes."""
    address: bytes
    """Signs the short-lived addresses of files."""
    seal: bytes
    """Keys the journal's seal where a county wants more than a plain chain."""
    metrics: str
    """Bearer token of the metrics page."""
    sealing: Mapping[str, bytes]
    """AES-256-GCM keys by their id; the newest seals, all open."""
    sealing_current: str


def folder(data: Path) -> Path:
    """The folder of the keys below the data folder."""
    return data / "keys"


def load(data: Path) -> Keys:
    """Read every key, making those that do not exist yet."""
    home = folder(data)
    values = {name: _from_environment(name) or _from_file(home, name) for name in NAMES}
    sealing = {_key_id(path): _decoded(path.name, _read(path)) for path in sorted(home.glob("sealing-*"))}
    sealing.setdefault(FIRST_SEALING_KEY, _decoded("sealing", values[f"sealing-{FIRST_SEALING_KEY}"]))
    return Keys(
        secret=values["secret"],
        fingerprint=_decoded("fingerprint", values["fingerprint"]),
        blind=_decoded("blind", values["blind"]),
        slip=_decoded("slip", values["slip"]),
        address=_decoded("address", values["address"]),
        seal=_decoded("seal", values["seal"]),
        metrics=values["metrics"],
        sealing=sealing,
        sealing_current=max(sealing, key=_age),
    )


def kept(home: Path, name: str, text: str) -> str:
    """Keep a secret text under a name unless one is kept already; answer what is kept."""
    path = home / name
    if not path.exists():
        _make_folder(home)
        _write_once(path, text)
    return _read(path)


def _from_environment(name: str) -> str:
    return os.environ.get("COMMONGRID_KEY_" + name.upper().replace("-", "_"), "").strip()


def _from_file(home: Path, name: str) -> str:
    return kept(home, name, secrets.token_hex(KEY_BYTES))


def _make_folder(home: Path) -> None:
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        message = f"The keys folder {home} cannot be made: {error.strerror}."
        raise KeysProblem(message) from error


def _write_once(path: Path, text: str) -> None:
    """Write beside and link into place: of two first starts at once, one wins and both read the same key."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".making-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The key file {path} cannot be read: {error}."
        raise KeysProblem(message) from error
    if text:
        return text
    message = f"The key file {path} is empty. Restore it from your backup of the keys; do not make a new one."
    raise KeysProblem(message)


def _decoded(name: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        message = f"The key {name} is not hexadecimal text."
        raise KeysProblem(message) from error
    if len(key) == KEY_BYTES:
        return key
    message = f"The key {name} has {len(key)} bytes instead of {KEY_BYTES}."
    raise KeysProblem(message)


def _key_id(path: Path) -> str:
    return path.name.removeprefix("sealing-")


def _age(key_id: str) -> tuple[int, str]:
    """Order of key ids: k2 after k1, k10 after k9."""
    return (len(key_id), key_id)
