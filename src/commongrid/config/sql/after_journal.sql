-- A report brings its photos in its own act; from then on its author may not see the matter any more.
DROP POLICY IF EXISTS attach ON journal_file;
CREATE POLICY attach ON journal_file FOR INSERT TO :app: WITH CHECK (
  subject = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
-- Whoever serves the person at the counter adds photos to what was said in confidence, and does not see them again.
DROP POLICY IF EXISTS add_unseen ON journal_file;
CREATE POLICY add_unseen ON journal_file FOR INSERT TO :app: WITH CHECK (
  subject_kind = 'original' AND EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = subject AND m.confidential));
