"""Long lists that this post asked for: how far they are, fetched with the same line of the access log as any export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from commongrid.accounts.exporting import actions, queries
from commongrid.kernel.refusals import N_, WrongState
from commongrid.surfaces.console import handing
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.downloads import XLSX
from commongrid.surfaces.shared.files import HEADERS
from commongrid.surfaces.shared.times import language
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from commongrid.accounts.exporting.queries import ListRow
    from commongrid.surfaces.shared.doors import Asked

STATES: Final = {
    "asked": (N_("Waits"), ""), "making": (N_("Being prepared"), "info"), "ready": (N_("Ready"), "ok"),
    "failed": (N_("Not prepared"), "late"),
}  # fmt: skip
CHANGED: Final = N_("What your post sees has changed since this list was prepared. Remove it, and ask for it again.")


@door(None, kinds=("post", "account"))
def listed(request: Asked) -> HttpResponse:
    """What this post asked for, the latest first; looked at again while one of them is being prepared."""
    if request.scope.kind != "post":
        return redirect("choose_post")
    rows = queries.exported_lists(request.scope)
    places, lang = territory.places(request.scope, {one.asked["place"] for one in rows}), language()
    context = {
        "rows": [
            (
                one, places[one.asked["place"]].label(lang) if one.asked["place"] in places else "",
                gettext(STATES[one.state][0]), STATES[one.state][1], _why(one),
            )
            for one in rows
        ],
        "pending": any(one.pending for one in rows), "may_see_exports": request.scope.may("people.looks"),
    }  # fmt: skip
    return render(request, "console/register/prepared.html", context)


def _why(row: ListRow) -> str:
    """Why it was not prepared, in the reader's language."""
    if not row.fault:
        return ""
    text, params = json.loads(row.fault)
    return gettext(text) % params if params else gettext(text)


@door(None, kinds=("post", "account"), methods=("POST",))
def fetch(request: Asked, list_id: UUID) -> HttpResponse:
    """Hand a list out, logged as an export. Refuses: NotFound; WrongState unless it is ready and for the same eyes."""
    scope, row = request.scope, queries.exported_list(request.scope, list_id)
    scope.demand(handing.power_of(row.what))
    if row.state != "ready":
        raise WrongState
    if handing.sight(scope) != row.sight:
        raise WrongState(CHANGED)
    asked = row.asked
    of = handing.Handed(title=asked["title"], place="", by="", purpose=asked["purpose"], tables=(), until=row.until)
    subject = UUID(asked["rows"]["ledger"]) if "ledger" in asked["rows"] else None
    handing.log(scope, row.what, of, place=asked["place"], subject=subject, rows=row.rows)
    name = f"{asked['stem']}-{timezone.localtime(row.at):%Y%m%d-%H%M}.xlsx"
    answer = StreamingHttpResponse(queries.file_of(scope, row.id), content_type=XLSX, headers=HEADERS)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Length"] = str(row.size)
    return cast("HttpResponse", answer)


@door(None, kinds=("post", "account"), methods=("POST",))
def remove(request: Asked, list_id: UUID) -> HttpResponse:
    """Take a list away, or call it off while it is being prepared."""
    actions.remove(request.scope, request.act, list_id=list_id)
    messages.success(request, gettext("The list is gone."))
    return redirect("prepared")


urlpatterns = [
    path("", listed, name="prepared"),
    path("<uuid:list_id>/fetch", fetch, name="prepared_fetch"),
    path("<uuid:list_id>/remove", remove, name="prepared_remove"),
]
