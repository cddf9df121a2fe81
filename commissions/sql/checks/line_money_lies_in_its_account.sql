-- The transfers of a line leave its commission in the account of its status, and nothing elsewhere.
WITH posted AS (
    SELECT line, account, sum(cents)::bigint AS cents FROM (
        SELECT id >> 20 AS line, credit_id AS account, amount_cents AS cents
          FROM commissions_transfer WHERE id >> 60 = 0
        UNION ALL
        SELECT id >> 20, debit_id, -amount_cents FROM commissions_transfer WHERE id >> 60 = 0
    ) sides GROUP BY line, account HAVING sum(cents) <> 0
), due AS (
    SELECT l.id AS line, a.id AS account, l.commission_cents AS cents
      FROM commissions_orderline l
      LEFT JOIN commissions_ledgeraccount a
        ON a.programme_id = l.programme_id AND a.publisher_id = l.publisher_id
       AND a.kind = CASE l.status WHEN 'waiting' THEN 'waiting' WHEN 'hold' THEN 'hold'
                                  WHEN 'confirmed' THEN 'available' END
     WHERE l.commission_cents <> 0
)
SELECT format('Line %s should have %s cents in account %s, its transfers put %s there.',
              coalesce(d.line, p.line), coalesce(d.cents, 0), coalesce(d.account, p.account),
              coalesce(p.cents, 0))
  FROM due d FULL JOIN (
      SELECT posted.* FROM posted JOIN commissions_ledgeraccount a ON a.id = posted.account
       WHERE a.publisher_id IS NOT NULL
  ) p ON p.line = d.line AND p.account = d.account
 WHERE d.cents IS DISTINCT FROM p.cents
