-- Who is in some sets at some time of a window: one row for all the categories, or stores, that
-- are in the same ones at the same times, with the first of them; countries and types of traffic
-- one by one. Periods are cut to the window. Columns: value, and of each membership its set, its
-- start and its end (null: open).
-- Parameters: programme, codes (of sets), starts_at, ends_at (null: open).
WITH memberships AS (
    SELECT named_set.kind, named_set.code, member.value,
           GREATEST(member.valid_from, %(starts_at)s::timestamptz) AS starts_at,
           LEAST(member.valid_to, %(ends_at)s::timestamptz) AS ends_at
      FROM commissions_setmember AS member
      JOIN commissions_namedset AS named_set ON named_set.id = member.named_set_id
     WHERE named_set.programme_id = %(programme)s
       AND named_set.code = ANY(%(codes)s)
       AND (member.valid_to IS NULL OR member.valid_to > %(starts_at)s)
       AND (%(ends_at)s::timestamptz IS NULL OR member.valid_from IS NULL
            OR member.valid_from < %(ends_at)s)
), histories AS (
    SELECT kind, value,
           ARRAY_AGG(code::text ORDER BY code, starts_at) AS codes,
           ARRAY_AGG(starts_at ORDER BY code, starts_at) AS starts,
           ARRAY_AGG(ends_at ORDER BY code, starts_at) AS ends
      FROM memberships
     GROUP BY kind, value
)
SELECT MIN(value), codes, starts, ends
  FROM histories
 GROUP BY kind, codes, starts, ends, CASE WHEN kind NOT IN ('category', 'store') THEN value END
