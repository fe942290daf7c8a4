"""How a reader likes pages: language, text size, light or dark. Kept in cookies, nothing else is known of anybody.

Of somebody signed in the language is kept with the account too, for e-mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from commongrid.accounts import actions as accounts
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.preferences import CHOICES

if TYPE_CHECKING:
    from commongrid.surfaces.shared.doors import Asked

YEAR = 365 * 24 * 3600


@door(None, kinds=("public",), methods=("GET",))
def choose_look(request: Asked) -> HttpResponse:
    """Remember a choice and go back to the page it was made on; works as a plain link."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, (cookie, values) in CHOICES.items():
        value = request.GET.get(name, "")
        if value in values:
            if name == "language" and request.user.is_authenticated:
                accounts.choose_language(request.user.pk, "en" if value == "en" else "zh")
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
