"""Addresses of the editor: rules under one name, texts under the other."""

from __future__ import annotations

from django.urls import path

from commongrid.surfaces.console.editing import files, pages

urlpatterns = [
    path("rules/<slug:vocabulary>/", pages.rules_list, name="rules_list"),
    path("rules/<slug:vocabulary>/add/", pages.rules_add, name="rules_add"),
    path("rules/<slug:vocabulary>/file/", files.rules_export, name="rules_export"),
    path("rules/<slug:vocabulary>/bring-in/", files.rules_import, name="rules_import"),
    path("rules/<slug:vocabulary>/<uuid:row>/", pages.rules_row, name="rules_row"),
    path("rules/<slug:vocabulary>/<uuid:row>/end", pages.rules_end, name="rules_end"),
    path("wording/<slug:vocabulary>/", pages.wording_list, name="wording_list"),
    path("wording/<slug:vocabulary>/add/", pages.wording_add, name="wording_add"),
    path("wording/<slug:vocabulary>/file/", files.wording_export, name="wording_export"),
    path("wording/<slug:vocabulary>/bring-in/", files.wording_import, name="wording_import"),
    path("wording/<slug:vocabulary>/<uuid:row>/", pages.wording_row, name="wording_row"),
    path("wording/<slug:vocabulary>/<uuid:row>/end", pages.wording_end, name="wording_end"),
]
