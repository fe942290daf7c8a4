"""Whom to turn to: the notice of a natural village, and the way to it from the county down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from commongrid.kernel.places import is_code, parent_of
from commongrid.kernel.refusals import NotFound
from commongrid.outreach.queries import notices
from commongrid.outreach.rules.notice import as_read, spoken
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked

INNER = ("county", "township", "village", "natural_village")


@door(None, kinds=("public",))
def contacts(request: Asked, code: int) -> HttpResponse:
    """A natural village's notice as it is posted; of a wider place, where in it notices are posted."""
    if not is_code(code):
        raise NotFound
    row = territory.place(request.scope, code)
    if row.level not in INNER:
        raise NotFound
    request.about_place = code
    above = parent_of(code)
    up = reverse("contacts", args=[above]) if above and row.level != "county" else ""
    if row.level == "natural_village":
        found = notices.posted(request.scope, code)
        context = {
            "place": row, "up": up, "posted": found, "content": as_read(found.content) if found else None,
            "spoken": spoken(found.content, language()) if found else "", "always": notices.always(localdate()),
        }  # fmt: skip
        return render(request, "public/contacts/notice.html", context)
    inside = [one for one in territory.children(request.scope, code) if not one.ended and one.level in INNER]
    there = notices.parts_with_notices(request.scope, code, [one.code for one in inside])
    context = {"place": row, "up": up, "inside": [one for one in inside if one.code in there],
               "always": notices.always(localdate())}  # fmt: skip
    return render(request, "public/contacts/places.html", context)
