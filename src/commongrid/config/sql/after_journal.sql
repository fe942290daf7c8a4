-- A report brings its photos in its own act; from then on its author may not see the matter any more.
DROP POLICY IF EXISTS attach ON journal_file;
CREATE POLICY attach ON journal_file FOR INSERT TO :app: WITH CHECK (
  subject = (SELECT NULLIF(current_setting('cg.claim', true), '')::uuid));
