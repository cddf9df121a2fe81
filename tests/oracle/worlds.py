"""Write random worlds that aim at the boundaries; the same arguments write the same bytes.

Moments are drawn from the edges of everything dated (+-1 s) far more often than from the calendar
at large, orders from the cases where two rules could both be thought to decide. What rests on a
*reading* of the specification rather than on its words is written only with `contested=True`.
"""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle.feed import words

Record = dict[str, str]
Fields = dict[str, object]
Period = tuple[datetime | None, datetime | None]  # [from, to), None is open
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
EARLY = datetime(2018, 9, 1, tzinfo=UTC)
EPOCH = datetime(2018, 10, 8, tzinfo=UTC)
UNTIL = datetime(2021, 6, 1, tzinfo=UTC)
STARTS = ("2018-10-10", "2019-09-11", "2020-02-20", "2020-09-10")  # midnight in Moscow
RULEBOOKS = [datetime.fromisoformat(f"{day}T00:00:00+03:00").astimezone(UTC) for day in STARTS]
FOLDS = ("2018-11-04", "2019-11-03", "2020-11-01")  # the hour after 01:00 comes twice
NEAR = (-SECOND, timedelta(0), SECOND)
ELEVEN = words("RU AM AZ BY GE KG TJ TM UZ MD KZ")
ELSEWHERE = words("US DE FR ES PL UA IL BR GB NL IT CN TR LT LV EE RS RO AQ BQ SS CW")
PERMITTED = words(
    "contextual banner rich_media email_newsletter social_communities teaser doorway content_site "
    "sms cashback traffic_brokering price_comparison mobile remarketing coupons youtube targeted "
    "social_apps instant_messengers dropshipping"
)
FORBIDDEN = words(
    "contextual_on_brand clickunder_popunder motivated push_ads toolbars_plugins adult"
)
KINDS = PERMITTED + FORBIDDEN
STATUSES = ["Payment Completed", "Buyer Confirmed Receipt", "Completed Settlement", "Invalid"]
RATES = (
    ["7.00%"] * 8 + ["0.80%", "70.00%", "70%", "0.8%", "33.33%", "5.5%", "9%", "007.10%"] * 2
    + ["", "", "0.79%", "70.01%", "70.1%", "0.00%", "0%", "0.01%", "100.00%", "99999999999999%"]
)  # fmt: skip
HEADERS = {
    "publishers": "code email name country language registered_at referred_by",
    "sources": "code publisher traffic_type title url approved_at",
    "agreements": "publisher traffic_type from to note",
    "stores": "store_id name seller_country in_programme section from to",
    "brand_stores": "store_id name from to",
    "categories": "category_id name group",
    "products": "product_id store_id category_id title affiliate seller_rate hot_rate",
    "virtual_products": "product_id ruled_at note",
    "clicks": "click_id source clicked_at landing_product_id fetch_dest referrer "
    "sub1 sub2 sub3 sub4 sub5",
}
FEED = words(
    "order_id sub_order_id order_status effect_detail_status tracking_id custom_parameters "
    "created_time paid_time finished_time completed_settlement_time paid_amount finished_amount "
    "commission_rate estimated_paid_commission estimated_finished_commission "
    "new_buyer_bonus_commission is_new_buyer is_hot_product is_affiliate_product settled_currency "
    "ship_to_country category_id product_id product_title product_count product_detail_url "
    "product_main_image_url order_type order_platform dispute cancel_reason assistant_plugin "
    "customer_parameters"
)


PAGE = (
    '{"aliexpress_affiliate_order_list_response": {"resp_result": {"resp_code": 200, "result": {'
    '"current_page_no": %d, "current_record_count": %d, "total_page_no": %d, '
    '"total_record_count": %d, "orders": {"order": [\n%s\n]}}}}}\n'
)


@dataclass(frozen=True)
class Raw:
    """A JSON token to be written as it is, such as a number that no float could hold."""

    token: str


BAD_WORDS: dict[str, list[object]] = {
    "order_status": ["", "payment completed", "Paid", "Invalid ", None],
    "effect_detail_status": ["Fullrefund", "Refund", " ", Raw("0")],
    "ship_to_country": ["", "XX", "ru", "RUS", "UK", "R", "\u0420\u0423", None],
    "settled_currency": ["", "usd", "RUB", "US"],
    "is_hot_product": ["", "y", "1", " Y", "Yes", Raw("true"), None],
    "is_affiliate_product": ["", "n", "N ", Raw("false"), "0"],
    "dispute": ["X", "y", "Yes", Raw("true")],
    "assistant_plugin": ["n", "No", Raw("1")],
    "commission_rate": ["7.000%", "7,00%", "7.%", ".5%", "7", "-7%", "7 %", "\uff17%", Raw("7.0")],
    "custom_parameters": ["[]", "null", "af=x", "{", '"x"', "{'af': 'x'}", "[" * 9000, "7"],
}
BAD_TIMES: list[object] = [
    "2020-03-08 02:00:00", "2019-03-10 02:30:00", "2020-02-30 10:00:00", "2019-02-29 00:00:00",
    "2020-03-10T10:00:00", "2020-03-10 10:00", "2020-03-10 10:00:00Z", "2020-03-10 10:00:60",
    "2020-03-10 24:00:00", "2020-3-10 10:00:00", " 2020-03-10 10:00:00", "2020-03-10 10:00:00.0",
    "10.03.2020 10:00:00", "0000-01-01 00:00:00", "\u0662020-03-10 10:00:00", Raw("1583830800"),
]  # fmt: skip
BAD_IDS: list[object] = [
    "", None, "12a", "-5", "+5", " 12", "\uff11\uff12", "\u0661\u0662", "0x10", "1_000",
    "9.5E+14", Raw("1.0"), Raw("9e14"), Raw("-7"), Raw("true"),
]  # fmt: skip
BAD_AMOUNTS: list[object] = [
    "-1", "+1", "-0", "1e3", "1,000", "1 000", "1_000", "1\u00a0000", "NaN", "Infinity", "0x10",
    " 5", "5 ", "5\n", "\u0663", "\uff11\uff12", "1.234", "1.", ".5", "1,5", "5USD", "9" * 5000,
    Raw("1e3"), Raw("-1"), Raw("true"), Raw("NaN"), Raw("[1]"), Raw("9" * 5000),
]  # fmt: skip
NOT_ROWS = ["null", "[]", "not json", '{"order_id": 1,', '{"order_id": NaN}', '"{}"', "[" * 9000]

NAMED_BY_SOURCE = [
    "go.permille.example/c/{s}", "Cheaper: https://go.permille.example/c/{s}",
    "HTTP://GO.Permille.EXAMPLE/c/{s}?x=1", "see (https://go.permille.example/c/{s}).",
    "go.permille.example/c/{s}/more", "\u0442\u0443\u0442:\ngo.permille.example/c/{s}!",
    "https://www.aliexpress.com/item/1.html?af={s}", "aliexpress.ru/item/1.html?a=1&af={s}&dp=zz",
    "https://m.aliexpress.us?x=&af={s}", "https://S.Click.AliExpress.COM/e/x?af={s}#top",
    "a.aliexpress.com/_x?b=af&af={s}.", "http://pt.aliexpress.com/?leaf=no&af={s}%20",
]  # fmt: skip
NAMED_BY_CODE = [
    "permille.example/join/{p}", "join https://www.permille.example/join/{p}?ref=1",
    "WWW.PERMILLE.EXAMPLE/join/{p}!", "http://permille.example/join/{p}/",
]  # fmt: skip
NEAR_MISSES = [
    "https://ago.permille.example/c/{s}", "https://go.permille.example.evil.example/c/{s}",
    "https://evil.example/go.permille.example/c/{s}", "go-permille.example/c/{s}",
    "https://go.permille.example@evil.example/c/{s}",
    "https://go.permille.example:x@evil.example/c/{s}",
    "go.permille.example/d/{s}", "go.permille.example/x/c/{s}", "go.permille.example/c/{s}x",
    "https://go.permille.example/c/{s}-", "https://go.permille.example/c/{s}_", "/c/{s} /join/{p}",
    "go.permille.example/c/ {s}", "go.permille.example/join/{p}", "permille.example/c/{s}",
    "www.go.permille.example/c/{s}", "permille.example/joint/{p}", "permille.example/join?{p}",
    "https://notpermille.example/join/{p}", "evil-permille.example/join/{p}",
    "https://permille.example.ru/join/{p}", "permille.example/join/no-such-publisher",
    "permille.example/join/{s}", "go.permille.example/c/{p}", "go.permille.example/c/{S}",
    "https://aliexpress.com.evil.example/x?af={s}", "https://myaliexpress.com/?af={s}",
    "https://aliexpress.comx/?af={s}", "https://aliexpress.de/?af={s}", "aliexpress.com af={s}",
    "https://aliexpress.com@evil.example/?af={s}", "https://evil.example/aliexpress.com?af={s}",
    "https://www.aliexpress.com/af={s}/1.html", "https://www.aliexpress.com/item/1.html#af={s}",
    "https://www.aliexpress.com/item/1.html#?x=1&af={s}", "https://aliexpress.ru/?af=no-such-{s}",
    "https://www.aliexpress.com/1.html?x=1 af={s}", "https://www.aliexpress.com/1.html?a=1&b={s}",
    "{s} of {p}", "https://www.aliexpress.com/item/4000000007.html, same seller", "Good quality.",
]  # fmt: skip
CONTESTED = [
    "https://evil.example/?u=https://go.permille.example/c/{s}", "//go.permille.example/c/{s}",
    "https://go.permille.example:443/c/{s}", "https://me@go.permille.example/c/{s}",
    "https://go.permille.example/C/{s}", "https://aliexpress.com/?AF={s}",
    "https://aliexpress.com/?leaf={s}",
]  # fmt: skip


def spelled(rng: random.Random, instant: datetime) -> str:
    """Write an instant in one of the spellings ISO-8601 allows."""
    offset = rng.choice([None, 0, 180, 180, -420, 330])
    if offset is None:
        return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return instant.astimezone(timezone(timedelta(minutes=offset))).isoformat()


def wall(instant: datetime) -> tuple[str, datetime]:
    """Return the merchant's wall time, and the instant that it is read as (the first of two)."""
    local = instant.astimezone(LOS_ANGELES)
    return local.strftime("%Y-%m-%d %H:%M:%S"), local.replace(fold=0).astimezone(UTC)


@dataclass
class Maker:
    """Collects the records of one world."""

    rng: random.Random
    unit: str
    contested: bool
    tables: dict[str, list[Record]] = field(default_factory=lambda: {n: [] for n in HEADERS})
    product_edges: dict[str, list[datetime]] = field(default_factory=dict)
    source_edges: dict[str, list[datetime]] = field(default_factory=dict)
    rows: list[Fields] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, table: str, *values: str) -> None:
        """Add a record, in the order of its header."""
        cells = zip(words(HEADERS[table]), values + ("",) * 11, strict=False)
        self.tables[table].append(dict(cells))

    def moment(self) -> datetime:
        """Draw a whole second of the programme's life, often the edge of a rulebook."""
        if self.rng.random() < 0.15:
            return self.rng.choice(RULEBOOKS[1:])
        start = self.rng.choice([EPOCH, RULEBOOKS[2]])
        days = 810 - (start - EPOCH).days
        return start + timedelta(seconds=self.rng.randrange(days * 86400))

    def periods(self) -> list[Period]:
        """Draw the periods of something dated: open, bounded, or two with a gap."""
        first, second, third = sorted(self.moment() + i * DAY for i in range(3))
        drawn: list[list[Period]] = [[(None, None)], [(first, None)], [(None, second)]]
        drawn += [[(first, second)], [(first, second), (third, None)]]
        drawn += [[(first, second), (second, third)]]
        return self.rng.choice(drawn)

    def dates(self, period: Period) -> tuple[str, str]:
        """Write a period, empty where it is open."""
        start, end = (spelled(self.rng, edge) if edge else "" for edge in period)
        return start, end

    def new_id(self) -> str:
        """Draw an id nobody has: of any length, sometimes with a leading zero."""
        rng = self.rng
        while True:
            length = rng.choice([3, 5, 9, 15, 15, 16, 18, 19, 25])
            text = str(rng.randrange(10 ** (length - 1), 10**length))
            if self.ids and rng.random() < 0.03:
                text = "0" + rng.choice(sorted(self.ids))
            if text not in self.ids:
                self.ids.add(text)
                return text


def codes(rng: random.Random, stem: str, count: int) -> list[str]:
    """Invent codes: mixed case, `-` and `_`, twins by case, and codes that begin another."""
    found: list[str] = []
    while len(found) < count:
        n = len(found)
        code = rng.choice([f"{stem}-{n}", f"{stem.upper()}_{n}", f"{stem}{n}-x_Y", f"_{stem}{n}"])
        if found and rng.random() < 0.2:
            code = rng.choice([found[-1].swapcase(), found[-1] + "-", found[-1] + "_2"])
        if code not in found:
            found.append(code)
    return found


def make_publishers(maker: Maker, count: int) -> None:
    """Write publishers, their referral chains, sources, approvals and agreements."""
    rng = maker.rng
    known = codes(rng, "pub", count)
    source_codes = iter(codes(rng, "src", 3 * count))
    for n, code in enumerate(known):
        registered = datetime(2018, 7, 1, tzinfo=UTC) + timedelta(minutes=7 * n)
        referrer = known[n - 1] if 0 < n < 6 else rng.choice(["", *known[:n]]) if n else ""
        who = (f"p{n}@example.net", f'Name "{n}", Ltd', rng.choice(ELEVEN), "en")
        maker.add("publishers", code, *who, spelled(rng, registered), referrer)
        for k in range(rng.randint(1, 3)):
            source = next(source_codes)
            usual = rng.choice(["content_site", "cashback", "dropshipping"])
            kind = KINDS[(3 * n + k) % 26] if rng.random() < 0.6 else usual
            late = rng.random() < 0.1
            approved = maker.moment() if late else EARLY
            text = spelled(rng, approved) if rng.random() < 0.95 else ""
            url = f"https://site{n}-{k}.example.org/"
            maker.add("sources", source, code, kind, f"Source {n}-{k}", url, text)
            edges = maker.source_edges.setdefault(source, [approved] * late)
            if kind in FORBIDDEN and rng.random() < 0.75:
                agree(maker, code, kind, edges)


def agree(maker: Maker, publisher: str, kind: str, edges: list[datetime]) -> None:
    """Write an agreement, once for a publisher and a traffic type."""
    if [publisher, kind] in [list(old.values())[:2] for old in maker.tables["agreements"]]:
        return
    for period in maker.periods():
        maker.add("agreements", publisher, kind, *maker.dates(period), "agreed")
        edges += [edge for edge in period if edge]


def make_stores(maker: Maker) -> dict[str, list[datetime]]:
    """Write stores of every kind, dated ones too, and the brand list; return their edges."""
    rng, edges = maker.rng, {}
    plain = ("CN", "Y", "")
    odd = [("RU", "Y", ""), ("US", "Y", ""), ("CN", "Y", "mall_ru"), ("RU", "Y", "mall_ru")]
    odd += [("CN", "N", ""), ("RU", "N", "mall_ru")]
    for n in range(44):
        store, name = f"{rng.choice('ST')}{n:03d}", f"Store {n}"
        marks = [plain] if n < 20 else [odd[n % len(odd)]]
        cuts: list[datetime] = []
        if n >= 32:  # dated: two or three versions one after the other
            cuts = sorted({maker.moment() for _ in range(rng.randint(1, 2))})
            marks = [rng.choice([plain, *odd]) for _ in range(len(cuts) + 1)]
        for mark, period in zip(marks, pairwise([None, *cuts, None]), strict=True):
            if maker.contested and cuts and period[1] is None and rng.random() < 0.3:
                continue  # no version in force any more
            maker.add("stores", store, name, *mark, *maker.dates(period))
        edges[store] = cuts
        if n % 3 == 0:
            start = rng.choice([RULEBOOKS[1], None])
            listed = maker.periods() if rng.random() < 0.5 else [(start, None)]
            for period in listed:
                maker.add("brand_stores", store, name, *maker.dates(period))
                edges[store] = edges[store] + [edge for edge in period if edge]
    maker.add("brand_stores", "ghost", "A brand that stores.csv does not list", "", "")
    return edges


def make_catalogue(maker: Maker) -> None:
    """Write categories, products and rulings; some stores stay without a product."""
    rng = maker.rng
    edges = make_stores(maker)
    for n in range(24):
        group = words("other electronics home_and_apparel special")[3 if n % 12 == 5 else n % 3]
        maker.add("categories", str(100 + n), f"Category {n}", group)
    listed = [c["category_id"] for c in maker.tables["categories"]]
    for n in range(120):
        store = rng.choice([*list(edges)[:20] * 2, *list(edges)[20:-2], "ghost", "unlisted", ""])
        product = str(4000000000 + 7 * n)
        title = f'Product {n}, "new"' if n % 5 == 0 else f"\u0422\u043e\u0432\u0430\u0440 {n}"
        quote = rng.choice([("", "", ""), ("Y", "7.00", "30.00"), ("N", "", "")])
        maker.add("products", product, store, rng.choice(listed), title, *quote)
        maker.product_edges[product] = list(edges.get(store, []))
        if n % 20 == 0:
            ruled = maker.moment()
            maker.add("virtual_products", product, spelled(rng, ruled), "gift card")
            maker.product_edges[product].append(ruled)
    maker.add("virtual_products", "777777", spelled(rng, RULEBOOKS[2]), "not in products.csv")
    maker.product_edges |= {"777777": [RULEBOOKS[2]], "888888": []}


def when(maker: Maker, source: str, product: str) -> tuple[datetime, datetime | None]:
    """Draw the moment of an order and of its click, at something's edge where it can be."""
    rng, near = maker.rng, maker.rng.choice(NEAR)
    placed = maker.moment() + near
    before = placed - timedelta(seconds=rng.randrange(2 * 86400))
    scene = rng.choice(words("plain plain rulebook product product source cookie after fold"))
    edges = (maker.product_edges[product], maker.source_edges[source])[scene == "source"]
    if scene == "rulebook":
        placed = rng.choice(RULEBOOKS) + near
        before = placed - timedelta(seconds=rng.randrange(2 * 86400))
    elif scene in ("product", "source") and edges:
        at = rng.choice(edges) + near
        if scene == "product":
            return at, rng.choice([None, at - DAY])
        # With a click, its moment decides about the source; without one, the order's.
        return rng.choice([(at + rng.choice([timedelta(0), SECOND, DAY]), at), (at, None)])
    elif scene == "cookie":
        length = timedelta(days=rng.choice([3, 3, 14]))
        return placed, placed - length + near
    elif scene == "after":
        return placed, placed + rng.choice([timedelta(0), SECOND, timedelta(microseconds=500_000)])
    elif scene == "fold":
        twice = f"{rng.choice(FOLDS)} 01:{rng.choice(['00', '30', '59'])}:00"
        placed = datetime.fromisoformat(twice).replace(tzinfo=LOS_ANGELES).astimezone(UTC)
        apart = rng.choice([timedelta(0), SECOND, timedelta(minutes=30), -3 * DAY])
        return placed, rng.choice([None, placed + apart + near])
    return placed, rng.choice([None, before, before])


def click(maker: Maker, source: str, clicked: datetime, product: str) -> str:
    """Write a click, mostly straight to the product, and return its id."""
    rng = maker.rng
    others = list(maker.product_edges)
    landing = rng.choice([product, product, product, "", rng.choice(others)])
    click_id = f"{rng.choice('kK')}{len(maker.tables['clicks']):08d}"
    maker.add("clicks", click_id, source, spelled(rng, clicked), landing, "document", "", "a")
    return click_id


def evidence(maker: Maker, source: str, click_id: str) -> Fields:
    """Write tracking_id and the parameters, in every way they come."""
    rng = maker.rng
    other = rng.choice(maker.tables["sources"])["code"]
    clicks = maker.tables["clicks"]
    stranger = rng.choice(clicks)["click_id"] if clicks else "k-none"
    dp: object = rng.choice([click_id] * 12 + [stranger, "no-such-click", None])
    af: object = rng.choice([source] * 12 + ["no-such", "", None, 12345, source.swapcase()])
    content = {"af": af, "dp": dp, "sub1": "a&b"}
    content = {k: v for k, v in content.items() if v or rng.random() < 0.3}
    text = json.dumps(content, separators=rng.choice([(", ", ": "), (",", ":")]))
    if rng.random() < 0.05:
        text = text.replace("s", "\\u0073")  # the same JSON, spelled otherwise
    tracking = rng.choice([source] * 8 + [other, "nobody", ""])
    name = rng.choice(["custom_parameters"] * 4 + ["customer_parameters"])
    if rng.random() < 0.05:
        return {"tracking_id": tracking, "custom_parameters": text, "customer_parameters": text}
    return {"tracking_id": tracking, name: text if content else rng.choice(["{}", "", None])}


def amount(maker: Maker, cents: int | None) -> object:
    """Write an amount in the feed's unit, as a text or as a bare number."""
    rng = maker.rng
    if cents is None:
        return rng.choice(["", None])
    cents = min(cents, 10**12)  # the greatest amount that can be read
    text = str(cents)
    if maker.unit == "units":
        text = f"{cents // 100}.{cents % 100:02d}"
        text = rng.choice([text, text.removesuffix("0"), text.removesuffix(".00")])
    if rng.random() < 0.05:
        return "00" + text
    return Raw(text) if rng.random() < 0.2 else text


def history(maker: Maker, base: Fields, cents: int, rewrites: bool) -> None:
    """Write the rows of one sub-order: its way to its last status, and what came twice."""
    rng = maker.rng
    last = rng.choices(range(4), [25, 25, 38, 12])[0]
    for step in [s for s in range(last) if rng.random() < 0.4] + [last]:
        again = rng.random() < 0.12 if rewrites else False
        for turn in range(1 + again):
            row = dict(base, order_status=STATUSES[step])
            paid = cents if step == last else max(0, cents + rng.randint(-50, 50))
            finished = rng.choice([paid, paid, paid // 2, 0, None]) if step or turn else None
            if rng.random() < 0.1:
                finished = paid + 7 + turn
            row["paid_amount"] = amount(maker, paid)
            row["finished_amount"] = amount(maker, finished)
            often = 1 if step == 3 else 9
            row["effect_detail_status"] = rng.choice([""] * often + ["FullRefund", "Antispam"])
            row["cancel_reason"] = rng.choice(["", None] * often + ["coupon"])
            row["dispute"] = rng.choice(["", "N", None] * 12 + ["Y"])
            row["assistant_plugin"] = rng.choice(["", "N", None] * 15 + ["Y"])
            if maker.contested and rng.random() < 0.1:
                row["created_time"] = wall(maker.moment())[0]
            maker.rows.append(row)
            if rng.random() < 0.05:
                maker.rows.append(dict(row))


def line(maker: Maker, order_id: str, proof: Fields, product: str, text: str) -> Fields:
    """Write what all rows of one sub-order share."""
    rng = maker.rng
    listed = {p["product_id"]: p["category_id"] for p in maker.tables["products"]}
    own = listed.get(product, "103")
    other = str(100 + rng.randrange(24))
    category: object = rng.choice([own, own, own, other, "999999", Raw(own), ""])
    sub = maker.new_id()
    bare = rng.random() < 0.85
    return {
        "order_id": Raw(order_id) if bare and order_id[0] != "0" else order_id,
        "sub_order_id": Raw(sub) if bare and sub[0] != "0" else sub,
        **proof,
        "created_time": text,
        "paid_time": text,
        "commission_rate": rng.choice(RATES),
        "estimated_paid_commission": rng.choice(["", "12", "unknown", Raw("-3"), None]),
        "is_new_buyer": rng.choice("YN"),
        "is_hot_product": rng.choice("YN"),
        "is_affiliate_product": rng.choice("YYN"),
        "settled_currency": "USD",
        "ship_to_country": rng.choice(rng.choice([ELEVEN, ELSEWHERE])),
        "category_id": category,
        "product_id": Raw(product) if rng.random() < 0.2 else product,
        "product_title": rng.choice(["Dress", 'a "quoted", one', "two\nlines", "\u2028\u0085 odd"]),
        "product_count": Raw("1"),
        "order_type": "global",
        "order_platform": "affiliate_platform",
    }


def make_order(maker: Maker, rewrites: bool) -> None:
    """Write one order: one line mostly, or many, alike or as different as they can be."""
    rng = maker.rng
    sources = [s["code"] for s in maker.tables["sources"]]
    source, product = rng.choice(sources), rng.choice(list(maker.product_edges))
    placed, clicked = when(maker, source, product)
    placed = wall(placed)[1]
    dp = click(maker, source, clicked, product) if clicked else ""
    order_id, shape = maker.new_id(), rng.choice(["one", "one", "one", "equal", "mixed", "mixed"])
    sizes = rng.choice([(0, 30), (30, 9000), (9000, 70000), (54000, 56500), (10**12 - 3, 10**12)])
    common = rng.choice([5500, 20000, 33333, 54999, 77777])
    sources_here = [source, rng.choice(sources)] if rng.random() < 0.25 else [source]
    same = {"commission_rate": rng.choice(["7.00%", "33.33%", "0.80%"]), "category_id": "103"}
    for _ in range(1 if shape == "one" else rng.randint(2, 9)):
        proof = evidence(maker, rng.choice(sources_here), dp)
        row = line(maker, order_id, proof, product, wall(placed)[0])
        cents = rng.randint(*sizes)
        if shape == "equal":  # equal parts over the cap: ties in the fractions cut off
            row |= {"is_affiliate_product": "Y", "ship_to_country": "RU", **same}
            cents = common if rng.random() < 0.8 else 2 * common
        elif shape == "mixed":
            row["product_id"] = rng.choice([product, *maker.product_edges])
            if rng.random() < 0.3:  # its lines lie on both sides of a rulebook's start
                row["created_time"] = wall(rng.choice(RULEBOOKS) + rng.choice(NEAR))[0]
        history(maker, row, cents, rewrites)


def spoil(maker: Maker, count: int) -> None:
    """Add rows that cannot be read: of known sub-orders (as if further on), and of new ones."""
    rng = maker.rng
    table: dict[str, list[object]] = dict(BAD_WORDS)
    for name in ("created_time", "paid_time", "finished_time", "completed_settlement_time"):
        table[name] = BAD_TIMES + (["", "2199-01-01 00:00:00"] if name == "created_time" else [])
    over: list[object] = ["1000000000001", "10.50", Raw("10.5")]
    over = over if maker.unit == "cents" else ["10000000000.01", "10.555", Raw("10.500")]
    table["finished_amount"] = BAD_AMOUNTS + over
    table["paid_amount"] = BAD_AMOUNTS + over + ["", None]
    table["sub_order_id"] = table["order_id"] = BAD_IDS
    pairs = [(name, value) for name, values in table.items() for value in values]
    rng.shuffle(pairs)
    for name, value in pairs[:count]:
        row = dict(rng.choice(maker.rows), order_status="Invalid", paid_amount="1")
        if rng.random() < 0.5:
            row["sub_order_id"] = maker.new_id()
        row.pop("customer_parameters", None)
        maker.rows.append(row | {name: value})
    row = dict(rng.choice(maker.rows), order_status="Invalid", custom_parameters='{"af": "a"}')
    maker.rows.append(row | {"customer_parameters": '{"af": "b"}'})


def make_reviews(maker: Maker, until: datetime) -> list[Record]:
    """Write review texts: some that name a few publishers, and many that only seem to."""
    rng = maker.rng
    sources = maker.tables["sources"]
    everyone = [publisher["code"] for publisher in maker.tables["publishers"]]
    guilty = [everyone[2 % len(everyone)], *rng.sample(everyone, min(3, len(everyone)))]
    texts = [(rng.choice(NAMED_BY_SOURCE + NAMED_BY_CODE), who, False) for who in guilty]
    texts += [(" and ".join(rng.sample(NAMED_BY_SOURCE, 2)), guilty[0], False)]
    texts += [(text, rng.choice(everyone), False) for text in NEAR_MISSES]
    texts += [(rng.choice(NAMED_BY_SOURCE), rng.choice(everyone), True) for _ in range(4)]
    texts += [(text, rng.choice(everyone), False) for text in CONTESTED * maker.contested]
    found = []
    for n, (text, who, late) in enumerate(texts):
        source = rng.choice([s["code"] for s in sources if s["publisher"] == who])
        posted = until + rng.randint(2, 40) * DAY if late else maker.moment()
        filled = text.replace("{s}", source).replace("{S}", source.swapcase()).replace("{p}", who)
        record = {"review_id": f"r{n}", "product_id": "4000000000", "author": f"u{n}"}
        found.append(record | {"posted_at": spelled(rng, posted), "text": filled})
    joined = " + ".join(record["text"] for record in found[:2])  # one text that names two
    found.append(dict(found[0], review_id="r-two", text=joined))
    found.append(dict(found[0]))  # the same review delivered twice
    return rng.sample(found, len(found))


def as_json(row: Fields) -> str:
    """Write a row as one JSON object, raw tokens as they are."""
    dumps = json.JSONEncoder(ensure_ascii=False).encode
    texts = [v.token if isinstance(v, Raw) else dumps(v) for v in row.values()]
    return "{" + ", ".join(f'"{name}": {text}' for name, text in zip(row, texts, strict=True)) + "}"


def as_cells(row: Fields) -> Record:
    """Write a row as the cells of a CSV file."""
    return {k: v.token if isinstance(v, Raw) else str(v or "") for k, v in row.items()}


def write_csv(path: Path, names: tuple[str, ...], rows: list[Record]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_pages(folder: Path, lines: list[str]) -> None:
    """Write the merchant's API pages, 50 orders on each."""
    pages = [lines[start : start + 50] for start in range(0, len(lines), 50)] or [[]]
    for number, page in enumerate(pages, start=1):
        text = PAGE % (number, len(page), len(pages), len(lines), ",\n".join(page))
        (folder / f"orders.page{number}.json").write_text(text, encoding="utf-8", newline="\n")


def write_feed(folder: Path, maker: Maker, broken: list[str], forms: tuple[str, ...]) -> None:
    """Write the feed in its forms; what is no JSON stands in NDJSON alone."""
    lines = [as_json(row) for row in maker.rows]
    spots = {maker.rng.randrange(len(lines)): text for text in broken} if lines else {}
    text = "".join(
        (f"{spots[n]}\n\n" if n in spots else "") + one + "\n" for n, one in enumerate(lines)
    )
    (folder / "orders.ndjson").write_text(text, encoding="utf-8", newline="\n")
    if "csv" in forms:
        write_csv(folder / "orders.csv", FEED, [as_cells(row) for row in maker.rows])
    if "pages" in forms:
        write_pages(folder, [one for one in lines if ": NaN" not in one])


def write_world(
    folder: Path,
    seed: int,
    publishers: int = 40,
    orders: int = 500,
    *,
    unit: str = "cents",
    rewrites: bool = True,
    unreadable: bool = True,
    contested: bool = False,
    forms: tuple[str, ...] = ("csv", "pages"),
    until: datetime = UNTIL,
) -> Path:
    """Write a world into the folder and return it.

    `rewrites`: differing rows of one status, so that the file's order is a fact (without them rows
    may be shuffled). `unreadable`: rows to park. `forms`: of the feed, beside NDJSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("orders.page*.json"):
        old.unlink()
    maker = Maker(random.Random(f"{seed}/{publishers}/{orders}"), unit, contested)
    make_publishers(maker, publishers)
    make_catalogue(maker)
    for _ in range(orders):
        make_order(maker, rewrites)
    if unreadable:
        spoil(maker, max(20, orders // 5))
    maker.rng.shuffle(maker.rows)
    write_feed(folder, maker, NOT_ROWS if unreadable else [], forms)
    reviews = "".join(as_json(dict(record)) + "\n" for record in make_reviews(maker, until))
    (folder / "reviews.ndjson").write_text(reviews, encoding="utf-8", newline="\n")
    for name, table in maker.tables.items():
        write_csv(folder / f"{name}.csv", words(HEADERS[name]), table)
    return folder
