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

DELETE FROM commissions_dailytotal WHERE rulebook_id IN (SELECT edition_id FROM corrected_edition);

UPDATE commissions_orderline l
   SET rulebook_id = coalesce((SELECT rulebook_id FROM latest_rule WHERE decided_as_id = l.rule_id),
                              e.in_force),
       rule_id = (SELECT id FROM latest_rule WHERE decided_as_id = l.rule_id)
  FROM corrected_edition e WHERE e.edition_id = l.rulebook_id;

INSERT INTO commissions_dailytotal
       (programme_id, publisher_id, day, status, rulebook_id, lines, base_cents, commission_cents)
SELECT l.programme_id, l.publisher_id, (l.created_at AT TIME ZONE g.time_zone)::date, l.status,
       l.rulebook_id, count(*), sum(l.base_cents), sum(l.commission_cents)
  FROM commissions_orderline l
  JOIN commissions_programme g ON g.id = l.programme_id
  JOIN commissions_rulebook b ON b.id = l.rulebook_id
 WHERE b.edition_id IN (SELECT edition_id FROM corrected_edition)
 GROUP BY 1, 2, 3, 4, 5;
