-- How many whole days lines took from being placed to being settled, by programme: how many lines,
-- the days within which half of them were settled, and nine in ten. Of lines that earned, settled
-- in the year before. A line settled before it was placed says nothing of how long it took.
INSERT INTO commissions_confirmationtime
       (programme_id, measured_at, lines, median_days, slow_days)
SELECT programme_id,
       %(at)s,
       count(*),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
       percentile_disc(0.9) WITHIN GROUP (ORDER BY days)
  FROM (SELECT programme_id,
               floor(extract(epoch FROM settled_at - created_at) / 86400)::integer AS days
          FROM commissions_orderline
         WHERE status IN ('confirmed', 'paid')
           AND settled_at > %(at)s - INTERVAL '1 year'
           AND settled_at <= %(at)s
           AND settled_at >= created_at) AS settled
 GROUP BY programme_id
    ON CONFLICT (programme_id) DO UPDATE
   SET measured_at = EXCLUDED.measured_at,
       lines = EXCLUDED.lines,
       median_days = EXCLUDED.median_days,
       slow_days = EXCLUDED.slow_days
