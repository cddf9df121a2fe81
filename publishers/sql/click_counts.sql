-- How many clicks a publisher's sources had in two periods, by group: each source and period is read
-- by the index of a source's clicks, once. The periods have no click in common.
-- Parameters: publisher (id), source (code, or null: all), by (`time`, `source`, or a sub id's
-- column), from_at and to_at (of the periods), starts (of the periods of time that are groups, in
-- order; of others the periods' own), sub1 to sub5 (the value there has to be, or null), known (keys
-- that are groups however few clicks they have), most (groups there are at most).
WITH counted AS (
    SELECT p.place, k.bucket, k.clicks,
           CASE %(by)s WHEN 'time' THEN '' WHEN 'source' THEN s.code ELSE k.sub END AS key
      FROM publishers_source s
     CROSS JOIN unnest(%(from_at)s::timestamptz[], %(to_at)s::timestamptz[])
           WITH ORDINALITY AS p (from_at, to_at, place)
     CROSS JOIN LATERAL (
        SELECT width_bucket(c.clicked_at, %(starts)s::timestamptz[]) - 1 AS bucket,
               CASE %(by)s WHEN 'sub1' THEN c.sub1 WHEN 'sub2' THEN c.sub2 WHEN 'sub3' THEN c.sub3
                           WHEN 'sub4' THEN c.sub4 WHEN 'sub5' THEN c.sub5 END AS sub,
               count(*) AS clicks
          FROM publishers_click c
         WHERE c.source_id = s.id AND c.clicked_at >= p.from_at AND c.clicked_at < p.to_at
           AND (%(sub1)s::text IS NULL OR c.sub1 = %(sub1)s)
           AND (%(sub2)s::text IS NULL OR c.sub2 = %(sub2)s)
           AND (%(sub3)s::text IS NULL OR c.sub3 = %(sub3)s)
           AND (%(sub4)s::text IS NULL OR c.sub4 = %(sub4)s)
           AND (%(sub5)s::text IS NULL OR c.sub5 = %(sub5)s)
         GROUP BY 1, 2
     ) k
     WHERE s.publisher_id = %(publisher)s AND (%(source)s::text IS NULL OR s.code = %(source)s)
)
SELECT place::integer - 1, bucket, key, sum(clicks)::bigint,
       (sum(sum(clicks)) OVER (PARTITION BY place))::bigint
  FROM counted
 GROUP BY place, bucket, key
 ORDER BY (key = ANY(%(known)s::text[])) DESC, sum(clicks) DESC, place, key
 LIMIT %(most)s
