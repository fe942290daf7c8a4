"""Addresses that every surface shares: language, text size, health, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.shared.files import file_for_post, file_for_slip
from commongrid.surfaces.shared.look import choose_look

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("look", choose_look, name="look"),
    path("files/<uuid:file>/<str:token>", file_for_post, name="file"),
    path("slips/<str:code>/files/<uuid:file>/<str:token>", file_for_slip, name="slip_file"),
]
