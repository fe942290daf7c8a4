"""The console's navigation: by work, not by module; only what the acting post may open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from commongrid.kernel.refusals import N_

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Destination:
    """One line of the navigation; ``key`` is the letter after g."""

    route: str
    icon: str
    text: str
    power: str
    key: str
    group: str = ""
    url: str = ""
    args: tuple[str, ...] = ()


DESTINATIONS = (
    Destination("today", "today", N_("Today"), "matters.read", "t"),
    Destination("notices", "inbox", N_("Notices"), "notices.read", "b"),
    Destination("matters", "matters", N_("Matters"), "matters.read", "m"),
    Destination("report_for", "plus", N_("Record a matter"), "matters.report", "n"),
    Destination("mediations", "dispute", N_("Mediation"), "matters.mediate", "d"),
    Destination("themes", "list", N_("Themes"), "matters.divert", "e"),
    Destination("publications", "talk", N_("Public texts"), "matters.publish", "v"),
    Destination("exchange", "inbox", N_("Other systems"), "matters.exchange", "x"),
    Destination("figures", "figures", N_("Figures"), "figures.read", "f"),
    Destination("map", "map", N_("Map"), "places.read", "a", N_("Network")),
    Destination("households", "homes", N_("Households"), "people.read", "h", N_("Network")),
    Destination("network", "network", N_("Network"), "links.read", "r", N_("Network")),
    Destination("holdings", "land", N_("Sites and things"), "people.read", "s", N_("Network"), args=("site",)),
    Destination("places", "place", N_("Places"), "places.read", "p", N_("Network")),
    Destination("posts", "posts", N_("Posts"), "posts.read", "o", N_("Network")),
    Destination("worklist", "list", N_("Work list"), "worklist.read", "w", N_("Set-up")),
    Destination("calendar", "calendar", N_("Calendar"), "calendar.read", "c", N_("Set-up")),
    Destination("access_log", "shield", N_("Access log"), "accounts.log", "l", N_("Set-up")),
    Destination("journal", "history", N_("Journal"), "journal.read", "j", N_("Set-up")),
)


def destinations(scope: Scope | None) -> list[Destination]:
    """Where this post may go, in order; a page that is not there yet is left out."""
    found = []
    for item in DESTINATIONS:
        if scope is None or not scope.may(item.power):
            continue
        try:
            url = reverse(item.route, args=item.args)
        except NoReverseMatch:
            continue
        found.append(replace(item, url=url, text=gettext(item.text), group=gettext(item.group) if item.group else ""))
    return found


def first_page(scope: Scope) -> str:
    """Where a post's work begins: its matters, else the log or the posts it looks after; nothing without any page."""
    found = destinations(scope)
    work = [one for one in found if not one.group]
    beside = [one for route in ("access_log", "posts") for one in found if one.route == route]
    return next((one.url for one in [*work, *beside, *found]), "")


def current(items: list[Destination], path: str) -> str:
    """The destination that a page belongs to."""
    return max((item.url for item in items if path.startswith(item.url)), key=len, default="")
