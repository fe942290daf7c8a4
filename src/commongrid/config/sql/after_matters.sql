-- Anyone may report, also about a place outside their sight; what they add is only ever a fresh report, whose id
-- is that of the act, and what belongs to it.
DROP POLICY IF EXISTS report ON matters_matter;
CREATE POLICY report ON matters_matter FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post'))
  AND state = 'reported' AND round = 1 AND reopened = 0 AND batch IS NULL);
DROP POLICY IF EXISTS report ON matters_public_face;
CREATE POLICY report ON matters_public_face FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post')) AND state = 'open'
  AND id = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
DROP POLICY IF EXISTS report ON matters_party;
CREATE POLICY report ON matters_party FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post'))
  AND matter_id = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
DROP POLICY IF EXISTS report ON matters_original;
CREATE POLICY report ON matters_original FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post'))
  AND id = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
DROP POLICY IF EXISTS report ON matters_escalation;
CREATE POLICY report ON matters_escalation FOR INSERT TO :app: WITH CHECK (
  (SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'post')) AND sort = 'told'
  AND matter_id = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
-- Ratings, and what other systems say of their orders, never change; the clock alone says when a unit may see a batch.
GRANT UPDATE (released_at) ON matters_rating TO :app:;
DROP POLICY IF EXISTS release ON matters_rating;
CREATE POLICY release ON matters_rating FOR UPDATE TO :app: USING (
  (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock'));
GRANT UPDATE (released_at) ON matters_external_result TO :app:;
DROP POLICY IF EXISTS release ON matters_external_result;
CREATE POLICY release ON matters_external_result FOR UPDATE TO :app: USING (
  (SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock'));
