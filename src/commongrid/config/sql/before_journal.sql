-- Order of acts: the transaction's id and an identity, both given by PostgreSQL. An open transaction holds readers back.
ALTER TABLE journal_line ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'journal_line'::regclass AND attname = 'seq' AND attidentity = 'a') THEN
    ALTER TABLE journal_line ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
  END IF;
END $$;
INSERT INTO journal_timeline (n, began_at, reason) SELECT 1, now(), 'first' WHERE NOT EXISTS (SELECT FROM journal_timeline);
