-- One click, kept before it is answered. Nothing is written where no source has the code.
-- Answers whether the click's account is blocked now: it is led on, but named to nobody.
INSERT INTO publishers_click (
    click_id, source_id, clicked_at, landing_product_id, referrer,
    fetch_dest, fetch_mode, fetch_site, fetch_user, sub1, sub2, sub3, sub4, sub5
)
SELECT %(click_id)s, s.id, %(at)s, %(product_id)s, %(referrer)s,
       %(fetch_dest)s, %(fetch_mode)s, %(fetch_site)s, %(fetch_user)s,
       %(sub1)s, %(sub2)s, %(sub3)s, %(sub4)s, %(sub5)s
  FROM publishers_source s WHERE s.code = %(source)s
RETURNING EXISTS (
    SELECT FROM publishers_accountblock b JOIN publishers_source s USING (publisher_id)
     WHERE s.id = source_id AND b.valid_to IS NULL
)
