-- The page of a publisher's clicks that comes before a place, oldest first: `click_page` backwards.
-- Parameters: those of `click_page`; after_at and after_id are of the click that the page comes
-- before.
SELECT c.* FROM unnest(%(sources)s::bigint[]) AS s (id), LATERAL (
    SELECT k.* FROM publishers_click k
     WHERE k.source_id = s.id AND k.clicked_at >= %(from_at)s AND k.clicked_at < %(to_at)s
       AND (k.clicked_at, k.id) > (%(after_at)s, %(after_id)s)
     ORDER BY k.clicked_at, k.id LIMIT %(most)s
) c
 ORDER BY c.clicked_at, c.id LIMIT %(most)s
