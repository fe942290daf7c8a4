"""The journal's lines in words: what every act is called and what it concerned, never a bare code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from commongrid.kernel.refusals import N_
from commongrid.surfaces.console.matters.history import ACTS as OF_MATTERS
from commongrid.surfaces.console.places import ACTS as OF_PLACES
from commongrid.surfaces.console.posts.words import ACTS as OF_POSTS

ACTS: Final[Mapping[str, str]] = {
    "accounts.keys_rotated": N_("Sealed values moved to a new key"),
    "accounts.named": N_("An account got its own name"),
    "calendar.hours_set": N_("Office hours changed"),
    "calendar.market_set": N_("Market days changed"),
    "calendar.published": N_("Calendar notice brought in"),
    "matters.answers_changed": N_("Standard answers changed"),
    "matters.columns_mapped": N_("Columns of another system's sheet were named"),
    "matters.duty_begun": N_("Duty hours in a disaster began"),
    "matters.duty_ended": N_("Duty hours in a disaster ended"),
    "matters.import_undone": N_("A take-over from an older system was undone"),
    "matters.orders_imported": N_("Orders of another system brought in"),
    "matters.ratings_released": N_("Ratings shown to the units"),
    "matters.recheck_asked": N_("A recheck was asked for"),
    "matters.recheck_chosen": N_("Chosen for a recheck"),
    "matters.recheck_late": N_("A recheck is late"),
    "matters.replies_exported": N_("Replies to another system written out"),
    "matters.results_imported": N_("Results of another system brought in"),
    "matters.rules_changed": N_("Work list changed"),
    "matters.seed_published": N_("Seed of the draw published"),
    "matters.sheet_dropped": N_("A sheet was dropped"),
    "matters.sheet_sent": N_("A sheet was sent in"),
    "matters.sheets_swept": N_("Old sheets cleared away"),
    "matters.view_removed": N_("A tab of the queue removed"),
    "matters.view_saved": N_("A tab of the queue saved"),
    "matters.theme_added": N_("Added to a theme"),
    "matters.theme_closed": N_("Theme closed"),
    "matters.theme_opened": N_("Theme opened"),
    "notices.seen": N_("Notices read"),
    "notices.sent_again": N_("A notice was sent again"),
    "notices.texts_changed": N_("Texts of notices changed"),
    "notices.wished": N_("Wishes about notices changed"),
    "places.demo_marked": N_("Marked as a demo county"),
    "places.ended": N_("Place ended"),
    "places.grid_added": N_("Grid added"),
    "places.natural_village_added": N_("Natural village added"),
    "places.renamed": N_("Place renamed"),
    "places.villager_group_added": N_("Villager group added"),
    "registry.account_tied": N_("An account was given to a person"),
    "registry.booklet_opened": N_("Registered household entered"),
    "registry.change_approved": N_("Reported change approved"),
    "registry.change_closed": N_("Requested change closed with its matter"),
    "registry.change_late": N_("Reported change not decided in time"),
    "registry.change_opened": N_("A matter asked for a change of the register"),
    "registry.change_refused": N_("Reported change not taken over"),
    "registry.change_reported": N_("Change reported from the field"),
    "registry.change_withdrawn": N_("Reported change withdrawn"),
    "registry.confirmed": N_("Record confirmed"),
    "registry.corrected": N_("Record corrected"),
    "registry.file_dropped": N_("A file of the register was dropped"),
    "registry.file_looked_through": N_("A file of the register was looked through"),
    "registry.file_sent": N_("A file of the register was sent in"),
    "registry.files_swept": N_("Old files of the register cleared away"),
    "registry.flagged": N_("Mark set"),
    "registry.handover_accepted": N_("Record taken over"),
    "registry.handover_lapsed": N_("Offer of a record lapsed"),
    "registry.handover_offered": N_("Record offered to another village"),
    "registry.handover_refused": N_("Offered record not taken over"),
    "registry.handover_withdrawn": N_("Offer of a record withdrawn"),
    "registry.head_changed": N_("Head of the household changed"),
    "registry.holding_added": N_("Site, thing or organisation entered"),
    "registry.holding_ended": N_("Site, thing or organisation ended"),
    "registry.household_added": N_("Household entered"),
    "registry.household_merged": N_("Households joined"),
    "registry.household_split": N_("Household split"),
    "registry.import_undone": N_("An import was undone"),
    "registry.imported": N_("People or households came in by file"),
    "registry.member_joined": N_("Somebody joined an organisation"),
    "registry.member_left": N_("Somebody left an organisation"),
    "registry.people_joined": N_("Two records of one person were joined"),
    "registry.peopled": N_("People and households of a demo entered"),
    "registry.people_married": N_("Marriage entered"),
    "registry.person_added": N_("Person entered"),
    "registry.person_born": N_("Birth entered"),
    "registry.person_died": N_("Death entered"),
    "registry.person_enrolled": N_("Registered in a booklet"),
    "registry.person_left": N_("Left for work or study"),
    "registry.person_moved": N_("Moved to another household"),
    "registry.person_moved_in": N_("Moved in"),
    "registry.person_moved_out": N_("Moved away"),
    "registry.person_returned": N_("Back home"),
    "registry.person_struck": N_("Registration moved away"),
    "registry.records_counted": N_("Completeness of records counted"),
    "registry.suspects_found": N_("Records that may be one person were found"),
    "registry.thing_checked": N_("Thing checked"),
    "registry.told_apart": N_("Two records were told apart"),
    "registry.undone": N_("Entry undone"),
    "registry.unflagged": N_("Mark removed"),
    "roster.access_pruned": N_("Old lines of the access log cleared away"),
    "roster.account_switched": N_("An account was switched on or off"),
    "roster.assigned": N_("Given its villages, grids or households"),
    "roster.assignment_ended": N_("A village, grid or household was taken off"),
    "roster.entered": N_("Signed in by a one-time link"),
    "roster.invited": N_("A one-time link was made"),
    "roster.sessions_ended": N_("Signed out everywhere"),
    "roster.unit_added": N_("Unit added"),
    "roster.unit_covers": N_("What a unit serves was changed"),
    "roster.unit_ended": N_("Unit ended"),
    **OF_MATTERS,
    **OF_PLACES,
    **OF_POSTS,
}
"""What every act is called."""
CONCERNED: Final[Mapping[str, str]] = {
    "account": N_("Account"),
    "assignment": N_("Assignment"),
    "booklet": N_("Booklet"),
    "calendar": N_("Calendar"),
    "duty": N_("Duty hours"),
    "exchange": N_("Other systems"),
    "household": N_("Household"),
    "import": N_("Import"),
    "keys": N_("Keys"),
    "matter": N_("Matter"),
    "mediation": N_("Mediation"),
    "notice": N_("Notice"),
    "organisation": N_("Organisation"),
    "person": N_("Person"),
    "place": N_("Place"),
    "post": N_("Post"),
    "recheck_cause": N_("Recheck"),
    "rules": N_("Work list"),
    "suspect": N_("Perhaps the same person"),
    "theme": N_("Theme"),
    "view": N_("Saved view"),
    "thing": N_("Thing"),
    "unit": N_("Unit"),
}
"""What an act concerned."""


def act(name: str) -> str:
    """An act's name in words."""
    return _(ACTS[name]) if name in ACTS else name


def concerned(kind: str) -> str:
    """What an act concerned, in words."""
    return _(CONCERNED[kind]) if kind in CONCERNED else kind
