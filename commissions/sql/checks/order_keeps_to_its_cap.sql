-- No order of one publisher earns more than the cap of its earliest line's rulebook (F12), and one
-- that reaches beyond it earns exactly the cap.
WITH earning AS (
    SELECT programme_id, order_id, publisher_id, sum(commission_cents) AS cents,
           sum(rated_cents) AS rated, (array_agg(rulebook_id ORDER BY created_at))[1] AS rulebook_id
      FROM commissions_orderline
     WHERE status IN ('waiting', 'hold', 'confirmed', 'paid')
     GROUP BY programme_id, order_id, publisher_id
)
SELECT format('Order %s earns %s cents; its lines come to %s and its cap is %s.',
              e.order_id, e.cents, e.rated, r.cap_cents)
  FROM earning e JOIN commissions_rulebook r ON r.id = e.rulebook_id
 WHERE e.cents <> least(e.rated, r.cap_cents)
