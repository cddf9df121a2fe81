-- New clicks are added and changed ones mended. A click that is known in the same words is left
-- out before the insert: trying it would cost an id and lock its row.
WITH written AS (
    INSERT INTO publishers_click (
        click_id, source_id, clicked_at, landing_product_id, fetch_dest, referrer,
        sub1, sub2, sub3, sub4, sub5
    )
    SELECT click_id, source_id, clicked_at, landing_product_id, fetch_dest, referrer,
           sub1, sub2, sub3, sub4, sub5
    FROM click_incoming AS come
    WHERE NOT EXISTS (
        SELECT FROM publishers_click AS known
        WHERE known.click_id = come.click_id
          AND (known.source_id, known.clicked_at, known.landing_product_id, known.fetch_dest,
               known.referrer, known.sub1, known.sub2, known.sub3, known.sub4, known.sub5)
            = (come.source_id, come.clicked_at, come.landing_product_id, come.fetch_dest,
               come.referrer, come.sub1, come.sub2, come.sub3, come.sub4, come.sub5)
    )
    ORDER BY line
    ON CONFLICT (click_id) DO UPDATE SET
        source_id = excluded.source_id,
        clicked_at = excluded.clicked_at,
        landing_product_id = excluded.landing_product_id,
        fetch_dest = excluded.fetch_dest,
        referrer = excluded.referrer,
        sub1 = excluded.sub1,
        sub2 = excluded.sub2,
        sub3 = excluded.sub3,
        sub4 = excluded.sub4,
        sub5 = excluded.sub5
    -- Written in the meantime, in the same words.
    WHERE (publishers_click.source_id, publishers_click.clicked_at,
           publishers_click.landing_product_id, publishers_click.fetch_dest,
           publishers_click.referrer, publishers_click.sub1, publishers_click.sub2,
           publishers_click.sub3, publishers_click.sub4, publishers_click.sub5)
       <> (excluded.source_id, excluded.clicked_at,
           excluded.landing_product_id, excluded.fetch_dest,
           excluded.referrer, excluded.sub1, excluded.sub2,
           excluded.sub3, excluded.sub4, excluded.sub5)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
