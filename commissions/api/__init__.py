"""What machines may ask of this app over HTTP.

| file | does |
|---|---|
| `problems.py` | every error as problem details (RFC 9457) |
| `parameters.py` | the parameters of an address, read strictly |
| `quote.py` | a sale told before it happens |
| `urls.py` | the addresses |
"""
