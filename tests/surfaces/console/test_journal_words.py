"""Nothing in the journal is shown by a bare code: acts, things, facts and the codes in them have words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from tools import policy

import commongrid
from commongrid.kernel.scope import clock
from commongrid.matters.actions.asking import CAME
from commongrid.matters.actions.closing import RESULTS
from commongrid.matters.models.publishing import STATES as PUBLISHED
from commongrid.matters.rules import words
from commongrid.matters.rules.vocabularies import VOCABULARIES
from commongrid.notices.rules.texts import SORTS as NOTICES
from commongrid.notices.rules.texts import TEXTS
from commongrid.outreach.rules.duties import LISTS
from commongrid.registry.importing.models import SORTS as SHEETS
from commongrid.registry.keeping.rules import BASES, SHOWN_BY
from commongrid.roster.rules import TALENT_STATES, TALENTS, TURNS, UNIT_TYPES_AT
from commongrid.surfaces.console import fact_words, journal_words
from commongrid.territory.rules.markets import SORTS as MARKETS

if TYPE_CHECKING:
    from tests.bed import Database

SOURCE = Path(commongrid.__file__).parent
POLICY = SOURCE / "config" / "policy.csv"
CODES = {
    "from": words.STATES,
    "to": words.STATES,
    "had": words.OWNERS,
    "has": words.OWNERS,
    "level": words.LEVELS,
    "clock": words.CLOCKS,
    "outcome": words.OUTCOMES,
    "series": words.SERIES,
    "urgency": words.URGENCIES,
    "sort": (*words.APPROVED, *MARKETS, *NOTICES, "orders", "results", *TALENTS, *SHEETS),
    "part": TURNS,
    "result": (*RESULTS, "holds", "fails", "lapsed", "passed_up"),
    "state": (*PUBLISHED, *TALENT_STATES),
    "came": CAME,
    "channel": ("inbox", "email", "sms"),
    "type": sorted({one for types in UNIT_TYPES_AT.values() for one in types}),
    "vocabulary": (*VOCABULARIES, TEXTS.code, *LISTS),
    "moved": ("sooner", "later"),
    "of": ("person", "household", "site", "thing", "organisation"),
    "basis": BASES,
    "shown_by": SHOWN_BY,
    "kind": ("assigned_village", "linked_household", "named_helper"),
}
"""Every code that the rules put under a key."""


def declared() -> set[str]:
    """The keys of facts that any action declares."""
    from commongrid.journal.actions import ACTIONS

    assert policy.opened()
    return {key for action in ACTIONS.values() for key in action.facts}


def test_every_act_has_a_name() -> None:
    acts = {line.split(",")[1] for line in POLICY.read_text("utf-8").splitlines() if line.startswith("act,")}
    assert acts
    assert sorted(acts - set(journal_words.ACTS)) == []


def test_everything_an_act_concerns_has_a_name() -> None:
    sources = "".join(path.read_text("utf-8") for path in SOURCE.rglob("actions/**/*.py"))
    found = set(re.findall(r'subject_kind="(\w+)"', sources))
    assert found
    assert sorted(found - set(journal_words.CONCERNED)) == []


def test_every_fact_has_words_or_is_for_machines() -> None:
    keys = declared()
    assert sorted(keys - set(fact_words.FACTS) - fact_words.MACHINE) == []
    assert sorted(set(fact_words.FACTS) & fact_words.MACHINE) == []
    told = {*fact_words.CODED, *fact_words.LISTED, *fact_words.PLAIN, *fact_words.DAYS}
    assert sorted(set(fact_words.FACTS) - told) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("key", CODES)
def test_every_code_under_a_key_has_words(key: str, language: str) -> None:
    with translation.override(language):
        said = {code: fact_words.CODED[key](code) for code in CODES[key]}
    bare = {code for code, text in said.items() if text in ("", code)}
    assert bare <= (LIKE_ENGLISH if language == "en" else set())


LIKE_ENGLISH = {
    "person", "household", "site", "thing", "organisation", "published", "orders", "results", "craft", "culture",
    "veteran", *SHEETS,
}  # fmt: skip
"""Codes that are their own English word; in Chinese they have another."""


def test_what_has_no_name_is_left_out_and_never_shown_raw() -> None:
    assert fact_words.fact("from", "01a20f12-0000-7000-8000-000000000000") == ""
    assert fact_words.fact("kind", "G02") == ""
    assert fact_words.fact("post", "01a20f12-0000-7000-8000-000000000000") == ""
    told = fact_words.facts({"made": True, "count": 3, "unknown": 7, "until": "", "on": "2026-11-26"})
    assert "3" in told
    assert "True" not in told
    assert "unknown" not in told
    assert "2026-11-26" not in told


def test_the_county_s_own_lists_name_their_codes(database: Database) -> None:
    assert database.name
    names = fact_words.names(clock("test", "matters.read"))
    with translation.override("en"):
        assert fact_words.fact("kind", "G02", fact_words.names(clock("test", "matters.read"))).endswith("culverts")
    for key, code in (("kinds", ["G02", "E01"]), ("role", "dispatcher"), ("function", "transport")):
        told = fact_words.fact(key, code, names)
        assert told
        assert str(code) not in told
