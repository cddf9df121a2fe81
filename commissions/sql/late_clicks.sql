-- Is there a line that names a click which has come since, and which would now be its evidence?
SELECT EXISTS (
    SELECT 1 FROM commissions_orderline l
      JOIN publishers_click c ON c.click_id = l.dp
      LEFT JOIN publishers_source s ON s.id = l.source_id
     WHERE l.click_id IS NULL AND l.dp <> '' AND length(l.dp) <= 64
       AND (l.source_id IS NULL OR c.source_id = l.source_id OR s.code <> l.af)
)
