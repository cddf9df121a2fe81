-- Somebody comes into a group by their last approved change of roles alone (S6).
CREATE FUNCTION publishers_roles_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM (
            SELECT roles FROM publishers_rolechange
            WHERE user_id = NEW.user_id AND state = 'approved'
            ORDER BY id DESC LIMIT 1
        ) AS latest
        JOIN auth_group ON auth_group.id = NEW.group_id
        WHERE auth_group.name = ANY (latest.roles)
    ) THEN
        RAISE EXCEPTION 'Roles of staff are asked for by one person, then approved by another.'
              USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER publishers_roles_by_two BEFORE INSERT OR UPDATE ON publishers_user_groups
    FOR EACH ROW EXECUTE FUNCTION publishers_roles_by_two();
