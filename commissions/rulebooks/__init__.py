"""Rulebooks as rows: read for the engine, written as drafts, checked, compared, tried, published.

| file | does |
|---|---|
| `reading.py` | rows to the engine's rulebooks |
| `document.py` | rows to and from the one form that files and the editor share |
| `files.py` | that form as a readable file |
| `checks.py` | what stands in the way of a publication |
| `differences.py` | two rulebooks side by side |
| `calendar.py` | which rulebook is in force when, and from when to when a draft would be |
| `traffic.py` | what rulebooks say of traffic, written into the dated permissions |
| `what_if.py` | a draft tried on stored lines |
| `announcing.py` | who is told what, and when |
"""
