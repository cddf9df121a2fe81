-- Lines name the version in force again and its rule, and totals follow. A line that waits for its
-- re-rating names the latest version that has its rule.
CREATE TEMPORARY TABLE corrected_edition ON COMMIT DROP AS
SELECT edition_id, (array_agg(id ORDER BY version DESC))[1] AS in_force
  FROM commissions_rulebook WHERE status = 'published'
 GROUP BY edition_id HAVING count(*) > 1;

CREATE TEMPORARY TABLE latest_rule ON COMMIT DROP AS
SELECT DISTINCT ON (r.decided_as_id) r.decided_as_id, r.id, r.rulebook_id
  FROM commissions_rule r
  JOIN commissions_rulebook b ON b.id = r.rulebook_id
  JOIN corrected_edition e ON e.edition_id = b.edition_id
 WHERE b.status = 'published'
 ORDER BY r.decided_as_id, b.version DESC;

DELETE FROM commissions_confirmedtotal WHERE rulebook_id IN (SELECT edition_id FROM corrected_edition);

UPDATE commissions_orderline l
   SET rulebook_id = coalesce((SELECT rulebook_id FROM latest_rule WHERE decided_as_id = l.rule_id),
                              e.in_force),
       rule_id = (SELECT id FROM latest_rule WHERE decided_as_id = l.rule_id)
  FROM corrected_edition e WHERE e.edition_id = l.rulebook_id;

INSERT INTO commissions_confirmedtotal (publisher_id, rulebook_id, commission_cents)
SELECT l.publisher_id, l.rulebook_id, sum(l.commission_cents)
  FROM commissions_orderline l JOIN commissions_rulebook b ON b.id = l.rulebook_id
 WHERE b.edition_id IN (SELECT edition_id FROM corrected_edition)
   AND l.status IN ('confirmed', 'paid') AND l.publisher_id IS NOT NULL
 GROUP BY 1, 2;
