-- Ten clicks for each observation asked for (place, source, window): those that struck first.
WITH asked AS (
    SELECT * FROM unnest(%(places)s::int[], %(sources)s::bigint[], %(starts)s::timestamptz[],
                         %(ends)s::timestamptz[], %(patterns)s::text[], %(by_dest)s::boolean[])
        AS asked (place, source_id, starts_at, ends_at, pattern, by_dest)
), seen AS (
    SELECT asked.place, c.click_id, c.clicked_at, c.fetch_dest, c.referrer, c.landing_product_id,
           row_number() OVER (
               PARTITION BY asked.place
               ORDER BY NOT (c.referrer ~* asked.pattern
                             OR asked.by_dest
                                AND lower(c.fetch_dest) NOT IN ('', 'empty', 'document')),
                        c.clicked_at, c.id) AS rank
    FROM asked JOIN publishers_click AS c
      ON c.source_id = asked.source_id
     AND c.clicked_at >= asked.starts_at AND c.clicked_at < asked.ends_at
    WHERE c.clicked_at >= %(from)s AND c.clicked_at < %(to)s
)
SELECT place, click_id, clicked_at, fetch_dest, left(referrer, 500), landing_product_id
FROM seen WHERE rank <= 10 ORDER BY place, rank
