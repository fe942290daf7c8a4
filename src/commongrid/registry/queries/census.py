"""The people who live at a place, counted as a census counts: by age and sex, households by size and generations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from commongrid.journal.acting import acting
from commongrid.kernel.places import interval

if TYPE_CHECKING:
    from commongrid.kernel.scope import Scope

_HERE: Final = """
WITH here AS (
  SELECT p.household_id, p.place, p.sex, extract(year FROM age(%(on)s::date, p.born_on))::int AS years,
    CASE WHEN p.as_in_home IN ('20', '30', '28', '38') THEN -1 WHEN p.as_in_home = '40' THEN -2
      WHEN p.as_in_home = '50' THEN 1 WHEN p.as_in_home = '60' THEN 2 ELSE 0 END AS level
  FROM registry_person p LEFT JOIN registry_registered_household b ON b.id = p.booklet_id
  WHERE p.place BETWEEN %(lo)s AND %(hi)s AND p.state = 'here'
    AND (p.household_id IS NOT NULL OR b.sort = 'collective')
)"""
_PEOPLE: Final = """
SELECT sex, years, count(*), count(household_id),
  count(*) FILTER (WHERE place / 1000 * 1000 IN
    (SELECT code FROM territory_place WHERE level = 'village' AND kind = 'community'))
FROM here GROUP BY 1, 2"""
_HOMES: Final = """
SELECT size, least(generations, 4), old, count(*) FROM (
  SELECT count(*) AS size, count(DISTINCT level) AS generations, COALESCE(bool_or(years >= 65), false) AS old
  FROM here WHERE household_id IS NOT NULL GROUP BY household_id) homes
GROUP BY 1, 2, 3"""
_AWAY: Final = """
SELECT count(*) FROM registry_person WHERE place BETWEEN %(lo)s AND %(hi)s AND state = 'away'"""
_HEADLESS: Final = """
SELECT count(*) FROM (
  SELECT household_id FROM registry_person
  WHERE place BETWEEN %(lo)s AND %(hi)s AND state IN ('here', 'away') AND household_id IS NOT NULL
  GROUP BY household_id HAVING count(*) FILTER (WHERE as_in_home IN ('01', '02')) <> 1) others"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted: people by sex ("1", "2") and age; homes by size, generations (4 for more), anybody over 65."""

    people: dict[tuple[str, int], int]
    homes: dict[tuple[int, int, bool], int]
    in_homes: int
    urban: int
    away: int
    headless: int


def counted_as_census(scope: Scope, place: int, on: date) -> Counted:
    """Who lives at a place and inside it, of the age they have on a day; who is away for work is counted apart.

    Living here are those at home in a living household or a collective booklet. ``headless`` are households that have
    no head, or two.
    """
    span = interval(place)
    values: dict[str, Any] = {"lo": span.lo, "hi": span.hi, "on": on}
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_HERE + _PEOPLE, values)
        people = cursor.fetchall()
        cursor.execute(_HERE + _HOMES, values)
        homes = {(size, generations, old): count for size, generations, old, count in cursor.fetchall()}
        cursor.execute(_AWAY, values)
        (away,) = cursor.fetchone()
        cursor.execute(_HEADLESS, values)
        (headless,) = cursor.fetchone()
    return Counted(
        people={(sex, years if years is not None else -1): count for sex, years, count, _, _ in people},
        homes=homes, in_homes=sum(row[3] for row in people), urban=sum(row[4] for row in people), away=away,
        headless=headless,
    )  # fmt: skip
