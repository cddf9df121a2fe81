-- A page of a publisher's clicks, newest first: each source is read by its own index, never all of
-- its clicks. Parameters: sources (ids), from_at (included), to_at (not), before_at and before_id
-- (of the click that the page comes after), most.
SELECT c.* FROM unnest(%(sources)s::bigint[]) AS s (id), LATERAL (
    SELECT k.* FROM publishers_click k
     WHERE k.source_id = s.id AND k.clicked_at >= %(from_at)s AND k.clicked_at < %(to_at)s
       AND (k.clicked_at, k.id) < (%(before_at)s, %(before_id)s)
     ORDER BY k.clicked_at DESC, k.id DESC LIMIT %(most)s
) c
 ORDER BY c.clicked_at DESC, c.id DESC LIMIT %(most)s
