-- Search of sites, things and organisations by part of their name, as in after_search.sql.
CREATE INDEX IF NOT EXISTS registry_site_name_grams ON registry_site USING gin (grams(name));
CREATE INDEX IF NOT EXISTS registry_thing_name_grams ON registry_thing USING gin (grams(name));
CREATE INDEX IF NOT EXISTS registry_organisation_name_grams ON registry_organisation USING gin (grams(name));

GRANT SELECT (id, place, name, ended_on) ON registry_site, registry_thing, registry_organisation TO :search:;
CREATE POLICY search ON registry_site FOR SELECT TO :search: USING (true);
CREATE POLICY search ON registry_thing FOR SELECT TO :search: USING (true);
CREATE POLICY search ON registry_organisation FOR SELECT TO :search: USING (true);

SET LOCAL ROLE :search:;
CREATE OR REPLACE FUNCTION find_holdings(q text, lo bigint, hi bigint, n int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT id FROM (
    SELECT id, place, name, ended_on FROM registry_site WHERE grams(name) @> grams(q)
    UNION ALL SELECT id, place, name, ended_on FROM registry_thing WHERE grams(name) @> grams(q)
    UNION ALL SELECT id, place, name, ended_on FROM registry_organisation WHERE grams(name) @> grams(q)
  ) held
  WHERE lower(name) LIKE '%' || replace(replace(replace(lower(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
    AND reached(place, NULL, NULL)
    AND place BETWEEN lo AND hi AND ended_on IS NULL
  ORDER BY place LIMIT n $$;
REVOKE ALL ON FUNCTION find_holdings(text, bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_holdings(text, bigint, bigint, int) TO :app:;
RESET ROLE;
