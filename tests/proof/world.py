"""The world that probes run in: two townships, every role filled, rows at every relation of place.

Rows are written by the owner, straight from the models' columns, so that no action stands between world and walls.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.apps import apps
from django.conf import settings

from commongrid.kernel.sealing import Sealer, place_of
from tests.bed import RUN

if TYPE_CHECKING:
    import psycopg

    from tests.bed import Database

KEPT = RUN / "world.pickle"
SPACE = UUID("a1a5a9be-5a1f-4df5-8a34-64f3c7a3d5d1")
COUNTY = 990101_000_000_000
T1, T2 = 990101_001_000_000, 990101_002_000_000
V11, V12, V21 = 990101_001_001_000, 990101_001_002_000, 990101_002_001_000
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
LETTERS = str.maketrans("0123456789", "abcdefghij")  # in names: seven digits are taken for somebody's number
VILLAGES = (V11, V12, V21)
GRID1, GRID2, HAMLET1, HAMLET2, GROUP1 = 1, 2, 101, 102, 201
"""Sequences below each village: two grids, two natural villages, one villager group."""

PLACES = {
    "county": COUNTY,
    "own township": T1,
    "other township": T2,
    "own village": V11,
    "sibling village": V12,
    "other village": V21,
    "own grid": V11 + GRID1,
    "sibling grid": V11 + GRID2,
    "own hamlet": V11 + HAMLET1,
    "sibling hamlet": V11 + HAMLET2,
    "own group": V11 + GROUP1,
    "grid of sibling village": V12 + GRID1,
    "grid of other township": V21 + GRID1,
}
"""The relations of place that are probed."""
MOVED = {"moved away": (V21 + GRID1, V11 + GRID1), "moved in": (V11 + GRID1, V21 + GRID1)}
"""Matters that a re-coding or an order took elsewhere: where they are now, and where they were."""


def named(*parts: object) -> UUID:
    """An id that follows from its name."""
    return uuid5(SPACE, "/".join(map(str, parts)))


def insert(owner: psycopg.Connection[Any], model: str, **values: Any) -> None:
    """Insert one row as the owner; columns not given take the model's default."""
    columns: dict[str, Any] = {}
    for one in apps.get_model("commongrid", model)._meta.concrete_fields:
        if one.generated:
            continue
        given = values.pop(one.name, values.pop(one.attname, ...))
        if given is ... and not one.has_default():
            if one.null or one.primary_key:
                continue
            given = "" if one.empty_strings_allowed else ...
        value = one.get_default() if given is ... else given
        columns[one.column] = (
            json.dumps(value) if one.get_internal_type() == "JSONField" and value is not None else value
        )
    assert not values, f"{model} has no {sorted(values)}"
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    table = apps.get_model("commongrid", model)._meta.db_table
    owner.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})'.encode(), list(columns.values()))


@dataclass(frozen=True, slots=True)
class Seat:
    """A filled post of the world and what the policy says it sees."""

    role: str
    level: str
    post: UUID
    account: int
    place: int
    unit: UUID | None = None


@dataclass(slots=True)
class World:
    """What was laid: seats by role, rows by table."""

    seats: dict[str, Seat] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    matters: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    mediations: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    household: UUID = field(default_factory=lambda: named("household"))


JUSTICE = ("bureau", "office")
"""Units that are judicial offices: they see every dispute file of their area."""
LEVEL_OF_PLACE = {
    "county": COUNTY,
    "township": T1,
    "village": V11,
    "assigned_village": T1,
    "grid": V11 + GRID1,
    "villager_group": V11 + GROUP1,
    "party_group": V11,
    "household": V11 + GRID1,
}
UNIT_OF_ROLE = {
    "department_handler": "bureau",
    "station_handler": "station",
    "township_office_handler": "office",
    "unit_deputy": "station",
}


def keep(database: Database) -> None:
    """Lay the whole world in what becomes a template, and keep what was laid for those who copy it."""
    with database.as_role("owner") as owner:
        KEPT.write_bytes(pickle.dumps(lay(owner)))


def laid() -> World:
    """The world of every copy of the template."""
    world: World = pickle.loads(KEPT.read_bytes())  # noqa: S301 - this run wrote it
    return world


def lay(owner: psycopg.Connection[Any]) -> World:
    """Lay the whole world."""
    from tests.proof import rows

    world = World()
    _places(owner)
    _units(owner, world)
    _people(owner, world)
    _matters(owner, world)
    _mediations(owner, world)
    rows.lay(owner, world)
    return world


def _places(owner: psycopg.Connection[Any]) -> None:
    insert(owner, "County", code=COUNTY, demo=True)
    names = [(COUNTY, "county", None), (T1, "township", COUNTY), (T2, "township", COUNTY)]
    names += [(village, "village", village // 10**6 * 10**6) for village in VILLAGES]
    for village in VILLAGES:
        names += [(village + n, "grid", village) for n in (GRID1, GRID2)]
        names += [(village + n, "natural_village", village) for n in (HAMLET1, HAMLET2)]
        names += [(village + GROUP1, "villager_group", village)]
    for code, level, parent in names:
        name = "地" + str(code % 10**9).translate(LETTERS)
        insert(owner, "Place", code=code, level=level, parent=parent, name=name, valid_from=LONG_AGO)
    for village in VILLAGES:
        for grid, covered in ((GRID1, HAMLET1), (GRID1, GROUP1), (GRID2, HAMLET2)):
            insert(
                owner,
                "GridCover",
                id=named("cover", village, grid, covered),
                grid=village + grid,
                covered=village + covered,
                valid_from=LONG_AGO,
            )


UNITS = (
    ("bureau", COUNTY, "department"),
    ("police", COUNTY, "department"),
    ("station", T1, "station"),
    ("office", T1, "office"),
    ("other station", T2, "station"),
    ("party group", V11, "party_group"),
)
"""Units by name, with where they sit and their type."""


def _units(owner: psycopg.Connection[Any], world: World) -> None:
    for name, place, kind in UNITS:
        world.units[name] = named("unit", name)
        master = world.units["bureau"] if name == "station" else None
        insert(
            owner, "Unit", id=world.units[name], place=place, type=kind,
            function_id="justice" if name in JUSTICE else None, name_zh=name, name_en=name, master_id=master,
            valid_from=LONG_AGO,
        )  # fmt: skip
    insert(
        owner,
        "UnitCover",
        id=named("unit cover"),
        unit=world.units["party group"],
        place=V11 + HAMLET1,
        valid_from=LONG_AGO,
    )


def _people(owner: psycopg.Connection[Any], world: World) -> None:
    insert(owner, "Household", id=world.household, place=V11 + GRID1, natural_village=V11 + HAMLET1, number="1")
    roles = owner.execute("SELECT code, scope_level FROM roster_role ORDER BY position").fetchall()
    for n, (role, level) in enumerate(roles, start=1):
        unit = world.units.get(UNIT_OF_ROLE.get(role, "party group" if level == "party_group" else ""))
        place = LEVEL_OF_PLACE.get(level) or (COUNTY if role == "department_handler" else T1)
        seat = Seat(role, level, named("post", role), 1000 + n, place, unit)
        insert(owner, "Account", id=seat.account, login_name=f"u{n}", password="!", made_at=NOW)
        insert(owner, "Person", id=named("person", role), display_name=f"人{n}", account=seat.account, place=place)
        insert(
            owner,
            "Post",
            id=seat.post,
            person=named("person", role),
            role=role,
            place=place,
            unit=unit,
            from_on=LONG_AGO,
            display_name=f"人{n}",
        )
        if level == "assigned_village":
            insert(
                owner, "Assignment", id=named("assigned"), post=seat.post, kind="assigned_village", place=V11,
                from_on=LONG_AGO,
            )  # fmt: skip
        if role == "linked_member":
            insert(
                owner, "Assignment", id=named("linked", role), post=seat.post, kind="linked_household",
                place=V11 + GRID1, household=world.household, from_on=LONG_AGO,
            )  # fmt: skip
        world.seats[role] = seat
    for relation, place in PLACES.items():
        insert(owner, "Person", id=named("someone", relation), display_name="某人", place=place)
        insert(owner, "Household", id=named("household", relation), place=place, natural_village=place, number="9")


HOW: tuple[tuple[str | None, bool, str], ...] = (
    (None, False, ""), ("station", False, ""), ("bureau", False, ""), ("bureau", True, ""), ("police", True, ""),
    (None, False, "accused person"), (None, False, "accused bureau"), (None, False, "accused station"),
    ("station", False, "accused bureau"), (None, False, "accused party group"), (None, False, "confidential"),
    ("station", False, "confidential"),
)  # fmt: skip
"""Every matter at every place: its unit, whether it is sealed, and how it is protected besides."""
ACCUSED_ROLE = "county_leader"
"""Whose person the complaints about a person are about; somebody with a wide sight, so that only the wall bars them."""


def _matters(owner: psycopg.Connection[Any], world: World) -> None:
    kind = named("kind"), "Z98"
    insert(owner, "ReferralBody", id=named("body"), code="trial", zh="试", en="Trial", valid_from=LONG_AGO)
    insert(owner, "Kind", id=kind[0], code=kind[1], parent="G", zh="试", en="Trial", valid_from=LONG_AGO)
    for relation, place in (*PLACES.items(), *((name, now) for name, (now, _) in MOVED.items())):
        for how in HOW:
            _matter(owner, world, kind, place, (relation, *how))


def _matter(
    owner: psycopg.Connection[Any], world: World, kind: Any, place: int, how: tuple[str, str | None, bool, str]
) -> None:
    relation, unit, sealed, protected = how
    ident = named("matter", *how)
    facts: dict[str, Any] = {
        "place": place, "unit": world.units.get(unit or ""), "sealed": sealed, "relation": relation,
        "protected": protected, "how": how, "accused_person": None, "accused_unit": None,
    }  # fmt: skip
    if protected == "accused person":
        facts["accused_person"] = named("person", ACCUSED_ROLE)
    elif protected.startswith("accused "):
        facts["accused_unit"] = world.units[protected.removeprefix("accused ")]
    insert(
        owner,
        "Matter",
        id=ident,
        number=f"P-{len(world.matters):04}",
        place=place,
        place_then=MOVED.get(relation, (place, place))[1],
        kind_id=kind[0],
        kind_code=kind[1],
        series="asked",
        source="villager",
        title="涵洞",
        text="塌了",
        state="accepted",
        step="divert",
        owner_level="unit" if unit else "county",
        owner_place=None if unit else COUNTY,
        unit_id=facts["unit"],
        handler_level={"station": "township", "bureau": "county", "police": "county"}.get(unit or "", ""),
        handler_place={"station": T1, "bureau": COUNTY, "police": COUNTY}.get(unit or ""),
        clock="respond",
        due_at=NOW,
        alarm_at=NOW,
        opened_at=NOW,
        sealed=sealed,
        confidential=protected == "confidential",
        accused_person_id=facts["accused_person"],
        accused_unit_id=facts["accused_unit"],
        slip_hash=ident.bytes * 2,
    )
    _of_a_matter(owner, ident, facts, how)
    world.matters[ident] = facts


def _in_confidence(owner: psycopg.Connection[Any], ident: UUID, place: int, how: tuple[Any, ...]) -> None:
    """The words and the reporter of a confidential matter, with the centre over its place."""
    centre = max(place // 10**6 * 10**6, COUNTY)
    insert(owner, "Original", id=ident, place=centre, title="涵洞", text="只有我家看得见的涵洞")
    insert(owner, "Party", id=named("party", *how), matter_id=ident, part="reporter", place=centre, hidden_below=True)
    insert(
        owner, "File", id=named("confidential file", *how), subject_kind="original", subject=ident, place=place,
        author="public", received_hash=b"r", stored_hash=b"s", media_type="image/jpeg", size=1, at=NOW,
    )  # fmt: skip


def _mediations(owner: psycopg.Connection[Any], world: World) -> None:
    """A dispute file at each place: of the mediator, of the grid head, of somebody who left; open and closed off."""
    holders = {"mediator": world.seats["mediator"].post, "grid head": world.seats["grid_head"].post, "left": named("x")}
    for (relation, place), (holder, post), sealed in product(PLACES.items(), holders.items(), (False, True)):
        ident, how = named("mediation", relation, holder, sealed), (relation, holder, sealed)
        facts = {"place": place, "post": post, "sealed": sealed, "how": how}
        insert(
            owner, "Mediation", id=ident, matter_id=named("matter", relation, "police" if sealed else None, sealed, ""),
            place=place, post=post, method="oral", number=f"M-{len(world.mediations):04}", mediator="某",
            committee="某会", opened_at=NOW, ended_at=NOW, outcome="violence" if sealed else "not_agreed",
            agreement="各退一步", agreed_on=LONG_AGO, ways_on="去法院", sealed=sealed,
        )  # fmt: skip
        _of_a_mediation(owner, ident, how, place)
        world.mediations[ident] = facts


def _of_a_mediation(owner: psycopg.Connection[Any], ident: UUID, how: tuple[str, str, bool], place: int) -> None:
    """A row of every kind that belongs to a dispute file."""
    seals = Sealer(settings.KEYS.sealing, settings.KEYS.sealing_current)
    party, session = named("party", *how), named("session", *how)
    name = seals.seal("某", place_of("matters_mediation_party", "name_sealed", party))
    came = seals.seal("某", place_of("matters_mediation_session", "attended_sealed", session))
    insert(owner, "MediationParty", id=party, mediation_id=ident, position=1, name_sealed=name)
    insert(owner, "MediationSession", id=session, mediation_id=ident, on=LONG_AGO, attended_sealed=came, at=NOW)
    insert(
        owner, "File", id=named("signed", *how), subject_kind="mediation", subject=ident, place=place,
        author="public", received_hash=b"r", stored_hash=b"s", media_type="image/jpeg", size=1, at=NOW,
    )  # fmt: skip


def _of_a_matter(
    owner: psycopg.Connection[Any], ident: UUID, facts: dict[str, Any], how: tuple[str, str | None, bool, str]
) -> None:
    """A row of every kind that belongs to a matter."""
    place = facts["place"]
    if facts["protected"] == "confidential":
        _in_confidence(owner, ident, place, how)
    insert(
        owner, "ExternalCase", id=named("case", *how), matter_id=ident, place=place, system="hotline_12345",
        number="-".join(map(str, how)), received_at=NOW,
    )  # fmt: skip
    insert(
        owner, "Meeting", id=named("meeting", *how), matter_id=ident, level="county", place=COUNTY, at=NOW,
        venue="三楼会议室", called_at=NOW,
    )  # fmt: skip
    insert(
        owner, "Attendance", id=named("attendance", *how), meeting_id=named("meeting", *how), matter_id=ident,
        unit=named("called"),
    )  # fmt: skip
    insert(
        owner, "Application", id=named("application", *how), matter_id=ident, sort="extend", asked_at=NOW,
        to_level="county", to_place=COUNTY, outcome="granted", decided_at=NOW,
    )  # fmt: skip
    insert(
        owner, "Referral", id=named("referral", *how), matter_id=ident, body_id=named("body"), referred_at=NOW,
        receipt_due_at=NOW,
    )  # fmt: skip
    insert(owner, "Note", id=named("note", *how), matter_id=ident, act=ident, sort="reason", text="原因", at=NOW)
    insert(
        owner, "Order", id=named("order", *how), matter_id=ident, round=1, unit_id=facts["unit"], level="county",
        place=COUNTY, ordered_at=NOW, due_at=NOW,
    )  # fmt: skip
    insert(
        owner, "File", id=named("file", *how), subject_kind="matter", subject=ident, place=place, author="public",
        received_hash=b"r", stored_hash=b"s", media_type="image/jpeg", size=1, at=NOW,
    )  # fmt: skip
    owner.execute(
        "INSERT INTO journal_line (id, timeline, name, author, role, place, place_now, unit, subject_kind, subject, at,"
        " facts, answer) VALUES (%s, 1, 'matters.reported', 'public', '', %s, %s, %s, 'matter', %s, %s, %s, '{}')",
        [
            named("line", *how),
            MOVED.get(how[0], (place, place))[1],
            place,
            facts["unit"],
            ident,
            NOW,
            json.dumps({} if facts["sealed"] else {"kind": "Z98"}),
        ],
    )
