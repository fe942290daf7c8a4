"""What people attach: photos and PDFs, accepted by what they are, never by what they are called.

A picture is decoded and only its pixels are encoded again (JPEG, at most 1600
pixels on the longer side), so EXIF, places and anything hidden in the file are
gone. A PDF is looked through; if it is plain its pages are kept as they are, and
notes about its maker are blanked. Both happen in a child process with limits of
its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final, Literal

from commongrid.kernel import confined
from commongrid.kernel.refusals import N_, BadInput, Refusal, TooLarge, Unavailable

MediaType = Literal["image/jpeg", "application/pdf"]

EDGE: Final = 1600
"""Pixels of the longer side of a stored picture."""

LARGEST: Final = 20 << 20
"""Bytes of one file as sent."""

_MEMORY: Final = 2 << 30
_CPU_SECONDS: Final = 15
_WALL_SECONDS: Final = 30
_PATIENCE: Final = 20.0
_HERE: Final = Path(__file__).parent
_AT_ONCE: Final = BoundedSemaphore(2)
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PHONES_OWN: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"avif")

_NOT_READABLE: Final = N_("This file can't be read as a picture. It may be damaged; please take or save it again.")
_WRONG_KIND: Final = N_("Only JPEG, PNG and WebP pictures and PDF files can be attached.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file fit to be kept.

    ``received`` is the SHA-256 of the bytes as sent (confirmed to the sender),
    ``stored`` that of ``data``. ``width`` and ``height`` are pixels, 0 of a PDF.
    """

    media_type: MediaType
    data: bytes = field(repr=False)
    received: bytes
    stored: bytes
    width: int = 0
    height: int = 0


def accept(data: bytes) -> Accepted:
    """Make a file fit to be kept, or refuse it.

    Refuses: TooLarge over 20 MB or where it unpacks to too much; BadInput for
    other kinds, damaged files, and PDFs that act, carry files or are locked;
    Unavailable where too many files are being looked at.
    """
    if len(data) > LARGEST:
        raise TooLarge(
            N_("This file has more than %(megabytes)d MB. Please send a smaller one."), megabytes=LARGEST >> 20
        )
    kind = kind_of(data)
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Unavailable
    try:
        return _pdf(data) if kind == "pdf" else _picture(data)
    finally:
        _AT_ONCE.release()


def kind_of(data: bytes) -> Literal["picture", "pdf"]:
    """What the first bytes announce; BadInput for anything that is not accepted."""
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "picture"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if not data:
        raise BadInput(N_("This file is empty."))
    if data[4:8] == b"ftyp" and data[8:12] in _PHONES_OWN:
        raise BadInput(
            N_("This photo is in a format of the phone's own (HEIC). Set the camera to JPEG, or send a screenshot.")
        )
    raise BadInput(_WRONG_KIND)


def _picture(data: bytes) -> Accepted:
    limits = (str(_MEMORY), str(_CPU_SECONDS), str(EDGE))
    told, _, developed = (confined.answer(_HERE / "darkroom.py", limits, data, _WALL_SECONDS) or b"").partition(b"\n")
    about = json.loads(told) if told else {"fault": "bomb"}
    if "fault" in about:
        raise _refusal(str(about["fault"]))
    return Accepted("image/jpeg", developed, _hash(data), _hash(developed), int(about["width"]), int(about["height"]))


def _pdf(data: bytes) -> Accepted:
    verdict = confined.answer(_HERE / "papers.py", (str(_MEMORY), str(_CPU_SECONDS)), data, _WALL_SECONDS)
    word, _, kept = (verdict or b"bomb").partition(b"\n")
    if word != b"plain":
        raise _refusal("pdf" if word == b"broken" else word.decode("ascii", "replace"))
    return Accepted("application/pdf", kept, _hash(data), _hash(kept))


def _refusal(fault: str) -> Refusal:
    match fault:
        case "bomb":
            return TooLarge(N_("This file takes more memory or time than one file may. Please send a smaller one."))
        case "acting":
            return BadInput(
                N_("This PDF contains scripts or actions. Print it to a new PDF, or send photos of its pages.")
            )
        case "carrying":
            return BadInput(N_("This PDF carries other files inside. Please attach those separately."))
        case "locked":
            return BadInput(N_("This PDF is locked with a password. Please send it without one."))
        case "pdf":
            return BadInput(N_("This PDF is damaged. Print it to a new PDF, or send photos of its pages."))
        case _:
            return BadInput(_NOT_READABLE)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
