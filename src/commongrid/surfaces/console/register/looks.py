"""Sealed fields shown for five minutes with a reason, every look logged; and who has looked at a record."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commongrid.accounts import actions as accounts
from commongrid.accounts import queries as access
from commongrid.accounts.actions import Access
from commongrid.accounts.texts import EVENT_TEXTS
from commongrid.kernel.act import Act
from commongrid.kernel.refusals import N_, Refusal
from commongrid.kernel.scope import HARDSHIP
from commongrid.registry import queries
from commongrid.registry.joining.queries import joined_from
from commongrid.registry.rules.fields import FIELDS
from commongrid.roster import queries as roster
from commongrid.surfaces.console.register.exports import told
from commongrid.surfaces.console.register.words import trail
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.forms import Form
from commongrid.surfaces.shared.times import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from commongrid.accounts.queries import AccessRow
    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import FlagLine, HomeCard, PersonCard
    from commongrid.surfaces.shared.doors import Asked

OPEN_SECONDS: Final = 300
MOST_LOOKS: Final = 200
MOST_EXPORTS: Final = 50
KEPT: Final = "opened"
BASIS: Final = "basis"
OF_A_PERSON: Final = tuple(queries.REVEALED)
ABOUTS: Final = {
    "basis": N_("Cause and basis"),
    "record": N_("the record on paper"),
    "looks": N_("this list"),
    "file": N_("everything held of the person"),
}


class Reveal(Form):
    """Which sealed field, and why."""

    field = forms.RegexField(
        r"^(id_number|phone|bank|ethnic|basis)$",
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose what to show."), "invalid": _("Choose what to show.")},
    )
    reason = forms.CharField(
        label=_("Why you need it"),
        max_length=200,
        error_messages={"required": _("Say why you need it; the person may ask who opened it and why.")},
    )


@door("people.reveal", methods=("POST",))
def reveal(request: Asked, person_id: UUID) -> HttpResponse:
    """Open one sealed field of one person for five minutes."""
    back = reverse("person", args=[person_id])
    card = queries.person_card(request.scope, person_id)
    return _open(request, about(card), lambda field: queries.revealed(request.scope, person_id, field), back)


@door("people.hardship", methods=("POST",))
def reveal_basis(request: Asked, flag_id: UUID) -> HttpResponse:
    """Open the sealed cause of one hardship flag for five minutes."""
    flag = queries.hardship_flag(request.scope, flag_id)
    of = "person" if flag.person else "household"
    back = reverse(of, args=[flag.person or flag.household])
    what = Access(event="revealed", subject_kind=of, subject=flag.person or flag.household, place=flag.place)
    return _open(request, what, partial(_read_basis, request.scope, flag_id), back, key=flag_id, fields=(BASIS,))


def about(card: PersonCard) -> Access:
    """What a look at a person's record is logged as."""
    return Access(event="revealed", subject_kind="person", subject=card.id, place=card.place)


def about_home(card: HomeCard) -> Access:
    """What a look at a household's record is logged as."""
    return Access(event="revealed", subject_kind="household", subject=card.id, place=card.place)


def causes(request: Asked, of: Access, flags: list[FlagLine]) -> dict[UUID, str]:
    """The sealed causes of these flags that stand open."""
    found: dict[UUID, str] = {}
    for flag in flags:
        if flag.sealed:
            read = partial(_read_basis, request.scope, flag.id)
            if text := opened(request, of, (BASIS,), read, key=flag.id).get(BASIS):
                found[flag.id] = text
    return found


def _read_basis(scope: Scope, flag_id: UUID, _field: str) -> str:
    return queries.revealed_basis(scope, flag_id)


def _open(
    request: Asked, what: Access, read: Callable[[str], str], back: str, *, key: UUID | None = None,
    fields: tuple[str, ...] = OF_A_PERSON,
) -> HttpResponse:  # fmt: skip
    """Check that there is something this reader may see, log it with the reason, and leave it open."""
    form = Reveal(request.POST)
    if form.is_valid() and form.cleaned_data["field"] not in fields:
        form.add_error("field", gettext("Choose what to show."))
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, str(faults[0]))
        return HttpResponseRedirect(back)
    field, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
    try:
        read(field)
    except Refusal as refusal:
        messages.error(request, gettext(refusal.text))
        return HttpResponseRedirect(back)
    line = Act.new()
    _log(request.scope, line, replace(what, about=field, reason=reason))
    until = time.time() + OPEN_SECONDS
    request.session[KEPT] = {**_kept(request), _key(request, key or what.subject, field): [until, str(line.id), True]}
    return HttpResponseRedirect(back)


def _log(scope: Scope, line: Act, what: Access) -> None:
    accounts.log_access(scope, line, access=what)


def _key(request: Asked, subject: UUID | None, field: str) -> str:
    return f"{request.scope.post}:{subject}:{field}"


def _kept(request: Asked) -> dict[str, list[object]]:
    """What is still open in this session."""
    now = time.time()
    return {key: entry for key, entry in request.session.get(KEPT, {}).items() if entry[0] > now}


def opened(
    request: Asked, what: Access, fields: tuple[str, ...], read: Callable[[str], str], *, key: UUID | None = None
) -> dict[str, str]:
    """The fields that are open to this post now, in the clear. Each look after the first is logged with its reason."""
    kept, values = _kept(request), {}
    for field in fields:
        entry = kept.get(_key(request, key or what.subject, field))
        if entry is None:
            continue
        try:
            values[field] = read(field)
        except Refusal:
            continue
        if entry[2]:
            entry[2] = False
            request.session[KEPT] = kept
        else:
            reason = access.reason_of(request.scope, UUID(str(entry[1])))
            _log(request.scope, Act.new(), replace(what, about=field, reason=reason))
    return values


def closing(request: Asked, response: HttpResponse) -> HttpResponse:
    """Have a page with something open on it kept nowhere, and loaded again masked once the five minutes are over."""
    ends = [float(str(entry[0])) for entry in _kept(request).values()]
    if ends:
        response["Cache-Control"] = "no-store"
        response["Refresh"] = str(max(1, round(min(ends) - time.time()) + 1))
    return response


@door("people.looks")
def looks(request: Asked, person_id: UUID) -> HttpResponse:
    """Who has opened, exported or printed this record, for the person who asks."""
    card = queries.person_card(request.scope, person_id)
    context = {**_looks(request.scope, card), "trail": trail(None, (card.name, reverse("person", args=[card.id])))}
    return render(request, "console/register/looks.html", context)


@door("people.looks")
def looks_print(request: Asked, person_id: UUID) -> HttpResponse:
    """The same on paper, for the household; printing it is logged too."""
    card = queries.person_card(request.scope, person_id)
    context = _looks(request.scope, card)
    _log(request.scope, Act.new(), replace(about(card), event="printed", about="looks"))
    return render(request, "console/register/looks_print.html", context | {"now": timezone.now()})


def _looks(scope: Scope, card: PersonCard) -> dict[str, object]:
    rows = looked(scope, card, MOST_LOOKS + 1)
    exported = access.exports_covering(scope, card.place, MOST_EXPORTS + 1)
    return {
        "person": card, "rows": rows[:MOST_LOOKS], "exported": told(scope, exported[:MOST_EXPORTS]),
        "cut": len(rows) > MOST_LOOKS, "exports_cut": len(exported) > MOST_EXPORTS, "all_told": scope.may(HARDSHIP),
    }  # fmt: skip


def looked(scope: Scope, card: PersonCard, most: int | None) -> list[tuple[AccessRow, str, str, str]]:
    """Who looked at a record, at those joined into it or at its household: the line, what it was, at what, by whom."""
    subjects = [card.id, *joined_from(scope, card.id), *([card.household] if card.household else [])]
    lines = access.looks_at(scope, *subjects, limit=most)
    faces = roster.faces(scope, {one.post for one in lines if one.post})
    lang = language()
    return [
        (
            one,
            gettext(EVENT_TEXTS[one.event]),
            about_of(one.about),
            f"{faces[one.post].label(lang)} · {faces[one.post].name}" if one.post in faces else one.login_name,
        )
        for one in lines
    ]


def about_of(code: str) -> str:
    """What a look was at, in words."""
    if code in FIELDS["person"]:
        field = FIELDS["person"][code]
        return field.zh if language() == "zh" else field.en
    return gettext(ABOUTS[code]) if code in ABOUTS else code
