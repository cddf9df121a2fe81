-- Members of sets that hold at one of two instants alone: of each set and side how many they are,
-- and the first by their values.
WITH asked AS (
    SELECT id, code, kind FROM commissions_namedset
     WHERE programme_id = %(programme)s AND code = ANY(%(codes)s)
), holding AS (
    SELECT m.named_set_id, m.value, m.name,
           tstzrange(m.valid_from, m.valid_to) @> %(old)s::timestamptz AS before,
           tstzrange(m.valid_from, m.valid_to) @> %(new)s::timestamptz AS after
      FROM commissions_setmember m JOIN asked ON asked.id = m.named_set_id
), differing AS (
    -- Of two periods of one member each may hold at one of the instants: then nothing differs.
    SELECT named_set_id, value, bool_or(after) AS came, max(name) AS name
      FROM holding WHERE before <> after
     GROUP BY named_set_id, value HAVING count(*) = 1
), numbered AS (
    SELECT *, count(*) OVER side AS total,
           row_number() OVER (side ORDER BY value) AS place
      FROM differing WINDOW side AS (PARTITION BY named_set_id, came)
)
SELECT asked.code, asked.kind, numbered.came, numbered.value, numbered.name, numbered.total
  FROM numbered JOIN asked ON asked.id = numbered.named_set_id
 WHERE place <= %(listed)s
 ORDER BY asked.code, numbered.came, numbered.place
