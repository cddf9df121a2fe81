-- What clicks and orders come to, by window and source. `only`: these windows alone, else all that
-- start in [from, to). Of each click the first order of the window counts for the delays.
WITH looked_at AS (
    -- A pattern costs ten times what a word costs: few referrers name the merchant at all.
    SELECT c.clicked_at, c.source_id, lower(c.fetch_dest) AS dest, c.referrer,
           CASE WHEN lower(c.referrer) LIKE ANY (%(mentions)s)
                THEN c.referrer ~* %(merchant)s ELSE false END AS from_merchant
    FROM publishers_click AS c
    WHERE c.clicked_at >= %(from)s AND c.clicked_at < %(to)s
      AND (%(all)s OR date_bin(%(span)s, c.clicked_at, %(origin)s) = ANY (%(only)s::timestamptz[]))
), clicked_by_dest AS (
    SELECT date_bin(%(span)s, clicked_at, %(origin)s) AS starts_at, source_id,
           CASE WHEN dest = '' OR dest = ANY (%(dests)s) THEN dest ELSE 'other' END AS dest,
           count(*) AS clicks,
           count(*) FILTER (WHERE from_merchant) AS merchant,
           count(*) FILTER (WHERE from_merchant AND referrer ~* %(checkout)s) AS checkout
    FROM looked_at
    GROUP BY 1, 2, 3
), clicked AS (
    SELECT starts_at, source_id, sum(clicks) AS clicks, sum(merchant) AS merchant,
           sum(checkout) AS checkout, jsonb_object_agg(dest, clicks) AS dests
    FROM clicked_by_dest GROUP BY 1, 2
), placed AS (
    SELECT date_bin(%(span)s, l.created_at, %(origin)s) AS starts_at, l.source_id, l.order_id,
           min(l.click_id) AS click_id, min(l.created_at) AS first_at
    FROM commissions_orderline AS l
    WHERE l.created_at >= %(from)s AND l.created_at < %(to)s AND l.source_id IS NOT NULL
      AND (%(all)s OR date_bin(%(span)s, l.created_at, %(origin)s) = ANY (%(only)s::timestamptz[]))
    GROUP BY 1, 2, 3
), ordered AS (
    SELECT starts_at, source_id, count(*) AS orders FROM placed GROUP BY 1, 2
), first_order AS (
    SELECT starts_at, source_id, click_id, min(first_at) AS first_at
    FROM placed WHERE click_id IS NOT NULL GROUP BY 1, 2, 3
), delay AS (
    SELECT f.starts_at, f.source_id,
           floor(extract(epoch FROM f.first_at - c.clicked_at))::bigint AS seconds,
           count(*) AS orders
    FROM first_order AS f JOIN publishers_click AS c ON c.id = f.click_id
    WHERE f.first_at >= c.clicked_at
    GROUP BY 1, 2, 3
), delays AS (
    SELECT starts_at, source_id, sum(orders) AS orders,
           jsonb_object_agg(seconds, orders) FILTER (WHERE seconds < 60) AS by_second,
           coalesce(sum(orders) FILTER (WHERE seconds < %(early)s), 0) AS early,
           coalesce(sum(orders) FILTER (WHERE seconds < %(early)s * 10), 0) AS within
    FROM delay GROUP BY 1, 2
), stretch AS (
    SELECT starts_at, source_id, seconds / %(spike)s AS stretch, sum(orders)::bigint AS orders
    FROM delay GROUP BY 1, 2, 3
), fullest AS (
    -- The largest count, and of equal ones the shortest delay.
    SELECT starts_at, source_id, max(ARRAY[orders, -stretch]) AS most FROM stretch GROUP BY 1, 2
), step AS (
    SELECT starts_at, source_id, width_bucket(seconds, %(steps)s::bigint[]) AS step,
           sum(orders) AS orders
    FROM delay GROUP BY 1, 2, 3
), steps AS (
    SELECT starts_at, source_id, jsonb_object_agg(step, orders) AS by_step FROM step GROUP BY 1, 2
)
SELECT starts_at, source_id, s.publisher_id,
       coalesce(clicks, 0)::bigint, coalesce(dests, '{}')::text,
       coalesce(merchant, 0)::bigint, coalesce(checkout, 0)::bigint,
       coalesce(ordered.orders, 0)::bigint, coalesce(delays.orders, 0)::bigint,
       coalesce(by_second, '{}')::text, coalesce(early, 0)::bigint, coalesce(within, 0)::bigint,
       coalesce(most[1], 0), coalesce(-most[2], 0), coalesce(by_step, '{}')::text
FROM clicked
FULL JOIN ordered USING (starts_at, source_id)
LEFT JOIN delays USING (starts_at, source_id)
LEFT JOIN fullest USING (starts_at, source_id)
LEFT JOIN steps USING (starts_at, source_id)
JOIN publishers_source AS s ON s.id = source_id
ORDER BY starts_at, source_id
