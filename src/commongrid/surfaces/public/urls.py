"""Addresses of the public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.public.home import home

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
]
