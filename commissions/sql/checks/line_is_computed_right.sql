-- Base, rate and commission of a line agree with one another and with its status.
SELECT format('Line %s (%s): base %s, rate %s, before the cap %s, commission %s do not agree.',
              sub_order_id, status, base_cents, rate_bp, rated_cents, commission_cents)
  FROM commissions_orderline
 WHERE base_cents <> CASE WHEN feed_status IN (2, 3) AND finished_cents IS NOT NULL
                          THEN finished_cents ELSE paid_cents END
    OR rated_cents <> base_cents * rate_bp / 10000
    OR commission_cents NOT BETWEEN 0 AND rated_cents
    OR (commission_cents <> 0 AND status NOT IN ('waiting', 'hold', 'confirmed', 'paid'))
    OR (rate_bp <> 0 AND status NOT IN ('waiting', 'hold', 'confirmed', 'paid')
        AND reason <> 'account_blocked')
