"""Addresses of the Households pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from commongrid.surfaces.console.register import (
    booklets,
    changes,
    exports,
    fresh,
    homes,
    ledgers,
    looks,
    mending,
    moving,
    own_ledgers,
    parting,
    people,
    sheet,
    undoing,
)

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("", homes.listed, name="households"),
    path("new", homes.found, name="household_new"),
    path("<uuid:household_id>", homes.page, name="household"),
    path("<uuid:household_id>/move-in", homes.move_in, name="household_move_in"),
    path("<uuid:household_id>/birth", homes.birth, name="household_birth"),
    path("<uuid:household_id>/correct", mending.correct_home, name="household_correct"),
    path("<uuid:household_id>/confirm", mending.confirm_home, name="household_confirm"),
    path("<uuid:household_id>/head", homes.head, name="household_head"),
    path("<uuid:household_id>/split", homes.split, name="household_split"),
    path("<uuid:household_id>/merge", homes.merge, name="household_merge"),
    path("<uuid:household_id>/serve", mending.serve, name="household_serve"),
    path("<uuid:household_id>/hand-over", moving.offer, name="household_hand_over"),
    path("<uuid:household_id>/move", moving.move, name="household_move"),
    path("<uuid:household_id>/flag", homes.flag, name="household_flag"),
    path("undo/<uuid:done>", undoing.undo, name="register_undo"),
    path("flags/<uuid:flag_id>/end", undoing.flag_end, name="flag_end"),
    path("completeness", fresh.board, name="completeness"),
    path("changes", changes.listed, name="changes"),
    path("changes/<uuid:request_id>", changes.page, name="change"),
    path("changes/<uuid:request_id>/decide", changes.decide, name="change_decide"),
    path("changes/<uuid:request_id>/withdraw", changes.withdraw, name="change_withdraw"),
    path("handovers/<uuid:handover_id>", changes.handover, name="handover"),
    path("people/<uuid:person_id>/hand-over", changes.offer, name="person_hand_over"),
    path("<uuid:household_id>/report", changes.report, name="household_report"),
    path("<uuid:household_id>/ask", fresh.ask, name="household_ask"),
    path("<uuid:household_id>/sheet", sheet.sheet, name="household_sheet"),
    *own_ledgers.urlpatterns,
    *ledgers.urlpatterns,
    path("exports", exports.listed, name="exports"),
    path("registered", booklets.listed, name="booklets"),
    path("registered/new", booklets.new, name="booklet_new"),
    path("registered/<uuid:booklet_id>", booklets.page, name="booklet"),
    path("people/<uuid:person_id>/enrol", booklets.enrol, name="person_enrol"),
    path("people/<uuid:person_id>/strike", booklets.strike, name="person_strike"),
    path("people/<uuid:person_id>", people.page, name="person"),
    path("people/<uuid:person_id>/reveal", looks.reveal, name="person_reveal"),
    path("people/<uuid:person_id>/looks", looks.looks, name="person_looks"),
    path("people/<uuid:person_id>/looks/print", looks.looks_print, name="person_looks_print"),
    path("flags/<uuid:flag_id>/reveal", looks.reveal_basis, name="flag_reveal"),
    path("people/<uuid:person_id>/correct", mending.correct, name="person_correct"),
    path("people/<uuid:person_id>/confirm", mending.confirm, name="person_confirm"),
    path("people/<uuid:person_id>/flag", people.flag, name="person_flag"),
    path("people/<uuid:person_id>/marry", people.marry, name="person_marry"),
    path("people/<uuid:person_id>/divorce", parting.divorce, name="person_divorce"),
    path("people/<uuid:person_id>/move", people.move, name="person_move"),
    path("people/<uuid:person_id>/left", people.left, name="person_left"),
    path("people/<uuid:person_id>/returned", people.returned, name="person_returned"),
    path("people/<uuid:person_id>/moved-out", people.moved_out, name="person_moved_out"),
    path("people/<uuid:person_id>/died", people.died, name="person_died"),
]
