"""What every part of the API stands on; the apps above add what may be asked (docs/api.md).

| file | does |
|---|---|
| `views.py` | what a view declares: scopes, rights of staff, whether a blocked account may write |
| `callers.py` | who calls, by key or session, and whether they may |
| `limits.py` | how often |
| `parameters.py` | the parameters of an address, read strictly |
| `bodies.py` | JSON bodies, read strictly |
| `pages.py` | long lists by (time, id), with signed cursors |
| `writes.py` | writes that may be sent again |
| `problems.py`, `refusals.py` | every error as problem details (RFC 9457) |
| `frame.py` | numbers of requests, and problems where no view was reached |
| `schema.py` | the description (OpenAPI 3.1) |
| `account.py`, `letters.py` | whose key it is, what the publisher says of itself, its letters |
| `people.py` | its people and invitations |
| `data_exports.py` | copies of its data |
| `own_keys.py` | its keys |
| `links.py` | links that are built |
"""
