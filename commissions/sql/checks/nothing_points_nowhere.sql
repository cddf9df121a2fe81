-- Lines and transfers name only rows that exist; the database does not check these keys itself.
-- A line names the edition of its rulebook, and the first rule of it that says what its rule says.
-- While a re-rating waits, lines may still name the owner that a source or a click had before.
SELECT format('Line %s names a publisher, source, click, rulebook or rule that does not exist, '
              'or a source of another publisher.', l.sub_order_id)
  FROM commissions_orderline l
  LEFT JOIN publishers_source s ON s.id = l.source_id
  LEFT JOIN publishers_click c ON c.id = l.click_id
  LEFT JOIN commissions_rulebook b ON b.id = l.rulebook_id
  LEFT JOIN commissions_rule r ON r.id = l.rule_id
  LEFT JOIN commissions_rulebook o ON o.id = r.rulebook_id
 WHERE (l.source_id IS NULL) <> (l.publisher_id IS NULL)
    OR (l.source_id IS NOT NULL AND s.id IS NULL)
    OR (l.click_id IS NOT NULL AND c.id IS NULL)
    OR ((l.publisher_id IS DISTINCT FROM s.publisher_id
         OR (l.click_id IS NOT NULL AND c.source_id IS DISTINCT FROM l.source_id))
        AND NOT EXISTS (SELECT 1 FROM commissions_touch))
    OR (l.rulebook_id IS NOT NULL AND b.edition_id IS DISTINCT FROM l.rulebook_id)
    OR (l.rule_id IS NOT NULL AND (r.decided_as_id IS DISTINCT FROM l.rule_id
                                   OR o.edition_id IS DISTINCT FROM l.rulebook_id))
UNION ALL
SELECT format('Transfer %s names an account that does not exist.', t.id)
  FROM commissions_transfer t
  LEFT JOIN commissions_ledgeraccount d ON d.id = t.debit_id
  LEFT JOIN commissions_ledgeraccount c ON c.id = t.credit_id
 WHERE d.id IS NULL OR c.id IS NULL OR d.programme_id <> c.programme_id
