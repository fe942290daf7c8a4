"""The notice of a natural village: looked at, printed, posted, taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext

from commongrid.kernel.places import village_of
from commongrid.outreach import actions
from commongrid.outreach.queries.notices import notice_content, posted
from commongrid.outreach.rules.notice import spoken
from commongrid.surfaces.console.network.words import natural_village
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.doors import door

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.surfaces.shared.doors import Asked


@door("links.edit", methods=("GET", "POST"))
def notice(request: Asked, code: int) -> HttpResponse:
    """The notice on A4 as it is posted, or as it would be; posting it replaces the former."""
    row = natural_village(request.scope, code)
    if request.method == "POST":
        doors = request.POST.get("doors") == "1"
        actions.post_notice(request.scope, request.act, natural_village=code, with_doors=doors)
        messages.success(request, gettext("The notice is posted; everybody can read it. Print it for the board."))
        return HttpResponseRedirect(reverse("link_notice", args=[code]))
    there = posted(request.scope, code)
    content = there.content if there else notice_content(request.scope, row, localdate(), with_doors=False)
    address = request.build_absolute_uri(reverse("contacts", args=[code]))
    context = {
        "place": row, "posted": there, "content": content, "address": address, "picture": qr.svg(address),
        "spoken": (spoken(content, "zh"), spoken(content, "en")),
        "back": reverse("linking", args=[village_of(code) or code]),
    }  # fmt: skip
    return render(request, "console/network/notice.html", context)


@door("links.edit", methods=("POST",))
def take_down(request: Asked, code: int) -> HttpResponse:
    """Take the notice down."""
    natural_village(request.scope, code)
    actions.take_down(request.scope, request.act, natural_village=code)
    messages.success(request, gettext("The notice was taken down."))
    return HttpResponseRedirect(reverse("linking", args=[village_of(code) or code]))
