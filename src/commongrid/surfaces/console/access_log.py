"""The access log: who signed in, was refused, revealed, exported or printed what; for the auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext

from commongrid.accounts.queries import access_log
from commongrid.accounts.texts import EVENT_TEXTS
from commongrid.roster.queries import faces
from commongrid.surfaces.console.handing import said
from commongrid.surfaces.shared.doors import door
from commongrid.surfaces.shared.paging import page_asked
from commongrid.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.urls import URLPattern

    from commongrid.surfaces.shared.doors import Asked


@door("accounts.log")
def listed(request: Asked) -> HttpResponse:
    """One page of the log, the latest first, perhaps of one event."""
    asked = request.GET.get("event", "")
    event = asked if asked in EVENT_TEXTS else ""
    number = page_asked(request.GET.get("page", ""))
    subject = _subject(request.GET.get("subject", ""))
    lines, more = access_log(request.scope, event=event, subject=subject, page=number)
    posts = faces(request.scope, {line.post for line in lines if line.post})
    places = territory.places(request.scope, {line.place for line in lines if line.event == "exported" and line.place})
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return render(
        request,
        "console/access_log/list.html",
        {
            "rows": [
                (
                    line,
                    gettext(EVENT_TEXTS[line.event]),
                    f"{posts[line.post].name} · {posts[line.post].label(language)}" if line.post in posts else "",
                    said(line.about),
                    places[line.place].label(language) if line.event == "exported" and line.place in places else "",
                )
                for line in lines
            ],
            "events": [(code, gettext(name)) for code, name in EVENT_TEXTS.items()],
            "event": event,
            "subject": subject,
            "page": number,
            "more": more,
        },
    )


def _subject(text: str) -> UUID | None:
    """The record whose lines are wanted, or none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


urlpatterns: list[URLPattern] = [path("", listed, name="access_log")]
