-- What is available to a publisher is its confirmed commission and its referral credit.
WITH earned AS (
    SELECT programme_id, publisher_id, sum(commission_cents)::bigint AS cents
      FROM commissions_orderline WHERE status = 'confirmed' GROUP BY 1, 2
), credited AS (
    SELECT programme_id, referrer_id AS publisher_id, sum(credited_cents)::bigint AS cents
      FROM referrals_referralcredit GROUP BY 1, 2
)
SELECT format('Account %s (available to publisher %s) has %s cents; lines give %s, referrals %s.',
              a.id, a.publisher_id, a.balance_cents, coalesce(e.cents, 0), coalesce(c.cents, 0))
  FROM commissions_ledgeraccount a
  LEFT JOIN earned e USING (programme_id, publisher_id)
  LEFT JOIN credited c USING (programme_id, publisher_id)
 WHERE a.kind = 'available'
   AND a.balance_cents <> coalesce(e.cents, 0) + coalesce(c.cents, 0)
