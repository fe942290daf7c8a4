"""What a villager has said so far while reporting: carried in the address or in hidden fields, never kept by us.

Codes travel in the address, so that the browser's Back works; a person's own
words travel only in the body of a form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.http import urlencode

from commongrid.kernel.places import code_read

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST = 7500
"""Characters of a report; matters.report takes somewhat more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The kind (by its code), where (a place's code), and words."""

    kind: str = ""
    at: int | None = None
    words: str = ""

    @property
    def method(self) -> str:
        """Words never stand in an address."""
        return "post" if self.words else "get"

    @property
    def query(self) -> str:
        """The codes as a query string."""
        return urlencode({name: value for name, value in (("kind", self.kind), ("at", self.at)) if value})

    def moved(self, at: int | None) -> Asking:
        """The same, elsewhere."""
        return replace(self, at=at)


def read(request: HttpRequest) -> Asking:
    """What the form or address says; anything that can't be one is left out."""
    given = request.POST if request.method == "POST" else request.GET
    words = request.POST.get("words", "") if request.method == "POST" else ""
    return Asking(kind=given.get("kind", "").strip()[:8], at=code_read(given.get("at", "")), words=words[:LONGEST])
