-- Whatever was decided of a case, its publisher was told why: in the transaction of the decision.
SELECT format('Case %s was decided to be %s, and no statement says why.', e.case_id, e.step)
  FROM compliance_caseevent e
 WHERE e.step IN ('dismissed', 'warned', 'source_suspended', 'blocked', 'confirmed', 'overturned')
   AND NOT EXISTS (
     SELECT 1 FROM compliance_statementofreasons s
      WHERE s.case_id = e.case_id AND s.decision = e.step)
