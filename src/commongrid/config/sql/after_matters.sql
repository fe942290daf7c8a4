-- Anyone may report, also about a place outside their sight; what they add is only ever a fresh report.
DROP POLICY IF EXISTS report ON matters_matter;
CREATE POLICY report ON matters_matter FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post'))
  AND state = 'reported' AND round = 1 AND reopened = 0 AND batch IS NULL);
DROP POLICY IF EXISTS report ON matters_public_face;
CREATE POLICY report ON matters_public_face FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post')) AND state = 'open');
DROP POLICY IF EXISTS report ON matters_party;
CREATE POLICY report ON matters_party FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') = 'post'));
DROP POLICY IF EXISTS report ON matters_escalation;
CREATE POLICY report ON matters_escalation FOR INSERT TO :app: WITH CHECK (sort = 'told');
