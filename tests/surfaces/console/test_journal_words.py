"""Nothing in the journal is shown by a bare code: every act of the policy has a name."""

from __future__ import annotations

from pathlib import Path

import commongrid
from commongrid.surfaces.console import journal_words

POLICY = Path(commongrid.__file__).parent / "config" / "policy.csv"


def test_every_act_has_a_name() -> None:
    acts = {line.split(",")[1] for line in POLICY.read_text("utf-8").splitlines() if line.startswith("act,")}
    assert acts
    assert sorted(acts - set(journal_words.ACTS)) == []


def test_facts_are_told_in_words_and_what_is_for_machines_stays_out() -> None:
    assert journal_words.fact("from", "in_hand") not in ("", "from in_hand")
    assert journal_words.fact("post", "01a20f12-0000-7000-8000-000000000000") == ""
    told = journal_words.facts({"made": True, "count": 3, "unknown": 7, "until": ""})
    assert "3" in told
    assert "True" not in told
    assert "unknown" not in told
