"""Doors: the one way a route comes into being.

``@door(power)`` finds the Scope of the request (the post of the session, a slip
code in the address, or the public), demands the power, and runs the view inside
``acting(scope)``, rendering included. A view without a door answers 404 to
everyone. ``DOORS`` is read by the authorisation policy and its matrix.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve, reverse

from commongrid.accounts import actions as accounts
from commongrid.journal.acting import acting
from commongrid.kernel.act import Act
from commongrid.kernel.codes import normalise, slip_hash
from commongrid.kernel.refusals import N_, BadInput, NotAllowed, Refusal
from commongrid.kernel.scope import Scope, public, slip
from commongrid.surfaces.shared import errors
from commongrid.surfaces.shared.sessions import scope_of_request

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["post", "slip", "public", "account"]
View = "Callable[..., HttpResponse]"
PUBLIC_POWERS = ("matters.report",)
SLIP_POWERS = ("matters.follow", "matters.rate")


class Asked(HttpRequest):
    """A request that came through a door: it has a scope, and on POST an act; some are about a place."""

    scope: Scope
    act: Act
    about_place: int | None


@dataclass(frozen=True, slots=True)
class Door:
    """A route as the policy sees it."""

    power: str | None
    kinds: tuple[Kind, ...]
    methods: tuple[str, ...]
    view: Callable[..., HttpResponse]

    @property
    def name(self) -> str:
        """Module and function, unique."""
        return f"{self.view.__module__.removeprefix('commongrid.surfaces.')}.{self.view.__name__}"


DEADLOCK: Final = "40P01"
"""PostgreSQL's code for a transaction that it ended because two waited for each other."""
LONGEST_WAY_BACK: Final = 2_000
"""Who signs in is led back to what was asked for; from an address longer than people's, to the first page."""
DOORS: list[Door] = []


def door(
    power: str | None, *, kinds: tuple[Kind, ...] = ("post",), methods: tuple[str, ...] = ("GET",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Open a route to those whose scope is of one of ``kinds`` and includes ``power``.

    ``power`` may be None only where the public or any signed-in person enters.
    HEAD comes with GET.
    """
    if power is None and "post" in kinds and "public" not in kinds and "account" not in kinds:
        message = "a door for posts needs a power"
        raise ValueError(message)
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def open_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        opened = Door(power, kinds, allowed, view)

        @functools.wraps(view)
        def enter(request: HttpRequest, **captured: Any) -> HttpResponse:
            if request.method not in allowed:
                return _not_so(request, allowed)
            try:
                return _after_others(opened, cast("Asked", request), captured)
            except Refusal as refusal:
                _log(request, refusal)
                return errors.refused(request, refusal)

        enter.door = opened  # type: ignore[attr-defined]
        DOORS.append(opened)
        return enter

    return open_door


def _after_others(opened: Door, request: Asked, captured: dict[str, Any]) -> HttpResponse:
    """Through the door, and once more where PostgreSQL gave this request up for another at the same records.

    Nothing of the first time is left, its act's id neither: the second meets what the other did, and says so.
    """
    try:
        return _through(opened, request, captured)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
            raise
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            file.seek(0)
    return _through(opened, request, captured)


def _through(opened: Door, request: Asked, captured: dict[str, Any]) -> HttpResponse:
    """Find the scope, demand the power, run the view and render, all as that scope."""
    scope = find_scope(request, opened.kinds, captured)
    if scope is None:
        return _who_are_you(request)
    request.scope = scope
    if opened.power is not None and not scope.may(opened.power):
        raise NotAllowed
    if request.method == "POST":
        request.act = _act(request)
    with acting(scope):
        response = opened.view(request, **captured)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return response


def _not_so(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """An address that only takes what a form sends, opened or loaded again: on to the page that the form stands on."""
    path = request.path.rstrip("/")
    while request.method == "GET" and "/" in path:
        path = path.rpartition("/")[0]
        for above in (f"{path}/", path):
            with suppress(Resolver404):
                opened = getattr(resolve(above).func, "door", None)
                if opened is not None and "GET" in opened.methods:
                    return HttpResponseRedirect(above)
    return HttpResponseNotAllowed(allowed)


def find_scope(request: HttpRequest, kinds: tuple[Kind, ...], captured: dict[str, Any]) -> Scope | None:
    """The scope of this request among the kinds that the door admits, or None where someone must sign in."""
    if "slip" in kinds and "code" in captured:
        return slip(slip_hash(settings.KEYS.slip, normalise(str(captured["code"]))), *SLIP_POWERS)
    if ("post" in kinds or "account" in kinds) and request.user.is_authenticated:
        account = request.user.pk
        if "post" in kinds and (scope := scope_of_request(request, account)):
            return scope
        if "account" in kinds:
            return public(account=account)
    if "public" in kinds:
        return public(*PUBLIC_POWERS)
    return None


def _who_are_you(request: HttpRequest) -> HttpResponse:
    """Send someone without scope to sign in, or to choose a post."""
    if request.user.is_authenticated:
        target = reverse("choose_post")
    else:
        asked = request.get_full_path() if request.method == "GET" else "/"
        target = redirect_to_login(asked if len(asked) <= LONGEST_WAY_BACK else "/").url
    if getattr(request, "htmx", None):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _act(request: HttpRequest) -> Act:
    """The act that the form named, or a fresh one."""
    text = request.POST.get("act", "")
    if not text:
        return Act.new()
    try:
        return Act.new(UUID(text))
    except ValueError:
        raise BadInput(N_("This form has lost its number. Open it again and send it once more.")) from None


def _log(request: HttpRequest, refusal: Refusal) -> None:
    """Refusals for want of power are logged per user, apart from the journal and after the rollback."""
    scope = getattr(request, "scope", None)
    if refusal.status in {403, 404} and scope is not None and scope.kind == "post":
        route = request.resolver_match.view_name if request.resolver_match else ""
        accounts.log_refusal(scope, Act.new(), route=route, status=refusal.status)
