-- What publishers have, somebody owes: all balances of a programme together are nothing.
SELECT format('The balances of programme %s come to %s cents together; they must come to 0.',
              programme_id, sum(balance_cents))
  FROM commissions_ledgeraccount GROUP BY programme_id HAVING sum(balance_cents) <> 0
