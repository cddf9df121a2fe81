"""Settle a world: decide every line, cap, block and credit, straight from the specification.

Slow on purpose: one line at a time, plain dictionaries, whole cents, and the programme written
down as constants. A judge may know the programme by heart; the product may not.

Readings (where the specification leaves something open, the most literal one was taken):

* Decided as if every job had run up to `until`: a text posted at `until` or before is scanned.
* The row that stands is taken whole: created_time, parameters and amounts of earlier rows of the
  sub-order are forgotten (a settled row without a finished_amount goes by its own paid_amount).
* `af` and `dp` name something only as JSON strings, exactly as registered (letter case counts).
* A click names its source only if that source is registered.
* A store that stores.csv knows, but with no row in force when the line was placed, is not listed
  then. A product whose store is not listed has no brand, even if the brand list names the store.
* A product may be ruled virtual, and a category be special, whether or not products.csv lists it.
* Where two periods of one thing overlap, the one that started later counts.
* A hot sale needs a landing product that is not empty. Its rate may be 0.
* A reason is `""` wherever the specification names none (`untracked` too). rate_percent is the
  rate that led to the commission: `"0.00"` for rejected by a rule, untracked and held lines; a
  blocked line keeps its own.
* The cap comes before the block, by (order_id, publisher). Every shipped rulebook has the same cap.
* Referral: one total per referred publisher over all rulebooks with the same rate, cut once; one
  level only. A referral is counted whenever the line was placed.
* A link in a text: it starts at `http://` or `https://`, anywhere (in another link's query too),
  or - without a scheme - at a host that is not inside another link; it ends at white space. User
  information before `@` and a port are not part of the host. Paths and the name `af` are taken in
  their own letter case, right after the host or as a parameter between `?`, `&` and `#`. Letters
  and digits are Unicode's.
* `www.` is allowed before the referral host only; the merchant's hosts take any subdomain.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.oracle.feed import Parked, Row, last_words, read_feed, words

# --- the programme (programme.md) --------------------------------------------------------------

ELEVEN = words("RU AM AZ BY GE KG TJ TM UZ MD KZ")
FORBIDDEN = words(
    "contextual_on_brand clickunder_popunder motivated push_ads toolbars_plugins adult"
)
BARRED_NON_AFFILIATE = words("cashback toolbars_plugins dropshipping")
STANDARD_RATES = {"brand_store": 80, "electronics": 240, "home_and_apparel": 700, "other": 550}
FEED_RATES = {"eleven_seller_rate": (80, 7000), "hot_sale": (0, 7000)}
REJECTING = words("seller_outside_prc mall_russia traffic_non_affiliate eleven_non_affiliate")
ALIVE = {
    "Payment Completed": "waiting",
    "Buyer Confirmed Receipt": "hold",
    "Completed Settlement": "confirmed",
}
ORDER_OF_RULES = (  # with the start of the rulebook that brought each
    ("special", "2018-10-10"),
    ("seller_outside_prc", "2018-10-10"),
    ("mall_russia", "2018-10-10"),
    ("traffic_non_affiliate", "2020-09-10"),
    ("eleven_non_affiliate", "2020-02-20"),
    ("eleven_seller_rate", "2020-02-20"),
    ("brand_store", "2019-09-11"),
    ("hot_sale", "2018-10-10"),
    ("electronics", "2018-10-10"),
    ("home_and_apparel", "2018-10-10"),
    ("other", "2018-10-10"),
)
STARTS = ("2018-10-10", "2019-09-11", "2020-02-20", "2020-09-10")  # midnight in Moscow
TRACKING_HOSTS = ("go.permille.example",)
REFERRAL_HOSTS = ("permille.example", "www.permille.example")
MERCHANT_HOSTS = ("aliexpress.com", "aliexpress.ru", "aliexpress.us")


@dataclass(frozen=True)
class Rulebook:
    """One dated version of the programme."""

    start: datetime
    rules: tuple[str, ...]
    long_cookie: tuple[str, ...]
    cap_cents: int = 3850
    referral_percent: int = 5

    def cookie(self, country: str) -> timedelta:
        """Return how long a click counts for that country."""
        return timedelta(days=14 if country in self.long_cookie else 3)


@cache
def instant(text: str | None) -> datetime | None:
    """Read an ISO-8601 instant; empty is open."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def rulebook_of(day: str) -> Rulebook:
    """Write down the rulebook that starts on that day."""
    start = datetime.fromisoformat(f"{day}T00:00:00+03:00").astimezone(UTC)
    rules = tuple(rule for rule, since in ORDER_OF_RULES if since <= day)
    return Rulebook(start, rules, ELEVEN if day >= "2020-02-20" else ())


RULEBOOKS = tuple(rulebook_of(day) for day in STARTS)

# --- the world ---------------------------------------------------------------------------------

Record = dict[str, str]


@dataclass
class World:
    """The reference files of a world, as text."""

    publishers: dict[str, Record]
    sources: dict[str, Record]
    clicks: dict[str, Record]
    products: dict[str, Record]
    categories: dict[str, Record]
    agreements: list[Record]
    stores: dict[str, list[Record]]
    brands: dict[str, list[Record]]
    virtual: dict[str, list[Record]]

    @classmethod
    def load(cls, folder: Path) -> World:
        """Read the CSV files of a world's folder."""

        def records(name: str) -> list[Record]:
            with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))

        def by(key: str, name: str) -> dict[str, Record]:
            return {record[key]: record for record in records(name)}

        def many(key: str, name: str) -> dict[str, list[Record]]:
            found: dict[str, list[Record]] = defaultdict(list)
            for record in records(name):
                found[record[key]].append(record)
            return dict(found)

        return cls(
            publishers=by("code", "publishers"),
            sources=by("code", "sources"),
            clicks=by("click_id", "clicks"),
            products=by("product_id", "products"),
            categories=by("category_id", "categories"),
            agreements=records("agreements"),
            stores=many("store_id", "stores"),
            brands=many("store_id", "brand_stores"),
            virtual=many("product_id", "virtual_products"),
        )


def in_force(records: Iterable[Record], at: datetime) -> Record | None:
    """Return the record whose period [from, to) holds the instant."""
    found: list[tuple[datetime, Record]] = []
    for record in records:
        start = instant(record.get("from")) or datetime.min.replace(tzinfo=UTC)
        end = instant(record.get("to"))
        if start <= at and (end is None or at < end):
            found.append((start, record))
    return max(found, key=lambda pair: pair[0])[1] if found else None


# --- one line (steps 1 to 8) -------------------------------------------------------------------


@dataclass
class Line:
    """One sub-order in the books."""

    row: Row
    source: str | None = None
    publisher: str | None = None
    rulebook: Rulebook | None = None
    status: str = ""
    reason: str = ""
    rule: str = ""
    rate: int = 0
    base: int = 0
    commission: int = 0

    def end(self, status: str, reason: str = "") -> Line:
        """Settle the line's status and reason."""
        self.status, self.reason = status, reason
        return self


def attribute(row: Row, world: World) -> tuple[str | None, Record | None]:
    """Find the source a row belongs to, and the click that is its evidence (step 1)."""
    af, dp = row.parameters.get("af"), row.parameters.get("dp")
    click = world.clicks.get(dp) if isinstance(dp, str) else None
    if isinstance(af, str) and af in world.sources:
        source: str | None = af
    elif click is not None and click["source"] in world.sources:
        source = click["source"]
    else:
        source = row.tracking_id if row.tracking_id in world.sources else None
    if click is not None and click["source"] != source:
        click = None
    return source, click


def own_refusal(row: Row) -> str:
    """Return why the sub-order's own row rejects it, or nothing (step 3)."""
    if row.dispute:
        return "dispute_open"
    if row.status == "Invalid":
        if row.cancel_reason:
            return "cancelled_by_merchant"
        return {"FullRefund": "refunded", "Antispam": "antispam", "": "invalid"}[row.effect]
    return "assistant_plugin" if row.assistant_plugin else ""


def source_refusal(source: Record, at: datetime, world: World) -> str:
    """Return why the source could not send this buyer at that instant, or nothing (step 4)."""
    approved = instant(source["approved_at"])
    if approved is None or at < approved:
        return "source_not_approved"
    agreed = [
        record
        for record in world.agreements
        if record["publisher"] == source["publisher"]
        and record["traffic_type"] == source["traffic_type"]
    ]
    if source["traffic_type"] in FORBIDDEN and in_force(agreed, at) is None:
        return "forbidden_traffic"
    return ""


def click_refusal(row: Row, clicked: datetime | None, book: Rulebook) -> str:
    """Return why the click does not carry the order, or nothing (step 5)."""
    if clicked is None:
        return ""
    if row.created < clicked:
        return "click_after_order"
    return "cookie_expired" if row.created - clicked > book.cookie(row.country) else ""


def matching_rule(
    row: Row, book: Rulebook, traffic: str, click: Record | None, world: World
) -> str:
    """Return the first rule of the decision table that matches, or nothing (step 6)."""
    product = world.products.get(row.product_id, {})
    rows_of_store = world.stores.get(product.get("store_id", ""), [])
    store = in_force(rows_of_store, row.created)
    brands = world.brands.get(store["store_id"], []) if store else []
    group = world.categories.get(row.category_id, {}).get("group", "other")
    rulings = (instant(record["ruled_at"]) for record in world.virtual.get(row.product_id, []))
    virtual = any(ruled is not None and ruled <= row.created for ruled in rulings)
    landing = click["landing_product_id"] if click else ""
    eleven = row.country in ELEVEN
    tests: dict[str, Callable[[], bool]] = {
        "special": lambda: (
            group == "special" or virtual or (store is not None and store["in_programme"] == "N")
        ),
        "seller_outside_prc": lambda: store is not None and store["seller_country"] != "CN",
        "mall_russia": lambda: store is not None and store["section"] == "mall_ru",
        "traffic_non_affiliate": lambda: traffic in BARRED_NON_AFFILIATE and not row.affiliate,
        "eleven_non_affiliate": lambda: eleven and not row.affiliate,
        "eleven_seller_rate": lambda: eleven,
        "brand_store": lambda: in_force(brands, row.created) is not None,
        "hot_sale": lambda: row.hot and landing != "" and landing == row.product_id,
        "electronics": lambda: group == "electronics",
        "home_and_apparel": lambda: group == "home_and_apparel",
        "other": lambda: True,
    }
    return next((rule for rule in book.rules if tests[rule]()), "")


def by_table(line: Line) -> Line:
    """Settle a line by the rule that matched: its rate, commission and status (steps 6 to 8)."""
    if not line.rule:
        return line.end("held", "no_rule")
    if line.rule == "special":
        return line.end("untracked")
    if line.rule in REJECTING:
        return line.end("rejected", line.rule)
    rate = STANDARD_RATES.get(line.rule, line.row.rate)
    if rate is None:
        return line.end("held", "rate_missing")
    lowest, highest = FEED_RATES.get(line.rule, (0, 10_000))
    if not lowest <= rate <= highest:
        return line.end("held", "rate_out_of_range")
    line.rate = rate
    line.commission = line.base * rate // 10_000
    return line.end(ALIVE[line.row.status])


def decide(row: Row, world: World) -> Line:
    """Decide one line by itself; the cap and the blocks come after."""
    finished = row.status in ("Buyer Confirmed Receipt", "Completed Settlement")
    line = Line(row, base=row.paid_cents)
    if finished and row.finished_cents is not None:
        line.base = row.finished_cents
    line.source, click = attribute(row, world)
    if line.source is None:
        return line.end("unattributed", "unknown_source")
    source = world.sources[line.source]
    line.publisher = source["publisher"]
    line.rulebook = next((book for book in reversed(RULEBOOKS) if book.start <= row.created), None)
    if line.rulebook is None:
        return line.end("held", "no_rulebook")
    clicked = instant(click["clicked_at"]) if click else None
    refusal = (
        own_refusal(row)
        or source_refusal(source, clicked or row.created, world)
        or click_refusal(row, clicked, line.rulebook)
    )
    if refusal:
        return line.end("rejected", refusal)
    line.rule = matching_rule(row, line.rulebook, source["traffic_type"], click, world)
    return by_table(line)


# --- orders, accounts, referrals (the cap, step 9, referral) -----------------------------------


def cap_order(lines: list[Line]) -> None:
    """Cut the living lines of one order of one publisher down to the cap (F12)."""
    earliest = min(lines, key=lambda line: line.row.created)
    cap = earliest.rulebook.cap_cents if earliest.rulebook else 0
    total = sum(line.commission for line in lines)
    if total <= cap:
        return
    cut_off = {}
    for line in lines:
        line.commission, cut_off[line.row.sub_order_id] = divmod(cap * line.commission, total)
    left = cap - sum(line.commission for line in lines)
    by_fraction = sorted(lines, key=lambda x: (-cut_off[x.row.sub_order_id], x.row.sub_order_id))
    for line in by_fraction[:left]:
        line.commission += 1


def cap_orders(lines: Iterable[Line]) -> None:
    """Apply the cap to every order of every publisher."""
    orders: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
    for line in lines:
        if line.status in ALIVE.values():
            orders[line.row.order_id, line.publisher].append(line)
    for order in orders.values():
        cap_order(order)


def block(lines: Iterable[Line], blocked: set[str]) -> None:
    """Deduct every living line of the blocked publishers (step 9)."""
    for line in lines:
        if line.publisher in blocked and line.status in ALIVE.values():
            line.commission = 0
            line.end("rejected", "account_blocked")


def referral_credit(lines: Iterable[Line], world: World, blocked: set[str]) -> dict[str, int]:
    """Return what each referrer is credited, over all whom they brought."""
    earned: dict[tuple[str, int], int] = defaultdict(int)  # by referred publisher and rate
    for line in lines:
        if line.status == "confirmed" and line.publisher and line.rulebook:
            earned[line.publisher, line.rulebook.referral_percent] += line.commission
    credit: dict[str, int] = defaultdict(int)
    for (publisher, percent), total in earned.items():
        referrer = world.publishers[publisher]["referred_by"]
        if referrer and referrer not in blocked:
            credit[referrer] += total * percent // 100
    return credit


# --- review links (F37) ------------------------------------------------------------------------

SCHEME = re.compile(r"https?://", re.IGNORECASE)
WITH_SCHEME = re.compile(r"https?://(?:[^\s/?#]*@)?([\w.-]+)(?::[0-9]+)?([/?#]\S*)?", re.IGNORECASE)
BARE = re.compile(r"([\w.-]+)(?::[0-9]+)?([/?#]\S*)?")
CODE = r"([\w-]+)"


def links(text: str) -> Iterator[tuple[str, str]]:
    """Yield every link of a text as its host in small letters and all that follows it."""
    for piece in text.split():
        starts = [match.start() for match in SCHEME.finditer(piece)]
        end = starts[0] if starts else len(piece)
        found = [match for match in BARE.finditer(piece) if match.start() < end]
        for start in starts:
            match = WITH_SCHEME.match(piece, start)
            found += [match] if match else []
        for match in found:
            yield match[1].lower().lstrip(".-"), match[2] or ""


def named_by_link(host: str, tail: str, world: World) -> Iterator[str]:
    """Yield the publishers that one link names."""
    sources: list[str] = []
    if host in TRACKING_HOSTS and (match := re.match("/c/" + CODE, tail)):
        sources.append(match[1])
    if host in REFERRAL_HOSTS and (match := re.match("/join/" + CODE, tail)):
        yield from [match[1]] if match[1] in world.publishers else []
    if any(host == known or host.endswith("." + known) for known in MERCHANT_HOSTS):
        query = tail.partition("#")[0].partition("?")[2]
        sources += [m[1] for part in query.split("&") if (m := re.match("af=" + CODE, part))]
    yield from (world.sources[code]["publisher"] for code in sources if code in world.sources)


def review_cases(reviews: Path | None, world: World, until: datetime) -> set[tuple[str, str]]:
    """Return a (publisher, review id) for every text and publisher it names."""
    cases: set[tuple[str, str]] = set()
    text = reviews.read_text(encoding="utf-8-sig") if reviews else ""
    for line in filter(str.strip, text.split("\n")):
        review = json.loads(line)
        posted = instant(review["posted_at"])
        if posted is None or posted > until:
            continue
        for host, tail in links(review["text"]):
            cases |= {
                (publisher, review["review_id"]) for publisher in named_by_link(host, tail, world)
            }
    return cases


# --- the whole ---------------------------------------------------------------------------------


@dataclass
class Books:
    """What the exports must hold, and beside it the parked rows."""

    lines: list[dict[str, object]]
    balances: list[dict[str, object]]
    cases: list[dict[str, object]]
    parked: list[Parked] = field(default_factory=list)


def exported(line: Line) -> dict[str, object]:
    """Return a line as `export_lines` writes it."""
    return {
        "order_id": line.row.order_id,
        "sub_order_id": line.row.sub_order_id,
        "publisher": line.publisher,
        "source": line.source,
        "status": line.status,
        "reason": line.reason,
        "rule": line.rule,
        "rate_percent": f"{line.rate // 100}.{line.rate % 100:02d}",
        "base_cents": line.base,
        "commission_cents": line.commission,
    }


def balance(code: str, lines: list[Line], credit: int, blocked: bool) -> dict[str, object]:
    """Return one publisher as `export_balances` writes it."""
    waiting = sum(line.commission for line in lines if line.status in ("waiting", "hold"))
    confirmed = sum(line.commission for line in lines if line.status == "confirmed")
    return {
        "publisher": code,
        "waiting_cents": waiting,
        "available_cents": confirmed + credit,
        "referral_cents": credit,
        "blocked": blocked,
    }


def settle(
    world: World | Path | str,
    orders_files: Iterable[Path],
    reviews_file: Path | None,
    until: datetime,
    amount_unit: str = "cents",
) -> Books:
    """Settle a world: what the three exports must hold once every job has run up to `until`."""
    world = world if isinstance(world, World) else World.load(Path(world))
    feed = read_feed(orders_files, amount_unit)
    known = last_words(feed.rows)
    lines = [decide(known[key], world) for key in sorted(known)]
    cap_orders(lines)
    cases = review_cases(reviews_file, world, until)
    blocked = {publisher for publisher, _ in cases}
    block(lines, blocked)
    credit = referral_credit(lines, world, blocked)
    of_publisher: dict[str | None, list[Line]] = defaultdict(list)
    for line in lines:
        of_publisher[line.publisher].append(line)
    return Books(
        lines=[exported(line) for line in lines],
        balances=[
            balance(code, of_publisher[code], credit.get(code, 0), code in blocked)
            for code in sorted(world.publishers)
        ],
        cases=[
            {"publisher": publisher, "kind": "review_link", "evidence": evidence}
            for publisher, evidence in sorted(cases)
        ],
        parked=feed.parked,
    )
