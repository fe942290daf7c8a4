"""What columns of the first three migrations hold in rows that were made before them, filled in once.

It belongs to 0003 by its number, so that ``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

FACES = """
UPDATE matters_public_face f SET series = m.series FROM matters_matter m WHERE m.id = f.id AND f.series <> m.series
"""
ORDERS = """
UPDATE matters_order o SET kind_code = m.kind_code FROM matters_matter m WHERE m.id = o.matter_id AND o.kind_code = ''
"""
PRESSING = """
UPDATE matters_matter SET pressing = CASE urgency WHEN 'immediate' THEN 0 ELSE 1 END
WHERE closed_at IS NULL AND urgency <> 'normal' AND pressing = 2
"""


class Migration(migrations.Migration):
    """The series of public faces, the kind of orders' days, how pressing open matters are."""

    dependencies = [("commongrid", "0003_register")]
    operations = [migrations.RunSQL([FACES, ORDERS, PRESSING], migrations.RunSQL.noop)]
