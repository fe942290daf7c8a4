"""Who lives in a home and what holds of it lies where the home is served from; a home that nobody lives in is empty.

A list of households moved the home alone, and a home was founded as lived in. It belongs to 0006 by its number, so that
``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

HOLDS = " AND (t.to_on IS NULL OR t.to_on > CURRENT_DATE)"
ALONG = tuple(
    f"UPDATE {table} t SET place = h.place FROM registry_household h"
    f" WHERE h.id = t.{home} AND h.state <> 'ended' AND t.place <> h.place{held}"
    for table, home, held in (
        ("registry_person", "household_id", ""), ("registry_change_request", "household_id", ""),
        ("registry_thing", "household", ""),
        ("registry_stay", "household_id", HOLDS), ("registry_flag", "household_id", HOLDS),
        ("registry_hardship_flag", "household_id", HOLDS), ("roster_assignment", "household_id", HOLDS),
    )
)  # fmt: skip
DWELLINGS = (
    "UPDATE registry_site s SET place = h.place FROM registry_household h"
    " WHERE h.dwelling_id = s.id AND h.state <> 'ended' AND s.place <> h.place"
)
EMPTY = (
    "UPDATE registry_household h SET state = 'empty' WHERE h.state = 'lived' AND h.head_id IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM registry_person p WHERE p.household_id = h.id)"
)


class Migration(migrations.Migration):
    """Records beside the homes they belong to."""

    dependencies = [("commongrid", "0006_fuller_records")]
    operations = [migrations.RunSQL([*ALONG, DWELLINGS, EMPTY], migrations.RunSQL.noop)]
