-- An account's balance is what was credited to it less what was debited.
WITH moved AS (
    SELECT account, sum(cents)::bigint AS cents FROM (
        SELECT credit_id AS account, amount_cents AS cents FROM commissions_transfer
        UNION ALL SELECT debit_id, -amount_cents FROM commissions_transfer
    ) both_sides GROUP BY account
)
SELECT format('Account %s (%s of %s) has a balance of %s cents, its transfers come to %s.',
              coalesce(a.id, m.account), coalesce(a.kind, 'unknown'),
              coalesce(p.code, 'the network'), a.balance_cents, coalesce(m.cents, 0))
  FROM commissions_ledgeraccount a
  FULL JOIN moved m ON m.account = a.id
  LEFT JOIN publishers_publisher p ON p.id = a.publisher_id
 WHERE a.balance_cents IS DISTINCT FROM coalesce(m.cents, 0)
