-- The network's daily totals are the sums of all lines, those of nobody included.
WITH counted AS (
    SELECT l.programme_id, (l.created_at AT TIME ZONE g.time_zone)::date AS day, l.status,
           count(*) AS lines, sum(l.base_cents)::bigint AS base_cents,
           sum(l.commission_cents)::bigint AS commission_cents
      FROM commissions_orderline l JOIN commissions_programme g ON g.id = l.programme_id
     GROUP BY 1, 2, 3
), kept AS (
    SELECT * FROM commissions_networktotal
     WHERE lines <> 0 OR base_cents <> 0 OR commission_cents <> 0
)
SELECT format('The network''s total of %s, %s in programme %s says %s lines, %s sales, %s '
              'commission; its lines come to %s, %s, %s.',
              coalesce(c.day, k.day), coalesce(c.status, k.status),
              coalesce(c.programme_id, k.programme_id),
              k.lines, k.base_cents, k.commission_cents, c.lines, c.base_cents, c.commission_cents)
  FROM counted c FULL JOIN kept k
    ON (c.programme_id, c.day, c.status) = (k.programme_id, k.day, k.status)
 WHERE (c.lines, c.base_cents, c.commission_cents)
       IS DISTINCT FROM (k.lines, k.base_cents, k.commission_cents)
