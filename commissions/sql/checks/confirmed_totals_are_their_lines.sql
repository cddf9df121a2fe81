-- Confirmed and paid commission by publisher and rulebook, which referral credit hangs on (F25).
WITH counted AS (
    SELECT publisher_id, rulebook_id, sum(commission_cents)::bigint AS cents
      FROM commissions_orderline
     WHERE status IN ('confirmed', 'paid') AND publisher_id IS NOT NULL
       AND rulebook_id IS NOT NULL
     GROUP BY 1, 2
)
SELECT format('The confirmed total of publisher %s under rulebook %s says %s cents; its lines '
              'come to %s.',
              coalesce(c.publisher_id, k.publisher_id), coalesce(c.rulebook_id, k.rulebook_id),
              coalesce(k.commission_cents, 0), coalesce(c.cents, 0))
  FROM counted c FULL JOIN commissions_confirmedtotal k
    ON (c.publisher_id, c.rulebook_id) = (k.publisher_id, k.rulebook_id)
 WHERE coalesce(c.cents, 0) <> coalesce(k.commission_cents, 0)
