"""The ready ledgers (一表通): lists that a village is asked for each month, each a view of the one register.

A ledger says what it is about, which rows are in it and what stands beside each; who may read it follows from the rows:
hardship is seen with its power alone. Every ledger of people can ask for those who live here or those registered here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from commongrid.kernel.refusals import N_

Of = Literal["person", "flag", "stay", "household", "site", "thing", "organisation"]
POPULATIONS: Final = ("resident", "registered")
MOST: Final = 5_000
"""So many rows at most; more are narrowed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One ready ledger: its names, what its rows are, and which rows belong to it.

    ``ages`` are completed years, both included; ``flags`` types of flags of a person or their household; ``why`` how a
    stay began or ended in the period; ``states`` those of people or households; ``kinds`` of sites and things.
    ``sealed`` ones show hardship and are offered only to those who may see it.
    """

    code: str
    zh: str
    en: str
    of: Of = "person"
    ages: tuple[int, int] = (0, 200)
    sex: str = ""
    flags: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    special: str = ""
    sealed: bool = False


LEDGERS: Final = {
    one.code: one
    for one in (
        Ledger(code="roster", zh="人口花名册", en="Roster of people"),
        Ledger(code="elders_60", zh="六十岁以上老人", en="Elders over 60", ages=(60, 200)),
        Ledger(code="elders_80", zh="八十岁以上老人", en="Elders over 80", ages=(80, 200)),
        Ledger(code="children", zh="未成年人", en="Children", ages=(0, 17)),
        Ledger(code="school_age", zh="义务教育适龄儿童", en="Children of school age", ages=(6, 15)),
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
        Ledger(code="medical", zh="医保参保缴费名册", en="List for medical insurance payment"),
        Ledger(code="pension", zh="养老保险缴费名册", en="List for pension payment", ages=(16, 59)),
        Ledger(code="away", zh="外出务工人员", en="People away for work", states=("away",)),
        Ledger(code="changes", zh="人口变动", en="Population change", of="stay",
               why=("born", "moved_in", "married", "died", "moved_out", "moved", "split", "merged")),
        Ledger(code="births", zh="出生", en="Births", of="stay", why=("born",)),
        Ledger(code="deaths", zh="死亡", en="Deaths", of="stay", why=("died",)),
        Ledger(code="moves", zh="迁入迁出", en="Moved in and out", of="stay", why=("moved_in", "moved_out")),
        Ledger(code="homes_away", zh="举家外出和空置户", en="Households wholly away, and empty homes", of="household",
               states=("away", "empty")),
        Ledger(code="hazards", zh="隐患点排查", en="Hazards to check", of="site", special="hazard"),
        Ledger(code="self_built", zh="自建房", en="Self-built houses", of="site", special="self_built"),
        Ledger(code="dogs", zh="犬只", en="Dogs", of="thing", kinds=("41",)),
        Ledger(code="due", zh="应检查的物品", en="Things due for a check", of="thing", special="due"),
        Ledger(code="organisations", zh="组织", en="Organisations", of="organisation"),
    )
}  # fmt: skip
"""Every ready ledger by its code, in the order in which it is offered."""

COLUMNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "person": (
        ("place", N_("Place")), ("number", N_("Number")), ("name", N_("Name")), ("relation", N_("To the head")),
        ("sex", N_("Sex")), ("born_on", N_("Date of birth")), ("age", N_("Age")),
        ("id_number", N_("Identity number")), ("phone", N_("Phone")), ("detail", N_("Detail")),
    ),
    "household": (
        ("place", N_("Place")), ("number", N_("Number")), ("door", N_("Door")), ("name", N_("Head")),
        ("people", N_("People")), ("detail", N_("State")),
    ),
    "holding": (
        ("place", N_("Place")), ("kind", N_("Kind")), ("name", N_("Name")), ("person", N_("Person")),
        ("detail", N_("Detail")), ("day", N_("Day")),
    ),
}  # fmt: skip
"""What stands in each column, by what the rows are."""


def columns_of(ledger: Ledger) -> tuple[tuple[str, str], ...]:
    """The columns of a ledger: key and English name."""
    if ledger.of in ("person", "flag"):
        return COLUMNS["person"]
    if ledger.of == "stay":
        return (*COLUMNS["person"], ("day", N_("Day")))
    return COLUMNS["household"] if ledger.of == "household" else COLUMNS["holding"]


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
