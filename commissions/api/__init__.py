"""What machines may ask of this app over HTTP, on the ground of `publishers.api`.

| file | does |
|---|---|
| `quote.py` | a sale told before it happens |
| `urls.py` | the addresses |
"""
