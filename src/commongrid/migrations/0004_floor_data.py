"""A share of rechecks that was set below a tenth is a tenth, before the table holds the floor.

It belongs to 0004 by its number, so that ``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

FLOOR = "UPDATE matters_limit SET amount = 0.1 WHERE code = 'recheck_share' AND amount < 0.1"


class Migration(migrations.Migration):
    """At least a tenth of the good ratings is drawn."""

    dependencies = [("commongrid", "0004_publishing_data")]
    operations = [migrations.RunSQL(FLOOR, migrations.RunSQL.noop)]
