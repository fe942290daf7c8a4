-- Columns of a matter that rows made by SQL (a takeover, a benchmark) need not name. Django's own database defaults
-- would ask for the new row back, which whoever reports from outside must not see.
ALTER TABLE matters_matter
  ALTER COLUMN pressing SET DEFAULT 2, ALTER COLUMN caller SET DEFAULT '', ALTER COLUMN sent_back SET DEFAULT false,
  ALTER COLUMN held SET DEFAULT false, ALTER COLUMN exchanged SET DEFAULT false, ALTER COLUMN leads SET DEFAULT 0,
  ALTER COLUMN slip_no SET DEFAULT 0, ALTER COLUMN recheck_level SET DEFAULT '', ALTER COLUMN applied SET DEFAULT '',
  ALTER COLUMN extended SET DEFAULT 0, ALTER COLUMN finish_moved SET DEFAULT false,
  ALTER COLUMN asked_again SET DEFAULT false;
ALTER TABLE matters_public_face ALTER COLUMN series SET DEFAULT 'asked';
