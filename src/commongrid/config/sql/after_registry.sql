-- A correction is only added to; that it was undone is the one thing said of it later, by whoever holds its place.
GRANT UPDATE (undone_by) ON registry_correction TO :app:;
DROP POLICY IF EXISTS undo ON registry_correction;
CREATE POLICY undo ON registry_correction FOR UPDATE TO :app: USING (
  place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint AND NULLIF(current_setting('cg.hi', true), '')::bigint
  AND (SELECT COALESCE(current_setting('cg.narrow', true), '')) = ''
);
