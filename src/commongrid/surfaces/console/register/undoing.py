"""Acts of the register taken back, whatever became of the records they touched; and flags that no longer hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotFound, Refusal
from commongrid.registry import actions, queries
from commongrid.registry.rules.facts import Told
from commongrid.surfaces.console.holdings import pages as holdings
from commongrid.surfaces.console.register.answering import answered
from commongrid.surfaces.console.register.forms import ToldForm, UndoForm
from commongrid.surfaces.console.register.words import flag_words, told, trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import ChangeLine
    from commongrid.surfaces.shared.doors import Asked

CARDS: Final[dict[str, Callable[[Scope, UUID], Any]]] = {
    "person": queries.person_card,
    "household": queries.home_card,
    "booklet": queries.booklet,
}


@door("people.edit", methods=("GET", "POST"))
def undo(request: Asked, done: UUID) -> HttpResponse:
    """Take a whole act back, with a reason; what it changed stands beside the question."""
    lines = queries.changes_of(request.scope, acts=[done])
    if not lines:
        raise NotFound(N_("This act changed nothing in the register that you may see."))
    form = UndoForm(request.POST or None)

    def do() -> str:
        when = Told(on=localdate(), source=form.cleaned_data["reason"])
        actions.undo(request.scope, request.act, done=done, told=when)
        return _page_of(request.scope, lines)

    title = gettext("Undo this")
    names = queries.called(request.scope, {one.subject for one in lines})
    of = lines[0].of
    context = {
        "title": title, "back": _page_of(request.scope, lines),
        "trail": trail(None, (title, "")) if of in CARDS else holdings.trail(of, None, title),
        "history": told(request.scope, lines, names, flag_words(request.scope)),
    }  # fmt: skip
    return answered(request, form, do, context, done=N_("Everything this did was taken back."))


def _page_of(scope: Scope, lines: list[ChangeLine]) -> str:
    """The page of the first of these records that is still there, else of a household, else the list of them."""
    wanted = [(one.of, one.subject) for one in lines]
    for of, subject in [*wanted, *(("household", one.household) for one in lines if one.household)]:
        try:
            if of in CARDS:
                CARDS[of](scope, subject)
            else:
                queries.holding(scope, of, subject)
        except Refusal:
            continue
        return reverse(of, args=[subject]) if of in CARDS else reverse("holding", args=[of, subject])
    first = wanted[0][0]
    return reverse("households") if first in CARDS else reverse("holdings", args=[first])


@door("people.edit", methods=("GET", "POST"))
def flag_end(request: Asked, flag_id: UUID) -> HttpResponse:
    """What was recognised no longer holds."""
    flag = queries.flag(request.scope, flag_id)
    of, subject = ("person", flag.person) if flag.person else ("household", flag.household)
    if subject is None:
        raise NotFound
    form = ToldForm(request.POST or None, initial={"seen": CARDS[of](request.scope, subject).version})
    back = reverse(of, args=[subject])

    def do() -> str:
        actions.unflag(request.scope, request.act, flag_id=flag.id, told=form.told)
        return back

    title = gettext("No longer holds")
    name = flag.zh if language() == "zh" else flag.en
    context = {"title": title, "back": back, "name": name, "trail": trail(None, (title, ""))}
    return answered(request, form, do, context)
