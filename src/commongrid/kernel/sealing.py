"""Sealing of single values at rest, and the blind index that finds them without opening any.

A sealed value is ``version, length of key id, key id, nonce, ciphertext and
tag``. The associated data (table, column, row) is authenticated, so a value
moved to another row or column does not open. AES-256-GCM is the default; SM4-GCM
(GB/T 32907-2016, RFC 8998) can be chosen per key where the linked OpenSSL has
it. Old keys stay for opening; ``reseal`` moves a value to the current one.

Keys never live in the database: they come from the environment or a file.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = 1
NONCE: Final = 12
TAG: Final = 16
SM4_PREFIX: Final = "sm4-"
"""A key whose id begins with this seals with SM4-GCM; every other with AES-256-GCM."""

_ID_LONGEST: Final = 32


class SealBroken(Exception):
    """The value was changed, moved to another row, or its key is not here.

    Not a refusal: nobody's input causes it, and its text never holds a value.
    """


class Algorithm(Protocol):
    """Authenticated encryption with associated data under one key."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext followed by the tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The plain text, or InvalidTag."""


@dataclass(frozen=True, slots=True)
class Sm4Gcm:
    """SM4 in Galois/Counter Mode under a 128-bit key, with the interface of AESGCM."""

    key: bytes = field(repr=False)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext followed by the 16-byte tag."""
        worker = Cipher(algorithms.SM4(self.key), modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(associated_data)
        return worker.update(data) + worker.finalize() + worker.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The plain text, or InvalidTag."""
        worker = Cipher(algorithms.SM4(self.key), modes.GCM(nonce, data[-TAG:])).decryptor()
        worker.authenticate_additional_data(associated_data)
        return worker.update(data[:-TAG]) + worker.finalize()


def sm4_available() -> bool:
    """Whether the linked OpenSSL offers SM4-GCM."""
    try:
        Sm4Gcm(bytes(16)).encrypt(bytes(NONCE), b"", b"")
    except UnsupportedAlgorithm:
        return False
    return True


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


class Sealer:
    """Seals with the current key and opens with any it knows."""

    __slots__ = ("_algorithms", "_current")

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        """Take 32-byte keys by id (1 to 32 ASCII characters) and the id of the one to seal with.

        Refuses unknown ids and wrong sizes with ValueError, SM4 where OpenSSL
        lacks it with UnsupportedAlgorithm.
        """
        if current not in keys:
            msg = f"the current key {current!r} is not among the keys"
            raise ValueError(msg)
        self._algorithms: dict[str, Algorithm] = {key_id: _algorithm(key_id, key) for key_id, key in keys.items()}
        self._current = current

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self._current

    def seal(self, text: str, aad: str) -> bytes:
        """Seal a text for the place named by ``aad``, such as ``person.phone.<id>``; each time with a fresh nonce."""
        name, nonce = self._current.encode(), secrets.token_bytes(NONCE)
        body = self._algorithms[self._current].encrypt(nonce, text.encode(), _bound(name, aad))
        return bytes((VERSION, len(name))) + name + nonce + body

    def open(self, sealed: bytes, aad: str) -> str:
        """The text of a sealed value; SealBroken where it was altered, moved or its key is unknown."""
        key_id = key_of(sealed)
        name = key_id.encode()
        start = 2 + len(name)
        nonce, body = sealed[start : start + NONCE], sealed[start + NONCE :]
        algorithm = self._algorithms.get(key_id)
        if algorithm is None or len(body) < TAG:
            raise SealBroken(key_id)
        try:
            return algorithm.decrypt(nonce, body, _bound(name, aad)).decode()
        except InvalidTag:
            raise SealBroken(key_id) from None

    def stale(self, sealed: bytes) -> bool:
        """Whether the value was sealed with another key than the current one."""
        return key_of(sealed) != self._current

    def reseal(self, sealed: bytes, aad: str) -> bytes:
        """The same text under the current key; a value that has it already comes back as it is."""
        return self.seal(self.open(sealed, aad), aad) if self.stale(sealed) else sealed


def key_of(sealed: bytes) -> str:
    """The id of the key a value was sealed with; SealBroken where this is no sealed value."""
    if len(sealed) < 2 or sealed[0] != VERSION or len(sealed) < 2 + sealed[1] + NONCE + TAG:  # noqa: PLR2004 - the head
        raise SealBroken
    try:
        return sealed[2 : 2 + sealed[1]].decode("ascii")
    except UnicodeDecodeError:
        raise SealBroken from None


def place_of(table: str, column: str, row: object) -> str:
    """The associated data of one field of one row."""
    return f"{table}.{column}.{row}"


def blind_index(key: bytes, text: str) -> bytes:
    """32 bytes under which equal texts are found: HMAC-SHA256 of the text made plain (NFKC, no spaces, upper case).

    Whoever lacks the key can neither read nor guess it, however few possible
    texts there are; the key is therefore another than the sealing one.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return hmac.new(key, b"blind-index:" + plain.encode(), hashlib.sha256).digest()


def _algorithm(key_id: str, key: bytes) -> Algorithm:
    if not (key_id.isascii() and 1 <= len(key_id) <= _ID_LONGEST):
        msg = "a key id has 1 to 32 ASCII characters"
        raise ValueError(msg)
    if len(key) != 32:  # noqa: PLR2004 - 256 bits
        msg = f"the key {key_id!r} must have 32 bytes"
        raise ValueError(msg)
    if key_id.startswith(SM4_PREFIX):
        chosen = Sm4Gcm(hashlib.sha256(b"sm4:" + key).digest()[:16])
        chosen.encrypt(bytes(NONCE), b"", b"")
        return chosen
    return AESGCM(key)


def _bound(name: bytes, aad: str) -> bytes:
    return bytes((VERSION, len(name))) + name + aad.encode()
