"""What a sale would earn, told before it happens (F24).

| file | does |
|---|---|
| `facts.py` | what is known of a product: from the catalogue, else from the feed |
| `cases.py` | the engine asked for every way in which the facts not known may be |
| `quotes.py` | the quote: what all those answers have in common, and what the rest depends on |
| `words.py` | a quote in words, for pages and commands |
"""

from commissions.quoting.quotes import Quote, QuoteRefused, quote, quote_record

__all__ = ["Quote", "QuoteRefused", "quote", "quote_record"]
