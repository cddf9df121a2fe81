-- Credit goes to the referrer on record, and no referral runs in a circle.
SELECT format('Referral credit %s goes to publisher %s, who did not bring publisher %s in.',
              c.id, c.referrer_id, c.referred_id)
  FROM referrals_referralcredit c
  LEFT JOIN referrals_referral r ON r.referred_id = c.referred_id
 WHERE r.referrer_id IS DISTINCT FROM c.referrer_id
UNION ALL
SELECT format('Publisher %s is said to be brought in by %s, who came later.', referred_id, referrer_id)
  FROM referrals_referral WHERE referrer_id >= referred_id
