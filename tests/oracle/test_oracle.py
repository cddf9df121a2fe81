"""The judge judged: it agrees with the given worlds, and its own worlds are wide enough."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.oracle import books, worlds
from tests.oracle.books import Books, World, review_cases, settle
from tests.oracle.feed import read_feed, words

PROJECT = Path(__file__).resolve().parent.parent.parent
WORLDS = Path(os.environ.get("PERMILLE_WORLDS", PROJECT.parent / "shared" / "worlds"))
UNTIL = datetime(2021, 6, 1, tzinfo=UTC)
SEEDS = (1, 2, 3)
REASONS = {
    *books.REJECTING,
    *words(
        "unknown_source no_rulebook dispute_open cancelled_by_merchant refunded antispam invalid "
        "assistant_plugin source_not_approved forbidden_traffic click_after_order cookie_expired "
        "rate_missing rate_out_of_range account_blocked"
    ),
}
# `paid` needs a payout and `no_rule` another rulebook: no folder of files leads there.
STATUSES = set(words("waiting hold confirmed rejected untracked unattributed held"))
GOOD_ROW: dict[str, object] = {
    "order_id": worlds.Raw("10"),
    "sub_order_id": worlds.Raw("11"),
    "order_status": "Completed Settlement",
    "effect_detail_status": "",
    "tracking_id": "a-source",
    "custom_parameters": '{"af": "a-source"}',
    "created_time": "2019-03-01 10:00:00",
    "paid_amount": "100",
    "finished_amount": "",
    "commission_rate": "7.00%",
    "is_hot_product": "N",
    "is_affiliate_product": "Y",
    "settled_currency": "USD",
    "ship_to_country": "US",
    "category_id": "1",
    "product_id": "2",
}


def given(name: str) -> Path:
    """Return the folder of a world that is given, or skip."""
    folder = WORLDS / name
    if not folder.is_dir():
        pytest.skip(f"the world {name} is not at {WORLDS}; PERMILLE_WORLDS names another place")
    return folder


def pages(folder: Path) -> list[Path]:
    """Return the API pages of a world in their order."""
    found = folder.glob("orders.page*.json")
    return sorted(found, key=lambda path: int(path.stem.removeprefix("orders.page")))


def settled(folder: Path, feed: list[Path] | None = None, unit: str = "cents") -> Books:
    """Settle a world from its NDJSON, or from the files given."""
    files = [folder / "orders.ndjson"] if feed is None else feed
    return settle(folder, files, folder / "reviews.ndjson", UNTIL, unit)


def exports(found: Books) -> dict[str, list[dict[str, object]]]:
    """Return what the three exports hold."""
    return {"lines": found.lines, "balances": found.balances, "cases": found.cases}


def expected(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Read what a given world must come to."""
    return {
        name: [
            json.loads(line)
            for line in (folder / f"expected_{name}.ndjson").read_bytes().splitlines()
        ]
        for name in ("lines", "balances", "cases")
    }


@pytest.mark.parametrize("name", ["golden", "medium"])
def test_given_world_is_as_expected_in_every_field(name: str) -> None:
    """Both given worlds come to what their expected files hold."""
    folder = given(name)
    found = settled(folder)
    assert exports(found) == expected(folder)
    assert found.parked == []


@pytest.mark.parametrize("form", ["csv", "pages"])
def test_golden_is_the_same_from_its_other_forms(form: str) -> None:
    """The CSV and the API's pages of golden come to the same books."""
    folder = given("golden")
    feed = [folder / "orders.csv"] if form == "csv" else pages(folder)
    assert exports(settled(folder, feed)) == expected(folder)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_generator_is_deterministic(tmp_path: Path) -> None:
    """The same arguments write the same bytes, another seed others."""
    first = content(worlds.write_world(tmp_path / "a", 7, 20, 60))
    assert first == content(worlds.write_world(tmp_path / "b", 7, 20, 60))
    assert first != content(worlds.write_world(tmp_path / "c", 8, 20, 60))


def test_generated_worlds_reach_every_word(tmp_path: Path) -> None:
    """Over a few seeds there is every rule, status and reason, every start, and money at stake."""
    lines: list[dict[str, object]] = []
    balances: list[dict[str, object]] = []
    for seed in SEEDS:
        found = settled(worlds.write_world(tmp_path / str(seed), seed, 40, 500))
        lines += found.lines
        balances += found.balances
        assert found.parked
        assert len({case["publisher"] for case in found.cases}) >= 3
    assert {line["rule"] for line in lines} == {"", *(rule for rule, _ in books.ORDER_OF_RULES)}
    assert {line["status"] for line in lines} == STATUSES
    assert {line["reason"] for line in lines} == REASONS | {""}
    assert any(balance["referral_cents"] for balance in balances)
    capped: dict[tuple[object, object], list[int]] = {}
    for line in lines:
        if line["status"] in books.ALIVE.values():
            part = int(str(line["commission_cents"]))
            capped.setdefault((line["order_id"], line["publisher"]), []).append(part)
    full = [parts for parts in capped.values() if sum(parts) == 3850]
    assert sum(len(parts) > 2 for parts in full) > 20
    assert all(sum(parts) <= 3850 for parts in capped.values())


def test_generated_orders_stand_at_every_edge(tmp_path: Path) -> None:
    """Lines lie a second before, at and after every rulebook's start, and in the repeated hour."""
    feed = read_feed([worlds.write_world(tmp_path, 1, 40, 500) / "orders.ndjson"])
    moments = {row.created for row in feed.rows}
    for start in worlds.RULEBOOKS:
        assert {start + near for near in worlds.NEAR} <= moments
    for day in worlds.FOLDS:
        first = datetime.fromisoformat(f"{day}T08:00:00+00:00")
        assert any(first <= moment < first + timedelta(hours=1) for moment in moments)


@pytest.mark.parametrize("contested", [False, True])
def test_generated_feed_is_the_same_in_every_form(tmp_path: Path, contested: bool) -> None:
    """NDJSON, CSV and pages of one generated world come to the same books."""
    folder = worlds.write_world(tmp_path, 4, 30, 200, contested=contested)
    found = exports(settled(folder))
    assert found == exports(settled(folder, [folder / "orders.csv"]))
    assert found == exports(settled(folder, pages(folder)))


def test_generated_feed_in_units(tmp_path: Path) -> None:
    """A feed in units settles, the greatest amount included."""
    found = settled(worlds.write_world(tmp_path, 4, 30, 200, unit="units"), unit="units")
    assert max(int(str(line["base_cents"])) for line in found.lines) == 10**12


def test_order_of_rows_is_no_fact_without_rewrites(tmp_path: Path) -> None:
    """Where no status comes twice with a difference, shuffled rows change nothing."""
    folder = worlds.write_world(tmp_path, 5, 30, 200, rewrites=False, forms=())
    before = exports(settled(folder))
    rows = (folder / "orders.ndjson").read_text(encoding="utf-8").split("\n")
    random.Random(1).shuffle(rows)
    other = tmp_path / "shuffled.ndjson"
    other.write_text("\n".join(rows), encoding="utf-8", newline="\n")
    assert exports(settled(folder, [other])) == before


def read_one(folder: Path, change: dict[str, object], unit: str = "cents") -> tuple[int, list[str]]:
    """Read a single changed row: how many rows were read, and the fields at fault."""
    path = folder / "one.ndjson"
    path.write_text(worlds.as_json(GOOD_ROW | change) + "\n", encoding="utf-8", newline="\n")
    feed = read_feed([path], unit)
    return len(feed.rows), [parked.name for parked in feed.parked]


def bad_values() -> list[tuple[str, object]]:
    """Return every (field, value) that must be parked."""
    table: dict[str, list[object]] = dict(worlds.BAD_WORDS)
    table |= {"order_id": worlds.BAD_IDS, "sub_order_id": worlds.BAD_IDS}
    table |= {"paid_time": worlds.BAD_TIMES, "created_time": [*worlds.BAD_TIMES, "", None]}
    table["paid_amount"] = [*worlds.BAD_AMOUNTS, "", None, str(10**12 + 1), "1.00"]
    table["finished_amount"] = [*worlds.BAD_AMOUNTS, str(10**12 + 1)]
    return [(name, value) for name, values in table.items() for value in values]


def test_every_bad_value_is_parked_for_its_field(tmp_path: Path) -> None:
    """What cannot be read is parked, and the field at fault is named."""
    for name, value in bad_values():
        found = read_one(tmp_path, {name: value})
        bare_nan = isinstance(value, worlds.Raw) and value.token == "NaN"
        assert found == (0, ["row" if bare_nan else name]), (name, str(value)[:40])


def test_every_good_edge_is_read(tmp_path: Path) -> None:
    """What lies just inside the rules is read."""
    good: list[dict[str, object]] = [
        {"paid_amount": str(10**12)},
        {"paid_amount": worlds.Raw("0")},
        {"paid_amount": "0" * 5000 + "7"},
        {"commission_rate": "9" * 5000 + "%"},
        {"commission_rate": None},
        {"finished_amount": None, "dispute": "", "cancel_reason": None},
        {"sub_order_id": "9" * 40},
        {"created_time": "2019-11-03 01:30:00"},
        {"created_time": "2020-03-08 01:59:59", "paid_time": "2020-03-08 03:00:00"},
        {"estimated_paid_commission": "unknown", "new_buyer_bonus_commission": "-1"},
        {"custom_parameters": "", "customer_parameters": '{"af": "x"}'},
        {"customer_parameters": '{"af":"a-source"}'},
        {"ship_to_country": "BQ", "unheard_of": "\u2028"},
    ]
    for change in good:
        assert read_one(tmp_path, change) == (1, []), str(change)[:60]
    for text in ("12", "12.3", "12.34", "10000000000.00"):
        assert read_one(tmp_path, {"paid_amount": text}, "units") == (1, [])
    for text in ("12.", ".5", "12.345", "10000000000.01"):
        assert read_one(tmp_path, {"paid_amount": text}, "units") == (0, ["paid_amount"])
    assert read_one(tmp_path, {"customer_parameters": '{"af": "b"}'})[1] == ["custom_parameters"]


def test_the_repeated_hour_is_the_first_and_the_clock_counts(tmp_path: Path) -> None:
    """01:30 of the autumn night is the summer time's, and a row may be a day ahead, no more."""
    path = tmp_path / "one.ndjson"
    row = GOOD_ROW | {"created_time": "2019-11-03 01:30:00"}
    path.write_text(worlds.as_json(row), encoding="utf-8")
    placed = datetime(2019, 11, 3, 8, 30, tzinfo=UTC)
    assert read_feed([path]).rows[0].created == placed
    day = timedelta(days=1)
    assert read_feed([path], clock=placed - day).parked == []
    late = read_feed([path], clock=placed - day - timedelta(seconds=1))
    assert [parked.name for parked in late.parked] == ["created_time"]


def small_world() -> World:
    """Return a world of one publisher and one source."""
    source = {"code": "Src-1_x", "publisher": "Pub_2-z", "traffic_type": "sms"}
    return World(
        publishers={"Pub_2-z": {"code": "Pub_2-z", "referred_by": ""}},
        sources={"Src-1_x": source | {"approved_at": "2018-01-01T00:00:00Z"}},
        clicks={}, products={}, categories={}, agreements=[], stores={}, brands={}, virtual={},
    )  # fmt: skip


def named(tmp_path: Path, text: str) -> set[str]:
    """Return whom a text names, in the small world."""
    filled = text.replace("{s}", "Src-1_x").replace("{S}", "sRC-1_X").replace("{p}", "Pub_2-z")
    review = {"review_id": "r", "posted_at": "2021-06-01T03:00:00+03:00", "text": filled}
    path = tmp_path / "reviews.ndjson"
    path.write_text(json.dumps(review) + "\n", encoding="utf-8")
    return {publisher for publisher, _ in review_cases(path, small_world(), UNTIL)}


def test_links_name_a_publisher_and_near_misses_do_not(tmp_path: Path) -> None:
    """Each spelling of the three links names, each near miss names nobody."""
    for text in [*worlds.NAMED_BY_SOURCE, *worlds.NAMED_BY_CODE]:
        assert named(tmp_path, text) == {"Pub_2-z"}, text
    for text in worlds.NEAR_MISSES:
        assert named(tmp_path, text) == set(), text


def test_the_cents_left_of_a_cap_go_to_the_smaller_id_as_text(tmp_path: Path) -> None:
    """Three equal lines over the cap: of `9`, `10` and `800` the text `10` is the smallest."""
    shared = {"tracking_id": "Src-1_x", "paid_amount": "70000"}
    rows = [GOOD_ROW | shared | {"sub_order_id": sub} for sub in ("9", "10", "800")]
    feed = tmp_path / "cap.ndjson"
    feed.write_text("".join(worlds.as_json(row) + "\n" for row in rows), encoding="utf-8")
    found = settle(small_world(), [feed], None, UNTIL).lines
    parts = [(line["sub_order_id"], line["commission_cents"]) for line in found]
    assert parts == [("10", 1284), ("800", 1283), ("9", 1283)]
