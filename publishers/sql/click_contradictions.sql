-- Clicks that the file gives more than once, with different content: the line, and the first one.
SELECT later.line, later.click_id, first.line
FROM (
    SELECT click_id, min(line) AS line
    FROM click_incoming GROUP BY click_id HAVING count(*) > 1
) AS twice
JOIN click_incoming AS first USING (click_id, line)
JOIN click_incoming AS later ON later.click_id = first.click_id AND later.line > first.line
WHERE (later.source_id, later.clicked_at, later.landing_product_id, later.fetch_dest,
       later.referrer, later.sub1, later.sub2, later.sub3, later.sub4, later.sub5)
   <> (first.source_id, first.clicked_at, first.landing_product_id, first.fetch_dest,
       first.referrer, first.sub1, first.sub2, first.sub3, first.sub4, first.sub5)
ORDER BY later.line
LIMIT %s
