-- An account is blocked by a case just as long as that case says so.
SELECT format('Case %s is %s, but the block that rests on it is %s.', c.id, c.status,
              CASE WHEN b.id IS NULL THEN 'missing' ELSE 'open' END)
  FROM compliance_case c
  LEFT JOIN publishers_accountblock b
    ON b.ground = 'case:' || c.id AND b.publisher_id = c.publisher_id AND b.valid_to IS NULL
 WHERE (c.decision = 'blocked' AND c.status <> 'overturned') <> (b.id IS NOT NULL)
UNION ALL
SELECT format('Block %s of publisher %s rests on %s, which there is not.',
              b.id, b.publisher_id, b.ground)
  FROM publishers_accountblock b
 WHERE b.ground LIKE 'case:%' AND NOT EXISTS (
     SELECT 1 FROM compliance_case c
      WHERE b.ground = 'case:' || c.id AND c.publisher_id = b.publisher_id)
