-- What is sealed, told in confidence or about somebody of the government never has a public face, whoever writes it;
-- one that becomes so loses it, and what was published of it. Where a complaint names no more than a level, its place is that level's: so no face
-- names another village than its matter does. Both look past the writer's own sight, and answer with nothing but a refusal.
CREATE OR REPLACE FUNCTION matters_face_refused() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN matters_matter m ON m.id = f.id WHERE m.sealed OR m.confidential
      OR m.accused_person_id IS NOT NULL OR m.accused_unit_id IS NOT NULL
      OR f.place <> m.place AND f.place / 1000 <> m.place / 1000) THEN
    RAISE EXCEPTION 'a protected matter has no public face' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS kept_out ON matters_public_face;
CREATE TRIGGER kept_out AFTER INSERT ON matters_public_face REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION matters_face_refused();
CREATE OR REPLACE FUNCTION matters_face_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM matters_public_face WHERE id = NEW.id;
  UPDATE matters_publication SET state = 'down', down_at = now()
    WHERE matter_id = NEW.id AND state IN ('proposed', 'published');
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS faceless ON matters_matter;
CREATE TRIGGER faceless AFTER UPDATE OF sealed, confidential, accused_person_id, accused_unit_id, place
  ON matters_matter FOR EACH ROW WHEN (NEW.sealed OR NEW.confidential OR NEW.accused_person_id IS NOT NULL
    OR NEW.accused_unit_id IS NOT NULL OR NEW.place % 1000000 = 0 AND OLD.place % 1000000 <> 0)
  EXECUTE FUNCTION matters_face_taken();
-- A text about what was taken back, merged or not accepted goes down with it, whoever's act that was; the face
-- stays, for it was reported.
CREATE OR REPLACE FUNCTION matters_text_taken() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE matters_publication SET state = 'down', down_at = now()
    WHERE matter_id = NEW.id AND state IN ('proposed', 'published');
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS textless ON matters_matter;
CREATE TRIGGER textless AFTER UPDATE OF state ON matters_matter FOR EACH ROW
  WHEN (NEW.state IN ('withdrawn', 'merged', 'rejected') AND OLD.state <> NEW.state)
  EXECUTE FUNCTION matters_text_taken();
-- A trigger runs whoever may call its function; nobody may by themselves.
REVOKE ALL ON FUNCTION matters_face_refused(), matters_face_taken(), matters_text_taken() FROM PUBLIC;
