-- Every transfer with the day on which it happened, in the programme's time zone.
SELECT
    transfer.id,
    (transfer.event_at AT TIME ZONE programme.time_zone)::date AS day,
    transfer.debit_id,
    transfer.credit_id,
    transfer.amount_cents,
    transfer.cause,
    transfer.cause_id
FROM commissions_transfer AS transfer
JOIN commissions_ledgeraccount AS account ON account.id = transfer.debit_id
JOIN commissions_programme AS programme ON programme.id = account.programme_id
ORDER BY day, transfer.id
