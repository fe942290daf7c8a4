"""Duties, what members can, and numbers on notices, as their editor knows them."""

from __future__ import annotations

from typing import Final

from commongrid.kernel.dated import Column, Values, Vocabulary
from commongrid.kernel.refusals import N_
from commongrid.outreach.rules.words import is_phone

SOURCES: Final = (("county", N_("Set by the county")), ("proposed", N_("Proposed")))
WHOM: Final = (
    ("linked", N_("Linked members")), ("head", N_("Grid heads")), ("member", N_("Grid members")),
)  # fmt: skip
DUTIES: Final = Vocabulary(
    code="linked_duties", title=N_("Duties of linked members, grid heads and grid members"), table="Duty",
    power="worklist.edit",
    lead=N_("Those of linked members stand on the notice and on the member's page, the others with the grid staff."),
    shown=("whom", "counts_when", "source"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=120),
        Column(code="does_zh", label=N_("What it means, in Chinese"), longest=40,
               hint=N_("In a few words, for households: it stands on the notice.")),
        Column(code="does_en", label=N_("What it means, in English"), longest=120),
        Column(code="whom", label=N_("Whose"), sort="choice", needed=True, choices=WHOM),
        Column(code="counts_when", label=N_("Fulfilled by"), longest=160,
               hint=N_("Never the number of problems reported, never points.")),
        Column(code="source", label=N_("Source"), sort="choice", needed=True, choices=SOURCES),
    ),
)  # fmt: skip
ABILITIES: Final = Vocabulary(
    code="abilities", title=N_("What linked members can"), table="Ability", power="worklist.edit",
    lead=N_("Members say it when they declare, households may wish for it. Never an illness, faith or income."),
    shown=("en",),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=120),
    ),
)  # fmt: skip


def _number(values: Values) -> dict[str, str]:
    fine = is_phone(str(values["number"]))
    return {} if fine else {"number": N_("Write a telephone number and nothing else; everybody will read it.")}


NUMBERS: Final = Vocabulary(
    code="public_numbers", title=N_("Numbers on notices"), table="PublicNumber", power="worklist.edit", check=_number,
    lead=N_("The number that always answers, on notices and slips and wherever nobody else is named."),
    shown=("number",), lasting=True, new=False,
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=120),
        Column(code="number", label=N_("Number"), needed=True, longest=40),
    ),
)  # fmt: skip
LISTS: Final = {one.code: one for one in (DUTIES, ABILITIES, NUMBERS)}
