-- An order of another system comes with a fresh report, perhaps about a place outside its author's sight.
DROP POLICY IF EXISTS report ON matters_external_case;
CREATE POLICY report ON matters_external_case FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post')
  AND matter_id = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
