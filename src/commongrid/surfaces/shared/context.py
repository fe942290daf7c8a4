"""What every template knows: the acting post, the language, the address of this page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """The page's surroundings, without a single query."""
    return {
        "scope": getattr(request, "scope", None),
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "languages": settings.LANGUAGES,
        "large_text": request.COOKIES.get("cg_text") == "large",
        "here": request.get_full_path(),
        "single_sign_on": settings.OIDC,
    }
