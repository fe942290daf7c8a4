"""Addresses of grid division, beneath the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.console.dividing import pages, staffing, village

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("villages/<int:code>/grids", village.page, name="dividing"),
    path("villages/<int:code>/grids/propose", village.propose, name="dividing_propose"),
    path("villages/<int:code>/grids/posts", village.carry_posts, name="dividing_posts"),
    path("villages/<int:code>/barriers", village.barriers, name="barriers"),
    path("villages/<int:code>/barriers/<uuid:barrier_id>/remove", village.barrier_remove, name="barrier_remove"),
    path("places/<int:code>/grids", village.everywhere, name="dividing_everywhere"),
    path("places/<int:code>/grids/stop", village.stop, name="dividing_everywhere_stop"),
    path("divisions/<uuid:division_id>", pages.page, name="division"),
    path("divisions/<uuid:division_id>/changes", pages.changes, name="division_changes"),
    path("divisions/<uuid:division_id>/map.json", pages.map_data, name="division_map"),
    path("divisions/<uuid:division_id>/grids/<int:number>", pages.grid, name="division_grid"),
    path("divisions/<uuid:division_id>/grids/<int:number>/lock", pages.lock, name="division_lock"),
    path("divisions/<uuid:division_id>/grids/<int:number>/seat", staffing.seat, name="division_seat"),
    path("divisions/<uuid:division_id>/staff", staffing.page, name="division_staff"),
    path("divisions/<uuid:division_id>/staff/<uuid:seat_id>/take-back", staffing.take_back, name="division_seat_back"),
    path("divisions/<uuid:division_id>/paint", pages.paint, name="division_paint"),
    path("divisions/<uuid:division_id>/again", pages.again, name="division_again"),
    path("divisions/<uuid:division_id>/copy", pages.copy, name="division_copy"),
    path("divisions/<uuid:division_id>/adopt", pages.adopt, name="division_adopt"),
    path("divisions/<uuid:division_id>/call-off", pages.call_off, name="division_call_off"),
    path("divisions/<uuid:division_id>/drop", pages.drop, name="division_drop"),
]
