-- Ten orders with their clicks for each observation asked for: those of the fullest stretch of
-- delays first, then the quickest.
WITH asked AS (
    SELECT * FROM unnest(%(places)s::int[], %(sources)s::bigint[], %(starts)s::timestamptz[],
                         %(ends)s::timestamptz[], %(fullest)s::bigint[])
        AS asked (place, source_id, starts_at, ends_at, fullest_at)
), seen AS (
    SELECT asked.place, l.order_id, c.click_id, c.clicked_at, l.created_at,
           floor(extract(epoch FROM l.created_at - c.clicked_at))::bigint AS seconds,
           row_number() OVER (
               PARTITION BY asked.place
               ORDER BY floor(extract(epoch FROM l.created_at - c.clicked_at) / %(spike)s)
                        <> asked.fullest_at / %(spike)s,
                        l.created_at - c.clicked_at, l.id) AS rank
    FROM asked
    JOIN publishers_source AS s ON s.id = asked.source_id
    JOIN commissions_orderline AS l
      ON l.publisher_id = s.publisher_id AND l.source_id = asked.source_id
     AND l.created_at >= asked.starts_at AND l.created_at < asked.ends_at
    JOIN publishers_click AS c ON c.id = l.click_id
    WHERE l.created_at >= c.clicked_at
)
SELECT place, order_id, click_id, clicked_at, created_at, seconds
FROM seen WHERE rank <= 10 ORDER BY place, rank
