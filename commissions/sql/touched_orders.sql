-- Orders with a line that a touch concerns, among lines of one programme and a range of ids.
-- Parameters: programme, first, end (line numbers). Lines with a late click come with the first span.
WITH touch AS (
    SELECT scope, value, from_at, to_at, rules FROM commissions_touch
     WHERE taken AND (programme_id IS NULL OR programme_id = %(programme)s)
), product AS (
    SELECT value AS product_id FROM touch WHERE scope = 'product'
    UNION
    SELECT p.product_id FROM commissions_product p
      JOIN touch t ON t.scope = 'store' AND t.value = p.store_id
     WHERE p.programme_id = %(programme)s
    UNION
    SELECT p.product_id FROM commissions_product p
      JOIN commissions_store s ON s.programme_id = p.programme_id AND s.store_id = p.store_id
      JOIN touch t ON t.scope = 'country' AND t.value = s.seller_country
     WHERE p.programme_id = %(programme)s
), source AS (
    SELECT s.id FROM publishers_source s
      JOIN touch t ON t.scope = 'source' AND t.value = s.code
    UNION
    SELECT s.id FROM publishers_source s
      JOIN publishers_traffictype y ON y.id = s.traffic_type_id
      JOIN touch t ON t.scope = 'traffic_type' AND t.value = y.code
), line AS (
    SELECT * FROM commissions_orderline
     WHERE programme_id = %(programme)s AND id >= %(first)s AND id < %(end)s
)
SELECT l.order_id FROM line l
 WHERE l.product_id IN (SELECT product_id FROM product)
    OR l.category_id IN (SELECT value FROM touch WHERE scope = 'category')
    OR l.country IN (SELECT value FROM touch WHERE scope = 'country')
    OR l.source_id IN (SELECT id FROM source)
    OR l.af IN (SELECT value FROM touch WHERE scope = 'source')
    OR l.tracking_id IN (SELECT value FROM touch WHERE scope = 'source')
    OR l.publisher_id IN (SELECT value::bigint FROM touch WHERE scope = 'publisher')
    OR l.click_id IN (SELECT value::bigint FROM touch WHERE scope = 'click')
    OR EXISTS (SELECT 1 FROM touch t WHERE t.scope = 'window'
                AND (t.from_at IS NULL OR t.from_at <= l.created_at)
                AND (t.to_at IS NULL OR l.created_at < t.to_at)
                AND (t.rules IS NULL OR l.rule_id = ANY(t.rules)
                     OR (l.reason = 'no_rule' AND 0 = ANY(t.rules))))
UNION
SELECT l.order_id FROM commissions_orderline l
  JOIN publishers_click c ON c.click_id = l.dp
  LEFT JOIN publishers_source s ON s.id = l.source_id
 WHERE %(first)s = 0 AND l.programme_id = %(programme)s AND l.click_id IS NULL AND l.dp <> '' AND length(l.dp) <= 64
   -- A click of another source than the one that `af` names is no evidence, late or not.
   AND (l.source_id IS NULL OR c.source_id = l.source_id OR s.code <> l.af)
