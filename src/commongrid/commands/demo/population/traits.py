"""What people of an age have learned, do and belong to, at rates of a county of the hills."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from commongrid.commands.demo.population.census import FEMALE, MALE
from commongrid.commands.demo.population.kin import MARRIED
from commongrid.kernel.identity import check_sign

REGION: Final = "990101"
"""No authority has assigned it."""
PREFIX: Final = "154"
"""The numbering plan of the mobile networks gives 154 to nobody."""
AWAY_TO: Final = ("广东东莞", "浙江义乌", "贵阳", "福建晋江", "重庆", "广东深圳", "浙江宁波", "江苏昆山", "云南昆明")
SHARE_AWAY: Final = (22, 16, 14, 10, 9, 9, 8, 7, 5)
SCHOOL: Final = ((6, ""), (12, "80"), (15, "70"), (18, "60"))
"""Up to which age: at no school, at primary, at secondary, at senior secondary."""
LEARNED: Final = (
    (30, ("70", "60", "40", "30", "20", "10"), (34, 16, 18, 18, 13, 1)),
    (45, ("80", "70", "60", "40", "30", "20"), (16, 55, 9, 8, 8, 4)),
    (60, ("80", "70", "60", "90", "30"), (48, 38, 6, 6, 2)),
    (200, ("80", "90", "70", "60"), (56, 30, 11, 3)),
)
"""Education (GB/T 4658) by age."""
WORK_HERE: Final = (("5", "4", "6", "2", "3", "8"), (46, 20, 17, 6, 4, 7))
WORK_AWAY: Final = (("6", "4", "8", "2"), (58, 32, 7, 3))
"""Occupation (GB/T 6565)."""
WORKING, RETIRED, GROWN = 18, 65, 18
PAYS_IN: Final = (16, 60)
"""From which age to before which one pays for a pension."""
SEASON: Final = 9
"""From this month on medical insurance is collected for the year to come."""
PARTY, PROBATION, YOUTH, NONE = "01", "02", "03", "13"
DISABLED: Final = ((18, 0.012), (45, 0.022), (65, 0.052), (200, 0.11))
ILL: Final = ((18, 0.004), (45, 0.015), (65, 0.05), (200, 0.12))
VETERAN: Final = 0.022
"""Of grown men."""


def education(age: int, chance: Random) -> str:
    """What somebody of this age has learned or is learning."""
    for upto, code in SCHOOL:
        if age < upto:
            return code
    codes, shares = next((codes, shares) for upto, codes, shares in LEARNED if age < upto)
    return chance.choices(codes, shares)[0]


def occupation(age: int, *, away: bool, chance: Random) -> str:
    """What they do; nothing where they learn or rest."""
    if age < WORKING or (age >= RETIRED and chance.random() < 0.45):  # noqa: PLR2004
        return ""
    if age >= RETIRED:
        return "5"
    codes, shares = WORK_AWAY if away else WORK_HERE
    return chance.choices(codes, shares)[0]


def political(age: int, chance: Random) -> str:
    """What they belong to."""
    if age < 14:  # noqa: PLR2004 - nobody can join anything earlier
        return ""
    if age >= 25 and (drawn := chance.random()) < 0.05:  # noqa: PLR2004
        return PARTY if drawn < 0.047 or age >= 60 else PROBATION  # noqa: PLR2004
    return YOUTH if age < 28 and chance.random() < 0.35 else NONE  # noqa: PLR2004


def at_rate(age: int, rates: tuple[tuple[int, float], ...], chance: Random) -> bool:
    """Whether somebody of this age is one of them."""
    return chance.random() < next(rate for upto, rate in rates if age < upto)


def flags_of(age: int, sex: int, chance: Random) -> list[str]:
    """What is recognised of a person, whoever they live with."""
    found = []
    if at_rate(age, DISABLED, chance):
        found.append("disabled")
    if at_rate(age, ILL, chance):
        found.append("serious_illness")
    if sex == MALE and age >= 21 and chance.random() < VETERAN:  # noqa: PLR2004
        found.append("veteran")
    return found


def paid_by(home: int, age: int, today: date) -> list[tuple[str, date]]:
    """What somebody of a household has paid for, and on which day: whole households pay, most of them by now.

    Medical insurance is collected from September on for the year to come, pensions all through a year.
    """
    season = today.month >= SEASON
    found = []
    if home * 7 % 10 < (6 if season else 9):  # of ten
        year = today.year + season
        found.append((f"medical_{year}", min(today, date(year - 1, SEASON, 1) + timedelta(days=home * 13 % 110))))
    if PAYS_IN[0] <= age < PAYS_IN[1] and home * 3 % 10 < 7:  # noqa: PLR2004 - of ten
        found.append((f"pension_{today.year}", min(today, date(today.year, 1, 10) + timedelta(days=home * 17 % 300))))
    return found


def left_behind(role_level: int, sex: int, age: int, marital: str, away_levels: set[int]) -> str:
    """The flag of whoever stays at home while parents, a husband or all children are away; empty for nobody."""
    if age < 16 and role_level + 1 in away_levels:  # noqa: PLR2004 - GB/T 31000
        return "left_behind_child"
    if age >= 60 and role_level - 1 in away_levels:  # noqa: PLR2004
        return "left_behind_elder"
    if sex == FEMALE and 20 <= age < 60 and marital == MARRIED and role_level in away_levels:  # noqa: PLR2004
        return "left_behind_woman"
    return ""


class Births:
    """Days of birth and the numbers that go with them: no number twice."""

    def __init__(self, today: date) -> None:
        """No number is given yet."""
        self.today = today
        self.given: dict[tuple[date, int], int] = {}

    def born(self, age: int, chance: Random) -> date:
        """A day on which somebody who is of this age today was born."""
        last = _back(self.today, age)
        first = _back(self.today, age + 1) + timedelta(days=1)
        return first + timedelta(days=chance.randrange((last - first).days + 1))

    def number(self, born: date, sex: int) -> str:
        """The next identity number of the day: order odd for men, even for women."""
        count = self.given.get((born, sex), 0)
        self.given[born, sex] = count + 1
        first = f"{REGION}{born:%Y%m%d}{2 * count + (1 if sex == MALE else 2):03}"
        return first + check_sign(first)


def _back(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)
