"""The benchmark: its own data in a database of its own, and what was measured as ratios.

| file | does |
|---|---|
| `rows.py` | the rows: what is measured against what, and the goal |
| `world.py`, `feed_files.py`, `fact_rows.py` | the data, the same each time: counts, feed files, facts |
| `scratch.py` | the database of its own, made and dropped |
| `books.py`, `children.py`, `one_import.py` | books emptied; an import in a process of its own, and its memory |
| `floors.py`, `usual_ways.py` | what the work is compared with |
| `rule_change.py`, `account_block.py`, `questions.py` | the measured work beside imports |
| `exactness.py` | what is stored against the plain Python engine, before anything is timed |
| `running.py`, `progress.py`, `results.py` | the rounds, how far they are, the table and the JSON |
"""
