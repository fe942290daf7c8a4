"""Every address, by surface."""

from __future__ import annotations

from django.urls import include, path

from commongrid.surfaces.shared import errors

urlpatterns = [
    path("", include("commongrid.surfaces.console.sign_in_urls")),
    path("", include("commongrid.surfaces.shared.urls")),
    path("console/", include("commongrid.surfaces.console.urls")),
    path("", include("commongrid.surfaces.public.urls")),
]
handler400 = errors.bad_request
handler403 = errors.bad_request
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_error
