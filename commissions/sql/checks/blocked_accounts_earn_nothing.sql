-- A blocked account has no earning line, and only a blocked account's lines are rejected for it.
SELECT format('Line %s is %s (%s), but its publisher''s account is %s.', l.sub_order_id, l.status,
              l.reason, CASE WHEN b.publisher_id IS NULL THEN 'not blocked' ELSE 'blocked' END)
  FROM commissions_orderline l
  LEFT JOIN (SELECT DISTINCT publisher_id FROM publishers_accountblock WHERE valid_to IS NULL) b
    ON b.publisher_id = l.publisher_id
 WHERE ((b.publisher_id IS NOT NULL AND l.status IN ('waiting', 'hold', 'confirmed'))
    OR (b.publisher_id IS NULL AND l.reason = 'account_blocked'))
   -- A block that waits for its re-rating is due, not wrong.
   AND NOT EXISTS (SELECT 1 FROM commissions_touch t
                    WHERE t.scope = 'publisher' AND t.value = l.publisher_id::text)
