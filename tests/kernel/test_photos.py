"""Attachments are accepted by what they are, and nothing that a file hides is kept."""

from __future__ import annotations

import hashlib
import io
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from commongrid.kernel import confined, photos
from commongrid.kernel.refusals import BadInput, Refusal, TooLarge, Unavailable
from tests.factories import crafted
from tests.factories.crafted import Crafted
from tests.figures import Record
from tests.sizes import size


def outcome(file: Crafted) -> str:
    """What became of a file, or what was wrong about it."""
    try:
        accepted = photos.accept(file.data)
    except (BadInput, TooLarge):
        return "refused"
    if file.canary in accepted.data:
        return "canary kept"
    if accepted.media_type == "image/jpeg":
        with Image.open(io.BytesIO(accepted.data), formats=["JPEG"]) as kept:
            if kept.getexif() or set(kept.info) & {"comment", "exif", "xmp", "icc_profile"}:
                return "more than pixels kept"
    return "kept"


def test_of_crafted_files_no_canary_is_kept_and_no_plain_file_refused(figure: Record) -> None:
    """2,000 crafted files in the nightly run, a seeded sample of every kind otherwise."""
    made = list(crafted.files(size(3 * len(crafted.KINDS), 2_000), seed=2611))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(outcome, made))
    wrong = [(f.number, f.kind, o) for f, o in zip(made, found, strict=True) if o != f.expected]
    asked = size(3 * len(crafted.KINDS), 2_000)
    figure("crafted files, canary bytes kept", asked=asked, done=len(found), wrong=len(wrong))
    assert wrong == []


def test_a_photo_is_turned_upright_and_made_smaller() -> None:
    wide = Image.new("RGB", (3200, 1000), "red")
    about = Image.Exif()
    about[0x0112] = 6  # the camera was held upright
    sent = io.BytesIO()
    wide.save(sent, "JPEG", exif=about)
    accepted = photos.accept(sent.getvalue())
    assert (accepted.width, accepted.height) == (500, 1600)
    assert accepted.received == hashlib.sha256(sent.getvalue()).digest()
    assert accepted.stored == hashlib.sha256(accepted.data).digest()


def test_a_transparent_picture_lies_on_white() -> None:
    sent = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(sent, "PNG")
    with Image.open(io.BytesIO(photos.accept(sent.getvalue()).data)) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_a_small_picture_is_not_made_larger() -> None:
    accepted = photos.accept(crafted.picture(random.Random(1), "WEBP"))
    assert max(accepted.width, accepted.height) <= 160


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypheic....", "HEIC"),
        (b"hello", "Only JPEG"),
        (b"\xff\xd8\xff\xe0....", "can't be read as a picture"),
        (b"%PDF-1.4 ....", "damaged"),
        (crafted.pdf(b"<< /S /JavaScript /JS (x) >>"), "scripts"),
        (crafted.pdf(b"<< /EF << /F 1 0 R >> >>"), "other files"),
        (crafted.pdf().replace(b"trailer <<", b"trailer << /Encrypt 4 0 R"), "password"),
    ],
)
def test_a_refusal_names_what_is_wrong(data: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        photos.accept(data)


def test_a_file_over_the_limit_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "LARGEST", 10)
    with pytest.raises(TooLarge):
        photos.accept(bytes(11))


def test_more_files_at_once_than_the_machine_can_take_wait_and_then_are_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photos, "_PATIENCE", 0.01)
    for _ in range(2):
        assert photos._AT_ONCE.acquire(blocking=False)
    try:
        with pytest.raises(Unavailable):
            photos.accept(crafted.picture(random.Random(2)))
    finally:
        photos._AT_ONCE.release(2)


def test_a_child_beyond_its_time_is_ended(tmp_path: os.PathLike[str]) -> None:
    sleeper = photos._HERE.__class__(tmp_path) / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    begun = time.monotonic()
    assert confined.answer(sleeper, (), b"", 0.3) is None
    assert time.monotonic() - begun < 10


def test_a_child_sees_nothing_of_the_environment(tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGRID_KEY_SLIP", "secret")
    teller = photos._HERE.__class__(tmp_path) / "teller.py"
    teller.write_text("import os, sys\nsys.stdout.write('COMMONGRID_KEY_SLIP' in os.environ and 'seen' or 'unseen')\n")
    assert confined.answer(teller, (), b"", 20) == b"unseen"


def test_a_pdf_keeps_its_pages_and_its_length() -> None:
    photo = crafted.picture(random.Random(3), "JPEG", comment=b"a note")
    about = b"<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n" % len(photo)
    sent = crafted.pdf(about + photo + b"\nendstream")
    kept = photos.accept(sent).data
    assert len(kept) == len(sent)
    start = kept.index(b"stream\n") + 7
    with Image.open(io.BytesIO(photo)) as before, Image.open(io.BytesIO(kept[start : start + len(photo)])) as after:
        assert after.tobytes() == before.tobytes()
    assert b"a note" not in kept
    assert photos.accept(kept).data == kept
