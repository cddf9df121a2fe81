"""What every part of the API stands on; the apps above add what may be asked.

| file | does |
|---|---|
| `problems.py` | every error as problem details (RFC 9457) |
| `parameters.py` | the parameters of an address, read strictly |
"""
