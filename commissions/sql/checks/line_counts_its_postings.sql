-- A line's revision is the revision of its last transfer.
WITH posted AS (
    SELECT id >> 20 AS line, max((id >> 1) & 524287) AS revision
      FROM commissions_transfer WHERE id >> 60 = 0 GROUP BY 1
)
SELECT format('Line %s counts %s postings, its last transfer is of posting %s.',
              coalesce(l.id, p.line), l.revision, coalesce(p.revision, 0))
  FROM commissions_orderline l FULL JOIN posted p ON p.line = l.id
 WHERE l.revision IS DISTINCT FROM coalesce(p.revision, 0)
