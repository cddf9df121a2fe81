"""The demo: the sample world loaded, and its calendar run month by month.

Every step knows whether it was done: a demo that was interrupted goes on where it stopped, and
one that is complete loads nothing.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db.models import Sum

from commissions.enums import ImportState
from commissions.models import FeedImport, Programme, Rulebook
from commissions.operations.feed import import_file, receive_feed
from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.operations import appeal, decide_appeal, keep_reviews
from compliance.review_files import read_reviews
from config.clock import tick
from config.demo_figures import (
    amount,
    day_of,
    earned_so_far,
    moved_by_block,
    moved_by_reinstatement,
)
from config.sample_world import FOLDER
from config.sample_world.files import Month, months, write_files
from config.worlds import FILES, load_file
from publishers.models import Publisher, User

PROGRAMME = "aliexpress"
# After a feed has come, the jobs of the following night run too.
NIGHT = timedelta(hours=20)


class OtherBooks(Exception):
    """The database holds other publishers than the sample world's; the message says what to do."""


@dataclass
class MonthDone:
    """What a month brought: its feed's rows, in sentences what the clock did, and the sums then."""

    name: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    parked: int = 0
    commission_cents: int = 0
    credit_cents: int = 0
    events: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Appeal:
    """What the publisher says to a block of its account, and why it is undone; both with when."""

    review_id: str
    publisher: str
    appealed_at: datetime
    text: str
    decided_at: datetime
    reason: str

    def case(self) -> Case:
        """The case it is about; there is none before the job has found the review."""
        return Case.objects.get(evidence=self.review_id, publisher__code=self.publisher)

    def enter(self) -> None:
        """The publisher appeals; what was entered already is left."""
        case = self.case()
        if case.status == CaseStatus.BLOCKED:
            appeal(case_id=case.pk, publisher_id=case.publisher_id, text=self.text,
                   at=self.appealed_at)  # fmt: skip

    def decide(self, by: User) -> None:
        """Somebody who had no part in the block, which the job made, finds the publisher right."""
        decide_appeal(case_id=self.case().pk, is_right=True, by=by, at=self.decided_at,
                      reason=self.reason)  # fmt: skip


def refuse_other_books() -> None:
    """Keep the sample world out of books that somebody works with. Raises OtherBooks."""
    ours = {row["code"] for row in _rows("publishers.csv")}
    known = set(Publisher.objects.values_list("code", flat=True))
    if known and not known & ours:
        raise OtherBooks(
            f"This database already holds publishers that are not the sample world's "
            f"({len(known):,}), and the demo would mix with them. Name an empty data folder: "
            "PERMILLE_DATA=demo-data make demo (or another DATABASE_URL, where one is set)."
        )


def is_complete() -> bool:
    """Whether the whole calendar was run."""
    return all(_is_imported(month) for month in months()) and not _appeals_open()


def telling_publisher() -> Publisher:
    """The publisher with the most confirmed lines: whose account the demo lets one look into."""
    earning = Publisher.objects.filter(dailytotal__status="confirmed")
    most = earning.annotate(confirmed=Sum("dailytotal__lines")).order_by("-confirmed", "code")
    return most.first() or Publisher.objects.order_by("code")[0]


def load_network(folder: Path) -> Iterator[str]:
    """Load everybody and everything of the sample world; gives a line for each file.

    folder: where clicks.csv and the feed files are written.
    """
    write_files(folder)
    programme = Programme.objects.get(code=PROGRAMME)
    for name in FILES:
        place = FOLDER if (FOLDER / name).is_file() else folder
        loaded = load_file(place / name, programme=programme)
        yield _counted(loaded.added + loaded.mended + loaded.unchanged, name)


def run_calendar(folder: Path, *, by: User, on_month: Callable[[MonthDone], None]) -> None:
    """Live through the months: reviews and the jobs that fall due, then the month's feed."""
    reviews = read_reviews(FOLDER / "reviews.ndjson")
    before = reviews[0]["posted_at"] - timedelta(days=3650)
    for month in months():
        done = MonthDone(month.name)
        if not _is_imported(month):
            until = month.delivered_at
            keep_reviews(reviews=[one for one in reviews if one["posted_at"] < until])
            _live_until(until, by)
            _import(month, folder / month.feed_name, done)
            _live_until(until + NIGHT, by)
            done.commission_cents, done.credit_cents = earned_so_far()
            done.events = _events(before, until + NIGHT)
            on_month(done)
        before = month.delivered_at + NIGHT


def _live_until(until: datetime, by: User) -> None:
    """Run the jobs; appeals come and are decided at their time."""
    steps: list[tuple[datetime, Callable[[], None]]] = []
    for one in _appeals_open():
        steps += [(one.appealed_at, one.enter), (one.decided_at, partial(one.decide, by))]
    for at, step in sorted(steps, key=itemgetter(0)):
        if at <= until:
            tick(until=at)
            step()
    failed = tick(until=until).failed
    if failed:
        run = failed[0]
        raise RuntimeError(f"The job {run.job}, due {run.due_at:%Y-%m-%d %H:%M}: {run.error}")


def _import(month: Month, path: Path, done: MonthDone) -> None:
    """Take the month's feed into the books, and note what came of it."""
    # One that was interrupted is run again, from its beginning.
    over = (ImportState.DONE, ImportState.CANCELLED)
    begun = FeedImport.objects.filter(file_name=path.name).exclude(state__in=over)
    received = begun.first() or receive_feed(
        programme=Programme.objects.get(code=PROGRAMME), name=path.name, amount_unit="cents",
        by=None, at=month.delivered_at,
    )  # fmt: skip
    feed = import_file(feed_import_id=received.pk, path=path, at=month.delivered_at)
    if feed.state != ImportState.DONE:
        raise RuntimeError(f"{path.name} was refused: {feed.error}")
    done.rows, done.new, done.changed = feed.rows_read, feed.lines_new, feed.lines_changed
    done.parked = feed.rows_parked


# --- What the clock did ----------------------------------------------------------------


def _events(after: datetime, until: datetime) -> list[str]:
    """Sentences about what happened in (after, until], in the order of events."""
    dated: list[tuple[datetime, str]] = []
    for rulebook in Rulebook.objects.filter(took_effect_at__gt=after, took_effect_at__lte=until):
        sentence = f'rulebook {rulebook.version} is in force: "{rulebook.title_en}"'
        dated.append((rulebook.starts_at, sentence))
    cases = Case.objects.select_related("publisher")
    for case in cases.filter(decided_at__gt=after, decided_at__lte=until):
        cents = amount(moved_by_block(case).own_cents)
        what = f"is blocked for a link in a review: {cents} USD deducted"
        dated.append((case.decided_at or after, f"{case.publisher.name} {what}"))
    dated += [
        (case.appealed_at or after, f"{case.publisher.name} appeals")
        for case in cases.filter(appealed_at__gt=after, appealed_at__lte=until)
    ]
    for case in cases.filter(overturned_at__gt=after, overturned_at__lte=until):
        cents = amount(moved_by_reinstatement(case).own_cents)
        what = f"wins the appeal: {cents} USD come back"
        dated.append((case.overturned_at or after, f"{case.publisher.name} {what}"))
    return [f"{day_of(at):11}  {sentence}" for at, sentence in sorted(dated)]


# --- What was done already -------------------------------------------------------------


def _is_imported(month: Month) -> bool:
    done = FeedImport.objects.filter(file_name=month.feed_name, state=ImportState.DONE)
    return done.exists()


def _appeals_open() -> list[Appeal]:
    """The appeals that are not decided yet, in the order of their time."""
    decided = set(
        Case.objects.filter(status=CaseStatus.OVERTURNED).values_list("evidence", flat=True)
    )
    appeals = [
        Appeal(
            row["review_id"],
            row["publisher"],
            datetime.fromisoformat(row["appealed_at"]),
            row["text"],
            datetime.fromisoformat(row["decided_at"]),
            row["reason"],
        )
        for row in _rows("appeals.csv")
        if row["review_id"] not in decided
    ]
    return sorted(appeals, key=lambda one: one.decided_at)


def _rows(name: str) -> list[dict[str, Any]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _counted(count: int, file_name: str) -> str:
    """`31 stores`, by the name of their file."""
    what = file_name.removesuffix(".csv").replace("_", " ")
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"
