"""A publisher's own clicks, newest first: page by page, or as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publishers.models import Click
from publishers.sql import sql

PAGE = 50
_LAST_ID = 2**63 - 1
FILE_COLUMNS = (
    *("click_id", "source", "clicked_at", "landing_product_id", "referrer"),
    *("fetch_dest", "fetch_mode", "fetch_site", "fetch_user"),
    *("sub1", "sub2", "sub3", "sub4", "sub5"),
)


@dataclass(frozen=True)
class Place:
    """The click that a page comes after: its instant and its number."""

    at: datetime
    id: int


@dataclass(frozen=True)
class ClickPage:
    """Clicks, and the place after which the next page begins; None where this is the last."""

    clicks: list[Click]
    following: Place | None


def click_page(
    sources: Sequence[int],
    *,
    start: datetime,
    end: datetime,
    after: Place | None = None,
    most: int = PAGE,
) -> ClickPage:
    """The clicks of these sources in `[start, end)`; costs the same at any depth."""
    asked: dict[str, Any] = {
        "sources": list(sources),
        "from_at": start,
        "to_at": end,
        "before_at": after.at if after else end,
        "before_id": after.id if after else _LAST_ID,
        "most": most + 1,
    }
    found = list(Click.objects.raw(sql("click_page"), asked))
    shown = found[:most]
    more = len(found) > most
    return ClickPage(shown, Place(shown[-1].clicked_at, shown[-1].pk) if more else None)


def clicks_before(
    sources: Sequence[int], *, start: datetime, end: datetime, place: Place, most: int
) -> list[Click]:
    """The clicks that lists show before a place, from it backwards: so the oldest comes first."""
    asked: dict[str, Any] = {
        "sources": list(sources),
        "from_at": start,
        "to_at": end,
        "after_at": place.at,
        "after_id": place.id,
        "most": most,
    }
    return list(Click.objects.raw(sql("click_page_back"), asked))


def click_rows(
    codes: dict[int, str], *, start: datetime, end: datetime
) -> Iterator[tuple[str, ...]]:
    """The same clicks as rows of FILE_COLUMNS, read a thousand at a time.

    codes: of the sources by their ids. Instants are ISO 8601 in UTC.
    """
    after: Place | None = None
    while True:
        page = click_page(list(codes), start=start, end=end, after=after, most=1000)
        for click in page.clicks:
            row = {**vars(click), "source": codes[click.source_id]}
            row["clicked_at"] = click.clicked_at.isoformat()
            yield tuple(row[name] for name in FILE_COLUMNS)
        after = page.following
        if after is None:
            return
