"""Crafted files: pictures and PDFs that carry something they should not, each with a canary in it.

Every file is made from a seed, so a failing one can be made again by its
number. ``expected`` says what must become of it: "kept" (a picture developed
anew or a plain PDF, without the canary) or "refused".
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PIL import Image
from PIL.PngImagePlugin import PngInfo

FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Crafted:
    """One file of the generator."""

    number: int
    kind: str
    expected: str
    canary: bytes
    data: bytes = field(repr=False)


def files(count: int, seed: int) -> Iterator[Crafted]:
    """That many files, the kinds in turn, each different."""
    kinds = list(KINDS.items())
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        canary = b"CANARY" + chance.randbytes(9).hex().encode()
        kind, (expected, make) = kinds[number % len(kinds)]
        yield Crafted(number, kind, expected, canary, make(chance, canary))


def picture(chance: random.Random, image_format: str = "", **how: object) -> bytes:
    """A small picture of random blocks."""
    width, height = chance.randint(8, 160), chance.randint(8, 160)
    small = Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((width, height))
    if chance.random() < 0.2:
        small = small.convert(chance.choice(["L", "P", "RGBA"]))
    chosen = image_format or chance.choice(FORMATS)
    written = io.BytesIO()
    (small.convert("RGB") if chosen == "JPEG" else small).save(written, chosen, **how)
    return written.getvalue()


def pdf(body: bytes = b"", *, catalog: bytes = b"", compressed: bytes = b"") -> bytes:
    """A PDF of one empty page with a true table of its objects, and more objects in ``body`` or a compressed stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        body or b"null",
    ]
    if compressed:
        packed = zlib.compress(b"6 0 " + compressed)
        about = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
        objects.append(about + b"\nstream\n" + packed + b"\nendstream")
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return data + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def png_chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be enormous."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + png_chunk(b"IEND", b"")


def _exif(chance: random.Random, canary: bytes) -> bytes:
    about = Image.Exif()
    about[0x010E] = canary.decode()
    about[0x0112] = chance.randint(1, 8)
    about.get_ifd(0x8825)[29] = canary.decode()  # in the block of the place where it was taken
    return picture(chance, exif=about)


def _comment(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance, "JPEG", comment=canary)


def _png_text(chance: random.Random, canary: bytes) -> bytes:
    texts = PngInfo()
    texts.add_text("Comment", canary.decode(), zip=chance.random() < 0.5)
    texts.add_itxt("XML:com.adobe.xmp", canary.decode())
    return picture(chance, "PNG", pnginfo=texts)


def _private_chunk(chance: random.Random, canary: bytes) -> bytes:
    plain = picture(chance, "PNG")
    return plain[:33] + png_chunk(b"prVt", canary) + plain[33:]


def _xmp(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance, chance.choice(("JPEG", "WEBP")), xmp=b"<x:xmpmeta>" + canary + b"</x:xmpmeta>")


def _profile(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance, icc_profile=canary * 20)


def _tail(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance) + canary


def _with_zip(chance: random.Random, canary: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("run.js", canary)
    return picture(chance) + packed.getvalue()


def _with_script(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance) + b"<html><script>/*" + canary + b"*/alert(1)</script></html>"


def _named_otherwise(chance: random.Random, canary: bytes) -> bytes:
    kinds = (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + canary + b"</svg>",
        b"<!doctype html><script>" + canary + b"</script>",
        b"GIF89a" + canary,
        b"BM" + canary,
        b"\x7fELF" + canary,
        b"MZ" + canary,
        b"\x00\x00\x00\x18ftypheic" + canary,
        b"II*\x00" + canary,
        gzip.compress(canary),
        canary,
    )
    return chance.choice(kinds)


def _head_only(chance: random.Random, canary: bytes) -> bytes:
    heads = (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", b"\x89PNG\r\n\x1a\n", b"RIFF\x24\x00\x00\x00WEBPVP8 ")
    return chance.choice(heads) + canary + chance.randbytes(200)


def _cut(chance: random.Random, canary: bytes) -> bytes:
    whole = _exif(chance, canary)
    return whole[: chance.randint(8, max(9, len(whole) // 2))]


def _bomb(chance: random.Random, canary: bytes) -> bytes:
    return png_bomb(chance.randint(20_000, 60_000), chance.randint(20_000, 60_000)) + canary


def _escaped(chance: random.Random, name: bytes) -> bytes:
    """A PDF name, some of its letters written as ``#4A``."""
    return b"".join(b"#%02X" % sign if chance.random() < 0.4 else bytes((sign,)) for sign in name)


def _pdf_script(chance: random.Random, canary: bytes) -> bytes:
    act = b"<< /S /" + _escaped(chance, b"JavaScript") + b" /JS (app.alert('" + canary + b"')) >>"
    return chance.choice((pdf(act), pdf(catalog=b"/OpenAction " + act), pdf(compressed=act)))


def _pdf_launch(chance: random.Random, canary: bytes) -> bytes:
    act = b"<< /S /" + _escaped(chance, b"Launch") + b" /F (" + canary + b") >>"
    return chance.choice((pdf(act), pdf(compressed=act)))


def _pdf_carries(chance: random.Random, canary: bytes) -> bytes:
    filespec = b"<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> /Desc (" + canary + b") >>"
    tree = b"/Names << /" + _escaped(chance, b"EmbeddedFiles") + b" 9 0 R >>"
    return chance.choice((pdf(filespec), pdf(canary.join((b"(", b")")), catalog=tree), pdf(compressed=filespec)))


def _pdf_form(chance: random.Random, canary: bytes) -> bytes:
    name = chance.choice((b"XFA", b"SubmitForm", b"RichMedia", b"ImportData", b"GoToE", b"Rendition"))
    return pdf(b"<< /" + _escaped(chance, name) + b" (" + canary + b") >>")


def _pdf_locked(chance: random.Random, canary: bytes) -> bytes:
    return pdf(b"(" + canary + b")").replace(b"trailer <<", b"trailer << /Encrypt 4 0 R")


def _pdf_tail(chance: random.Random, canary: bytes) -> bytes:
    return chance.choice((pdf() + canary, canary + pdf(), pdf()[:-6] + canary))


def _pdf_and_zip(chance: random.Random, canary: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", canary)
    return pdf(b"<< /Length %d >>\nstream\n" % len(packed.getvalue()) + packed.getvalue() + b"\nendstream")


def _pdf_nothing(chance: random.Random, canary: bytes) -> bytes:
    return chance.choice(
        (b"%PDF-1.4\n" + canary + b"\n%%EOF", b"%PDF-9.9\n" + canary, b"%PDF-1.4\nstartxref\n0\n%%EOF")
    )


def _pdf_tells(chance: random.Random, canary: bytes) -> bytes:
    """A PDF that tells who made it and where: information, metadata, the notes of a photo."""
    about = Image.Exif()
    about[0x010E] = canary.decode()
    photo = picture(chance, "JPEG", exif=about, comment=canary)
    pieces = (
        b"<< /Author (" + canary + b" \\(x\\)) /Title <" + canary.hex().encode() + b"> /N 1 >>",
        b"<< /Type /Metadata /Subtype /XML /Length 99 >>\nstream\n<x>" + canary + b"</x>\nendstream",
        b"<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n" % len(photo) + photo + b"\nendstream",
    )
    kind = chance.randrange(3)
    made = pdf(pieces[kind])
    return made.replace(b"trailer <<", b"trailer << /Info 4 0 R") if kind == 0 else made


def _plain_picture(chance: random.Random, canary: bytes) -> bytes:
    return picture(chance)


def _plain_pdf(chance: random.Random, canary: bytes) -> bytes:
    return pdf(b"<< /S /URI /URI (about:blank) /N %d >>" % chance.randrange(10**9), compressed=b"<< /A 1 >>")


KINDS: dict[str, tuple[str, Callable[[random.Random, bytes], bytes]]] = {
    "plain picture": ("kept", _plain_picture),
    "exif": ("kept", _exif),
    "comment": ("kept", _comment),
    "png texts": ("kept", _png_text),
    "private chunk": ("kept", _private_chunk),
    "xmp": ("kept", _xmp),
    "colour profile": ("kept", _profile),
    "bytes behind the end": ("kept", _tail),
    "zip behind the end": ("kept", _with_zip),
    "page behind the end": ("kept", _with_script),
    "another kind": ("refused", _named_otherwise),
    "only a head": ("refused", _head_only),
    "cut off": ("refused", _cut),
    "claims to be enormous": ("refused", _bomb),
    "plain pdf": ("kept", _plain_pdf),
    "pdf that tells about its maker": ("kept", _pdf_tells),
    "pdf with a script": ("refused", _pdf_script),
    "pdf that launches": ("refused", _pdf_launch),
    "pdf with files inside": ("refused", _pdf_carries),
    "pdf with a form that acts": ("refused", _pdf_form),
    "locked pdf": ("refused", _pdf_locked),
    "pdf with more around it": ("refused", _pdf_tail),
    "pdf and zip at once": ("refused", _pdf_and_zip),
    "pdf in name only": ("refused", _pdf_nothing),
}
