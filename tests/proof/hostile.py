"""Forms as a page offers them, and what a careless or hostile sender makes of them.

``forms_of`` reads a page as a browser does; ``Form.filled`` is what a sensible
person sends; ``mutants`` are everything else: fields missing, empty, huge,
of the wrong kind, bytes that are no text, bodies that are no form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

Pairs = list[tuple[str, str]]
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "a1b2c3"
TYPED = {"text", "search", "tel", "textarea", "email", "url"}
"""Kinds of fields that hold a person's own words."""

WORDS = {
    "empty": "", "blank": "  \t ", "long": "涵洞" * 50_000, "nul": "a\x00b", "control": "a\x01\x08\x1b[31m\x7f\x85b",
    "surrogate": "\ud800x\udfff", "noncharacter": "\ufffe\uffff", "bidi": "\u202eevil\u2066", "combining": "a" + "\u0301" * 3000,
    "astral": "𠮷野家😀", "newlines": "\r\n\r\nSet-Cookie: a=b", "format": "%s %(a)s {0} {a.__class__} ${7*7}",
    "percent": "%", "quote": "' OR 1=1 --", "backslash": "\\u0000\\", "markup": "<b>&amp;</b>", "path": "../../../etc/passwd",
    "number": "9" * 400, "longest number": "9" * 5000, "negative": "-1", "minus zero": "-0", "nan": "NaN", "infinite": "-Infinity",
    "exponent": "1e400", "fraction": "1.5", "arabic digits": "١٢٣٤٥٦٧٨٩٠١٢٣٤٥", "superscript": "²", "circled": "①",
    "bigint": "9223372036854775808", "smallint": "2147483648", "day zero": "0000-00-00", "last day": "9999-12-31",
    "first day": "0001-01-01", "no day": "2026-02-30", "far day": "12026-01-01", "moment": "2026-11-24T25:61:61Z",
    "nil id": "00000000-0000-0000-0000-000000000000", "braced id": "{00000000-0000-0000-0000-000000000000}",
    "urn": "urn:uuid:00000000-0000-0000-0000-000000000000", "no id": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    "unit": "unit:------------------------------------", "unit id": "unit:00000000-0000-0000-0000-000000000000",
    "place": "place:999999999999999", "code": "990101999999999", "json": '{"a": [1]}', "list": "[]", "true": "true", "null": "null",
    "address": "//evil.example/", "broken address": "http://[", "script": "javascript:alert(1)", "colon": ":", "comma": ",,,",
}  # fmt: skip
"""What stands in one field, by name."""


@dataclass(slots=True)
class Field:
    """One control of a form."""

    name: str
    sort: str
    value: str = ""
    ticked: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and its controls."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, chance: random.Random, words: str = "") -> Pairs:
        """What a sensible person sends; ``words`` go into every field for words."""
        pairs: dict[str, list[str]] = {}
        for one in self.fields:
            value = _sensible(one, chance, words)
            if value is None or (one.sort in {"radio", "submit"} and one.name in pairs and chance.random() < 0.5):
                continue
            pairs[one.name] = [*pairs.get(one.name, []), value] if one.sort == "checkbox" else [value]
        return [(name, value) for name, values in pairs.items() for value in values]

    def holds(self, name: str) -> str | None:
        """What a field for words holds."""
        return next((one.value for one in self.fields if one.name == name and one.sort in TYPED | {"hidden"}), None)

    @property
    def worded(self) -> list[str]:
        """Names of the fields for words."""
        return [one.name for one in self.fields if one.sort in TYPED]


USUAL = {"date": "2026-11-27", "number": "3", "password": "correct horse battery staple", "tel": "13800000000"}


def _sensible(one: Field, chance: random.Random, words: str) -> str | None:
    if not one.name or one.sort == "file":
        return None
    if one.sort == "select":
        return chance.choice([option for option in one.options if option] or [""])
    if one.sort in {"checkbox", "radio", "hidden", "submit", "button"}:
        return one.value or "on"
    return USUAL.get(one.sort) or words or one.value or "一切都好"


class _Reader(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__(convert_charrefs=True)
        self.at, self.forms, self.inside = at, list[Form](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action") or self.at, given.get("method", "get").lower()))
        if not self.forms or "form" in given:
            return
        fields = self.forms[-1].fields
        match tag:
            case "input":
                fields.append(
                    Field(given.get("name", ""), given.get("type", "text"), given.get("value", ""), "checked" in given)
                )
            case "button":
                fields.append(Field(given.get("name", ""), "submit", given.get("value", "")))
            case "textarea" | "select":
                fields.append(Field(given.get("name", ""), tag))
                self.inside = tag
            case "option" if fields:
                fields[-1].options.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "textarea":
            self.forms[-1].fields[-1].value += data


def forms_of(page: str, at: str) -> list[Form]:
    """Every form of a page that was read at an address."""
    reader = _Reader(at)
    reader.feed(page)
    for form in reader.forms:
        form.action = urlsplit(form.action).path + (f"?{query}" if (query := urlsplit(form.action).query) else "")
        for one in form.fields:
            one.value = one.value.removeprefix("\n") if one.sort == "textarea" else one.value
    return reader.forms


@dataclass(frozen=True, slots=True)
class Mutant:
    """A body to send, and the fields for words in it that nothing is wrong with."""

    label: str
    body: bytes
    kind: str = FORM
    kept: dict[str, str] = field(default_factory=dict)


def encoded(pairs: Pairs) -> bytes:
    """As a browser sends it; lone surrogates become bytes that are no UTF-8."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in pairs
    ).encode()


def multipart(pairs: Pairs, files: dict[str, tuple[str, bytes]]) -> bytes:
    """A multipart body."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
            errors="surrogatepass"
        )
        for name, value in pairs
    ]
    for name, (filename, content) in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts.append(head.encode(errors="surrogatepass") + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def mutants(form: Form, chance: random.Random, count: int) -> Iterator[Mutant]:
    """So many bodies for a form: most with one field spoilt, the rest spoilt as a whole."""
    names = sorted({one.name for one in form.fields if one.name})
    for n in range(count):
        pairs = form.filled(chance, f"说的话 {n} 号")
        if names and chance.random() < 0.75:
            yield _one_spoilt(form, pairs, chance.choice(names), chance)
        else:
            yield chance.choice(WHOLE)(pairs, chance)


def _one_spoilt(form: Form, pairs: Pairs, name: str, chance: random.Random) -> Mutant:
    others = [(key, value) for key, value in pairs if key != name]
    kept = {key: value for key, value in others if key in form.worded}
    how = chance.randrange(8)
    if how == 0:
        return Mutant(f"{name} missing", encoded(others), kept=kept)
    if how == 1:
        twice = [(name, chance.choice(list(WORDS.values()))) for _ in range(3)]
        return Mutant(f"{name} thrice", encoded([*others, *twice]), kept=kept)
    if how == 2:
        files = {name: (chance.choice(["a.jpg", "", "../a", "\x00", "名" * 300]), b"\xff\xd8\xff\xe0" + bytes(200))}
        return Mutant(f"{name} a file", multipart(others, files), MULTIPART, kept)
    label = chance.choice(list(WORDS))
    return Mutant(f"{name} {label}", encoded([*others, (name, WORDS[label])]), kept=kept)


def _everything(pairs: Pairs, chance: random.Random) -> Mutant:
    label = chance.choice(list(WORDS))
    return Mutant(f"everything {label}", encoded([(name, WORDS[label]) for name, _value in pairs]))


def _cut(pairs: Pairs, chance: random.Random) -> Mutant:
    body = multipart(pairs, {"photos": ("a.jpg", b"\xff\xd8")})
    return Mutant("multipart cut short", body[: chance.randrange(len(body))], MULTIPART)


WHOLE: list[Callable[[Pairs, random.Random], Mutant]] = [
    _everything,
    _cut,
    lambda pairs, chance: Mutant("nothing", b""),
    lambda pairs, chance: Mutant("JSON", json.dumps(dict(pairs)).encode(), "application/json"),
    lambda pairs, chance: Mutant("JSON that is none", b'{"a":', "application/json"),
    lambda pairs, chance: Mutant("no boundary", encoded(pairs), "multipart/form-data"),
    lambda pairs, chance: Mutant("bad boundary", encoded(pairs), "multipart/form-data; boundary=\xe9 x;;"),
    lambda pairs, chance: Mutant("another charset", encoded(pairs), f"{FORM}; charset=utf-16"),
    lambda pairs, chance: Mutant("a charset that is none", encoded(pairs), f"{FORM}; charset=klingon"),
    lambda pairs, chance: Mutant("bytes", bytes(chance.randrange(256) for _ in range(300))),
    lambda pairs, chance: Mutant("bytes of nothing", b"\xff\xfe", "application/octet-stream"),
    lambda pairs, chance: Mutant("too many fields", encoded([*pairs, *((f"f{n}", "x") for n in range(600))])),
    lambda pairs, chance: Mutant("3 MB", encoded([*pairs, ("more", "x" * 3_000_000)])),
    lambda pairs, chance: Mutant("torn escapes", encoded(pairs).replace(b"%", b"%%") + b"&%&=&%zz=%f"),
    lambda pairs, chance: Mutant("names in brackets", encoded([(f"{name}[]", value) for name, value in pairs])),
    lambda pairs, chance: Mutant("plain text", encoded(pairs), "text/plain"),
    lambda pairs, chance: Mutant("base64 that is none", b"--a1b2c3\r\nContent-Disposition: form-data; name=\"text\"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--a1b2c3--\r\n", MULTIPART),
]  # fmt: skip
"""Ways to spoil a body as a whole."""
