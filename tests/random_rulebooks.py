"""Random rulebooks that may be published: what ships, mutated, at starts that crowd its edges."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from commissions.engine.rulebook import CookieLife, Outcome
from commissions.models import Programme
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
from tests.oracle.worlds import NEAR, RULEBOOKS, UNTIL
from tests.rulebooks import book_of

# Each of these asks for something of its own, so that none takes all lines of another.
MOVABLE = ("brand_store", "hot_sale", "electronics", "home_and_apparel")
FLIPPED = ("permitted", "forbidden", "by_agreement")


def starts(chance: random.Random, count: int) -> list[datetime]:
    """Distinct starts, most of them near the shipped ones."""
    found: set[datetime] = set()
    while len(found) < count:
        edge = chance.choice(RULEBOOKS) + chance.choice(NEAR)
        far = RULEBOOKS[0] + timedelta(minutes=chance.randrange(60 * 24 * 960))
        start = chance.choice((edge, far, far))
        if start < UNTIL:
            found.add(start)
    drawn = sorted(found)
    chance.shuffle(drawn)
    return drawn


def random_book(chance: random.Random, programme: Programme, start: datetime) -> RulebookFile:
    """One of the shipped rulebooks, changed in a few places, in force from `start`."""
    book = book_of(programme, chance.choice((1, 2, 3, 4)))
    cap = book.cap_cents
    return replace(
        book,
        starts_at=start,
        title_en=f"Drawn for {start:%Y-%m-%d}",
        title_ru=f"На {start:%Y-%m-%d}",
        cap_cents=chance.choice((cap, cap, 1_000, 500, 10_000, None)),
        referral_bp=chance.choice((500, 500, 300, 1_000)),
        cookie_lives=tuple(
            CookieLife(life.set_code, chance.choice((life.days, life.days, 1, 7, 30)))
            for life in book.cookie_lives
        ),
        rules=shuffled(chance, tuple(mutated(chance, rule) for rule in book.rules)),
        traffic=tuple(flipped(chance, one) for one in book.traffic),
    )


def mutated(chance: random.Random, rule: RuleFile) -> RuleFile:
    """The rule, perhaps with another rate."""
    if rule.outcome.kind == "rate" and chance.random() < 0.5:
        return replace(rule, outcome=Outcome("rate", rate_bp=chance.randrange(80, 2_000)))
    if rule.outcome.kind == "feed_rate" and chance.random() < 0.3:
        return replace(rule, outcome=Outcome("rate", rate_bp=chance.randrange(80, 2_000)))
    return rule


def shuffled(chance: random.Random, rules: tuple[RuleFile, ...]) -> tuple[RuleFile, ...]:
    """The rules, those that may change places in another order."""
    movable = [rule for rule in rules if rule.code in MOVABLE]
    chance.shuffle(movable)
    return tuple(movable.pop() if rule.code in MOVABLE else rule for rule in rules)


def flipped(chance: random.Random, one: StatementFile) -> StatementFile:
    """The statement, now and then another permission."""
    if chance.random() < 0.12:
        return replace(one, permission=chance.choice(FLIPPED))
    return one


def corrected(chance: random.Random, book: RulebookFile) -> RulebookFile:
    """A later version of a rulebook's start: most often other rates, or rules in another order."""
    new = replace(book, rules=shuffled(chance, tuple(mutated(chance, rule) for rule in book.rules)))
    if chance.random() < 0.3:
        gone = chance.choice(MOVABLE)
        new = replace(new, rules=tuple(rule for rule in new.rules if rule.code != gone))
    if chance.random() < 0.3:
        new = replace(new, referral_bp=chance.choice((500, 300, 1_000)))
    if chance.random() < 0.2:
        new = replace(new, cap_cents=chance.choice((500, 3_850, None)))
    if chance.random() < 0.2:
        new = replace(new, traffic=tuple(flipped(chance, one) for one in new.traffic))
    return new
