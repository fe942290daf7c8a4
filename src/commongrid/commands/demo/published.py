"""Public texts of the demo county: some of what was done lately, and one that waits for a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.timezone import localdate

from commongrid.commands.demo import hours
from commongrid.journal.acting import acting
from commongrid.kernel.refusals import Refusal
from commongrid.kernel.scope import Scope
from commongrid.matters import actions
from commongrid.matters.models import Matter
from commongrid.matters.queries import publishing

EACH: Final = 6
"""So many public texts in a township."""
DONE: Final = ("closed", "to_file", "to_rate")


def publish(posts: list[Scope]) -> int:
    """Publish what townships' dispatchers have done lately, as the preview proposes it; answers how many texts."""
    return sum(_of(scope) for scope in posts if scope.role == "dispatcher")


def _of(scope: Scope) -> int:
    with acting(scope):
        found = Matter.objects.filter(
            kind__visibility="public", state__in=DONE, outcome__in=("", "rated", "not_rated", "done"), parent=None
        ).exclude(finished_at=None)
        waits = Matter.objects.filter(kind__visibility="parties", kind__routed_round=False, state__in=DONE, parent=None)
        rows = [*found.order_by("-finished_at").values_list("id", "title", "text")[:EACH],
                *waits.order_by("-opened_at").values_list("id", "title", "text")[:1]]  # fmt: skip
        drafts = [(one, publishing.draft(scope, one, title, text)) for one, title, text in rows]
    made = 0
    for one, draft in drafts:
        wording = actions.Wording(
            title=draft.title, text=draft.text, answer=draft.answer, until=localdate() + timedelta(days=90)
        )
        try:
            actions.publish(scope, hours.act(), matter_id=one, wording=wording)
        except Refusal:
            continue
        made += 1
    return made
