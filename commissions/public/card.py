"""A programme's card: its figures at a glance, from the rules in force (F23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from commissions.enums import RulebookStatus
from commissions.models import ConfirmationTime, Programme, Rule, Rulebook
from commissions.rulebooks.conditions_page import CookieRow, cookie_lives, cookie_rows


@dataclass(frozen=True)
class Card:
    """Rates in basis points, None: no rule gives one; cap in cents, None: an order has no cap."""

    lowest_bp: int | None
    highest_bp: int | None
    referral_bp: int
    cap_cents: int | None
    cookies: tuple[CookieRow, ...]
    confirmation: ConfirmationTime | None


def card_of(programme: Programme, rulebook: Rulebook) -> Card:
    """The card under a rulebook. Three queries at most."""
    prefetch_related_objects([rulebook], "rules", "cookie_lives__countries")
    lowest, highest = bounds(rulebook.rules.all())
    return Card(
        lowest_bp=lowest,
        highest_bp=highest,
        referral_bp=rulebook.referral_bp,
        cap_cents=rulebook.cap_cents,
        cookies=cookie_rows(cookie_lives(rulebook)),
        confirmation=getattr(programme, "confirmation_time", None),
    )


def bounds(rules: Iterable[Rule]) -> tuple[int | None, int | None]:
    """The lowest and the highest rate that rules give, in basis points.

    A rate or a bound of 0 says nothing of what is earned, and is left out.
    """
    given = [bp for rule in rules for bp in (rule.rate_bp, rule.min_bp, rule.max_bp) if bp]
    return min(given, default=None), max(given, default=None)


def cards(programmes: Iterable[Programme], at: datetime) -> list[tuple[Programme, Card | None]]:
    """Programmes with their cards, None where nothing is in force; in three queries for all."""
    listed = list(programmes)
    in_force = {
        book.programme_id: book
        for book in Rulebook.objects.filter(
            programme__in=listed, status=RulebookStatus.PUBLISHED, starts_at__lte=at
        )
        .order_by("programme_id", "-starts_at", "-version")
        .distinct("programme_id")
        .prefetch_related("rules", "cookie_lives__countries")
    }
    return [(one, card_of(one, in_force[one.pk]) if one.pk in in_force else None) for one in listed]
