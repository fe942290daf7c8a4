"""From a refusal to an answer: a page, a fragment or JSON, with a clear sentence in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_, NotFound, Refusal, TooMany

if TYPE_CHECKING:
    from collections.abc import Callable


def sentence(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language."""
    text = gettext(refusal.text)
    return text % refusal.params if refusal.params else text


ADVICE: Final = {
    400: N_("Nothing was changed."),
    403: N_("Nothing was changed. If you think it is part of your work, ask whoever appoints posts in your county."),
    409: N_("Nothing was changed. Open it anew to see where it stands now."),
    413: N_("Nothing was kept. Choose a smaller file, or send fewer at a time."),
    422: N_("Nothing was changed. Go back, look at what you chose or typed, and send it again."),
}
"""What to do after a refusal, by its status, where the sentence itself may not say it."""


def _where_from(request: HttpRequest) -> str:
    """The page of ours that this request was sent from; nothing where the browser says none, or this very page."""
    came = request.headers.get("Referer", "")
    try:
        way, host = urlsplit(came), request.get_host()
    except (ValueError, DisallowedHost):  # what can't be read, or was asked of another host, leads nowhere
        return ""
    here = request.method in ("GET", "HEAD") and way.path == request.path
    return came if way.netloc and not here and url_has_allowed_host_and_scheme(came, allowed_hosts={host}) else ""


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer for a refusal: JSON where JSON was asked for, else a page; htmx shows the page's main part."""
    text = sentence(refusal)
    fields = {name: refusal.at(name, gettext) for name in refusal.fields}
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {"refused": type(refusal).__name__, "detail": text, "fields": fields}, status=refusal.status
        )
    response = render(
        request,
        "shared/refusal.html",
        {
            "text": text,
            "fields": fields,
            "status": refusal.status,
            "back": _where_from(request),
            "advice": gettext(ADVICE[refusal.status]) if refusal.status in ADVICE else "",
        },
        status=refusal.status,
    )
    if getattr(request, "htmx", None):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return refused(request, NotFound())


class Malformed(Refusal):
    """The request itself can't be understood (a header, an address, an encoding)."""

    status = 400
    default = N_("We could not understand this request. Go back and try again.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return refused(request, Malformed())


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429, where the brake is allauth's and not ours."""
    return refused(request, TooMany())


class Broken(Refusal):
    """Something of ours failed."""

    status = 500
    default = N_(
        "Something went wrong on our side. Nothing was changed. Please try again; if it stays, tell your administrator."
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return refused(request, Broken())


class Expired(Refusal):
    """The form's protection against forged requests does not fit: too old, or cookies are off."""

    status = 403
    default = N_("This form has expired. Go back, reload the page and send it again; cookies must be allowed.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 by Django's protection against forged requests."""
    return refused(request, Expired())


HANDLERS: dict[str, Callable[..., HttpResponse]] = {
    "handler400": bad_request, "handler403": bad_request, "handler404": not_found, "handler500": server_error,
}  # fmt: skip
