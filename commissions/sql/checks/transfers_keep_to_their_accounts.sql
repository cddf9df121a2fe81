-- A transfer is about a line or about a referral's credit, and the network's side of it is the
-- account that pays for such things: the merchant's for lines, the network's own for referrals.
SELECT format('Transfer %s is about %s and moves cents from account %s (%s) to account %s (%s).',
              t.id,
              CASE t.id >> 60 WHEN 0 THEN 'a line' WHEN 1 THEN 'a referral' ELSE 'nothing known' END,
              d.id, d.kind, c.id, c.kind)
  FROM commissions_transfer t
  JOIN commissions_ledgeraccount d ON d.id = t.debit_id
  JOIN commissions_ledgeraccount c ON c.id = t.credit_id
 WHERE t.id >> 60 NOT IN (0, 1)
    OR (t.id >> 60 = 1) <> ('referral' IN (d.kind, c.kind))
    OR (t.id >> 60 = 1 AND 'merchant' IN (d.kind, c.kind))
