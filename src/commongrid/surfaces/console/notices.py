"""The bell: what this post was told; and for administrators what did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_
from commongrid.notices import actions, queries
from commongrid.notices.rules.texts import SORTS
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.times import chinese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.notices.queries import NoticeRow
    from commongrid.surfaces.shared.doors import Asked

WHERE: Final = {
    "calendar": "calendar", "rules": "worklist", "change_late": "changes", "change_reopened": "changes",
    "records_joined": "duplicates", "join_undone": "duplicates", "grids_divided": "staffing",
}  # fmt: skip
"""Which page a notice that is about no matter leads to."""
FAULTS: Final = {
    "no_connection": N_("The gateway could not be reached."),
    "no_sense": N_("The gateway answered something that could not be read."),
    "mail_server": N_("The mail server did not take it."),
    "address_refused": N_("The mail server says there is no such address."),
    "not_sent": N_("Something went wrong here while it was sent; the log says what."),
    "not_delivered": N_("The network did not deliver it."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A notice in words."""

    id: UUID
    label: str
    text: str
    at: datetime
    fresh: bool
    url: str
    fault: str
    tries: int


def shown(scope: Scope, notices: Sequence[NoticeRow]) -> list[Shown]:
    """Notices in the reader's language."""
    units = queries.units_named(scope, notices)
    return [_shown(scope, one, units) for one in notices]


def _shown(scope: Scope, notice: NoticeRow, units: queries.Units) -> Shown:
    """Without a text of the county the sort of a notice alone says it."""
    label = gettext(SORTS[notice.sort].label)
    text = queries.words_of(scope, notice, "zh" if chinese() else "en", units, channel="inbox")
    url = reverse("matter", args=[notice.matter]) if notice.matter else reverse(WHERE.get(notice.sort, "console"))
    return Shown(
        id=notice.id, label=label, text=text or label, at=notice.at, fresh=notice.read_at is None, url=url,
        fault=gettext(FAULTS[notice.fault]) if notice.fault in FAULTS else notice.fault, tries=notice.tries,
    )  # fmt: skip


@door("notices.read", methods=("GET", "POST"))
def notices(request: Asked) -> HttpResponse:
    """What this post was told, the newest first; sending the form marks all as seen."""
    if request.method == "POST":
        actions.mark_read(request.scope, request.act)
        return HttpResponseRedirect(reverse("notices"))
    rows = shown(request.scope, queries.inbox(request.scope))
    return render(request, "console/notices/list.html", {"rows": rows, "unread": any(one.fresh for one in rows)})


@door("notices.watch")
def not_arrived(request: Asked) -> HttpResponse:
    """Notices to the outside that were given up, and how many wait or went."""
    rows = shown(request.scope, queries.failed(request.scope))
    return render(
        request, "console/notices/failed.html", {"rows": rows, "counts": queries.counts_of_delivery(request.scope)}
    )


@door("notices.watch", methods=("POST",))
def notice_again(request: Asked, notice_id: UUID) -> HttpResponse:
    """Have one tried again."""
    actions.send_again(request.scope, request.act, notice_id=notice_id)
    messages.success(request, _("It is tried again within a minute."))
    return HttpResponseRedirect(reverse("notices_failed"))


urlpatterns = [
    path("", notices, name="notices"),
    path("not-arrived/", not_arrived, name="notices_failed"),
    path("not-arrived/<uuid:notice_id>/again", notice_again, name="notice_again"),
]
