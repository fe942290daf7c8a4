"""Whoever publishes reads no hardship: powers that two roles held until now end, once, in counties that have them.

The county's administrator, who joins records across townships, gets the power to see hardship with the seeds. It
belongs to 0004 by its number, so that ``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

APART = """
UPDATE roster_role_power SET valid_to = CURRENT_DATE
WHERE (role_id, power_id) IN (('county_dispatcher', 'people.hardship'), ('township_principal', 'matters.publish'))
  AND valid_to IS NULL AND valid_from < CURRENT_DATE
"""


class Migration(migrations.Migration):
    """The county's centre loses the hardship flags, the head of a township the publishing."""

    dependencies = [("commongrid", "0004_divisions")]
    operations = [migrations.RunSQL([APART], migrations.RunSQL.noop)]
