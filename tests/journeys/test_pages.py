"""Every page there is, looked at in both languages and at both widths: clean for axe, no wider than the screen.

``make test`` looks at a third of the pages, language and width turn about, and
opens the others (``COMMONGRID_TURN`` takes another third); ``make nightly`` looks at all four.

A page whose address is not known here fails the walk, so nobody adds one unseen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest
from django.urls import get_resolver, reverse

from commongrid.matters.actions import code_of
from tests.accounts.rows import exported_lists
from tests.factories import desk, scenes
from tests.factories.desk import id_of
from tests.factories.network import fill, scope_as
from tests.journeys.conftest import WIDTHS
from tests.matters.test_checks import add_unit
from tests.matters.waits import add_post
from tests.outreach.rows import link_rows
from tests.registry.rows import own_ledger, register_rows
from tests.roster.dividing.rows import division_rows
from tests.roster.rows import group_rows, talent_rows
from tests.sizes import FULL, TURN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser

NOT_PAGES: Final = {
    "console": "leads to the first page of whoever asks",
    "file": "bytes of a photo",
    "map": "leads to the place of whoever asks",
    "map_shapes": "what the page map_at draws",
    "map_tile": "bytes of a picture",
    "map_points": "what the page map_at draws",
    "division_map": "what the page division draws",
    "boundary_file": "walked in its test, with a file sent",
    "exchange_template": "bytes of a workbook",
    "people_template": "bytes of a workbook",
    "people_mended": "bytes of a workbook",
    "people_upload": "walked in its journey, with a file sent",
    "people_batch": "walked in its journey, with a file taken in",
    "duplicate": "walked in its journey, with two records found",
    "exchange_batch": "walked in its journey, with replies made",
    "exchange_batch_sheet": "bytes of a workbook",
    "exchange_reply": "walked in its journey, with an answer that waits",
    "exchange_sheet": "walked in its journey, with a sheet sent",
    "exchange_columns": "walked in its journey, with a sheet sent",
    "mediation": "walked in its journey, with a file begun",
    "mediation_agreement": "walked in its journey, with an agreement written down",
    "sheet": "walked in its journey, with a sheet printed",
    "slip_file": "bytes of a photo",
    "look": "remembers a choice and goes back",
    "report_places": "a part of the page report_for",
    "figures_series": "a part of the page figures",
    "report_where": "walked in its journey, with a kind chosen",
    "report_tell": "walked in its journey, with a place chosen",
    "report_send": "walked in its journey, with words typed",
    "published_csv": "a file",
    "published_feed": "a feed",
    "rules_export": "a file",
    "link_notice_pdf": "a file",
    "link_slips_pdf": "a file",
    "calendar_history_csv": "a file",
    "wording_export": "a file",
    "land": "walked in its journey, with a link that was given",
    "code_ask": "walked in its journey, where there is a gateway",
    "code_enter": "walked in its journey, with a code asked for",
}
"""Addresses that are no page of their own, each with what it is."""
BY: Final = {
    "access_log": "auditor",
    "mediate": "mediator",
    "matter_unseal": "police",
    "matter_answer_sheet": "county_dispatcher",
    "mediations": "mediator",
    "calendar_hours": "county_dispatcher",
    "calendar_notice": "county_dispatcher",
    "duty": "county_dispatcher",
    "market": "county_dispatcher",
    "notices_failed": "county_dispatcher",
    **dict.fromkeys(("rules_add", "rules_import", "rules_row"), "county_dispatcher"),
    **dict.fromkeys(("wording_add", "wording_import", "wording_list", "wording_row"), "county_dispatcher"),
    **dict.fromkeys(("households", "household", "person", "changes", "change", "booklet"), "clerk"),
    **dict.fromkeys(("completeness", "holdings", "holding", "household_ask", "household_sheet"), "clerk"),
    **dict.fromkeys(("household_new", "register_undo", "flag_end"), "clerk"),
    **dict.fromkeys(("map_at", "place_boundaries", "place_boundary", "place_cells"), "clerk"),
    **dict.fromkeys(("booklet_new", "household_report", "handover", "thing_check"), "clerk"),
    **dict.fromkeys(("holding_new", "holding_correct", "holding_end"), "clerk"),
    **dict.fromkeys(("organisation_join", "organisation_leave"), "clerk"),
    "people_import": "clerk",
    **dict.fromkeys(("households_export", "exports", "prepared", "own_ledger_new", "own_ledger_form"), "clerk"),
    **dict.fromkeys(("own_ledger", "own_ledger_change", "own_ledger_columns"), "clerk"),
    "duplicates": "county_admin",
    "person_file": "township_principal",
    **dict.fromkeys(("person_erase", "retention"), "county_admin"),
    **dict.fromkeys(
        (
            f"household_{act}"
            for act in (
                "move_in",
                "birth",
                "head",
                "split",
                "merge",
                "flag",
                "correct",
                "confirm",
                "serve",
                "hand_over",
                "move",
            )
        ),
        "clerk",
    ),
    **dict.fromkeys(
        (
            f"person_{act}"
            for act in (
                "correct",
                "confirm",
                "flag",
                "marry",
                "divorce",
                "move",
                "left",
                "returned",
                "moved_out",
                "died",
                "looks",
                "looks_print",
                "enrol",
                "strike",
                "hand_over",
            )
        ),
        "clerk",
    ),
    **dict.fromkeys(("talents", "talent_name"), "clerk"),
    "talent_decide": "secretary",
    "place_add_grid": "county_admin",
    "place_add_natural_village": "county_admin",
    "place_add_villager_group": "county_admin",
    "place_covers": "county_admin",
    "place_end": "county_admin",
    "place_rename": "county_admin",
    "helpers": "township_principal",
    "household_helper": "township_principal",
}
"""Who opens a page, where the township's dispatcher may not."""
MATTERS: Final = {
    "dispatcher": (
        "confidential",
        "reported",
        "accepted",
        "in_hand",
        "rejected",
        "asking",
        "parked",
        "lead",
        "merged",
        "alike",
    ),
    "station": ("given", "overdue", "paused", "referred"),
    "county_dispatcher": ("returned", "answered"),
    "clerk": ("urgent",),
    "grid_head": ("quarrel",),
}
"""Which matter is looked at by whom: every state and every form once."""
QUERIES: Final = {
    "household_move": f"?village={desk.VILLAGE}",
    "own_ledger_new": "?of=person", "search": "?q=bsc", "worklist": "?class=G", "figures_behind": "",
    "matters": "?state=", "party_groups": f"?place={desk.VILLAGE}", "talent_name": "?q=覃",
}  # fmt: skip


def _leaves(patterns: Iterable[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _leaves(pattern.url_patterns)
        elif hasattr(pattern.callback, "door") and "GET" in pattern.callback.door.methods:
            yield pattern


def _of_a_list(name: str, captures: tuple[str, ...]) -> dict[str, Any]:
    """A list of rules or texts, and one of its rows."""
    of, row = ("kinds", "kind G02") if name.startswith("rules_") else ("answers", "answer explained zh")
    return {
        "vocabulary": of,
        **({"row": uuid5(NAMESPACE_OID, f"commongrid matters {row}")} if "row" in captures else {}),
    }


OF_A_MATTER: Final = {"mediate": "quarrel", "matter_ask": "answered", "matter_order": "given",
                      "matter_answer_sheet": "answered", "matter_told": "parked",
                      "publication_new": "answered", "matter_unseal": "sealed"}  # fmt: skip
"""Which matter a page about one is opened with, where it is not the accepted one."""


def values_for(  # noqa: C901, PLR0911, PLR0912 - one line for each sort of address
    name: str, captures: tuple[str, ...], made: dict[str, UUID]
) -> dict[str, Any]:
    """Something real for what an address captures."""
    if "vocabulary" in captures:
        return _of_a_list(name, captures)
    match captures:
        case ():
            return {}
        case ("matter_id",):
            return {"matter_id": made[OF_A_MATTER.get(name, "accepted")]}
        case ("code",) if name == "ledger":
            return {"code": "roster"}
        case ("code",) | ("code", "sort") if name.startswith("exchange_"):
            return {"code": "hotline_12345", **({"sort": "orders"} if "sort" in captures else {})}
        case ("code",) if name.startswith("slip"):
            return {"code": code_of(made["rejected" if name == "slip_ask_again" else "answered"])}
        case ("code",) if name in ("contacts", "link_slips", "link_notice"):
            return {"code": desk.HAMLET}
        case ("code",) if name in ("linking_everywhere", "dividing_everywhere"):
            return {"code": desk.TOWNSHIP}
        case ("division_id", "number"):
            return {"division_id": made["division"], "number": 1}
        case ("plan_id",) | ("household_id", "plan_id"):
            return {one: made[one.removesuffix("_id").replace("household", "linked")] for one in captures}
        case ("code",):
            return {"code": {"place_covers": desk.GRID, "market": desk.TOWNSHIP}.get(name, desk.VILLAGE)}
        case ("post_id",):
            posts = {"linked_member": "linker", "post_village": "cadre"}
            return {"post_id": made[posts[name]] if name in posts else id_of("clerk")}
        case ("unit_id",):
            return {"unit_id": made["party_group"] if name == "unit_covers" else id_of("transport_unit")}
        case ("of",):
            return {"of": "thing"}
        case ("subject",) if name.startswith("thing"):
            return {"subject": made["thing"]}
        case ("subject",) | ("membership_id", "subject"):
            return {"subject": made["organisation"], **({"membership_id": made["membership"]} if captures[1:] else {})}
        case ("of", "subject"):
            return {"of": "organisation", "subject": made["organisation"]}
        case (one,) if one.removesuffix("_id") in made:
            return {one: made[one.removesuffix("_id")]}
        case ("done",):
            return {"done": made["household"]}
        case ("which",):
            return {"which": "linked" if name == "county_sheet_rows" else "open"}
        case _:
            message = f"tests/journeys/test_pages.py does not know what {name} with {captures} is opened with"
            raise AssertionError(message)


def addresses(made: dict[str, UUID]) -> Iterator[tuple[str, str, str]]:
    """(who, name, path) of every page."""
    for pattern in _leaves(get_resolver().url_patterns):
        name = str(pattern.name)
        if name in NOT_PAGES or name == "matter":
            continue
        values = values_for(name, tuple(sorted(pattern.pattern.converters)), made)
        public = "public" in pattern.callback.door.kinds or "slip" in pattern.callback.door.kinds
        yield "" if public else BY.get(name, "dispatcher"), name, reverse(name, kwargs=values) + QUERIES.get(name, "")
    for who, names in MATTERS.items():
        for name in names:
            yield who, f"matter-{name}", reverse("matter", kwargs={"matter_id": made[name]})


def _spoken(number: int, language: str) -> bool:
    """Whether it is a page's turn in this language."""
    return FULL or (number + TURN) % 2 == (language == "en")


def _widths(number: int) -> list[tuple[str, tuple[int, int]]]:
    """The widths at which a page is looked at; none where it is opened only. Twelve turns bring all there are."""
    widths = list(WIDTHS.items())
    if FULL:
        return widths
    turns, left = divmod(number + TURN, 3)
    return [] if left else [widths[turns // 2 % 2]]


def _made(laid: desk.Desk) -> tuple[dict[str, UUID], dict[str, int]]:
    """Something of everything that a page shows, and the accounts of whoever sees it."""
    made = scenes.everything(laid) | register_rows() | link_rows()
    made["talent"] = talent_rows(laid)
    made["party_group"] = group_rows(laid)
    made["sealed"] = _sealed(scenes.Scene(laid))
    made["cadre"] = fill("township_cadre", desk.TOWNSHIP)
    made |= division_rows()
    made["ledger"] = own_ledger(scope_as(laid, "clerk"))
    exported_lists(scope_as(laid, "clerk"))
    return made, laid.accounts


def _sealed(scene: scenes.Scene) -> UUID:
    """A sealed matter, and the police that have it."""
    add_unit(scene, "police", "public_security")
    add_post(scene, "police", "department_handler", desk.COUNTY, "police")
    return scene.report("家里打人", kind="A12")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_clean(site: Site, language: str) -> None:
    made, site.desk.accounts = site.desk.database.begin("pages", lambda it: _made(replace(site.desk, database=it)))
    windows: dict[str, Any] = {}
    for number, (who, name, path) in enumerate(addresses(made)):
        if not _spoken(number, language):
            continue
        visitor = windows.setdefault(who, site.visitor(who, language=language)) if who not in windows else windows[who]
        if not _widths(number):
            answer = visitor.page.request.get(site.address + path)
            assert answer.ok, f"{name} {path}: {answer.status}"
            continue
        visitor.open(path)
        for width, (wide, high) in _widths(number):
            visitor.width = width
            visitor.page.set_viewport_size({"width": wide, "height": high})
            visitor.look(name)
    faults = [fault for visitor in windows.values() for fault in visitor.faults]
    assert not faults, "\n".join(faults)


def test_dark_and_large_pages_are_clean(site: Site) -> None:
    made = scenes.everything(site.desk)
    visitor = site.visitor("dispatcher", width="phone")
    look = {"cg_text": "large", "cg_theme": "dark"}
    visitor.page.context.add_cookies(
        [{"name": name, "value": value, "url": site.address} for name, value in look.items()]
    )
    for name in ("today", "matters", "report_for", "worklist"):
        visitor.open(reverse(name))
        visitor.look(f"dark-{name}")
    visitor.open(reverse("matter", kwargs={"matter_id": made["accepted"]}))
    visitor.look("dark-matter")
    visitor.finish()
