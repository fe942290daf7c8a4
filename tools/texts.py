"""Texts: collect what is shown to people, merge the Chinese, compile it.

English is the key everywhere. Chinese lives in ``locale/zh_Hans/parts/<area>.po``,
one small file per area, so that several people translate at once. Run as

    python tools/texts.py                  merge and compile
    python tools/texts.py --check          also fail on a text without Chinese, a wrong placeholder, a bare text
    python tools/texts.py --missing AREA   print what lacks Chinese under paths containing AREA, ready to fill in
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "commongrid"
PARTS = PACKAGE / "locale" / "zh_Hans" / "parts"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACE = re.compile(r"%\((\w+)\)[sd]")
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"\b(?:title|alt|placeholder|aria-label|label)=\"([^\"{]*[A-Za-z\u4e00-\u9fff]{2}[^\"{]*)\"")
SILENT = re.compile(r"<(script|style|svg|kbd|code)\b.*?</\1>|<[a-z]+[^>]*\blang=[^>]*>[^<]*</", re.DOTALL)
ATTRIBUTES = re.compile(r"{% block (?:body_class|body_attributes|width) %}.*?{% endblock %}", re.DOTALL)
BRACES = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
TAG = re.compile(r"<[^>]+>", re.DOTALL)
ENTITY = re.compile(r"&#?\w+;")
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
BARE_ALLOWED = frozenset({"SVG", "QR", "CSV", "XLSX", "PDF"})

Key = tuple[str, str]
"""Context (or empty) and English singular."""


@dataclass(slots=True)
class Text:
    """One text shown to people and where it stands."""

    singular: str
    plural: str = ""
    places: list[str] = field(default_factory=list)


def _key(context: str | None, singular: str) -> Key:
    return (context or "", singular)


def _sources() -> list[Path]:
    """Every Python file and template of the package, without tests and built files."""
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]
    return sorted(file for file in files if "migrations" not in file.parts)


def collect(files: list[Path]) -> dict[Key, Text]:
    """Every marked text of the sources."""
    texts: dict[Key, Text] = {}
    for file in files:
        source = file.read_text(encoding="utf-8")
        if file.suffix != ".py":
            source = templatize(source, origin=str(file))
        for line, found, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
            words = (found,) if isinstance(found, str) else tuple(word for word in found if word)
            if not words or not words[0]:
                continue
            text = texts.setdefault(_key(context, words[0]), Text(words[0]))
            text.plural = text.plural or (words[1] if len(words) > 1 else "")
            text.places.append(f"{file.relative_to(PACKAGE)}:{line}")
    return texts


def _chinese(message: Message) -> str:
    """The translation; Chinese has one form for every number."""
    string = message.string
    return (string[0] if isinstance(string, (tuple, list)) else string) or ""


def translations() -> tuple[dict[Key, str], list[str]]:
    """The Chinese of all parts, and what is wrong between them."""
    chosen: dict[Key, str] = {}
    source: dict[Key, str] = {}
    faults: list[str] = []
    for part in sorted(PARTS.glob("*.po")):
        with part.open("rb") as stream:
            catalog = read_po(stream, locale="zh_Hans", ignore_obsolete=True)
        for message in catalog:
            if not message.id:
                continue
            singular = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            key, text = _key(message.context, singular), _chinese(message)
            if not text:
                continue
            if key in chosen and chosen[key] != text:
                faults.append(f"{part.name}: “{singular}” is “{text}” here and “{chosen[key]}” in {source[key]}")
                continue
            chosen[key], source[key] = text, part.name
    return chosen, faults


def _differing_places(texts: dict[Key, Text], chosen: dict[Key, str]) -> list[str]:
    """Translations whose placeholders differ from the English."""
    faults = []
    for key, text in texts.items():
        wanted = set(PLACE.findall(text.singular + text.plural))
        if key in chosen and wanted != set(PLACE.findall(chosen[key])):
            faults.append(f"placeholders differ: “{text.singular}” -> “{chosen[key]}”")
    return faults


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def bare_texts(files: list[Path]) -> list[str]:
    """Words in templates that no translation tag holds."""
    faults = []
    for file in files:
        if file.suffix == ".py":
            continue
        source = file.read_text(encoding="utf-8")
        for pattern in (COMMENT, BLOCK):
            source = pattern.sub(_blank, source)
        spoken = SPOKEN.finditer(source)
        found = [(source.count("\n", 0, match.start()) + 1, match.group(1)) for match in spoken]
        for pattern in (ATTRIBUTES, SILENT, BRACES, TAG, ENTITY):
            source = pattern.sub(_blank, source)
        for number, line in enumerate(source.splitlines(), 1):
            found += [(number, word) for word in LETTERS.findall(line) if word not in BARE_ALLOWED]
        faults += [f"{file.relative_to(PACKAGE)}:{number}: “{word}” is not translated" for number, word in found]
    return faults


def compile_catalog(texts: dict[Key, Text], chosen: dict[Key, str]) -> Path:
    """Write the binary catalog that Django reads."""
    catalog = Catalog(locale="zh_Hans", domain="django", fuzzy=False)
    for (context, singular), text in texts.items():
        chinese = chosen.get((context, singular))
        if chinese:
            ids: str | tuple[str, str] = (singular, text.plural) if text.plural else singular
            catalog.add(ids, (chinese,) if text.plural else chinese, context=context or None)
    folder = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "django.mo"
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as stream:
        write_mo(stream, catalog)
    fresh.replace(target)
    return target


def missing(texts: dict[Key, Text], chosen: dict[Key, str], area: str = "") -> dict[Key, Text]:
    """Texts without Chinese that stand under a path containing ``area``."""
    return {
        key: text
        for key, text in texts.items()
        if key not in chosen and any(area in place.lower() for place in text.places)
    }


def print_missing(texts: dict[Key, Text]) -> None:
    """Print texts as an empty part, ready to be filled in."""
    catalog = Catalog(locale="zh_Hans")
    for (context, singular), text in texts.items():
        ids: str | tuple[str, str] = (singular, text.plural) if text.plural else singular
        catalog.add(ids, "", locations=[(place, 0) for place in text.places[:1]], context=context or None)
    out = BytesIO()
    write_po(out, catalog, omit_header=True, width=0)
    sys.stdout.write(out.getvalue().decode().replace(":0\n", "\n"))


def check(texts: dict[Key, Text], chosen: dict[Key, str], faults: list[str]) -> int:
    """Say what is wrong; unused translations only as a warning."""
    lacking = missing(texts, chosen)
    faults = [*faults, *_differing_places(texts, chosen), *bare_texts(_sources())]
    faults += [f"{text.places[0]}: no Chinese for “{text.singular}”" for text in lacking.values()]
    unused = [singular for (context, singular) in chosen if (context, singular) not in texts]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    if unused:
        sys.stdout.write(f"warning: {len(unused)} translations are not used: {', '.join(unused[:8])}\n")
    sys.stdout.write(f"{len(texts)} texts, {len(texts) - len(lacking)} with Chinese, {len(faults)} faults\n")
    return 1 if faults else 0


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail on texts without Chinese and other faults")
    parser.add_argument("--missing", metavar="AREA", help="print what lacks Chinese under paths containing AREA")
    options = parser.parse_args(argv)
    if not settings.configured:
        settings.configure()
    texts = collect(_sources())
    chosen, faults = translations()
    if options.missing is not None:
        print_missing(missing(texts, chosen, options.missing.lower()))
        return 0
    compile_catalog(texts, chosen)
    return check(texts, chosen, faults) if options.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
