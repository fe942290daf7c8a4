"""What stands on a file that was taken in, so that it can't be undone before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from commongrid.journal.acting import acting

if TYPE_CHECKING:
    from datetime import datetime

    from commongrid.kernel.scope import Scope
    from commongrid.registry.importing.queries import BatchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Something that stands on a batch: what it is, whose, since when; which record to look at."""

    what: str
    name: str
    at: datetime | None
    of: str
    subject: UUID

    @property
    def person(self) -> UUID | None:
        """The person to look at."""
        return self.subject if self.of == "person" else None

    @property
    def household(self) -> UUID | None:
        """The household to look at."""
        return self.subject if self.of == "household" else None


_LATER = """
WITH people AS MATERIALIZED (SELECT id, display_name, household_id FROM registry_person WHERE batch = %(b)s),
books AS MATERIALIZED (SELECT id FROM registry_registered_household WHERE batch = %(b)s),
homes AS MATERIALIZED (SELECT id, number, door FROM registry_household WHERE batch = %(b)s),
held AS MATERIALIZED (SELECT 'site' AS of, id FROM registry_site WHERE batch = %(b)s
  UNION ALL SELECT 'thing', id FROM registry_thing WHERE batch = %(b)s
  UNION ALL SELECT 'organisation', id FROM registry_organisation WHERE batch = %(b)s),
changed AS MATERIALIZED (SELECT DISTINCT ON (subject, field) subject, field, of, no, at FROM registry_correction
  WHERE act = %(b)s AND field <> '*' ORDER BY subject, field, no DESC),
marks AS NOT MATERIALIZED (
  SELECT id, type_code, person_id, COALESCE(person_id, household_id) AS whose, to_on, ended_by FROM registry_flag
  UNION ALL
  SELECT id, type_code, person_id, COALESCE(person_id, household_id), to_on, ended_by FROM registry_hardship_flag),
later AS (
  SELECT 'changed' AS what, c.subject, c.of, c.at FROM registry_correction c
  WHERE c.act <> %(b)s AND c.undone_by IS NULL AND c.at >= %(at)s
    AND c.field NOT IN ('flag', 'hardship', 'member')  -- told below by the rows themselves
    AND NOT EXISTS (SELECT 1 FROM registry_correction u WHERE u.undone_by = c.act)
    AND (c.subject IN (SELECT id FROM people) OR c.subject IN (SELECT id FROM homes)
      OR c.subject IN (SELECT id FROM held) OR (c.subject, c.field) IN (SELECT subject, field FROM changed))
  UNION ALL
  SELECT 'lives', s.person_id, 'person', NULL FROM registry_stay s
  WHERE s.batch IS DISTINCT FROM %(b)s
    AND (s.household_id IN (SELECT id FROM homes) OR s.booklet_id IN (SELECT id FROM books)
      OR s.person_id IN (SELECT id FROM people))
  UNION ALL
  SELECT 'moved', s.person_id, 'person', NULL FROM registry_stay s
  WHERE s.batch = %(b)s AND s.ended_by IS NOT NULL
  UNION ALL
  SELECT 'flagged', f.person_id, 'person', NULL FROM registry_flag f WHERE f.person_id IN (SELECT id FROM people)
  UNION ALL
  SELECT 'flagged', f.household_id, 'household', NULL FROM registry_flag f
  WHERE f.person_id IS NULL AND f.household_id IN (SELECT id FROM homes)
  UNION ALL
  SELECT 'flagged', f.person_id, 'person', NULL FROM registry_hardship_flag f
  WHERE f.person_id IN (SELECT id FROM people)
  UNION ALL
  SELECT 'flagged', f.household_id, 'household', NULL FROM registry_hardship_flag f
  WHERE f.person_id IS NULL AND f.household_id IN (SELECT id FROM homes)
  UNION ALL
  SELECT 'asked', COALESCE(r.person_id, r.household_id),
    CASE WHEN r.person_id IS NULL THEN 'household' ELSE 'person' END, r.asked_at
  FROM registry_change_request r
  WHERE r.state = 'open' AND (r.person_id IN (SELECT id FROM people) OR r.household_id IN (SELECT id FROM homes))
  UNION ALL
  SELECT 'offered', o.person_id, 'person', o.offered_at FROM registry_handover o
  WHERE o.state = 'offered' AND (o.person_id IN (SELECT id FROM people) OR o.household_id IN (SELECT id FROM homes))
  UNION ALL
  SELECT 'member', m.person_id, 'person', NULL FROM registry_membership m WHERE m.person_id IN (SELECT id FROM people)
  UNION ALL
  SELECT 'owns', s.owner_id, 'person', NULL FROM registry_site s WHERE s.owner_id IN (SELECT id FROM people)
  UNION ALL
  SELECT 'keeps', t.keeper_id, 'person', NULL FROM registry_thing t WHERE t.keeper_id IN (SELECT id FROM people)
  UNION ALL
  SELECT 'dwelling', h.id, 'household', NULL FROM registry_household h WHERE h.dwelling_id IN (SELECT id FROM held)
  UNION ALL
  SELECT 'named', t.id, 'thing', NULL FROM registry_thing t
  WHERE t.site_id IN (SELECT id FROM held) AND t.batch IS DISTINCT FROM %(b)s
  UNION ALL
  SELECT 'named', o.id, 'organisation', NULL FROM registry_organisation o
  WHERE o.site_id IN (SELECT id FROM held) AND o.batch IS DISTINCT FROM %(b)s
  UNION ALL
  SELECT 'members', m.organisation_id, 'organisation', NULL FROM registry_membership m
  WHERE m.organisation_id IN (SELECT id FROM held)
    OR (m.began_by = %(b)s AND m.to_on IS NOT NULL AND m.ended_by IS DISTINCT FROM %(b)s)
  UNION ALL
  SELECT 'members', n.organisation_id, 'organisation', NULL FROM registry_membership m
  JOIN registry_membership n ON n.organisation_id = m.organisation_id AND n.id <> m.id
    AND (n.person_id = m.person_id AND n.duty = m.duty OR n.duty = 'leader' AND m.duty = 'leader')
  WHERE %(sort)s = 'members' AND m.ended_by = %(b)s AND n.began_by IS DISTINCT FROM %(b)s
    AND (n.to_on IS NULL OR n.to_on > m.to_on)
  UNION ALL
  SELECT 'flagged', n.whose, CASE WHEN n.person_id IS NULL THEN 'household' ELSE 'person' END, NULL
  FROM marks f JOIN marks n ON n.type_code = f.type_code AND n.whose = f.whose AND n.id <> f.id
  WHERE %(sort)s = 'flags' AND f.ended_by = %(b)s AND (n.to_on IS NULL OR n.to_on > f.to_on)
  UNION ALL
  SELECT 'ended', COALESCE(f.person_id, f.household_id),
    CASE WHEN f.person_id IS NULL THEN 'household' ELSE 'person' END, NULL
  FROM registry_flag f WHERE f.batch = %(b)s AND f.to_on IS NOT NULL AND f.ended_by IS DISTINCT FROM %(b)s
  UNION ALL
  SELECT 'ended', COALESCE(f.person_id, f.household_id),
    CASE WHEN f.person_id IS NULL THEN 'household' ELSE 'person' END, NULL
  FROM registry_hardship_flag f WHERE f.batch = %(b)s AND f.to_on IS NOT NULL AND f.ended_by IS DISTINCT FROM %(b)s
  UNION ALL
  SELECT 'signs_in', p.id, 'person', NULL FROM registry_person p WHERE p.batch = %(b)s AND p.account_id IS NOT NULL
)
SELECT l.what, COALESCE(p.display_name, h.door, h.number, s.name, t.name, o.name, ''), l.at, l.of, l.subject
FROM later l LEFT JOIN registry_person p ON l.of = 'person' AND p.id = l.subject
LEFT JOIN registry_household h ON l.of = 'household' AND h.id = l.subject
LEFT JOIN registry_site s ON l.of = 'site' AND s.id = l.subject
LEFT JOIN registry_thing t ON l.of = 'thing' AND t.id = l.subject
LEFT JOIN registry_organisation o ON l.of = 'organisation' AND o.id = l.subject
ORDER BY l.at DESC NULLS LAST LIMIT %(n)s
"""


def later_on(scope: Scope, row: BatchRow, limit: int = 20) -> list[Later]:
    """What stands on a batch in this scope's sight and has to be undone before it.

    Changes, moves, flags, requests that wait, duties, holdings, a sign-in.
    """
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_LATER, {"b": row.id, "at": row.at, "n": limit, "sort": row.sort})
        found = cursor.fetchall()
    return [Later(what=what, name=name, at=at, of=of, subject=subject) for what, name, at, of, subject in found]
