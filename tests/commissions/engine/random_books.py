"""Random rulebooks, references and lines that crowd the boundaries of every dated thing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from commissions.engine.conditions import Condition, InSet, Is
from commissions.engine.facts import LineFacts
from commissions.engine.reference import (
    AgreementRow,
    ApprovalRow,
    ClickRow,
    MemberRow,
    PermissionRow,
    Reference,
    SourceRow,
    StoreRow,
)
from commissions.engine.rulebook import CookieLife, Outcome, Rule, Rulebook

# Few instants, so that periods, clicks and orders meet at their very edges.
EDGES = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=5 * n) for n in range(8)]
SECOND = timedelta(seconds=1)
COUNTRIES = ["RU", "KZ", "US", "DE"]
CATEGORIES = ["100", "200", "300", ""]
PRODUCTS = ["p1", "p2", "p3", "p4", ""]
STORES = ["s1", "s2", "s3"]
TYPES = ["cashback", "content_site", "toolbars_plugins", "adult"]
SETS = {
    "eleven": COUNTRIES, "prc": ["CN", "RU"], "special": CATEGORIES, "brands": STORES,
    "bad_types": TYPES,
}  # fmt: skip
SET_OF_FACT = {
    "country": "eleven", "category": "special", "store": "brands", "traffic_type": "bad_types",
    "seller_country": "prc",
}  # fmt: skip


def near(rng: Random) -> datetime:
    """An edge, or a second to either side of it, or somewhere between."""
    edge = rng.choice(EDGES)
    return edge + rng.choice(
        [SECOND * 0, SECOND * 0, SECOND, -SECOND, timedelta(hours=rng.randint(-60, 60))]
    )


def periods(rng: Random, most: int = 3) -> list[tuple[datetime | None, datetime | None]]:
    """Half-open periods that do not overlap, the outer ends sometimes open."""
    cuts = sorted(rng.sample(EDGES, rng.randint(2, 2 * most)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    found: list[tuple[datetime | None, datetime | None]] = list(pairs)
    if found and rng.random() < 0.4:
        found[0] = (None, found[0][1])
    if found and rng.random() < 0.4:
        found[-1] = (found[-1][0], None)
    return found


def conditions(rng: Random) -> tuple[Condition, ...]:
    flags = ["affiliate", "hot", "direct_link", "virtual", "virtual", "in_programme"]
    made: list[Condition] = []
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
        kind = rng.random()
        if kind < 0.5:
            fact = rng.choice(sorted(SET_OF_FACT))
            made.append(InSet(fact, SET_OF_FACT[fact], negated=rng.random() < 0.3))
        elif kind < 0.9:
            made.append(Is(rng.choice(flags), rng.random() < 0.5))
        else:
            made.append(Is("section", rng.choice(["mall_ru", ""])))
    return tuple(made)


def outcome(rng: Random) -> Outcome:
    kind = rng.choice(["rate", "rate", "feed_rate", "nothing", "untracked"])
    if kind == "rate":
        return Outcome("rate", rate_bp=rng.choice([0, 1, 80, 240, 550, 700, 10_000]))
    if kind == "feed_rate":
        return Outcome("feed_rate", min_bp=rng.choice([0, 80]), max_bp=7_000)
    return Outcome(kind)


def rulebooks(rng: Random) -> list[Rulebook]:
    starts = rng.sample(EDGES, rng.randint(1, 4))
    starts += rng.sample(starts, rng.randint(0, 1))  # a later version of the same start
    books = []
    for number, start in enumerate(starts, start=1):
        rules = tuple(
            Rule(number * 100 + place, f"rule_{place}", conditions(rng), outcome(rng))
            for place in range(rng.randint(1, 7))
        )
        lives = [CookieLife("eleven", rng.choice([1, 14]))] if rng.random() < 0.6 else []
        if rng.random() < 0.8:
            lives.append(CookieLife(None, rng.choice([0, 3])))
        cap = rng.choice([None, 0, 1, 100, 3_850, 3_850])
        books.append(Rulebook(number, number, start, rules, tuple(lives), cap, 500))
    if rng.random() < 0.3:  # one that rules two periods, as around a rulebook that is tried
        books.append(replace(rng.choice(books), version=9, starts_at=rng.choice(EDGES)))
    return books


def reference(rng: Random) -> Reference:
    sources = [SourceRow(n, f"src{n}", rng.randint(1, 3), rng.choice(TYPES)) for n in range(1, 6)]
    clicks = [
        ClickRow(n, f"k{n}", rng.randint(1, 5), near(rng), rng.choice(PRODUCTS))
        for n in range(1, 16)
    ]
    return Reference(
        rulebooks=rulebooks(rng),
        sources=sources,
        approvals=[ApprovalRow(row.id, *span) for row in sources for span in periods(rng)],
        agreements=[
            AgreementRow(owner, kind, *span)
            for owner in (1, 2) for kind in TYPES[2:] for span in periods(rng, 1)
        ],
        permissions=[
            PermissionRow(kind, rng.random() < 0.6, *span)
            for kind in TYPES for span in periods(rng)
        ],
        clicks=clicks,
        products=[(product, rng.choice(STORES)) for product in PRODUCTS[:3]],
        stores=[
            StoreRow(store, rng.choice(["CN", "RU"]), rng.random() < 0.7,
                     rng.choice(["", "", "mall_ru"]), *span)
            for store in STORES[:2] for span in periods(rng)
        ],
        rulings=[(product, rng.choice(EDGES)) for product in PRODUCTS[:4]],
        members=[
            MemberRow(code, value, *span)
            for code, values in SETS.items() for value in values if value and rng.random() < 0.6
            for span in rng.choice([[(None, None)], periods(rng)])
        ],
        blocked=frozenset(rng.sample([1, 2, 3], rng.choice([0, 0, 1]))),
        minimum_age_days=rng.choice([0, 5]),
        aged_at=rng.choice([None, *EDGES]),
    )  # fmt: skip


def amount(rng: Random) -> int:
    return rng.choice([0, 1, 99, 1_999, 12_345, rng.randint(0, 200_000), 10**12])


def line(rng: Random, number: int) -> LineFacts:
    return LineFacts(
        order_id=str(rng.randint(1, max(2, number // 3))),
        sub_order_id=str(number),
        feed_status=rng.choice([1, 2, 3, 3, 3, 4]),
        effect=rng.choice(["", "", "FullRefund", "Antispam"]),
        created_at=near(rng),
        paid_cents=amount(rng),
        finished_cents=rng.choice([None, amount(rng)]),
        feed_rate_bp=rng.choice([None, 0, 79, 80, 700, 7_000, 7_001, 2_000_000_000]),
        country=rng.choice(COUNTRIES),
        tracking_id=rng.choice(["", "src1", "src2", "nobody"]),
        af=rng.choice(["", "src1", "src2", "src3", "src4", "src5", "src5", "nobody"]),
        dp=rng.choice(["", "", *(f"k{n}" for n in range(1, 18))]),
        is_hot=rng.random() < 0.4,
        is_affiliate=rng.random() < 0.6,
        dispute=rng.random() < 0.05,
        cancel_reason=rng.choice(["", "", "coupon"]),
        assistant_plugin=rng.random() < 0.05,
        category_id=rng.choice(CATEGORIES),
        product_id=rng.choice(PRODUCTS),
    )  # fmt: skip
