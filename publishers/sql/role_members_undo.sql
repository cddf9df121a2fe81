DROP TRIGGER publishers_roles_by_two ON publishers_user_groups;
DROP FUNCTION publishers_roles_by_two();
