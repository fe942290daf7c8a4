"""The keys of an installation: made on the first start, kept in files only their owner may read.

Each key is one file of hexadecimal text in `$COMMONGRID_DATA/keys`; an environment variable of the name
`COMMONGRID_KEY_<NAME>` comes before the file. Keys are never in the repository and never in the database.
Losing them loses what they sealed: back the folder up apart from the database.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commongrid.kernel.sealing import SM4_PREFIX, Sealer, sm4_available

FIRST_SEALING_KEY = "k1"
NAMES = (
    *("secret", "fingerprint", "blind", "slip", "address", "seal", "metrics", "backup"),
    f"sealing-{FIRST_SEALING_KEY}",
)
DATABASE = "database"
"""The bundled database's passwords, kept beside the keys."""
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
    backup: bytes
    """Seals backups; without it none opens."""
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
        backup=_decoded("backup", values["backup"]),
        metrics=values["metrics"],
        sealing=sealing,
        sealing_current=max(sealing, key=_age),
    )


def texts(data: Path) -> dict[str, str]:
    """Everything that a restored county needs from the folder, by name, with what the environment gives instead."""
    load(data)
    home = folder(data)
    names = {*NAMES, *(path.name for path in home.glob("sealing-*"))}
    if (home / DATABASE).exists():
        names.add(DATABASE)
    return {name: _from_environment(name) or _read(home / name) for name in sorted(names)}


def put_back(data: Path, kept_texts: Mapping[str, str]) -> None:
    """The keys of a backup into a data folder that has none.

    Refuses: KeysProblem for a name that is no key's, and where another key of a name is there already.
    """
    for name, text in kept_texts.items():
        if name not in (*NAMES, DATABASE) and not re.fullmatch(r"sealing-[a-z0-9-]{1,32}", name):
            message = f"{name!r} is not the name of a key."
            raise KeysProblem(message)
        if kept(folder(data), name, text) != text.strip():
            message = f"The folder {folder(data)} holds another key {name}. Restore into an empty data folder."
            raise KeysProblem(message)


class Sealing:
    """The sealing keys as the folder holds them now: running servers find what a rotation adds, without a restart."""

    def __init__(self, data: Path) -> None:
        """Look at the folder only when a value is to be sealed or opened."""
        self._data = data
        self._seen: int | None = None
        self._sealer: Sealer | None = None

    def sealer(self) -> Sealer:
        """Seals with the newest key and opens with any; read anew when the folder changed."""
        try:
            seen = folder(self._data).stat().st_mtime_ns
        except OSError:
            seen = 0
        if self._sealer is None or seen != self._seen:
            keys = load(self._data)
            self._sealer, self._seen = Sealer(keys.sealing, keys.sealing_current), seen
        return self._sealer


def add_sealing_key(data: Path, *, sm4: bool = False) -> str:
    """Make a new sealing key, which seals from now on; the older ones stay for opening. Answers its id.

    Refuses: KeysProblem where SM4 is wanted and the linked OpenSSL lacks it, or where the folder can't be written.
    """
    if sm4 and not sm4_available():
        message = "This machine's OpenSSL has no SM4-GCM. Install one that has it, or rotate to AES-256-GCM."
        raise KeysProblem(message)
    known = load(data)
    key_id = f"{SM4_PREFIX if sm4 else 'k'}{max(_age(one)[0] for one in known.sealing) + 1}"
    kept(folder(data), f"sealing-{key_id}", secrets.token_hex(KEY_BYTES))
    return key_id


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
    """Order of key ids by their number: k2 after k1, k10 after k9, sm4-3 between k2 and k4."""
    number = re.search(r"\d+$", key_id)
    return (int(number[0]) if number else 0, key_id)
