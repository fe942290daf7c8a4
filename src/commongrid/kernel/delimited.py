"""Reading of delimited text (CSV, TSV, also gzipped) as a stream, however it was encoded and separated."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from commongrid.kernel.refusals import N_, BadInput, TooLarge

SAMPLE: Final = 1 << 16
"""Characters looked at to find the separator, bytes to guess an encoding."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet program might take for a formula."""
SEPARATORS: Final = ",\t;|，"
GZIP: Final = b"\x1f\x8b"
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_END: Final = "\x1eend of file\x1e"
_CHUNK: Final = 1 << 18


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


@dataclass(slots=True)
class Delimited:
    """A file of delimited text: where its bytes are, and what was found out about them."""

    source: Path | bytes
    limit: int
    encoding: str = ""
    separator: str = ""
    read: int = 0
    size: int = 0

    def done(self) -> float:
        """The share of the file read so far, 0 to 1."""
        return min(1.0, self.read / self.size) if self.size else 1.0

    def examine(self, suffix: str) -> None:
        """Find the encoding by reading the file once, and the separator from its beginning.

        Refuses: BadInput where no known encoding fits or the gzip is damaged;
        TooLarge beyond ``limit`` unpacked bytes.
        """
        self.encoding = next(name for name in self._candidates() if self._decodes(name))
        with self._bytes() as stream:
            text = io.TextIOWrapper(stream, self.encoding, newline="")
            sample = text.read(SAMPLE)
            text.detach()
        self.separator = "\t" if suffix == "tsv" else sniff(sample)

    def records(self) -> Iterator[list[str]]:
        """Every record, the blank ones too, so that their number is the row in a spreadsheet program.

        Refuses with BadInput a quotation that never ends and a cell of more
        than 131,072 characters.
        """
        number = 0
        try:
            with self._bytes() as stream:
                text = io.TextIOWrapper(stream, self.encoding, newline="")
                for number, record in enumerate(csv.reader(_closed(text), delimiter=self.separator), 1):
                    if record and record[-1].endswith(_END):
                        if record != [_END]:
                            raise _unended(number)
                        return
                    yield [cell.replace("\0", "") for cell in record]
                text.detach()
        except csv.Error:
            raise _unended(number + 1) from None

    def _candidates(self) -> Iterator[str]:
        with self._bytes() as stream:
            start = stream.read(SAMPLE)
        yield from (name for bom, name in _BOMS if start.startswith(bom))
        if not start.startswith(tuple(bom for bom, _ in _BOMS)):
            if start[1::2].count(0) > len(start) // 4:
                yield "utf-16-le"
            if start[::2].count(0) > len(start) // 4:
                yield "utf-16-be"
            yield from ("utf-8", "gb18030")
        raise BadInput(N_("The encoding of this file is not known. Save it as CSV UTF-8 and try again."))

    def _decodes(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with self._bytes() as stream:
                while chunk := stream.read(_CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
        return True

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        raw: BinaryIO = io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")
        with raw:
            self.size = raw.seek(0, io.SEEK_END)
            raw.seek(0)
            packed = raw.read(2) == GZIP
            raw.seek(0)
            self.read = 0
            inner = gzip.GzipFile(fileobj=raw) if packed else raw
            yield io.BufferedReader(_Counted(inner, raw, self), _CHUNK)


class _Counted(io.RawIOBase):
    """Bytes passing by: refuses beyond the limit, tells a gzip's damage as what it is, and counts what was read."""

    def __init__(self, inner: BinaryIO | gzip.GzipFile, raw: BinaryIO, of: Delimited) -> None:
        self.inner, self.raw, self.of, self.passed = inner, raw, of, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self.inner.read(len(buffer))
        except (OSError, EOFError, zlib.error):
            raise BadInput(N_("This compressed file is damaged or incomplete. Please pack it again.")) from None
        buffer[: len(chunk)] = chunk
        self.passed += len(chunk)
        if self.passed > self.of.limit:
            raise TooLarge(N_("Unpacked, this file has more than %(megabytes)d MB."), megabytes=self.of.limit >> 20)
        self.of.read = self.raw.tell()
        return len(chunk)


def sniff(sample: str) -> str:
    """The separator under which most records of the sample have the same number of cells, more than one.

    A comma where none does.
    """
    best, found = (0.0, 0), ","
    for separator in SEPARATORS:
        try:
            widths = [
                len(record)
                for record in csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
                if any(record)
            ]
        except csv.Error:
            continue
        if len(widths) > 1 and len(sample) >= SAMPLE:
            widths.pop()  # the sample may end within a record
        width, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
        if width > 1 and (score := (round(times / len(widths), 2), width)) > best:
            best, found = score, separator
    return found


def _closed(lines: io.TextIOWrapper) -> Iterator[str]:
    """The lines and a last one of our own: where it does not come back alone, a quotation was left open."""
    last = "\n"
    for last in lines:
        yield last
    if not last.endswith(("\n", "\r")):
        yield "\n"
    yield _END


def _unended(number: int) -> BadInput:
    return BadInput(N_("From row %(row)d on, a quotation mark is opened and never closed."), row=number)
