-- Editions of the rulebooks that are published already, in the order in which they were made; then the
-- lines and totals that name later versions name the edition.
DO $$
DECLARE
    book record;
BEGIN
    FOR book IN
        SELECT id, programme_id, starts_at FROM commissions_rulebook
         WHERE status = 'published' ORDER BY id
    LOOP
        UPDATE commissions_rulebook SET edition_id = coalesce(
            (SELECT min(edition_id) FROM commissions_rulebook
              WHERE programme_id = book.programme_id AND starts_at = book.starts_at), id)
         WHERE id = book.id;
        PERFORM commissions_name_rules(book.id);
    END LOOP;
END $$;

UPDATE commissions_orderline l
   SET rulebook_id = b.edition_id,
       rule_id = (SELECT decided_as_id FROM commissions_rule WHERE id = l.rule_id)
  FROM commissions_rulebook b
 WHERE b.id = l.rulebook_id AND b.edition_id <> b.id;

WITH moved AS (
    DELETE FROM commissions_confirmedtotal t USING commissions_rulebook b
     WHERE b.id = t.rulebook_id AND b.edition_id <> b.id
    RETURNING t.publisher_id, b.edition_id, t.commission_cents
)
INSERT INTO commissions_confirmedtotal AS t (publisher_id, rulebook_id, commission_cents)
SELECT publisher_id, edition_id, sum(commission_cents) FROM moved GROUP BY publisher_id, edition_id
    ON CONFLICT (publisher_id, rulebook_id) DO UPDATE
   SET commission_cents = t.commission_cents + excluded.commission_cents;

-- No key check may wait for the end of the transaction: the tables are altered before it.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
