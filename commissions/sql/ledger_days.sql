-- The first and the last day on which a transfer happened, in the programme's time zone.
SELECT
    min((transfer.event_at AT TIME ZONE programme.time_zone)::date),
    max((transfer.event_at AT TIME ZONE programme.time_zone)::date)
FROM commissions_transfer AS transfer
JOIN commissions_ledgeraccount AS account ON account.id = transfer.debit_id
JOIN commissions_programme AS programme ON programme.id = account.programme_id
