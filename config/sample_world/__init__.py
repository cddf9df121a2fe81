"""The sample world: a small network, and nineteen months of its orders.

Who is in it stands in the CSV files and `reviews.ndjson` here, to be read and changed. What its
buyers did is made from them by `buyers.py` (who ordered what, when, and by which click) and
`merchant.py` (what the merchant's feed says of it, month by month), the same on every machine.
"""

from pathlib import Path

# Everybody and everything by name; clicks.csv is written beside the feed files.
FOLDER = Path(__file__).parent
