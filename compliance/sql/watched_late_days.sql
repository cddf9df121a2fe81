-- Days judged already for which clicks or orders have come since, or orders found their click.
SELECT date_bin('1 day', clicked_at, %(origin)s) FROM publishers_click
WHERE id > %(click)s AND clicked_at < %(judged_to)s
UNION
SELECT date_bin('1 day', created_at, %(origin)s) FROM commissions_orderline
WHERE id > %(line)s AND created_at < %(judged_to)s
UNION
SELECT date_bin('1 day', l.created_at, %(origin)s)
FROM publishers_click AS c
JOIN publishers_source AS s ON s.id = c.source_id
JOIN commissions_orderline AS l ON l.publisher_id = s.publisher_id AND l.click_id = c.id
WHERE c.id > %(click)s AND c.clicked_at < %(judged_to)s AND l.created_at < %(judged_to)s
