-- Step 9 of the decision over what is stored: every earning line of a publisher is rejected, and
-- its commission goes back to the merchant; rule and rate stay. Balances, totals: the caller.
-- The lines are read beside the update: what it returns is what it wrote, not what stood there.
-- Both see the same lines, for the books of every programme are held.
-- Parameters: publisher, reason, cause, cause_id, event_at.
-- Columns: programme_id, debit_id, credit_id (accounts; null where no cent lay), status, day,
-- rulebook_id; then sums of lines, transfers, base_cents, commission_cents.
WITH account AS MATERIALIZED (
    -- Few rows, counted before they are joined: a table that grew a moment ago may have no
    -- statistics, and whatever the planner takes the lines for, each meets a handful of rows.
    SELECT own.programme_id, own.id AS own_id, merchant.id AS merchant_id,
           CASE own.kind WHEN 'available' THEN 'confirmed' ELSE own.kind END AS status
      FROM commissions_ledgeraccount own
      JOIN commissions_ledgeraccount merchant
        ON merchant.programme_id = own.programme_id
       AND merchant.publisher_id IS NULL AND merchant.kind = 'merchant'
     WHERE own.publisher_id = %(publisher)s
), taken AS MATERIALIZED (
    SELECT id, programme_id, created_at, status, rulebook_id, revision, base_cents,
           commission_cents
      FROM commissions_orderline
     WHERE publisher_id = %(publisher)s AND status IN ('waiting', 'hold', 'confirmed')
), rejected AS (
    UPDATE commissions_orderline
       SET status = 'rejected', reason = %(reason)s, commission_cents = 0,
           -- Counted on where a transfer is made, as everywhere.
           revision = revision + CASE WHEN commission_cents > 0 THEN 1 ELSE 0 END
     WHERE publisher_id = %(publisher)s AND status IN ('waiting', 'hold', 'confirmed')
), posted AS (
    INSERT INTO commissions_transfer
           (id, debit_id, credit_id, amount_cents, cause, cause_id, event_at)
    -- The posting key: subject 0 (a line), its number, its revision, leg 0 (ledger/keys.py).
    SELECT (t.id << 20) | ((t.revision + 1) << 1), a.own_id, a.merchant_id, t.commission_cents,
           %(cause)s, %(cause_id)s, %(event_at)s
      -- Without an account the transfer is refused, and the block with it.
      FROM taken t LEFT JOIN account a ON a.programme_id = t.programme_id AND a.status = t.status
     WHERE t.commission_cents > 0
     ORDER BY t.id
), summed AS (
    SELECT t.programme_id, t.status, (t.created_at AT TIME ZONE p.time_zone)::date AS day,
           t.rulebook_id, count(*) AS lines,
           count(*) FILTER (WHERE t.commission_cents > 0) AS transfers,
           sum(t.base_cents)::bigint AS base_cents,
           sum(t.commission_cents)::bigint AS commission_cents
      FROM taken t JOIN commissions_programme p ON p.id = t.programme_id
     GROUP BY 1, 2, 3, 4
)
SELECT s.programme_id, a.own_id, a.merchant_id, s.status, s.day, s.rulebook_id, s.lines,
       s.transfers, s.base_cents, s.commission_cents
  FROM summed s LEFT JOIN account a ON a.programme_id = s.programme_id AND a.status = s.status
