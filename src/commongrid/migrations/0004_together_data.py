"""Ratings that were shown fewer than five at once, or counted otherwise, are shown by five before the table demands it.

It belongs to 0004 by its number, so that ``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

FIVE = (
    "UPDATE matters_limit SET amount = 5, measure = 'count'"
    " WHERE code = 'rating_batch' AND (amount < 5 OR measure <> 'count')"
)


class Migration(migrations.Migration):
    """At least five ratings at once."""

    dependencies = [("commongrid", "0004_floor_data")]
    operations = [migrations.RunSQL(FIVE, migrations.RunSQL.noop)]
