-- Everyone above (depth < 0) and below (depth > 0) one publisher, it among them (depth 0).
-- A referrer's id is smaller than the referred one's, so there are no circles.
WITH RECURSIVE above (id, depth) AS (
    SELECT %(publisher)s::bigint, 0
    UNION ALL
    SELECT referral.referrer_id, above.depth - 1
    FROM above
    JOIN referrals_referral AS referral ON referral.referred_id = above.id
    WHERE above.depth > -%(deepest)s
),
below (id, depth) AS (
    SELECT %(publisher)s::bigint, 0
    UNION ALL
    SELECT referral.referred_id, below.depth + 1
    FROM below
    JOIN referrals_referral AS referral ON referral.referrer_id = below.id
    WHERE below.depth < %(deepest)s
),
members (id, depth) AS (
    SELECT id, depth FROM above
    UNION ALL
    SELECT id, depth FROM (SELECT id, depth FROM below OFFSET 1) AS those_below
    LIMIT %(most)s
)
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
ORDER BY abs(members.depth), publisher.code
