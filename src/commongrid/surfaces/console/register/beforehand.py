"""What will be, before it is done: the act is carried out, what came of it read, and all of it rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2s
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.journal import acting as seam
from commongrid.kernel.act import is_id
from commongrid.kernel.places import village_of
from commongrid.kernel.refusals import NotYours, Refusal
from commongrid.outreach.queries import links
from commongrid.registry import actions, queries
from commongrid.surfaces.console.register import meanwhile
from commongrid.surfaces.console.register.words import HOME_STATES, chip, home_name, read_aloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.outreach.queries.links import Loose
    from commongrid.registry.queries import ChangeLine, HomeCard
    from commongrid.surfaces.shared.doors import Asked

SAID: Final = ("act", "csrfmiddlewaretoken", "sure")
"""What a form sends that is nothing of what was written in it."""
MOST: Final = 2_000
"""Changes of one act that are read: many times what a household of twenty leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeThen:
    """A household after the act: its name, how it is lived in, and who lives there as what."""

    name: str
    chip: tuple[str, str]
    people: list[tuple[str, str]]


def sure(request: Asked) -> bool:
    """Whether what is sent is what was shown before, to the letter."""
    return request.POST.get("sure", "") == _mark(request)


def _mark(request: Asked) -> str:
    said = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in SAID)
    return blake2s(repr((request.get_full_path(), said)).encode(), digest_size=12).hexdigest()


def shown(request: Asked, form: Any, do: Callable[[], str], context: dict[str, Any]) -> HttpResponse:
    """The form again with what will be beside it; a refusal is told as if it were done."""
    try:
        do()
    except actions.Meanwhile as refusal:
        meanwhile.tell(request, form, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
    else:
        context |= {**_then(request), "sure": _mark(request)}
    seam.undo()
    return render(request, "console/register/form.html", {"form": form, **context}, status=422 if form.errors else 200)


def _then(request: Asked) -> dict[str, Any]:
    """The households that the act touches as it leaves them, and the contacts that end or go along with it."""
    changes = queries.changes_of(request.scope, acts=[request.act.id], limit=MOST)
    homes = _homes(request.scope, changes)
    touched = {one.id for one in homes} | {one.subject for one in changes if one.of == "person"}
    words = read_aloud(request.scope, "relation")["relation"]
    return {
        "will": [_home(request.scope, one, words) for one in homes],
        "loose": _loose(request.scope, homes, touched),
    }


def _homes(scope: Scope, changes: Iterable[ChangeLine]) -> list[HomeCard]:
    """Those that it touches and that are in sight, in the order in which it touched them."""
    named: dict[UUID, None] = {}
    for one in changes:
        if one.of == "household":
            named.setdefault(one.subject)
        elif one.field == "household_id":
            named |= {UUID(text): None for text in (one.before, one.after) if is_id(text)}
        elif one.household:
            named.setdefault(one.household)
    found = []
    for ident in named:
        try:
            found.append(queries.home_card(scope, ident))
        except NotYours:
            continue
    return found


def _home(scope: Scope, home: HomeCard, words: dict[str, str]) -> HomeThen:
    people = [] if home.ended else queries.members_on(scope, home.id, localdate())
    return HomeThen(
        name=home_name(home), chip=chip(HOME_STATES, home.state),
        people=[(one.name, words.get(one.as_to_head) or gettext("Not said")) for one in people],
    )  # fmt: skip


def _loose(scope: Scope, homes: Iterable[HomeCard], touched: set[UUID]) -> list[Loose]:
    """Contacts that will no longer be as they are."""
    villages = {village_of(one.place) or one.place for one in homes}
    found = {one.id: one for village in sorted(villages) for one in links.loose(scope, village, localdate())}
    return [one for one in found.values() if one.household in touched or one.person in touched]
