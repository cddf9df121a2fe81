"""The benchmark: its own data in a database of its own, and what was measured as ratios.

| file | does |
|---|---|
| `rows.py` | the rows: what is measured against what, and the goal |
| `world.py`, `feed_files.py`, `fact_rows.py` | the data, the same each time |
| `scratch.py`, `books.py` | the database of its own, made and dropped; its books, emptied |
| `children.py`, `one_import.py` | an import in a process of its own, and its memory |
| `floors.py`, `usual_lines.py`, `usual_ways.py` | what the work is compared with |
| `rule_change.py`, `account_block.py`, `questions.py` | the measured work beside imports |
| `exactness.py`, `rehearsal.py` | every path against the plain Python engine, before timing |
| `running.py`, `rounds.py`, `filled.py` | a run: its rounds, and the books that are filled once |
| `progress.py`, `results.py` | how far it is; the table and the JSON |
"""
