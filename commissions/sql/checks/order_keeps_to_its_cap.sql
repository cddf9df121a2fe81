-- No order of one publisher earns more than the cap of its earliest line's rulebook (F12), and one
-- that reaches beyond it earns exactly the cap. That of the version in force; while a re-rating
-- waits, of any version.
WITH earning AS (
    SELECT programme_id, order_id, publisher_id, sum(commission_cents) AS cents,
           sum(rated_cents) AS rated, (array_agg(rulebook_id ORDER BY created_at))[1] AS edition_id
      FROM commissions_orderline
     WHERE status IN ('waiting', 'hold', 'confirmed', 'paid')
     GROUP BY programme_id, order_id, publisher_id
), version AS (
    SELECT edition_id, cap_cents,
           row_number() OVER (PARTITION BY edition_id ORDER BY version DESC) = 1 AS in_force
      FROM commissions_rulebook WHERE status = 'published'
), due AS (
    SELECT edition_id, cap_cents FROM version
     WHERE in_force OR EXISTS (SELECT 1 FROM commissions_touch WHERE scope = 'window')
)
SELECT format('Order %s earns %s cents; its lines come to %s and its cap is %s.',
              e.order_id, e.cents, e.rated, v.cap_cents)
  FROM earning e JOIN version v ON v.edition_id = e.edition_id AND v.in_force
 WHERE NOT EXISTS (SELECT 1 FROM due d WHERE d.edition_id = e.edition_id
                    AND e.cents = least(e.rated, d.cap_cents))
