"""Long lists of a post, one in each state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from commongrid.accounts.exporting import actions
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import WrongState
from commongrid.kernel.scope import clock

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

WRITER = clock("console.exports")


def exported_lists(scope: Scope) -> None:
    """One that waits, one that is being written, one that is ready, one that could not be written."""
    acts = [Act.new() for _state in range(4)]
    for act in acts:
        rows: dict[str, Any] = {
            "purpose": "核对",
            "title": "花名册",
            "place": scope.place,
            "stem": "roster",
            "rows": {},
        }
        asked = actions.Asked(
            what="ledger.roster", lo=scope.lo, hi=scope.hi, rows=rows, until=localdate() + timedelta(days=30),
            language="zh-hans", session="", sight=bytes(32),
        )  # fmt: skip
        actions.ask_list(scope, act, asked=asked)
    for act in acts[1:]:
        assert actions.take_up(WRITER, act, list_id=act.id)
    actions.progressed(WRITER, list_id=acts[1].id, share=40)
    actions.finish(WRITER, list_id=acts[2].id, rows=12_000, size=0)
    actions.give_up(WRITER, list_id=acts[3].id, refusal=WrongState())
