"""Strongboxes open as they were packed, and not at all once anything of them was changed."""

from __future__ import annotations

import io
import random

import pytest

from commongrid.kernel import strongbox
from commongrid.kernel.strongbox import BoxBroken, Opener, Packer, key_of_words

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strongbox, "PIECE", 64)


def packed(plain: bytes, name: str = "files", *, step: int = 50) -> bytes:
    target = io.BytesIO()
    with Packer(target, KEY, name) as box:
        for begin in range(0, len(plain), step):
            box.write(plain[begin : begin + step])
    return target.getvalue()


def opened(box: bytes, name: str = "files", key: bytes = KEY) -> bytes:
    return Opener(io.BytesIO(box), key, name).read()


def pieces(box: bytes) -> list[bytes]:
    """The head, then each piece with its mark and length."""
    found, at = [box[: len(strongbox.MAGIC) + strongbox.SALT]], len(strongbox.MAGIC) + strongbox.SALT
    while at < len(box):
        length = 5 + int.from_bytes(box[at + 1 : at + 5], "big")
        found.append(box[at : at + length])
        at += length
    return found


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128, 1000])
def test_what_was_packed_comes_out(length: int) -> None:
    plain = random.Random(length).randbytes(length)
    assert opened(packed(plain)) == plain
    assert opened(packed(plain, step=7)) == plain


def test_two_boxes_of_the_same_have_nothing_in_common() -> None:
    one, other = packed(b"secret " * 40), packed(b"secret " * 40)
    assert not {*pieces(one)} & {*pieces(other)}
    assert b"secret" not in one


def test_refuses_a_box_that_was_cut_changed_or_put_together_anew() -> None:
    box = packed(random.Random(1).randbytes(300))
    head, *rest = pieces(box)
    assert len(rest) == 5
    wrong = [b"", box[:10], head, box + b"more", b"".join((head, *rest[:-1])), box[:-1]]
    wrong += [b"".join((head, *rest[:n], *rest[n + 1 :])) for n in range(5)]
    wrong += [b"".join((head, rest[1], rest[0], *rest[2:])), b"".join((head, rest[0], *rest))]
    wrong += [b"".join((head, *rest[:2], b"\1" + rest[2][1:]))]
    wrong += [b"".join((pieces(packed(b"x"))[0], *rest))]
    dice = random.Random(2)
    for _ in range(60):
        at = dice.randrange(len(box))
        wrong.append(box[:at] + bytes([box[at] ^ 1 << dice.randrange(8)]) + box[at + 1 :])
    for one in wrong:
        with pytest.raises(BoxBroken):
            opened(one)


def test_refuses_another_key_and_another_name() -> None:
    box = packed(b"plain")
    for name, key in (("database", KEY), ("files", bytes(32))):
        with pytest.raises(BoxBroken):
            opened(box, name, key)


def test_a_box_that_was_never_closed_does_not_open() -> None:
    target = io.BytesIO()
    box = Packer(target, KEY, "files")
    box.write(b"x" * 200)
    half = target.getvalue()
    box.close()
    with pytest.raises(BoxBroken):
        opened(half)


def test_words_make_the_same_key_with_the_same_salt_alone() -> None:
    one, again, other = (key_of_words("zwölf Zeichen", salt) for salt in (b"a" * 32, b"a" * 32, b"b" * 32))
    assert one == again != other
