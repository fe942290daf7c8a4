"""The one way to change anything: the ``action`` wrapper, and the journal's own actions.

An action is ``verb(scope, act, *, facts)``. The wrapper demands the power,
opens ``acting(scope)``, claims the act's id, lets the function decide and
write, and leaves its line. Function bodies therefore hold only the paragraph
that specifies them.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import connection

from commongrid.journal import acting as seam
from commongrid.journal.rules import checked_payload, fingerprint
from commongrid.journal.sending import later
from commongrid.kernel.refusals import NotAllowed, OtherContent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from commongrid.kernel.act import Act
    from commongrid.kernel.scope import Scope

P = ParamSpec("P")
Answer = dict[str, Any]
"""What the caller of an action gets: ids, codes and numbers, the same for every retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an action leaves in the journal: where, about what, a small payload, and the caller's answer."""

    place: int
    subject: UUID | None = None
    subject_kind: str = ""
    unit: UUID | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    answer: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """An action as the policy sees it: its act's name, the power it needs, which scopes may carry it."""

    name: str
    power: str
    kinds: tuple[str, ...]
    facts: tuple[str, ...]
    function: Callable[..., Answer]

    @property
    def module(self) -> str:
        """The module that owns it."""
        return self.function.__module__.split(".")[1]


ACTIONS: dict[str, Action] = {}
"""Every action there is, by the name of its act."""

_CLAIM = """
INSERT INTO journal_claim (id, author, fingerprint, at)
SELECT set_config('cg.claim', %s, true)::uuid, %s, %s, %s ON CONFLICT DO NOTHING
"""
_TWIN = (
    "SELECT c.author, c.fingerprint, l.answer FROM journal_claim c LEFT JOIN journal_line l USING (id) WHERE c.id = %s"
)
_LINE = """
INSERT INTO journal_line (id, timeline, name, author, post, role, place, place_now, unit,
                          subject_kind, subject, at, device_at, facts, answer)
SELECT %s, max(n), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM journal_timeline
"""


def action(
    name: str,
    *,
    power: str,
    facts: tuple[str, ...] = (),
    kinds: tuple[str, ...] = ("post",),
    ahead: Callable[[Scope], None] | None = None,
) -> Callable[[Callable[Concatenate[Scope, Act, P], Line]], Callable[Concatenate[Scope, Act, P], Answer]]:
    """Make a function the one named thing that is done, once per act id.

    ``name`` is the act's, module and past tense. ``facts`` are the payload's
    keys. ``kinds`` are the kinds of Scope that may carry it. ``ahead`` asks for
    what the function always needs on the way that claims the id. The function gets
    keyword arguments only and returns its Line; the caller gets the answer.

    Refuses: NotAllowed without the power or by another kind of scope;
    OtherContent when the id was used with other content or by somebody else.
    """

    def declare(function: Callable[Concatenate[Scope, Act, P], Line]) -> Callable[Concatenate[Scope, Act, P], Answer]:
        def do(scope: Scope, act: Act, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if args:
                message = f"{name} takes keyword arguments only"
                raise TypeError(message)
            if scope.kind not in kinds:
                raise NotAllowed
            scope.demand(power)
            with seam.acting(scope):
                try:
                    if ahead is not None:
                        ahead(scope)
                    return _once(scope, act, name, kwargs, lambda: function(scope, act, *args, **kwargs), facts)
                except BaseException:
                    seam.undo()
                    raise

        functools.update_wrapper(do, function)
        ACTIONS[name] = Action(name, power, kinds, facts, do)
        return do

    return declare


def _once(
    scope: Scope, act: Act, name: str, arguments: Mapping[str, object], run: Callable[[], Line], facts: tuple[str, ...]
) -> Answer:
    """Claim, run and record; or answer as the first time."""
    if seam.undone():
        message = f"{name}: an action in this transaction was refused, nothing more can be done in it"
        raise RuntimeError(message)
    print_ = fingerprint(settings.JOURNAL_KEY, name, arguments)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [str(act.id), scope.author, print_, act.at])
        if not cursor.rowcount:
            return _first_answer(cursor, act, scope.author, print_)
    with later():
        line = run()
    answer = checked_payload(line.answer)
    with connection.cursor() as cursor:
        cursor.execute(
            _LINE,
            [
                act.id, name, scope.author, scope.post, scope.role, line.place, line.place, line.unit,
                line.subject_kind, line.subject, act.at, act.device_at,
                json.dumps(checked_payload(line.facts, facts)), json.dumps(answer),
            ],
        )  # fmt: skip
    return answer


def _first_answer(cursor: Any, act: Act, author: str, print_: bytes) -> Answer:
    """The answer given the first time, for the same author and content."""
    cursor.execute(_TWIN, [act.id])
    row = cursor.fetchone()
    if row is None or row[0] != author or bytes(row[1]) != print_ or row[2] is None:
        raise OtherContent
    answer: Answer = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return answer
