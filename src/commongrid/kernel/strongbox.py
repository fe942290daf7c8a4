"""A strongbox: a stream of any length, packed and sealed piece by piece, as backups are kept.

Each piece of one MiB is deflated, sealed with AES-256-GCM under a key of this
box alone (derived from the keeper's key, a fresh salt and the box's name) and
written behind its length. The nonce counts the pieces and marks the last one,
so that a piece changed, left out, moved, put in or cut off does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
import zlib
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC: Final = b"commongrid box 1\n"
SALT: Final = 32
PIECE: Final = 1 << 20
LONGEST: Final = 2 * PIECE
LENGTH: Final = 4
QUICK: Final = 1
"""Level of deflating: what a nightly backup can afford."""


class BoxBroken(Exception):
    """The box was changed or cut, is another one, or the key is not its key."""


def key_of_words(words: str, salt: bytes) -> bytes:
    """A key from a pass phrase, slow on purpose."""
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(words.encode())


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    return AESGCM(hmac.new(key, MAGIC + salt + name.encode(), hashlib.sha256).digest())


def _nonce(n: int, *, last: bool) -> bytes:
    return n.to_bytes(11, "big") + bytes([last])


class Packer(io.RawIOBase):
    """Writes a box; only ``close`` makes it whole."""

    def __init__(self, target: BinaryIO, key: bytes, name: str) -> None:
        """Begin a box; the target stays the caller's to close."""
        salt = secrets.token_bytes(SALT)
        self._target, self._cipher = target, _cipher(key, salt, name)
        self._waiting, self._n = bytearray(), 0
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object, /) -> int:
        """Take bytes; they are written when there is a piece of them."""
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > PIECE:
            self._piece(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(given)

    def close(self) -> None:
        """Write the last piece."""
        if not self.closed:
            self._piece(bytes(self._waiting), last=True)
        super().close()

    def _piece(self, plain: bytes, *, last: bool) -> None:
        body = self._cipher.encrypt(_nonce(self._n, last=last), zlib.compress(plain, QUICK), None)
        self._target.write(bytes([last]) + len(body).to_bytes(LENGTH, "big") + body)
        self._n += 1


class Opener(io.RawIOBase):
    """Reads a box; raises BoxBroken where it does not open."""

    def __init__(self, source: BinaryIO, key: bytes, name: str) -> None:
        """Look at the head of a box."""
        if source.read(len(MAGIC)) != MAGIC:
            raise BoxBroken(name)
        self._source, self._name = source, name
        self._cipher = _cipher(key, source.read(SALT), name)
        self._n, self._over = 0, False
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """Fill the buffer as far as one piece reaches; 0 only behind the last one."""
        while not self._waiting and not self._over:
            self._waiting = memoryview(self._piece())
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        taken = min(len(room), len(self._waiting))
        room[:taken] = self._waiting[:taken]
        self._waiting = self._waiting[taken:]
        return taken

    def _piece(self) -> bytes:
        head = self._source.read(1 + LENGTH)
        length = int.from_bytes(head[1:], "big")
        body = self._source.read(min(length, LONGEST))
        if len(head) != 1 + LENGTH or len(body) != length or head[0] > 1:
            raise BoxBroken(self._name)
        last = head[0] == 1
        try:
            plain = zlib.decompress(self._cipher.decrypt(_nonce(self._n, last=last), body, None))
        except (InvalidTag, ValueError, zlib.error) as error:
            raise BoxBroken(self._name) from error
        self._n, self._over = self._n + 1, last
        if last and self._source.read(1):
            raise BoxBroken(self._name)
        return plain
