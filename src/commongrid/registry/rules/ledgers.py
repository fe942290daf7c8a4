"""The ready ledgers (一表通): lists that a village is asked for each month, each a view of the one register.

A ledger says what it is about, which rows are in it and what stands beside each; who may read it follows from the rows:
hardship is seen with its power alone. Every ledger of people can ask for those who live here or those registered here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from commongrid.kernel.refusals import N_
from commongrid.registry.rules.holdings import DOG

Of = Literal["person", "flag", "stay", "household", "booklet", "site", "thing", "organisation"]
POPULATIONS: Final = ("resident", "registered")
BELONGS: Final = ("registered", "not_registered", "collective", "not_collective")
"""Whom of a population a reader may ask for alone: registered in the village or not, of its collective or not."""
MOST: Final = 5_000
"""So many rows are shown, counted and handed out at once; more are prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One ready ledger: its names, what its rows are, and which rows belong to it.

    ``ages`` are completed years, both included; ``flags`` types of flags of a person or their household; ``why`` how a
    stay, in a household or a booklet, began or ended in the period, ``ways`` whether that was in, out or within the
    place; ``states`` those of people or households; ``kinds``
    of sites and things. ``paid``: the group of types of flags of which each says that one year was paid for.
    ``sealed`` ones show hardship and are offered only to those who may see it; ``more`` are columns of its own.
    """

    code: str
    zh: str
    en: str
    of: Of = "person"
    ages: tuple[int, int] = (0, 200)
    sex: str = ""
    flags: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    ways: tuple[str, ...] = ("in", "out", "within")
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    special: str = ""
    paid: str = ""
    sealed: bool = False
    more: tuple[str, ...] = ()

    @property
    def of_people(self) -> bool:
        """Whether its rows are people, so that those of a population and of the collective can be asked for."""
        return self.of in ("person", "flag", "stay")


LEDGERS: Final = {
    one.code: one
    for one in (
        Ledger(code="roster", zh="人口花名册", en="Roster of people",
               more=("education", "political", "marital", "state", "works_at")),
        Ledger(code="elders_60", zh="六十岁以上老人", en="Elders over 60", ages=(60, 200), more=("state",)),
        Ledger(code="elders_80", zh="八十岁以上老人", en="Elders over 80", ages=(80, 200), more=("state",)),
        Ledger(code="children", zh="未成年人", en="Children", ages=(0, 17), more=("state", "works_at")),
        Ledger(code="school_age", zh="义务教育适龄儿童", en="Children of school age", ages=(6, 15),
               more=("state", "works_at")),
        Ledger(code="left_behind_children", zh="留守儿童", en="Left-behind children", of="flag",
               flags=("left_behind_child",), sealed=True),
        Ledger(code="left_behind_elders", zh="留守和独居老人", en="Elders left behind or alone", of="flag",
               flags=("left_behind_elder", "elder_alone", "empty_nest"), sealed=True),
        Ledger(code="disabled", zh="残疾人", en="Disabled people", of="flag", flags=("disabled", "disabled_severe"),
               sealed=True),
        Ledger(code="illness", zh="大病慢病", en="Serious or chronic illness", of="flag", flags=("serious_illness",),
               sealed=True),
        Ledger(code="allowances", zh="低保和特困供养", en="Allowances and support", of="flag",
               flags=("dibao", "dibao_edge", "tekun_central", "tekun_home", "rigid_spending"), sealed=True),
        Ledger(code="children_in_difficulty", zh="孤儿和困境儿童", en="Orphans and children in difficulty", of="flag",
               flags=("child_unsupported", "child_difficulty"), sealed=True),
        Ledger(code="veterans", zh="退役军人与优抚对象", en="Veterans and entitled people", of="flag",
               flags=("veteran",)),
        Ledger(code="party_members", zh="党员", en="Party members", of="flag", flags=("party_member",)),
        Ledger(code="medical", zh="医保参保缴费名册", en="List for medical insurance payment", paid="medical",
               more=("state", "paid", "paid_on")),
        Ledger(code="pension", zh="养老保险缴费名册", en="List for pension payment", ages=(16, 59), paid="pension",
               more=("state", "paid", "paid_on")),
        Ledger(code="away", zh="外出务工人员", en="People away for work", states=("away",), more=("works_at",)),
        Ledger(code="changes", zh="人口变动", en="Population change", of="stay",
               why=("born", "moved_in", "married", "died", "moved_out", "moved", "split", "merged", "enrolled",
                    "struck")),
        Ledger(code="births", zh="出生", en="Births", of="stay", why=("born",)),
        Ledger(code="deaths", zh="死亡", en="Deaths", of="stay", why=("died",)),
        Ledger(code="moves", zh="迁入迁出", en="Moved in and out", of="stay", ways=("in", "out"),
               why=("moved_in", "moved_out", "moved", "married", "split", "merged", "enrolled", "struck")),
        Ledger(code="booklets", zh="户籍户册", en="Registered households", of="booklet"),
        Ledger(code="homes_away", zh="举家外出和空置户", en="Households wholly away, and empty homes", of="household",
               states=("away", "empty")),
        Ledger(code="hazards", zh="隐患点排查", en="Hazards to check", of="site", special="hazard"),
        Ledger(code="self_built", zh="自建房", en="Self-built houses", of="site", special="self_built"),
        Ledger(code="dogs", zh="犬只", en="Dogs", of="thing", kinds=(DOG,)),
        Ledger(code="due", zh="应检查的物品", en="Things due for a check", of="thing", special="due"),
        Ledger(code="organisations", zh="组织", en="Organisations", of="organisation"),
    )
}  # fmt: skip
"""Every ready ledger by its code, in the order in which it is offered."""

HEADINGS: Final = {
    "no": N_("Number in the list"), "place": N_("Place"), "villager_group": N_("Villager group"),
    "number": N_("Household number"),
    "door": N_("Door"), "head": N_("Head"), "name": N_("Name"), "relation": N_("To the head"), "sex": N_("Sex"),
    "born_on": N_("Date of birth"), "age": N_("Age"), "id_number": N_("Identity number"), "phone": N_("Phone"),
    "registered_place": N_("Registered place"), "collective": N_("Member of the collective of"),
    "education": N_("Education"), "political": N_("Political status"), "marital": N_("Marital status"),
    "state": N_("At home or away"), "works_at": N_("Works or studies at"), "why": N_("Sort of change"),
    "way": N_("In or out"),
    "flag": N_("Recognised as"), "since": N_("Recognised on"), "body": N_("Recognised by"), "day": N_("Day"),
    "people": N_("People"), "here": N_("Of them live here"), "registered": N_("Of them registered here"),
    "home_state": N_("State"),
    "kind": N_("Kind"), "use": N_("Use"), "hazard": N_("Hazard"), "owner": N_("Owner"), "built_on": N_("Built on"),
    "storeys": N_("Storeys"), "area_m2": N_("Floor area (m²)"), "mark": N_("Mark"),
    "keeper": N_("Looked after by"), "site": N_("At the site"), "last_check_on": N_("Last check"),
    "next_check_on": N_("Next check"), "condition": N_("How it was found"), "leader": N_("Leader"),
    "paid": N_("Paid"), "paid_on": N_("Paid on"),
    "members": N_("People"), "credit_code": N_("Unified social credit code"), "founded_on": N_("Founded on"),
}  # fmt: skip
"""Every column that a ready ledger may have."""
_PERSON: Final = (
    "no", "place", "villager_group", "number", "head", "name", "relation", "sex", "born_on", "age", "id_number",
    "phone", "registered_place", "collective",
)  # fmt: skip
_OF: Final[dict[str, tuple[str, ...]]] = {
    "person": _PERSON,
    "flag": (*_PERSON, "flag", "since", "body"),
    "stay": (*_PERSON, "why", "way", "day"),
    "household": ("no", "place", "villager_group", "number", "door", "name", "phone", "people", "registered",
                  "home_state"),
    "booklet": ("no", "place", "number", "name", "people", "here"),
    "site": ("no", "place", "kind", "name", "door", "owner", "use", "hazard", "built_on", "storeys", "area_m2"),
    "thing": ("no", "place", "kind", "name", "mark", "keeper", "site", "last_check_on", "next_check_on", "condition"),
    "organisation": ("no", "place", "kind", "name", "leader", "members", "credit_code", "founded_on"),
}  # fmt: skip
"""The columns in their order, by what the rows are."""
CODES: Final = {
    "relation": "relation", "sex": "sex", "education": "education", "political": "political", "marital": "marital",
    "state": "person_state", "home_state": "home_state", "use": "use", "hazard": "hazard", "condition": "condition",
    "paid": "yes_no",
}  # fmt: skip
"""Columns whose values are codes, with their list."""


def columns_of(ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """The columns of a ledger: key and English name."""
    return tuple((key, HEADINGS[key]) for key in (*_OF[ledger.of], *ledger.more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What is counted of a ledger: the sorts of numbers, each place with its own (小计), and all together (合计)."""

    sorts: tuple[str, ...]
    places: tuple[tuple[int, tuple[int, ...]], ...]
    all: tuple[int, ...]


class Count:
    """Counts the rows of a ledger one by one, as ``Totals`` tell them.

    People with households and sex, what happened by its sort, households with their people, else rows by kind.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Nothing yet."""
        self.ledger = ledger
        first = (*_FIRST.get(ledger.of, ()), *(("paid", "unpaid") if ledger.paid else ()))
        self.sorts = dict.fromkeys(first)
        self.by_place: dict[int, Counter[str]] = {}
        self.homes: dict[int, set[str]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row in."""
        place, counted = row["place"] or 0, _counted(self.ledger, row)
        self.sorts |= dict.fromkeys(counted)
        self.by_place.setdefault(place, Counter()).update(counted)
        if self.ledger.of_people and row.get("number"):
            self.homes.setdefault(place, set()).add(row["number"])

    def totals(self) -> Totals:
        """What was counted so far."""
        if "homes" in self.sorts and self.ledger.of_people:
            for place, numbers in self.homes.items():
                self.by_place[place]["homes"] = len(numbers)
        places = tuple((place, tuple(found[sort] for sort in self.sorts)) for place, found in self.by_place.items())
        together = tuple(sum(numbers[n] for _place, numbers in places) for n in range(len(self.sorts)))
        return Totals(sorts=tuple(self.sorts), places=places, all=together)


def totals(ledger: Ledger, rows: Iterable[Mapping[str, Any]]) -> Totals:
    """What is counted of these rows."""
    count = Count(ledger)
    for row in rows:
        count.add(row)
    return count.totals()


_FIRST: Final[dict[str, tuple[str, ...]]] = {
    "person": ("people", "homes", "male", "female"), "flag": ("people", "homes", "male", "female"),
    "household": ("homes", "people", "registered"), "booklet": ("booklets", "people"),
    "stay": ("way:in", "way:out", "way:within"),
}  # fmt: skip
"""What is counted in any case."""
_SEX: Final = {"1": "male", "2": "female"}
PAID: Final = {"1": "paid", "0": "unpaid"}
"""Whether somebody has paid for a year, and whom of them a reader may ask for alone."""
SEASON: Final = 9
"""From this month on medical insurance is collected for the year to come."""


def asked_first(group: str, codes: Sequence[str], on: date) -> str:
    """The payment that a ledger shows where nobody chose: the one being collected on a day, else the latest.

    The code of a type of flag that says for which year was paid ends with the year.
    """
    year = on.year + (group == "medical" and on.month >= SEASON)
    return next((code for code in codes if code.endswith(str(year))), codes[0] if codes else "")


def _counted(ledger: Ledger, row: Mapping[str, Any]) -> dict[str, int]:
    if ledger.of == "stay":
        return {f"way:{row['way']}": 1, f"why:{row['why']}": 1}
    if ledger.of == "household":
        return {"homes": 1, "people": row["people"], "registered": row["registered"]}
    if ledger.of == "booklet":
        return {"booklets": 1, "people": row["people"]}
    if ledger.of in _FIRST:
        found = {"people": 1, **({_SEX[row["sex"]]: 1} if row["sex"] in _SEX else {})}
        return found | ({PAID[row["paid"]]: 1} if row.get("paid") in PAID else {})
    return {f"kind:{row['kind']}": 1}


def born_between(ages: tuple[int, int], on: date) -> tuple[date, date]:
    """The first and last day of birth of those who have completed these ages on a day, both included."""
    youngest, oldest = ages
    return _years_before(on, oldest + 1, later=1), _years_before(on, youngest)


def _years_before(on: date, years: int, later: int = 0) -> date:
    year = max(on.year - years, date.min.year)
    day = min(on.day, 28) if (on.month, on.day) == (2, 29) and not _leap(year) else on.day
    return date.fromordinal(date(year, on.month, day).toordinal() + later)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
