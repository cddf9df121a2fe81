-- Where a file of clicks waits until all of it has been read and found right.
CREATE TEMPORARY TABLE click_incoming (
    line bigint NOT NULL,
    click_id text COLLATE "C" NOT NULL,
    source_id bigint NOT NULL,
    clicked_at timestamptz NOT NULL,
    landing_product_id text NOT NULL,
    fetch_dest text NOT NULL,
    referrer text NOT NULL,
    sub1 text NOT NULL,
    sub2 text NOT NULL,
    sub3 text NOT NULL,
    sub4 text NOT NULL,
    sub5 text NOT NULL
) ON COMMIT DROP
