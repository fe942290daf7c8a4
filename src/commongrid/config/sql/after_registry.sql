-- A correction is only added to; that it was undone is the one thing said of it later, by whoever holds its place.
GRANT UPDATE (undone_by) ON registry_correction TO :app:;
DROP POLICY IF EXISTS undo ON registry_correction;
CREATE POLICY undo ON registry_correction FOR UPDATE TO :app: USING (
  place BETWEEN NULLIF(current_setting('cg.lo', true), '')::bigint AND NULLIF(current_setting('cg.hi', true), '')::bigint
  AND (SELECT COALESCE(current_setting('cg.narrow', true), '')) = ''
);

-- Only the clock re-codes and seals anew; whoever else changes a correction says that it was undone, once.
CREATE OR REPLACE FUNCTION registry_correction_undone() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF COALESCE(current_setting('cg.kind', true), '') = 'clock' OR current_user = ':owner:'
    OR (to_jsonb(NEW) - 'undone_by' = to_jsonb(OLD) - 'undone_by' AND OLD.undone_by IS NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'registry_correction is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER IF EXISTS undone ON registry_correction;
CREATE TRIGGER undone BEFORE UPDATE ON registry_correction
  FOR EACH ROW EXECUTE FUNCTION registry_correction_undone();

-- A flag of a sensitive type is a hardship flag: the open table never holds one, whichever act wrote it.
CREATE OR REPLACE FUNCTION registry_flag_open() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM registry_flag_type WHERE code = NEW.type_code AND sensitive) THEN
    RAISE EXCEPTION 'a hardship is no open flag' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS open ON registry_flag;
CREATE TRIGGER open BEFORE INSERT OR UPDATE OF type_code ON registry_flag
  FOR EACH ROW EXECUTE FUNCTION registry_flag_open();

-- Flags are kept by what their type is of and by whether it is a hardship: all versions of a code say the same, for good.
CREATE OR REPLACE FUNCTION registry_flag_type_kept() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF current_user <> ':owner:' AND (TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NEW.code <> OLD.code) OR EXISTS (
      SELECT FROM registry_flag_type t WHERE t.code = NEW.code AND (t.sensitive, t.of) <> (NEW.sensitive, NEW.of))) THEN
    RAISE EXCEPTION 'a type of flag stays what it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
DROP TRIGGER IF EXISTS kept ON registry_flag_type;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON registry_flag_type
  FOR EACH ROW EXECUTE FUNCTION registry_flag_type_kept();
