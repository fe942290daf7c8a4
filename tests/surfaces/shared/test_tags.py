"""Tags of every page: names, clocks, bars, pictograms, fields; nothing that the content security policy refuses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from commongrid.kernel.refusals import BadInput
from commongrid.surfaces.shared.assets import icons
from commongrid.surfaces.shared.forms import Form

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
SURFACES = Path(__file__).resolve().parents[3] / "src/commongrid/surfaces"


def shown(text: str, **values: Any) -> str:
    """A template rendered in English."""
    with override("en"):
        return Template(text).render(Context(values))


class Labelled:
    """A row with a label of its own."""

    def label(self, language: str) -> str:
        return f"in {language}"


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        ({"zh": "道路", "en": "Roads"}, "道路", "Roads"),
        ({"name_zh": "道路", "name_en": ""}, "道路", "道路"),
        (Labelled(), "in zh", "in en"),
        ("as it is", "as it is", "as it is"),
        (None, "", ""),
    ],
)
def test_named_by_language(row: object, zh: str, en: str) -> None:
    template = Template("{{ row|named }}")
    with override("zh-hans"):
        assert template.render(Context({"row": row})) == zh
    with override("en"):
        assert template.render(Context({"row": row})) == en


@pytest.mark.parametrize(
    ("start", "due", "tone", "words"),
    [(-1, 9, '"clock "', "9 h left"), (-8, 2, '"clock warn"', "2 h left"), (-10, -1, '"clock late"', "1 h overdue")],
)
def test_clock_bar_warns_and_is_late(start: int, due: int, tone: str, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        html = shown("{% clock_bar due start %}", due=NOW + timedelta(hours=due), start=NOW + timedelta(hours=start))
    assert tone in html
    assert words in html
    assert "style=" not in html


def test_bar_stays_within_its_frame() -> None:
    assert 'width="100" height="6"/></svg>' in shown("{% bar 250 %}")
    assert 'class="used" width="0"' in shown("{% bar -3 %}")


def test_icon_is_silent_unless_labelled() -> None:
    assert 'aria-hidden="true"' in shown('{% icon "road" %}')
    assert 'width="20" height="20"' in shown('{% icon "road" %}')  # small where the style sheet has not come
    assert 'role="img" aria-label="&lt;Road&gt;"' in shown('{% icon "road" label %}', label="<Road>")


def test_every_pictogram_named_in_a_template_exists() -> None:
    named = {
        name
        for page in SURFACES.rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', page.read_text(encoding="utf-8"))
    }
    assert named - set(icons()) == set()


def test_no_template_holds_inline_style_script_or_handler() -> None:
    wrong = re.compile(r"<script(?![^>]*\b(?:src=|application/json))|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = [
        str(page.relative_to(SURFACES)) for page in SURFACES.rglob("*.html") if wrong.search(page.read_text("utf-8"))
    ]
    assert found == []


def test_act_id_is_fresh_each_time() -> None:
    first, second = (re.search(r'value="([^"]+)"', shown("{% act_id %}")) for _ in range(2))
    assert first
    assert second
    assert UUID(first[1]).version == UUID(second[1]).version == 7
    assert first[1] != second[1]


def test_query_changes_and_removes() -> None:
    request = RequestFactory().get("/", {"page": "2", "kind": "A01"})
    assert shown("{% query page=3 %}", request=request) == "?page=3&amp;kind=A01"
    assert shown('{% query page="" %}', request=request) == "?kind=A01"


class Asking(Form):
    """A form with each sort of control."""

    words = forms.CharField(label="Words", help_text="A few.", widget=forms.Textarea)
    pick = forms.ChoiceField(label="Pick", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    tick = forms.BooleanField(label="Tick", required=False)
    more = forms.CharField(label="More", required=False)


def test_field_describes_its_control_and_marks_what_is_wrong() -> None:
    form = Asking({"words": "", "pick": "zzz"})
    html = shown("{% errors form %}{% fields form %}", form=form)
    assert '<a href="#id_words">' in html
    assert '<a href="#id_pick_0">' in html
    assert 'aria-describedby="id_words-hint id_words-error"' in html
    assert 'aria-invalid="true"' in html
    assert "(optional)" in html


def test_refused_form_keeps_what_was_typed_and_says_why() -> None:
    form = Asking({"words": "<b>my words</b>", "pick": "a"})
    assert form.is_valid()
    with override("en"):
        form.refuse(BadInput(fields={"words": "Something in this form needs your attention."}))
    html = shown("{% errors form %}{% fields form %}", form=form)
    assert "&lt;b&gt;my words&lt;/b&gt;" in html
    assert "Something in this form needs your attention." in html


def test_refusal_without_field_stands_above_the_form() -> None:
    form = Asking({"words": "x", "pick": "a"})
    with override("zh-hans"):
        form.refuse(BadInput())
    assert form.non_field_errors() == ["表单里有需要您再看一下的地方。"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2200-01-01"])
def test_a_day_that_nobody_could_mean_is_refused_in_the_words_of_its_field(day: str) -> None:
    class Asked(Form):
        on = forms.DateField(error_messages={"invalid": "Write the day as 2026-11-24."})

    form = Asked({"on": day})
    assert form.errors == {"on": ["Write the day as 2026-11-24."]}
    assert Asked({"on": "2026-11-24"}).is_valid()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_long_figures_are_grouped_by_three_in_both_languages(language: str) -> None:
    with override(language):
        assert Template('{{ area|floatformat:"0g" }}').render(Context({"area": 207882174})) == "207,882,174"
