"""What a reader may choose about pages, kept in cookies: language, text size, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

CHOICES = {
    "language": (settings.LANGUAGE_COOKIE_NAME, frozenset(dict(settings.LANGUAGES))),
    "text": ("cg_text", frozenset({"normal", "large"})),
    "theme": ("cg_theme", frozenset({"auto", "light", "dark"})),
}
"""What can be chosen -> its cookie and values."""


def chosen(request: HttpRequest, name: str) -> str:
    """The reader's choice, or an empty text."""
    cookie, values = CHOICES[name]
    value = request.COOKIES.get(cookie, "")
    return value if value in values else ""
