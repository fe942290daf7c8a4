"""Addresses that every surface shares: language, text size, health, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.shared.look import choose_look

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("look", choose_look, name="look"),
]
