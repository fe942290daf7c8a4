-- Search by part of a name or title. LIKE and array containment are not leakproof, so under row-level security they
-- can't use an index; these functions run as the search role and apply the scope as an explicit condition. They answer
-- with ids only, and whoever reads the rows behind them passes row-level security again. Without a scope: no rows.
-- Each sign and each pair of signs of a text. A loop, because an aggregate takes ten times as long, at every name written.
CREATE OR REPLACE FUNCTION grams(t text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
  small text := lower(t);
  length int := char_length(t);
  found text[] := '{}';
BEGIN
  FOR i IN 1..length LOOP
    found := found || substr(small, i, 1);
    IF i < length THEN found := found || substr(small, i, 2); END IF;
  END LOOP;
  RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION grams(text) TO :search:, :app:;
-- What the scope reaches, as the walls say it, and what it never sees (":never", filled in from the table's wall): so that what is cut to so many rows is cut to rows that the reader sees.
CREATE OR REPLACE FUNCTION reached(place bigint, home uuid, unit uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint AND NULLIF(current_setting('cg.hi', true), '')::bigint
    AND CASE COALESCE(current_setting('cg.narrow', true), '') WHEN '' THEN true
      WHEN 'grids' THEN place = ANY (NULLIF(current_setting('cg.grids', true), '')::bigint[])
      WHEN 'households' THEN home = ANY (NULLIF(current_setting('cg.households', true), '')::uuid[])
      WHEN 'unit' THEN unit = NULLIF(current_setting('cg.unit', true), '')::uuid ELSE false END $$;
REVOKE ALL ON FUNCTION reached(bigint, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reached(bigint, uuid, uuid) TO :search:;

CREATE INDEX IF NOT EXISTS matters_matter_title_grams ON matters_matter USING gin (grams(title));
CREATE INDEX IF NOT EXISTS registry_person_name_grams ON registry_person USING gin (grams(display_name));
CREATE INDEX IF NOT EXISTS registry_person_name_begins ON registry_person ((lower(display_name) COLLATE "C"), place);

-- a number read out by its last digits: its digits backwards, so that the end is a beginning
CREATE INDEX IF NOT EXISTS matters_matter_number_end ON matters_matter ((reverse(replace(number, '-', '')) COLLATE "C"));

GRANT SELECT (id, place, title, opened_at, number, unit_id, sealed, accused_person_id, accused_unit_id) ON matters_matter TO :search:;
GRANT SELECT (person_id, unit_id, from_on, to_on) ON roster_post TO :search:;
CREATE INDEX IF NOT EXISTS registry_household_door_grams ON registry_household USING gin (grams(door));

GRANT SELECT (id, place, display_name, initials, state, household_id) ON registry_person TO :search:;
GRANT SELECT (id, place, door, state) ON registry_household TO :search:;
CREATE POLICY search ON registry_household FOR SELECT TO :search: USING (true);
CREATE POLICY search ON matters_matter FOR SELECT TO :search: USING (true);
CREATE POLICY search ON registry_person FOR SELECT TO :search: USING (true);
CREATE POLICY search ON roster_post FOR SELECT TO :search: USING (true);

SET LOCAL ROLE :search:;
CREATE OR REPLACE FUNCTION find_matters(q text, lo bigint, hi bigint, n int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT id FROM matters_matter
  WHERE grams(title) @> grams(q) AND lower(title) LIKE '%' || replace(replace(replace(lower(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
    AND reached(place, NULL, unit_id) AND NOT (:never matters_matter:)
    AND place BETWEEN lo AND hi
  ORDER BY opened_at DESC LIMIT n $$;
-- by the last digits of the number; ':' is the sign after 9
CREATE OR REPLACE FUNCTION find_numbers(q text, lo bigint, hi bigint, n int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT id FROM matters_matter
  WHERE q ~ '^[0-9]{3,}$' AND reverse(replace(number, '-', '')) COLLATE "C" >= reverse(q)
    AND reverse(replace(number, '-', '')) COLLATE "C" < reverse(q) || ':'
    AND reached(place, NULL, unit_id) AND NOT (:never matters_matter:)
    AND place BETWEEN lo AND hi
  ORDER BY opened_at DESC LIMIT n $$;
-- by part of the name, or in plain letters by the initials of its pinyin; a single sign is first read as a surname, and
-- looked for inside of names only where so few people bear it
CREATE OR REPLACE FUNCTION find_people(q text, lo bigint, hi bigint, n int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH named AS MATERIALIZED (SELECT id FROM registry_person
  WHERE char_length(q) = 1 AND lower(display_name) COLLATE "C" >= q AND lower(display_name) COLLATE "C" < q || U&'\+10FFFF'
    AND reached(place, household_id, NULL)
    AND place BETWEEN lo AND hi AND state IN ('here', 'away')
  ORDER BY lower(display_name) COLLATE "C" LIMIT n)
  SELECT id FROM named
  UNION
  (SELECT id FROM registry_person
  WHERE (char_length(q) > 1 OR (SELECT count(*) FROM named) < n) AND grams(display_name) @> grams(q) AND lower(display_name) LIKE '%' || replace(replace(replace(lower(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
    AND reached(place, household_id, NULL)
    AND place BETWEEN lo AND hi AND state IN ('here', 'away')
  ORDER BY place LIMIT n)
  UNION
  (SELECT id FROM registry_person
  WHERE q ~ '^[a-z]{2,}$' AND initials <> '' AND initials >= q AND initials < q || '{'
    AND reached(place, household_id, NULL)
    AND place BETWEEN lo AND hi AND state IN ('here', 'away')
  ORDER BY initials, place LIMIT n) $$;
CREATE OR REPLACE FUNCTION find_homes(q text, lo bigint, hi bigint, n int) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT id FROM registry_household
  WHERE grams(door) @> grams(q) AND lower(door) LIKE '%' || replace(replace(replace(lower(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
    AND reached(place, id, NULL)
    AND place BETWEEN lo AND hi AND state <> 'ended'
  ORDER BY place LIMIT n $$;
REVOKE ALL ON FUNCTION find_matters(text, bigint, bigint, int), find_numbers(text, bigint, bigint, int), find_people(text, bigint, bigint, int), find_homes(text, bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_matters(text, bigint, bigint, int), find_numbers(text, bigint, bigint, int), find_people(text, bigint, bigint, int), find_homes(text, bigint, bigint, int) TO :app:;
RESET ROLE;
-- Which blind indexes of identity numbers the county's register has at all: "exists elsewhere", and nothing else of it.
-- Asked only by whoever enters people, so that nobody is entered twice; without a post or the clock: nothing. Of another
-- county in the same database it says nothing: a number is taken once in each.
GRANT SELECT (id_index, state) ON registry_person TO :search:;
SET LOCAL ROLE :search:;
CREATE OR REPLACE FUNCTION numbers_taken(asked bytea[]) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT p.id_index FROM unnest(asked) AS a(number) JOIN registry_person p ON p.id_index = a.number
  WHERE p.id_index IS NOT NULL AND p.state <> 'merged'
    AND p.place / 1000000000 BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint / 1000000000
      AND NULLIF(current_setting('cg.hi', true), '')::bigint / 1000000000
    AND COALESCE(current_setting('cg.kind', true), '') IN ('post', 'clock') $$;
REVOKE ALL ON FUNCTION numbers_taken(bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION numbers_taken(bytea[]) TO :app:;
RESET ROLE;
-- Whether somebody of this name and birth, or in the village of a name that sounds the same, is in the county's register
-- already: by id where the asker reaches the record, else only that there is one. Whose number is known (numbered) is
-- nobody who has another. Asked by whoever enters people, as above.
GRANT SELECT (born_on, sort_key) ON registry_person TO :search:;
SET LOCAL ROLE :search:;
CREATE OR REPLACE FUNCTION people_alike(name text, sounds text, born date, village bigint, numbered boolean) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH found AS (
    SELECT id, place, household_id, state, id_index FROM registry_person
    WHERE lower(display_name) COLLATE "C" = lower(name) COLLATE "C" AND born_on = born
      AND place / 1000000000 BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint / 1000000000
        AND NULLIF(current_setting('cg.hi', true), '')::bigint / 1000000000
    UNION
    SELECT id, place, household_id, state, id_index FROM registry_person
    WHERE place BETWEEN village * 1000 AND village * 1000 + 999 AND born_on = born
      AND split_part(sort_key, E'\x1f', 1) = sounds AND reached(place, household_id, NULL)
  )
  SELECT DISTINCT CASE WHEN reached(place, household_id, NULL) THEN id END FROM found
  WHERE state IN ('here', 'away') AND NOT (numbered AND id_index IS NOT NULL)
    AND COALESCE(current_setting('cg.kind', true), '') IN ('post', 'clock') LIMIT 20 $$;
REVOKE ALL ON FUNCTION people_alike(text, text, date, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_alike(text, text, date, bigint, boolean) TO :app:;
RESET ROLE;
