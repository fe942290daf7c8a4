"""The collector of texts: what it finds, what it refuses; and that every text of the product has its Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import texts


def part(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    """Write a part of the catalog."""
    lines = [f'msgid "{english}"\nmsgstr "{chinese}"\n' for english, chinese in pairs]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package with a view, a template and room for parts."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "parts").mkdir()
    (tmp_path / "view.py").write_text('x = _("From a view")\ny = N_("%(n)s left")\n', encoding="utf-8")
    (tmp_path / "templates/page.html").write_text(
        '<p title="{% translate \'A title\' %}">{% translate "In a page" %}</p>'
        "{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}",
        encoding="utf-8",
    )
    monkeypatch.setattr(texts, "PACKAGE", tmp_path)
    monkeypatch.setattr(texts, "PARTS", tmp_path / "parts")
    return tmp_path


def collected() -> set[str]:
    """The English of what is found."""
    return {text.singular for text in texts.collect(texts._sources()).values()}


def test_collects_from_python_and_templates(package: Path) -> None:
    assert collected() == {"From a view", "%(n)s left", "A title", "In a page", "one"}


def test_parts_that_disagree_are_named(package: Path) -> None:
    part(package / "parts", "a.po", ("From a view", "甲"))
    part(package / "parts", "b.po", ("From a view", "乙"))
    _chosen, faults = texts.translations()
    assert len(faults) == 1
    assert "From a view" in faults[0]


def test_lost_placeholder_is_a_fault(package: Path) -> None:
    part(package / "parts", "a.po", ("%(n)s left", "还剩"))
    chosen, _faults = texts.translations()
    assert texts._differing_places(texts.collect(texts._sources()), chosen) != []


def test_bare_words_in_a_template_are_a_fault(package: Path) -> None:
    page = package / "templates/bare.html"
    page.write_text(
        '<p title="Bare title">Bare {{ n }} words {# not this #}</p><a lang="en">English</a>', encoding="utf-8"
    )
    faults = texts.bare_texts([page])
    assert [fault.split("“")[1].split("”")[0] for fault in faults] == ["Bare title", "Bare", "words"]


def test_missing_lists_an_area_only(package: Path) -> None:
    found = texts.missing(texts.collect(texts._sources()), {}, "templates")
    assert "From a view" not in {text.singular for text in found.values()}


def test_check_counts_what_lacks_chinese(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = texts.collect(texts._sources())
    assert texts.check(everything, {}, []) == 1
    assert "no Chinese for “In a page”" in capsys.readouterr().out
    complete = {key: "中" if "%" not in text.singular + text.plural else "中%(n)s" for key, text in everything.items()}
    assert texts.check(everything, complete, []) == 0
