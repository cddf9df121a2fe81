"""The only way from here to the outside: names asked once, addresses checked, answers bounded."""

from compliance.fetching.client import (
    PAGES,
    PICTURES,
    PROOFS,
    Fetched,
    GuardedClient,
    Limits,
    Outgoing,
)
from compliance.fetching.refusals import FetchRefused, Reason
from compliance.fetching.resolving import Names, text_records

__all__ = [
    "PAGES",
    "PICTURES",
    "PROOFS",
    "FetchRefused",
    "Fetched",
    "GuardedClient",
    "Limits",
    "Names",
    "Outgoing",
    "Reason",
    "text_records",
]
