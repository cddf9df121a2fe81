"""Clicks and orders that a test of the daily watch writes down."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from commissions.models import FeedImport
from compliance.models import Observation
from compliance.watching.running import watch
from publishers.models import Click, Publisher, Source
from tests.journeys.orders import booked, order

DAY = timedelta(days=1)
START = datetime(2020, 2, 24, tzinfo=UTC)  # a Monday on which a week begins, and four weeks do
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def source(code: str, owner: str) -> Source:
    """A source like golden's anna-site."""
    like = Source.objects.get(code="anna-site")
    return Source.objects.create(
        code=code, publisher=Publisher.objects.get(code=owner), traffic_type=like.traffic_type,
        title=code,
    )  # fmt: skip


def clicks(
    prefix: str, count: int, *, day: int = 0, dest: str = "document", referrer: str = "",
    source: str = "anna-site", apart: timedelta = timedelta(seconds=60),
) -> list[Click]:  # fmt: skip
    """Clicks of one day, one after another from six in the morning."""
    owner = Source.objects.get(code=source)
    begin = START + day * DAY + timedelta(hours=6)
    return Click.objects.bulk_create(
        Click(
            click_id=f"{prefix}-{number}", source=owner, clicked_at=begin + number * apart,
            fetch_dest=dest, referrer=referrer,
        )
        for number in range(count)
    )  # fmt: skip


def orders(of: Sequence[Click], seconds: Iterable[int], first: int = 1) -> FeedImport:
    """An order for each delay, of the clicks in turn."""
    rows = []
    for number, delay in enumerate(seconds):
        click = of[number % len(of)]
        placed = (click.clicked_at + timedelta(seconds=delay)).astimezone(LOS_ANGELES)
        rows.append(
            order(
                first + number, source=click.source.code,
                custom_parameters=f'{{"af": "{click.source.code}", "dp": "{click.click_id}"}}',
                created_time=f"{placed:%Y-%m-%d %H:%M:%S}",
            )
        )  # fmt: skip
    return booked(*rows)


def watched(days: int, *, hour: int = 3) -> dict[str, int]:
    """The watch of the day `days` after START, at its due time."""
    return watch(at=START + days * DAY + timedelta(hours=hour))


def seen() -> list[tuple[object, ...]]:
    """Every observation in all that it says, by what it is about."""
    names = ("kind", "publisher__code", "source__code", "window_start", "window_end", "severity")
    rows = Observation.objects.order_by(*names).values_list(*names, "evidence", "found_at")
    return [tuple(row) for row in rows]
