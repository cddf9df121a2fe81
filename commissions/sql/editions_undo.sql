-- As `touches.sql` has it: every line of the period is touched.
CREATE OR REPLACE FUNCTION commissions_touch_rulebook() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO commissions_touch
        (scope, value, programme_id, from_at, to_at, taken, touched_at)
    VALUES ('window', '', NEW.programme_id, NEW.starts_at,
            (SELECT min(starts_at) FROM commissions_rulebook
              WHERE programme_id = NEW.programme_id AND status = 'published'
                AND starts_at > NEW.starts_at),
            false, now());
    RETURN NULL;
END $$;

DROP FUNCTION commissions_name_edition() CASCADE;
DROP FUNCTION commissions_name_rules(bigint);
