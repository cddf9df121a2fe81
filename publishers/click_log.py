"""A publisher's own clicks, newest first: page by page, or as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from publishers.models import Click
from publishers.spreadsheets import csv_lines
from publishers.sql import sql

PAGE = 50
DAYS = 30  # where no beginning is asked for
_DAY = timedelta(days=1)
# Before this there are not so many days in the calendar.
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=DAYS)
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


def period_of(
    start: datetime | None, end: datetime | None, *, at: datetime
) -> tuple[datetime, datetime]:
    """`[start, end)` with what is not given: to the end of today (UTC), and 30 days before it."""
    end = end or datetime.combine(at.astimezone(UTC).date(), time(), tzinfo=UTC) + _DAY
    return start or max(end, _EARLIEST) - timedelta(days=DAYS), end


def file_name(start: datetime, end: datetime) -> str:
    """What the file of a period is called: by its first day and its last."""
    last = end - timedelta(microseconds=1) if start < end else start
    return f"clicks-{start:%Y-%m-%d}-{last:%Y-%m-%d}.csv"


def click_file(codes: Mapping[int, str], *, start: datetime, end: datetime) -> Iterator[str]:
    """The clicks of a period as lines of CSV, whose texts are never formulas."""
    return csv_lines(FILE_COLUMNS, click_rows(codes, start=start, end=end))


def click_rows(
    codes: Mapping[int, str], *, start: datetime, end: datetime
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
