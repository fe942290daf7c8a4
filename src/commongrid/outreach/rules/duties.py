"""The ten duties as their editor knows them."""

from __future__ import annotations

from typing import Final

from commongrid.kernel.dated import Column, Vocabulary
from commongrid.kernel.refusals import N_

SOURCES: Final = (("county", N_("Set by the county")), ("proposed", N_("Proposed")))
DUTIES: Final = Vocabulary(
    code="linked_duties", title=N_("Duties of linked members"), table="Duty", power="worklist.edit",
    lead=N_("What a linked member does for their households. They stand on the notice and on the member's page."),
    shown=("counts_when", "source"),
    columns=(
        Column(code="code", label=N_("Code"), sort="code", needed=True, fixed=True, longest=24),
        Column(code="zh", label=N_("Chinese name"), needed=True, longest=60),
        Column(code="en", label=N_("English name"), needed=True, longest=120),
        Column(code="counts_when", label=N_("Fulfilled by"), longest=160,
               hint=N_("Never the number of problems reported, never points.")),
        Column(code="source", label=N_("Source"), sort="choice", needed=True, choices=SOURCES),
    ),
)  # fmt: skip
