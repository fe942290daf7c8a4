"""More rows of the world: what hangs on a matter besides its words, and tables that have no more than a place."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from commongrid.accounts import sealed
from tests.proof import grids, links, register
from tests.proof.world import COUNTY, NOW, PLACES, T1, insert, named

if TYPE_CHECKING:
    from uuid import UUID

    import psycopg

    from tests.proof.world import World

DAY = date(2026, 11, 2)
LAND = {"type": "Polygon", "coordinates": [[[108.6, 27.2], [108.61, 27.2], [108.61, 27.21], [108.6, 27.2]]]}


def lay(owner: psycopg.Connection[Any], world: World) -> None:
    """All of them, after the matters and posts."""
    insert(owner, "Theme", id=named("theme"), place=COUNTY, name="涵洞", opened_at=NOW)
    for ident, facts in world.matters.items():
        of_a_matter(owner, ident, facts)
    of_offices(owner, world)
    at_places(owner, world.seats["county_leader"].post)
    register.lay(owner)
    links.lay(owner)
    grids.lay(owner)


def of_a_matter(owner: psycopg.Connection[Any], ident: UUID, facts: dict[str, Any]) -> None:
    """Visit, supervision, escalation, the people, the public face; ratings and results, one held back, one released."""
    place, how = facts["place"], facts["how"]
    of = {"matter_id": ident}
    insert(
        owner, "Visit", id=named("visit", *how), **of, round=1, on=DAY, at=NOW, mode="phone", result="not_reached",
        level="township",
    )  # fmt: skip
    insert(owner, "FormerEnd", id=named("former end", *how), **of, closed_at=NOW, until=NOW, outcome="rated")
    insert(owner, "Supervision", id=named("supervision", *how), **of, level="county", place=COUNTY, at=NOW)
    insert(
        owner, "LeaderNote", id=named("leader note", *how), **of, leader=named("post", "county_leader"),
        level="county", place=COUNTY, act=named("leader note", *how), at=NOW, due_at=NOW,
    )  # fmt: skip
    insert(
        owner, "Escalation", id=named("escalation", *how), **of, deadline_no=1, sort="warned", level="township",
        place=T1, due_at=NOW, at=NOW,
    )  # fmt: skip
    insert(owner, "Party", id=named("concerned", *how), **of, part="concerned", place=place)
    if facts["protected"] != "confidential":  # the world lays those
        centre = place - place % 10**6
        insert(owner, "Party", id=named("party", *how), **of, part="reporter", place=centre, hidden_below=True)
    if not facts["sealed"] and not facts["protected"]:  # no other ever has one
        insert(owner, "PublicFace", id=ident, kind_code="Z98", place=place, opened_on=DAY, state="open")
    insert(
        owner, "Recheck", id=named("recheck", *how), **of, round=1, level="county", place=COUNTY, ordered_at=NOW,
        due_at=NOW, done_at=NOW, result="holds",
    )  # fmt: skip
    insert(
        owner, "RecheckCause", id=named("recheck cause", *how), **of, place=COUNTY, cause="centre",
        post=named("post", "county_dispatcher"), at=NOW, order_at=NOW,
    )  # fmt: skip
    insert(
        owner, "Publication", id=named("publication", *how), **of, place=place, kind_code="G01", title="修路",
        text="路已修", opened_on=DAY, until=DAY, state="proposed", proposed_at=NOW,
        proposed_by=named("post", "dispatcher"),
    )  # fmt: skip
    for sort in ("order", "answer"):
        sheet = named(f"{sort} sheet", *how)
        insert(owner, "SignedSheet", id=sheet, **of, sort=sort, of=sheet, at=NOW)
    insert(owner, "ThemeMatter", id=named("in theme", *how), **of, theme_id=named("theme"), at=NOW)
    _rated(owner, facts, of)


def _rated(owner: psycopg.Connection[Any], facts: dict[str, Any], of: dict[str, UUID]) -> None:
    """What the person said, here and to another system: held back, and released."""
    how = facts["how"]
    for n, (name, released) in enumerate((("held rating", None), ("released rating", NOW)), start=1):
        insert(
            owner, "ExternalResult", id=named(name.replace("rating", "result"), *how), **of, place=COUNTY,
            case_id=named("case", *how), unit_id=facts["unit"], handler_place=T1, result="not_solved",
            satisfied=False, text="等得太久", at=NOW, released_at=released,
        )  # fmt: skip
        insert(
            owner, "Rating", id=named(name, *how), **of, round=n, place=COUNTY, unit_id=facts["unit"],
            handler_level="township", handler_place=T1, solved=True, satisfied=False, via="slip", at=NOW,
            released_at=released,
        )  # fmt: skip


def of_offices(owner: psycopg.Connection[Any], world: World) -> None:
    """A guarded word; of every post a view of its own and one for its office, and so a ledger; a long list."""
    insert(owner, "GuardedWord", id=named("guarded word"), word="张某某", sort="person", valid_from=DAY)
    for role, seat in world.seats.items():
        for name in ("own view", "shared view"):
            insert(
                owner, "SavedView", id=named(name, role), post=seat.post, place=seat.place or COUNTY, unit=seat.unit,
                name=name, filters={}, shared=name == "shared view", at=NOW,
            )  # fmt: skip
        for name in ("own ledger", "shared ledger"):
            insert(
                owner, "SavedLedger", id=named(name, role), post=seat.post, place=seat.place or COUNTY, name=name,
                of="person", columns=["name"], shared=name == "shared ledger", at=NOW,
            )  # fmt: skip
        made = {"id": named("exported list", role), "post": seat.post}
        told = json.dumps({"purpose": "核对", "title": "花名册", "place": COUNTY, "stem": "roster", "rows": {}})
        insert(
            owner, "ExportedList", **made, account_id=seat.account, what="households", lo=COUNTY, hi=COUNTY,
            language="zh-hans", sight=bytes(32), state="ready", until=date(2099, 1, 1), at=NOW,
            asked_sealed=sealed.seal(told, "accounts_exported_list", "asked_sealed", made["id"]),
        )  # fmt: skip
        piece = {"id": named("export piece", role), "list_id": made["id"], "post": seat.post}
        insert(owner, "ExportPiece", **piece, n=0, sealed=b"sealed")


def at_places(owner: psycopg.Connection[Any], post: UUID) -> None:
    """A row at every relation of place in tables that know nothing but a place."""
    for relation, place in PLACES.items():
        insert(
            owner, "Tally", level="place", place=place, day=DAY, series="asked", opened=1, closed=0, with_deadline=1,
            on_time=0, reopened=0,
        )  # fmt: skip
        insert(owner, "Backlog", level="place", place=place, series="asked", open=1)
        insert(owner, "AccessLine", id=named("access", relation), at=NOW, event="refused", place=place)
        listed = {"event": "exported", "subject_kind": "list", "about": "ledger.roster.1.20260101"}
        insert(owner, "AccessLine", id=named("list", relation), at=NOW, place=place, **listed)
        insert(
            owner, "Assignment", id=named("help", relation), post=post, kind="named_helper", place=place,
            household=named("household", relation), from_on=date(2020, 1, 1),
        )  # fmt: skip
        insert(
            owner, "Assignment", id=named("case", relation), post=post, kind="petition_case", place=place,
            matter=named("taken up", relation), from_on=date(2020, 1, 1),
        )  # fmt: skip
        twin, someone = named("twin", relation), named("someone", relation)
        insert(owner, "Person", id=twin, display_name="某人", place=place)
        insert(
            owner, "BoundaryFile", id=named("boundary file", relation), place=place, post=post, name="x", datum="wgs84",
            areas=[], at=NOW,
        )  # fmt: skip
        insert(
            owner, "Boundary", id=named("boundary", relation), place=place, source="drawn", shape=LAND, area_m2=1,
            west=108.6, south=27.2, east=108.61, north=27.21, valid_from=DAY,
        )  # fmt: skip
        insert(
            owner, "Suspect", id=named("suspect", relation), place=place, first=min(twin, someone),
            second=max(twin, someone), reason="birth", found_at=NOW,
        )  # fmt: skip
        insert(
            owner, "ImportBatch", id=named("batch", relation), place=place, sort="people", file_hash=b"h", rows=1,
            fresh=1, changed=0, same=0, left_out=0, homes=0, at=NOW,
        )  # fmt: skip
