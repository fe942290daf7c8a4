"""Replies to another system: what was answered goes back there, once, as one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commongrid.journal.acting import acting
from commongrid.journal.actions import Line, action
from commongrid.kernel.refusals import N_, BadInput, WrongState
from commongrid.matters.exchange import queries
from commongrid.matters.models import ExternalBatch, ExternalCase, ExternalReply
from commongrid.matters.queries.systems import system as system_row

if TYPE_CHECKING:
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope
    from commongrid.matters.exchange.queries import ToReply

LONGEST: Final = 4000


@action("matters.reply_worded", power="matters.exchange", facts=("system", "own"))
def word_reply(scope: Scope, act: Act, *, case_id: UUID, text: str) -> Line:
    """Put the reply to another system in other words; the person's answer stays as it is. Empty: as the answer again.

    The words hold for this answer: a new one goes out as it stands, unless it is worded again.

    Refuses: NotFound unless the order waits for its reply; BadInput when too long.
    """
    one = queries.one_to_reply(scope, case_id)
    said, original = text.strip(), one.original or one.reply
    if len(said) > LONGEST:
        raise BadInput(fields={"text": N_("This is too long: at most 4,000 characters.")})
    own = said in ("", original)
    row = ExternalCase.objects.select_for_update().get(id=case_id)
    row.wording, row.worded_from = ("", "") if own else (said, original)
    row.save(update_fields=["wording", "worded_from"])
    facts = {"system": row.system, "own": own}
    return Line(place=row.place, subject=one.matter, subject_kind="matter", facts=facts, answer={"case": case_id})


@action("matters.replies_exported", power="matters.exchange", facts=("system", "rows"))
def export_replies(scope: Scope, act: Act, *, system: str) -> Line:
    """Mark every answered order without a reply as replied, in one batch that can be printed again as it was.

    Of a sealed matter goes out that it was handed over, and nothing else.

    Refuses: NotFound for an unknown system; WrongState where nothing waits for a reply.
    """
    of = system_row(scope, system)
    waiting = queries.to_reply(scope, of.code)
    rows = _sent(act, [one for one in waiting if one.matter is not None])
    with acting(queries.REPLIER):
        rows += _sent(act, [one for one in waiting if one.matter is None], after=rows)
    if not rows:
        raise WrongState(N_("No answered order of this system waits for its reply."))
    place = scope.place or scope.lo
    ExternalBatch(
        id=act.id, place=place, system=of.code, sort="replies", rows=rows, fresh=rows, post=scope.post,
        at=act.at,
    ).save(force_insert=True)  # fmt: skip
    facts = {"system": of.code, "rows": rows}
    return Line(place=place, subject=act.id, subject_kind="exchange", facts=facts, answer={"batch": act.id, **facts})


def _sent(act: Act, waiting: list[ToReply], *, after: int = 0) -> int:
    """Keep these replies and mark their orders, those that nobody replied to meanwhile; answers how many."""
    free = ExternalCase.objects.select_for_update().filter(id__in=[one.case for one in waiting], replied_at=None)
    locked = set(free.values_list("id", flat=True))
    rows = [one for one in waiting if one.case in locked]
    ExternalReply.objects.bulk_create(
        ExternalReply(
            id=act.child(f"reply:{one.case}").id, case_id=one.case, batch=act.id, row=number, text=one.reply,
            original=one.original, who=one.who, answered_at=one.answered_at, at=act.at,
        )
        for number, one in enumerate(rows, after + 1)
    )  # fmt: skip
    ExternalCase.objects.filter(id__in=locked).update(replied_at=act.at, replied_in=act.id)
    return len(rows)
