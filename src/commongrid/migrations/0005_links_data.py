"""Links end with the post that they are of, and a door on a posted notice is a plain number, once, where it is not so.

It belongs to 0005 by its number, so that ``tools/remigrate.py`` never makes it anew.
"""

from django.db import migrations

LINKS = """
UPDATE roster_assignment a SET to_on = GREATEST(a.from_on, p.to_on)
FROM roster_post p
WHERE p.id = a.post_id AND p.to_on IS NOT NULL AND a.kind = 'linked_household'
  AND (a.to_on IS NULL OR a.to_on > GREATEST(a.from_on, p.to_on))
"""
DOORS = """
UPDATE outreach_notice n SET content = jsonb_set(n.content, '{members}', (
  SELECT COALESCE(jsonb_agg(jsonb_set(line, '{doors}', '[]') ORDER BY at), '[]')
  FROM jsonb_array_elements(n.content -> 'members') WITH ORDINALITY AS lines (line, at)))
WHERE EXISTS (
  SELECT 1 FROM jsonb_array_elements(n.content -> 'members') AS line, jsonb_array_elements_text(line -> 'doors') AS door
  WHERE regexp_replace(replace(replace(door, n.content ->> 'village', ''), n.content ->> 'natural_village', ''),
                       '[0-9号栋幢单元层组室楼附第之 -]', '', 'g') <> '')
"""


class Migration(migrations.Migration):
    """Links no longer than their post; counts where doors said more."""

    dependencies = [("commongrid", "0005_bases_data")]
    operations = [migrations.RunSQL([LINKS, DOORS], migrations.RunSQL.noop)]
