"""Rulebooks as rows: read for the engine, written as drafts, checked, compared, tried, published.

| file | does |
|---|---|
| `reading.py` | rows to the engine's rulebooks |
| `document.py` | rows to and from the one form that files and the editor share |
| `files.py` | that form as a readable file |
| `checks/` | what stands in the way of a publication, and what to look at |
| `differences/` | two rulebooks side by side, in words |
| `calendar.py` | which rulebook is in force when, and which one applied to a line when |
| `traffic.py` | what rulebooks say of traffic, written into the dated permissions |
| `what_if/` | a rulebook tried on stored lines: run, figures, report, downloads |
| `conditions_page.py` | what publishers read of a rulebook, as data |
| `announcing.py` | who is told of a publication |
"""
