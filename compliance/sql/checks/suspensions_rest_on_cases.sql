-- A source is suspended by a case just as long as that case says so.
SELECT format('Case %s is %s, but the suspension that rests on it is %s.', c.id, c.status,
              CASE WHEN s.id IS NULL THEN 'missing' ELSE 'standing' END)
  FROM compliance_case c
  LEFT JOIN publishers_sourcesuspension s
    ON s.ground = 'case:' || c.id AND s.source_id = c.source_id AND s.undone_at IS NULL
 WHERE (c.decision = 'source_suspended' AND c.status <> 'overturned') <> (s.id IS NOT NULL)
UNION ALL
SELECT format('Suspension %s of source %s rests on %s, which there is not.',
              s.id, s.source_id, s.ground)
  FROM publishers_sourcesuspension s
 WHERE s.ground LIKE 'case:%' AND NOT EXISTS (
     SELECT 1 FROM compliance_case c
      WHERE s.ground = 'case:' || c.id AND c.source_id = s.source_id)
