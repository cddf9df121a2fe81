-- The orders that a what-if decides again, in batches of about the same size.
-- Parameters: programme, from_at, to_at (null: open), traffic_types (those of which it says
-- something else: what was clicked within the period may be placed after it), batch.
CREATE TEMPORARY TABLE what_if_order AS
SELECT order_id, (row_number() OVER (ORDER BY order_id) - 1) / %(batch)s AS batch
  FROM (
    SELECT DISTINCT order_id FROM commissions_orderline
     WHERE programme_id = %(programme)s AND created_at >= %(from_at)s
       AND (%(to_at)s::timestamptz IS NULL OR created_at < %(to_at)s
            OR source_id IN (
                SELECT s.id FROM publishers_source s
                  JOIN publishers_traffictype y ON y.id = s.traffic_type_id
                 WHERE y.code = ANY(%(traffic_types)s)))
  ) AS concerned
