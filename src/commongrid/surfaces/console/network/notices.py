"""The notice of a natural village: looked at, printed, saved as PDF, posted, taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, override

from commongrid.kernel.places import village_of
from commongrid.outreach import actions
from commongrid.outreach.queries.notices import behind, notice_content, posted, refuse_wrong, wrong_with
from commongrid.outreach.rules.notice import as_read, spoken
from commongrid.surfaces.console.network import printing
from commongrid.surfaces.console.network.words import natural_village
from commongrid.surfaces.shared import qr
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import paper

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.outreach.queries.notices import Posted
    from commongrid.surfaces.shared.doors import Asked
    from commongrid.territory.queries import PlaceRow


@door("links.edit", methods=("GET", "POST"))
def notice(request: Asked, code: int) -> HttpResponse:
    """The notice on A4 as it is posted, or as it would be; posting it replaces the former."""
    row = natural_village(request.scope, code)
    if request.method == "POST":
        doors = request.POST.get("doors") == "1"
        actions.post_notice(request.scope, request.act, natural_village=code, with_doors=doors)
        messages.success(request, gettext("The notice is posted; everybody can read it. Print it for the board."))
        return HttpResponseRedirect(reverse("link_notice", args=[code]))
    there, content = _as_it_stands(request, row)
    village = village_of(code) or code
    wrong = None if there else wrong_with(code, content)
    address = request.build_absolute_uri(reverse("contacts", args=[code]))
    context = {
        "place": row, "posted": there, "content": content, "address": address, "picture": qr.svg(address),
        "spoken": (spoken(content, "zh"), spoken(content, "en")),
        "old": there is not None and row.code in {one.code for one in behind(request.scope, village, localdate())},
        "wrong": gettext(wrong[0]) % {"found": wrong[1]} if wrong else "",
        "back": reverse("linking", args=[village]),
    }  # fmt: skip
    return render(request, "console/network/notice.html", context)


@door("links.edit")
def notice_pdf(request: Asked, code: int) -> HttpResponse:
    """The notice on one page of A4, in Chinese or in English.

    Refuses: BadInput where it is not posted and the gate of public texts finds something on it.
    """
    there, content = _as_it_stands(request, natural_village(request.scope, code))
    if there is None:
        refuse_wrong(code, content)
    reads = "en" if request.GET.get("in") == "en" else "zh"
    with override("en" if reads == "en" else "zh-hans"):
        made = printing.notice(content, request.build_absolute_uri(reverse("contacts", args=[code])))
    return paper(made, f"notice-{code}-{reads}.pdf")


def _as_it_stands(request: Asked, row: PlaceRow) -> tuple[Posted | None, dict[str, Any]]:
    """What is posted and what it says; where nothing is, what it would say."""
    there = posted(request.scope, row.code)
    content = there.content if there else notice_content(request.scope, row, localdate(), with_doors=False)
    return there, as_read(content)


@door("links.edit", methods=("POST",))
def take_down(request: Asked, code: int) -> HttpResponse:
    """Take the notice down."""
    natural_village(request.scope, code)
    actions.take_down(request.scope, request.act, natural_village=code)
    messages.success(request, gettext("The notice was taken down."))
    return HttpResponseRedirect(reverse("linking", args=[village_of(code) or code]))
