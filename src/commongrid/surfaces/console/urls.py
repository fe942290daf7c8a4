"""Addresses of the console: one line per area of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("commongrid.surfaces.console.sign_in")),
    path("", include("commongrid.surfaces.console.single_sign_on")),
    path("posts/", include("commongrid.surfaces.console.posts.urls")),
    path("journal/", include("commongrid.surfaces.console.journal")),
    path("access-log/", include("commongrid.surfaces.console.access_log")),
    path("places/", include("commongrid.surfaces.console.places")),
    path("map/", include("commongrid.surfaces.console.mapping.pages")),
    path("map/", include("commongrid.surfaces.console.mapping.bounding")),
    path("households/", include("commongrid.surfaces.console.register.urls")),
    path("households/", include("commongrid.surfaces.console.register.importing")),
    path("households/", include("commongrid.surfaces.console.register.exporting")),
    path("households/", include("commongrid.surfaces.console.register.duplicates")),
    path("households/", include("commongrid.surfaces.console.register.keeping")),
    path("exports/", include("commongrid.surfaces.console.prepared")),
    path("network/", include("commongrid.surfaces.console.network.urls")),
    path("network/", include("commongrid.surfaces.console.dividing.urls")),
    path("holdings/", include("commongrid.surfaces.console.holdings.pages")),
    path("calendar/", include("commongrid.surfaces.console.calendar")),
    path("calendar/", include("commongrid.surfaces.console.timing")),
    path("calendar/", include("commongrid.surfaces.console.calendar_history")),
    path("notices/", include("commongrid.surfaces.console.notices")),
    path("", include("commongrid.surfaces.console.editing.urls")),
    path("", include("commongrid.surfaces.console.today")),
    path("", include("commongrid.surfaces.console.search")),
    path("matters/", include("commongrid.surfaces.console.matters.queue")),
    path("themes/", include("commongrid.surfaces.console.themes")),
    path("mediation/", include("commongrid.surfaces.console.mediation.pages")),
    path("published/", include("commongrid.surfaces.console.publishing")),
    path("sheets/", include("commongrid.surfaces.console.sheets")),
    path("exchange/", include("commongrid.surfaces.console.exchange.pages")),
    path("work-list/", include("commongrid.surfaces.console.work_list")),
    path("figures/", include("commongrid.surfaces.console.figures.pages")),
]
