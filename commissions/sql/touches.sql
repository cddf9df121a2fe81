-- A changed fact leaves a row in commissions_touch, whoever changed it and however many at once.
-- Arguments of the trigger: an SQL expression for the scope, and one for the key, over the row r.
CREATE FUNCTION commissions_leave_touch() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    changed text;
BEGIN
    changed := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
        ELSE '(SELECT * FROM new_rows EXCEPT SELECT * FROM old_rows)
              UNION ALL (SELECT * FROM old_rows EXCEPT SELECT * FROM new_rows)'
    END;
    EXECUTE format(
        'INSERT INTO commissions_touch (scope, value, taken, touched_at)
         SELECT DISTINCT %s, %s, false, now() FROM (%s) AS r', TG_ARGV[0], TG_ARGV[1], changed);
    RETURN NULL;
END $$;

DO $$
DECLARE
    fact record;
    event text;
    tables text;
BEGIN
    FOR fact IN
        SELECT * FROM (VALUES
            ('commissions_product', '''product''', 'r.product_id', 'INSERT,UPDATE,DELETE'),
            ('commissions_virtualruling', '''product''', 'r.product_id', 'INSERT,UPDATE,DELETE'),
            ('commissions_store', '''store''', 'r.store_id', 'INSERT,UPDATE,DELETE'),
            ('commissions_setmember',
             '(SELECT s.kind FROM commissions_namedset s WHERE s.id = r.named_set_id)',
             'r.value', 'INSERT,UPDATE,DELETE'),
            ('publishers_source', '''source''', 'r.code', 'INSERT,UPDATE,DELETE'),
            ('publishers_sourceapproval', '''source''',
             '(SELECT s.code FROM publishers_source s WHERE s.id = r.source_id)',
             'INSERT,UPDATE,DELETE'),
            ('publishers_agreement', '''publisher''', 'r.publisher_id::text',
             'INSERT,UPDATE,DELETE'),
            ('publishers_trafficpermission', '''traffic_type''',
             '(SELECT t.code FROM publishers_traffictype t WHERE t.id = r.traffic_type_id)',
             'INSERT,UPDATE,DELETE'),
            ('publishers_accountblock', '''publisher''', 'r.publisher_id::text',
             'INSERT,UPDATE,DELETE'),
            -- A new click touches nothing by itself: lines that name it are found by their own
            -- index (late clicks). A mended one touches the lines it was evidence for.
            ('publishers_click', '''click''', 'r.id::text', 'UPDATE')
        ) AS facts (table_name, scope, value, events)
    LOOP
        FOREACH event IN ARRAY string_to_array(fact.events, ',') LOOP
            tables := CASE event
                WHEN 'INSERT' THEN 'NEW TABLE AS new_rows'
                WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows'
            END;
            EXECUTE format(
                'CREATE TRIGGER leave_touch_%s AFTER %s ON %I REFERENCING %s
                 FOR EACH STATEMENT EXECUTE FUNCTION commissions_leave_touch(%L, %L)',
                lower(event), event, fact.table_name, tables, fact.scope, fact.value);
        END LOOP;
    END LOOP;
END $$;

-- A rulebook touches the lines it rules from the moment it is published, and not before.
CREATE FUNCTION commissions_touch_rulebook() RETURNS trigger LANGUAGE plpgsql
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

CREATE TRIGGER leave_touch_published AFTER INSERT OR UPDATE OF status ON commissions_rulebook
FOR EACH ROW WHEN (NEW.status = 'published')
EXECUTE FUNCTION commissions_touch_rulebook();

CREATE FUNCTION commissions_touch_programme() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO commissions_touch (scope, value, programme_id, taken, touched_at)
    VALUES ('window', '', NEW.id, false, now());
    RETURN NULL;
END $$;

CREATE TRIGGER leave_touch_minimum_age AFTER UPDATE OF minimum_age_days ON commissions_programme
FOR EACH ROW WHEN (OLD.minimum_age_days IS DISTINCT FROM NEW.minimum_age_days)
EXECUTE FUNCTION commissions_touch_programme();
