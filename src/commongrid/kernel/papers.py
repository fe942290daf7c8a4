"""The child process that looks through one PDF: ``python -I papers.py MEMORY SECONDS < file.pdf``.

A PDF keeps its pages as they are, so it must be plain: begin and end as one,
lead from its end to its pages, and carry nothing that acts when opened
(scripts, programs to launch, forms that send, media players), no files inside,
no encryption that hides such things, and nothing behind its end. Names are
compared after undoing ``#4A`` escapes, and inside compressed object streams
too. ISO 32000-1 is meant by the clause numbers.

What tells about its maker is blanked where it stands, every other byte keeping
its place: the information dictionary, metadata streams, and in photos of pages
the camera's notes with the place where they were taken.

It prints one word, ``plain`` or the fault, and after ``plain`` the file.

Started by ``photos.py`` and imported by nobody.
"""

from __future__ import annotations

import re
import resource
import sys
import zlib
from collections.abc import Iterator

INFLATED = 256 << 20
"""Bytes that all streams together may unpack to."""

HEAD = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)[\r\n ]")
TAIL = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF[\s\0]*\Z")  # 7.5.5
TABLE = re.compile(rb"\s*(?:xref\s|[0-9]+\s+[0-9]+\s+obj\b)")  # 7.5.4, 7.5.8
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # 7.3.5
STREAM = re.compile(rb"(?<!end)stream\r?\n")  # 7.3.8
ACTING = re.compile(
    rb"/(?:JavaScript|Launch|SubmitForm|ImportData|GoToE|Rendition|RichMedia|XFA)(?![A-Za-z0-9])"  # 12.6.4, 12.7.8
    rb"|/JS\s*(?:[(<]|[0-9]+\s+[0-9]+\s+R)"
)
CARRYING = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)(?![A-Za-z0-9])|/EF\s*(?:<<|[0-9]+\s+[0-9]+\s+R)")  # 7.11.4
LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")  # 7.6
CATALOG = re.compile(rb"/Type\s*/Catalog(?![A-Za-z0-9])")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z0-9])")
OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")  # 7.5.7
FILTER = re.compile(rb"/Filter\s*(?:\[\s*)?/FlateDecode\s*\]?(?!\s*/[A-Za-z0-9]+Decode)")
METADATA = re.compile(rb"/Type\s*/Metadata(?![A-Za-z0-9])")  # 14.3.2
INFORMATION = re.compile(rb"/Info\s+([0-9]+)\s+([0-9]+)\s+R")  # 14.3.3
STRING = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)  # 7.3.4
PHOTO = re.compile(rb"/Filter\s*\[?\s*/DCTDecode")
EMPTY = zlib.compress(b"")
MARKER, START_OF_SCAN = 0xFF, 0xDA
NOTES = frozenset({*range(0xE1, 0xF0), 0xFE}) - {0xEE}
OTHER_ZIP = b"PK\x05\x06"
"""The end of a zip's directory: a file that is a PDF and a zip at once is neither."""


def unescaped(data: bytes) -> bytes:
    """The bytes with names written plainly."""
    return ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), data)


def streams(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each stream's dictionary, and where its bytes begin and end."""
    for found in STREAM.finditer(data):
        begins = max(data.rfind(b"obj", 0, found.start()), found.start() - 4096)
        ends = data.find(b"endstream", found.end())
        yield unescaped(data[begins : found.start()]), found.end(), ends if ends >= 0 else len(data)


def inflated(packed: bytes, room: int) -> bytes:
    """What a Flate stream unpacks to, as far as it does, at most ``room`` bytes."""
    try:
        return zlib.decompressobj().decompress(packed, room)
    except zlib.error:
        return b""


def fault_in(plain: bytes) -> str:
    """What is wrong with readable bytes of a PDF, or nothing."""
    for fault, pattern in (("acting", ACTING), ("carrying", CARRYING), ("locked", LOCKED)):
        if pattern.search(plain):
            return fault
    return ""


def shape(data: bytes) -> str:
    """What is wrong with the frame: head, tail, and where the tail leads."""
    tail = TAIL.search(data, max(0, len(data) - 2048))
    if not HEAD.match(data) or tail is None:
        return "broken"
    if not TABLE.match(data, int(tail[1])) or OTHER_ZIP in data[-66_000:]:
        return "broken"
    return ""


def verdict(data: bytes) -> str:
    """The one word."""
    written = unescaped(data)
    if fault := shape(data) or fault_in(written):
        return fault
    room, catalog, page = INFLATED, CATALOG.search(written), PAGE.search(written)
    for about, start, end in streams(data):
        opened = inflated(data[start:end], room)
        room -= len(opened)
        if room <= 0:
            return "bomb"
        if OBJECTS.search(about) and (not FILTER.search(about) or b"/Predictor" in about or not opened):
            return "locked"
        content = unescaped(opened)
        if fault := fault_in(content):
            return fault
        catalog, page = catalog or CATALOG.search(content), page or PAGE.search(content)
    return "plain" if catalog and page else "broken"


def blanked(data: bytes) -> bytes:
    """The file without what tells about its maker; every byte that remains keeps its place."""
    file = bytearray(data)
    for about, start, end in streams(data):
        if METADATA.search(about):
            file[start:end] = (EMPTY if b"/FlateDecode" in about else b"").ljust(end - start)[: end - start]
        elif PHOTO.search(about):
            file[start:end] = quiet_photo(data[start:end])
    for named in INFORMATION.finditer(data):
        file[named.start() : named.end()] = b" " * (named.end() - named.start())
        for found in re.finditer(rb"(?<![0-9])%s\s+%s\s+obj\b(.*?)endobj" % (named[1], named[2]), data, re.DOTALL):
            file[found.start(1) : found.end(1)] = STRING.sub(lambda text: b" " * len(text[0]), found[1])
    return bytes(file)


def quiet_photo(data: bytes) -> bytes:
    """A JPEG of the same length whose notes (APP1 to APP15 but Adobe's APP14, and comments) hold zeros."""
    photo, at = bytearray(data), 2
    while data[:2] == b"\xff\xd8" and at + 4 <= len(data) and data[at] == MARKER and data[at + 1] != START_OF_SCAN:
        after = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] in NOTES:
            photo[at + 4 : after] = bytes(max(0, min(after, len(data)) - at - 4))
        at = after
    return bytes(photo)


def main(memory: str, seconds: str) -> None:
    """Read the file within the limits and print the verdict."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    found = verdict(data)
    sys.stdout.buffer.write(found.encode() + b"\n" + (blanked(data) if found == "plain" else b""))


if __name__ == "__main__":
    main(*sys.argv[1:])
