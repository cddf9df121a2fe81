"""The pages that anybody may read: a programme's card, its conditions, its calendar, its news.

Nothing on them is typed in; drafts and requests are never shown. In the same style the first page
of publishers, and the way in to it.

| file | does |
|---|---|
| `card.py` | the figures of a programme at a glance |
| `timeline.py` | every published rulebook and how it stands |
| `news.py` | published rulebooks as announcements |
| `views.py`, `urls.py` | the pages and their addresses |
| `pages.py` | what every page has |
| `quote.py` | a publisher asks what a sale would earn |
| `sign_in.py` | in, and out |
"""
