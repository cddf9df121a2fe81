-- What a referrer is said to have been credited is what was transferred to it.
WITH posted AS (
    SELECT (t.id >> 20) & ((1::bigint << 40) - 1) AS credit_row,
           sum(CASE WHEN c.publisher_id IS NULL THEN -t.amount_cents ELSE t.amount_cents END)
               ::bigint AS cents,
           max((t.id >> 1) & 524287) AS revision,
           count(DISTINCT coalesce(c.publisher_id, d.publisher_id)) AS receivers,
           min(coalesce(c.publisher_id, d.publisher_id)) AS receiver
      FROM commissions_transfer t
      JOIN commissions_ledgeraccount c ON c.id = t.credit_id
      JOIN commissions_ledgeraccount d ON d.id = t.debit_id
     WHERE t.id >> 60 = 1 GROUP BY 1
)
SELECT format('Referral credit %s (for publisher %s) says %s cents, its transfers come to %s.',
              coalesce(r.id, p.credit_row), r.referred_id, r.credited_cents, coalesce(p.cents, 0))
  FROM referrals_referralcredit r FULL JOIN posted p ON p.credit_row = r.id
 WHERE r.credited_cents IS DISTINCT FROM coalesce(p.cents, 0)
    OR r.revision IS DISTINCT FROM coalesce(p.revision, 0)
    OR (p.receivers IS NOT NULL AND (p.receivers <> 1 OR p.receiver <> r.referrer_id))
