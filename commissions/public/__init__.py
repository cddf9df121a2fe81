"""The pages that anybody may read: a programme's card, its conditions, its calendar, its news.

Nothing on them is typed in; drafts and requests are never shown.

| file | does |
|---|---|
| `card.py` | the figures of a programme at a glance |
| `timeline.py` | every published rulebook and how it stands |
| `news.py` | published rulebooks as announcements |
| `views.py`, `urls.py` | the pages and their addresses |
"""
