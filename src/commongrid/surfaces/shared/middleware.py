"""What stands before the doors: the request's log line, the language, and the rule that only doors open."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from commongrid.kernel.act import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

Next = "Callable[[HttpRequest], HttpResponse]"
FOREIGN = {
    "allauth": "sign-in, second factor and devices: no county data behind them",
    "django.views.i18n": "texts for scripts",
}
"""Packages whose views need no door, each with the reason."""
log = structlog.get_logger("request")


def log_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """One line per request, without query, body, address or anything personal."""

    def run(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        request.request_id = str(new_id())  # type: ignore[attr-defined]
        response = get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            id=request.request_id,  # type: ignore[attr-defined]
            method=request.method,
            route=match.route if match else "",
            status=response.status_code,
            ms=round((time.perf_counter() - begun) * 1000, 1),
        )
        return response

    return run


def plain_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A cookie with a zero byte, which a quoted value may spell, is none: PostgreSQL can't look it up."""

    def run(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return run


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The reader's language: what was chosen (a cookie), else Chinese; never guessed from the browser."""
    known = dict(settings.LANGUAGES)

    def run(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if code == "zh-hans" else code)
        return response

    return run


class doors_only:  # noqa: N801 - a middleware named like the others
    """A view without a door answers 404 to everyone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> None:
        """Refuse what no door guards."""
        module = getattr(view, "__module__", "")
        if not hasattr(view, "door") and not any(module == name or module.startswith(f"{name}.") for name in FOREIGN):
            raise Http404
