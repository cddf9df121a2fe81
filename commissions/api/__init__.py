"""What machines may ask of this app over HTTP, on the ground of `publishers.api`.

| file | does |
|---|---|
| `orders.py` | a publisher's lines, and why each earns what it earns |
| `statistics.py` | a publisher's money, added up; its balances |
| `programmes.py` | programmes, the calendar and the conditions of their rules |
| `quote.py` | a sale told before it happens |
| `feeds.py` | feed files given by machines of the staff, and their imports |
| `rulebooks.py` | every version of the rules, for machines of the staff |
| `urls.py` | the addresses |
"""
