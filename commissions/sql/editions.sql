-- Lines and totals name what a correction leaves as it is: the edition - the first rulebook of a
-- start that was published - and each rule as its edition first said it (docs/decisions/0011).

-- Of the rules of one rulebook: the first of its edition with the same code, conditions and outcome,
-- whatever its place; itself where none said that before. Two that say the same in one rulebook
-- stay two: the first is taken for the first, the second for the second.
CREATE FUNCTION commissions_name_rules(book bigint) RETURNS void LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    WITH said AS (
        SELECT r.id, r.rulebook_id, r.decided_as_id, r.position,
               jsonb_build_array(
                   r.code, r.outcome, coalesce(r.rate_bp, 0), coalesce(r.min_bp, 0),
                   coalesce(r.max_bp, 0),
                   CASE WHEN jsonb_typeof(r.conditions) = 'array' THEN (
                       SELECT jsonb_agg(DISTINCT asked) FROM jsonb_array_elements(r.conditions) AS asked
                   ) ELSE r.conditions END) AS saying
          FROM commissions_rule r
          JOIN commissions_rulebook b ON b.id = r.rulebook_id
          JOIN commissions_rulebook named ON named.id = book
         WHERE b.id = book
            OR (b.programme_id = named.programme_id AND b.starts_at = named.starts_at
                AND b.status = 'published')
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY rulebook_id, saying ORDER BY position) AS place
          FROM said
    )
    UPDATE commissions_rule r
       SET decided_as_id = coalesce(
               (SELECT min(earlier.decided_as_id) FROM numbered earlier
                 WHERE earlier.rulebook_id <> book
                   AND (earlier.saying, earlier.place) = (mine.saying, mine.place)),
               r.id)
      FROM numbered mine
     WHERE mine.rulebook_id = book AND mine.id = r.id;
END $$;

-- Whoever publishes, and through whichever door.
CREATE FUNCTION commissions_name_edition() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'published' THEN
        RETURN NEW;
    END IF;
    NEW.edition_id := coalesce(
        (SELECT min(b.edition_id) FROM commissions_rulebook b
          WHERE b.programme_id = NEW.programme_id AND b.starts_at = NEW.starts_at
            AND b.status = 'published' AND b.id <> NEW.id),
        NEW.id);
    PERFORM commissions_name_rules(NEW.id);
    RETURN NEW;
END $$;

CREATE TRIGGER name_edition BEFORE INSERT OR UPDATE OF status ON commissions_rulebook
FOR EACH ROW WHEN (NEW.status = 'published')
EXECUTE FUNCTION commissions_name_edition();

-- A rulebook touches the lines it rules from the moment it is published, and not before: those of
-- the rules it names, or all where it names none.
CREATE OR REPLACE FUNCTION commissions_touch_rulebook() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO commissions_touch
        (scope, value, programme_id, from_at, to_at, rules, taken, touched_at)
    VALUES ('window', '', NEW.programme_id, NEW.starts_at,
            (SELECT min(starts_at) FROM commissions_rulebook
              WHERE programme_id = NEW.programme_id AND status = 'published'
                AND starts_at > NEW.starts_at),
            NEW.rules_touched, false, now());
    RETURN NULL;
END $$;
