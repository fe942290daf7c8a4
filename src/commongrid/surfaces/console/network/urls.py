"""Addresses of the Network pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.console.network import (
    contacts,
    county_sheet,
    coverage,
    helping,
    notices,
    plans,
    rota,
    staffing,
    talents,
    village,
)

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("", coverage.network, name="network"),
    path("homes", coverage.homes, name="network_homes"),
    path("sheet", county_sheet.sheet, name="county_sheet"),
    path("sheet/<slug:which>", county_sheet.behind, name="county_sheet_rows"),
    path("helpers", helping.listed, name="helpers"),
    path("households/<uuid:household_id>/helper", helping.of_household, name="household_helper"),
    path("households/<uuid:household_id>/helper/<uuid:assignment_id>/end", helping.end, name="household_helper_end"),
    path("staffing", staffing.page, name="staffing"),
    path("rota", rota.page, name="rota"),
    path("rota/<uuid:turn_id>/remove", rota.remove, name="rota_remove"),
    path("talents", talents.page, name="talents"),
    path("talents/name", talents.name, name="talent_name"),
    path("talents/<uuid:talent_id>/opinion", talents.decide, name="talent_decide"),
    path("talents/<uuid:talent_id>/end", talents.end, name="talent_end"),
    path("villages/<int:code>", village.page, name="linking"),
    path("villages/<int:code>/members", village.members, name="linking_members"),
    path("villages/<int:code>/choices", village.choices, name="linking_choices"),
    path("villages/<int:code>/choices/<uuid:choice_id>/end", village.end_choice, name="linking_choice_end"),
    path("villages/<int:code>/propose", village.propose, name="linking_propose"),
    path("places/<int:code>/propose", village.everywhere, name="linking_everywhere"),
    path("places/<int:code>/propose/stop", village.stop, name="linking_everywhere_stop"),
    path("plans/<uuid:plan_id>", plans.page, name="plan"),
    path("plans/<uuid:plan_id>/households/<uuid:household_id>", plans.set_one, name="plan_set"),
    path("plans/<uuid:plan_id>/again", plans.again, name="plan_again"),
    path("plans/<uuid:plan_id>/approve", plans.approve, name="plan_approve"),
    path("plans/<uuid:plan_id>/reopen", plans.reopen, name="plan_reopen"),
    path("plans/<uuid:plan_id>/adopt", plans.adopt, name="plan_adopt"),
    path("plans/<uuid:plan_id>/call-off", plans.call_off, name="plan_call_off"),
    path("plans/<uuid:plan_id>/drop", plans.drop, name="plan_drop"),
    path("households/<uuid:household_id>", contacts.of_household, name="household_contact"),
    path("members/<uuid:post_id>", contacts.of_member, name="linked_member"),
    path("hamlets/<int:code>/slips", contacts.slips, name="link_slips"),
    path("hamlets/<int:code>/slips.pdf", contacts.slips_pdf, name="link_slips_pdf"),
    path("hamlets/<int:code>/notice", notices.notice, name="link_notice"),
    path("hamlets/<int:code>/notice.pdf", notices.notice_pdf, name="link_notice_pdf"),
    path("hamlets/<int:code>/notice/take-down", notices.take_down, name="link_notice_down"),
]
