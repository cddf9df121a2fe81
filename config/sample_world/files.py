"""The files that the sample world's buyers and merchant leave: clicks.csv, and a feed a month."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from config.sample_world.buyers import Click, all_orders, visits_without_orders
from config.sample_world.merchant import PAID, WALL, Row, Word, words_about
from config.sample_world.seasons import days
from publishers.clicks import COLUMNS

SEED = 20181010
# What the merchant's own system spoilt: in the feed of a month, one row's field.
SPOILT = {
    "2019-07": {"paid_amount": "12.90"},
    "2019-11": {"ship_to_country": "UK"},
    "2020-01": {"order_status": "Refund In Progress"},
    "2020-03": {"created_time": "2020-03-08 02:30:00"},
    "2020-06": {"commission_rate": "7,5%"},
    "2020-09": {"settled_currency": "EUR"},
    "2020-11": {"custom_parameters": '{"af": "kopeyka-site"'},
}


@dataclass(frozen=True)
class Month:
    """A calendar month of the sample world; its feed comes at noon on the first day after it."""

    year: int
    month: int

    @property
    def name(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def feed_name(self) -> str:
        return f"orders-{self.name}.ndjson"

    @property
    def delivered_at(self) -> datetime:
        return datetime(self.year + self.month // 12, self.month % 12 + 1, 1, 12, tzinfo=UTC)


def months() -> list[Month]:
    """The months in which the sample world's buyers order."""
    return sorted({Month(day.year, day.month) for day in days()}, key=lambda month: month.name)


def write_files(folder: Path) -> None:
    """Write clicks.csv and the feed files; the same bytes each time."""
    chance = Random(SEED)  # noqa: S311 - a world to look at, no secret
    orders = list(all_orders(chance))
    clicks = [order.click for order in orders if order.click is not None]
    folder.mkdir(exist_ok=True)
    _write_clicks(folder / "clicks.csv", [*clicks, *visits_without_orders(orders, chance)])
    words = [word for order in orders for word in words_about(order, chance)]
    feeds = _by_month(words, chance)
    for month in months():
        rows = [word.row for word in sorted(feeds[month.name], key=_said_at)]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / month.feed_name).write_text("".join(lines), encoding="utf-8", newline="\n")


def _write_clicks(path: Path, clicks: Iterable[Click]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(COLUMNS)
        nothing = [""] * (len(COLUMNS) - 5)
        for one in sorted(clicks, key=lambda click: (click.clicked_at, click.click_id)):
            at = one.clicked_at.isoformat()
            write.writerow([one.click_id, one.source, at, one.landing, "document", *nothing])


def _by_month(words: list[Word], chance: Random) -> dict[str, list[Word]]:
    """The words by the month in which they were said; a few are said again a month later."""
    feeds: dict[str, list[Word]] = defaultdict(list)
    names = [month.name for month in months()]
    for word in words:
        said = word.said_at.astimezone(WALL).strftime("%Y-%m")
        feeds[said].append(word)
        if said in names[:-1] and chance.random() < 0.01:
            feeds[names[names.index(said) + 1]].append(word)
    for name, fields in SPOILT.items():
        _spoil(feeds, name, fields)
    return feeds


def _spoil(feeds: dict[str, list[Word]], name: str, fields: Row) -> None:
    """Spoil one row of a month, after which nothing is heard of that sub-order."""
    mine = min(
        (word for word in feeds[name] if word.row["order_status"] == PAID and word.said_at.day > 7),
        key=_said_at,
    )
    for words in feeds.values():
        words[:] = [w for w in words if w.row["sub_order_id"] != mine.row["sub_order_id"]]
    feeds[name].append(Word(mine.said_at, mine.row | fields))


def _said_at(word: Word) -> tuple[datetime, int]:
    return word.said_at, word.row["sub_order_id"]
