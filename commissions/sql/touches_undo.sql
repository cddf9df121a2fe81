-- Dropping the functions drops every trigger that calls them.
DROP FUNCTION commissions_leave_touch() CASCADE;
DROP FUNCTION commissions_touch_rulebook() CASCADE;
DROP FUNCTION commissions_touch_programme() CASCADE;
