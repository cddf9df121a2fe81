-- Everyone below each of the roots, the roots among them (depth 0).
WITH RECURSIVE below (id, depth) AS (
    SELECT root, 0 FROM unnest(%(roots)s::bigint[]) AS root
    UNION ALL
    SELECT referral.referred_id, below.depth + 1
    FROM below
    JOIN referrals_referral AS referral ON referral.referrer_id = below.id
    WHERE below.depth < %(deepest)s
),
members (id, depth) AS (SELECT id, depth FROM below LIMIT %(most)s)
SELECT
    members.depth,
    publisher.id,
    referral.referrer_id,
    publisher.code,
    publisher.name,
    (
        SELECT coalesce(jsonb_object_agg(brought.currency, brought.cents), '{}')
        FROM (
            SELECT programme.currency, sum(credit.credited_cents)::bigint AS cents
            FROM referrals_referralcredit AS credit
            JOIN commissions_programme AS programme ON programme.id = credit.programme_id
            WHERE credit.referred_id = publisher.id
            GROUP BY programme.currency
        ) AS brought
    ),
    EXISTS (
        SELECT FROM publishers_accountblock AS block
        WHERE block.publisher_id = publisher.id AND block.valid_to IS NULL
    )
FROM members
JOIN publishers_publisher AS publisher ON publisher.id = members.id
LEFT JOIN referrals_referral AS referral ON referral.referred_id = publisher.id
ORDER BY members.depth, publisher.code
