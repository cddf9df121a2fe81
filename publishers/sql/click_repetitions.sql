-- The same click said again in the same words is one click.
DELETE FROM click_incoming
USING (
    SELECT click_id, min(line) AS line
    FROM click_incoming GROUP BY click_id HAVING count(*) > 1
) AS twice
WHERE click_incoming.click_id = twice.click_id AND click_incoming.line > twice.line
