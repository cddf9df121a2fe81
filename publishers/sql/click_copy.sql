COPY click_incoming (
    line, click_id, source_id, clicked_at, landing_product_id, fetch_dest, referrer,
    sub1, sub2, sub3, sub4, sub5
) FROM STDIN
