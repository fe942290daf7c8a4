-- The queue's order: immediate, urgent, normal as 0, 1, 2, kept beside the urgency whoever writes it.
CREATE OR REPLACE FUNCTION matters_matter_pressing() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.pressing := CASE NEW.urgency WHEN 'immediate' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS pressing ON matters_matter;
CREATE TRIGGER pressing BEFORE INSERT OR UPDATE OF urgency ON matters_matter
  FOR EACH ROW WHEN (NEW.urgency <> 'normal' OR NEW.pressing <> 2) EXECUTE FUNCTION matters_matter_pressing();
