"""Reading the merchant's order feed: files in, typed columns and parked rows out.

Pure: no database, no clock. `read_feed` reads a file, `read_records` rows that were mended.
"""

from commissions.feed.model import (
    ROW_SCHEMA,
    FeedBatch,
    FeedRefused,
    FeedRules,
    ParkedRow,
)
from commissions.feed.reader import read_feed, read_records

__all__ = [
    "ROW_SCHEMA",
    "FeedBatch",
    "FeedRefused",
    "FeedRules",
    "ParkedRow",
    "read_feed",
    "read_records",
]
