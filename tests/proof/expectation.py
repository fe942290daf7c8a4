"""What the policy says of every role and relation of place, in plain words and without the product's code.

This is the independent side of the matrix: it knows the levels of roles from
the vocabulary and the lie of the world, and nothing of Scope or SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.proof.world import COUNTY, GRID1, GROUP1, HAMLET1, T1, V11, named

if TYPE_CHECKING:
    from tests.proof.world import Seat

IN_COUNTY = range(COUNTY, COUNTY + 10**9)
IN_TOWNSHIP = range(T1, T1 + 10**6)
IN_VILLAGE = range(V11, V11 + 1000)
GRID = {V11 + GRID1, V11 + HAMLET1, V11 + GROUP1}
SIGHT: dict[str, Any] = {
    "county": IN_COUNTY,
    "township": IN_TOWNSHIP,
    "village": IN_VILLAGE,
    "assigned_village": IN_VILLAGE,
    "grid": GRID,
    "villager_group": {V11 + GROUP1, V11 + GRID1},
    "party_group": {V11 + HAMLET1, V11 + GRID1},
    "household": (),
    "unit": (),
}
"""Which places a role of each level sees, rows without household or unit."""


def covers(seat: Seat, place: int) -> bool:
    """Whether the seat sees a row that has no more than a place."""
    return place in SIGHT[seat.level]


def learns_of_helpers(seat: Seat, place: int) -> bool:
    """Of helpers and of cases taken up: whoever keeps a whole place, never a grid, a group or a linked member."""
    return covers(seat, place) and seat.level in ("county", "township", "village", "assigned_village")


READS_NO_MATTERS = frozenset({
    "system_admin", "security_admin", "auditor", "villager_rep", "inservice_member", "organisation_officer",
    "redemption_keeper", "volunteer", "villager",
})  # fmt: skip
"""Roles that neither read matters nor their figures: they see no row of any, whatever their place."""
PUBLISHERS = frozenset({"dispatcher", "county_dispatcher"})
"""Who writes and approves public texts."""
CENTRES = frozenset({"dispatcher", "county_dispatcher"})
"""Who alone knows a reporter in confidence, and their words."""


def sees_matter(seat: Seat, matter: dict[str, Any]) -> bool:
    """Whether the seat sees a matter: by place, or for a unit's role by unit; a sealed one only its competent body.

    One about them, about their unit, or about what their unit answers to they never see.
    """
    if seat.role in READS_NO_MATTERS or accused(seat, matter):
        return False
    own_unit = seat.unit is not None and matter["unit"] == seat.unit
    if matter["sealed"] and not own_unit:
        return False
    if seat.level == "unit":
        return own_unit and matter["place"] in (IN_COUNTY if seat.place == COUNTY else IN_TOWNSHIP)
    return covers(seat, matter["place"])


def accused(seat: Seat, matter: dict[str, Any]) -> bool:
    """Whether a complaint is about the seat's person, its unit, or what its unit answers to."""
    if matter["accused_person"] is not None and matter["accused_person"] == named("person", seat.role):
        return True
    over = {seat.unit, named("unit", "bureau")} if seat.unit == named("unit", "station") else {seat.unit}
    return matter["accused_unit"] is not None and matter["accused_unit"] in over


def publishes(seat: Seat, matter: dict[str, Any]) -> bool:
    """Whether the seat has a hand in what is published of a matter: by power, where it sees the matter."""
    return seat.role in PUBLISHERS and sees_matter(seat, matter)


def sees_original(seat: Seat, matter: dict[str, Any]) -> bool:
    """Whether the seat sees what was said in confidence: the centre over the place, where it sees the matter."""
    return seat.role in CENTRES and sees_matter(seat, matter)


def sees_line(seat: Seat, matter: dict[str, Any]) -> bool:
    """Whether the seat sees the journal's line: with the matter; the auditor every one that says anything."""
    return (seat.role == "auditor" and not matter["sealed"]) or sees_matter(seat, matter)


def keeps_guarded_words(seat: Seat) -> bool:
    """Whether the seat may change what no published text may hold: whoever has the whole county in sight."""
    return covers(seat, COUNTY)


def reads_guarded_words(seat: Seat) -> bool:
    """Whether the seat reads them: who publishes, and who keeps them."""
    return seat.role in PUBLISHERS or keeps_guarded_words(seat)


def same_office(seat: Seat, other: Seat) -> bool:
    """Whether two seats sit in one office: the same unit, or without one the same whole place.

    A township's cadre sits in the village that is assigned to them.
    """
    if other.unit is not None or seat.unit is not None:
        return seat.unit == other.unit
    return same_place(seat, other)


def same_place(seat: Seat, other: Seat) -> bool:
    """Whether a seat acts for the whole of the place that another stands at."""
    whole = ("county", "township", "village", "assigned_village")
    return seat.level in whole and (V11 if seat.level == "assigned_village" else seat.place) == other.place


JUSTICE_SEATS = ("department_handler", "township_office_handler")
"""Seats in a judicial office: the bureau of the county and the office of the township are such in this world."""


def sees_mediation(seat: Seat, file: dict[str, Any]) -> bool:
    """Whether the seat is in a dispute file: who mediates, the judicial office over the place; sealed: its police."""
    if file["sealed"]:
        return False  # no seat of the world sits with the police
    if file["post"] == seat.post:
        return True
    area = IN_COUNTY if seat.place == COUNTY else IN_TOWNSHIP
    return seat.role in JUSTICE_SEATS and int(file["place"]) in area


def sees_household(seat: Seat, place: int, *, linked: bool) -> bool:
    """Whether the seat sees a household: by place, or for those linked to it."""
    if seat.level == "household":
        return linked
    return covers(seat, place)


def sees_rating(seat: Seat, matter: dict[str, Any], *, released: bool) -> bool:
    """Whether the seat sees what was said of township work: the county, and once released whoever did it."""
    if not sees_matter(seat, matter):
        return False
    if covers(seat, COUNTY) or not released:
        return covers(seat, COUNTY)
    if matter["unit"] is not None:
        return bool(seat.unit == matter["unit"])
    return seat.level == "township" and seat.place == T1


def sees_result(seat: Seat, matter: dict[str, Any], *, released: bool) -> bool:
    """Whether the seat sees what another system said of township work: as a rating, and the centre that takes it in."""
    return sees_rating(seat, matter, released=released) or (seat.role in CENTRES and sees_matter(seat, matter))


def changes_party(seat: Seat, place: int, matter: dict[str, Any]) -> bool:
    """Whether the seat may change a party's row: it covers the row's own place and sees the matter."""
    return sees_matter(seat, matter) and covers(seat, place)
