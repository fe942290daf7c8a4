"""Addresses of the Posts pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.console.posts import (
    appointing,
    changing,
    handing_over,
    letting_in,
    reading,
    roles,
    unit,
    units,
    villages,
)

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("", reading.listed, name="posts"),
    path("vacant", reading.vacant, name="posts_vacant"),
    path("appoint", appointing.appoint, name="post_appoint"),
    path("roles", roles.roles, name="roles"),
    path("units", units.units, name="units"),
    path("units/add", units.unit_add, name="unit_add"),
    path("units/party-groups", unit.party_groups, name="party_groups"),
    path("units/<uuid:unit_id>", unit.unit, name="unit"),
    path("units/<uuid:unit_id>/change", unit.unit_change, name="unit_change"),
    path("units/<uuid:unit_id>/covers", unit.unit_covers, name="unit_covers"),
    path("units/<uuid:unit_id>/end", units.unit_end, name="unit_end"),
    path("<uuid:post_id>", reading.page, name="post"),
    path("<uuid:post_id>/end", changing.end, name="post_end"),
    path("<uuid:post_id>/move", changing.move, name="post_move"),
    path("<uuid:post_id>/hand-over", handing_over.page, name="post_hand_over"),
    path("<uuid:post_id>/stand-in", changing.stand_in, name="post_stand_in"),
    path("<uuid:post_id>/stand-in/<uuid:stand_in_id>/end", changing.stand_in_end, name="post_stand_in_end"),
    path("<uuid:post_id>/village", villages.village, name="post_village"),
    path("<uuid:post_id>/village/<uuid:assignment_id>/end", villages.village_end, name="post_village_end"),
    path("<uuid:post_id>/link", letting_in.link, name="post_link"),
    path("<uuid:post_id>/sign-out", letting_in.sign_out, name="post_sign_out"),
]
