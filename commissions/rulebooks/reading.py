"""Rulebooks of the database as the engine reads them."""

from django.db.models import Prefetch

from commissions.engine import rulebook as engine
from commissions.engine.conditions import parse_condition
from commissions.enums import RulebookStatus
from commissions.models import CookieLife, Rule, Rulebook


def engine_rulebook(rulebook: Rulebook) -> engine.Rulebook:
    """One rulebook, draft or published. Raises ConditionError where a condition cannot be read.

    A published one and its rules are numbered as lines name them: by its edition, and by the
    first of that edition's rules that says the same.
    """
    rules = sorted(rulebook.rules.all(), key=lambda rule: rule.position)
    lives = sorted(rulebook.cookie_lives.all(), key=lambda life: life.position)
    return engine.Rulebook(
        id=rulebook.edition_id or rulebook.pk,
        version=rulebook.version,
        starts_at=rulebook.starts_at,
        rules=tuple(_engine_rule(rule) for rule in rules),
        cookie_lives=tuple(
            engine.CookieLife(life.countries.code if life.countries else None, life.days)
            for life in lives
        ),
        cap_cents=rulebook.cap_cents,
        referral_bp=rulebook.referral_bp,
    )


def _engine_rule(rule: Rule) -> engine.Rule:
    outcome = engine.Outcome(rule.outcome, rule.rate_bp or 0, rule.min_bp or 0, rule.max_bp or 0)
    conditions = tuple(parse_condition(condition) for condition in rule.conditions)
    return engine.Rule(rule.decided_as_id or rule.pk, rule.code, conditions, outcome)


def published_rulebooks(programme_id: int) -> tuple[engine.Rulebook, ...]:
    """The published rulebooks of a programme by start and version, in three queries."""
    rules = Prefetch("rules", queryset=Rule.objects.order_by("position"))
    lives = Prefetch(
        "cookie_lives",
        queryset=CookieLife.objects.select_related("countries").order_by("position"),
    )
    published = (
        Rulebook.objects.filter(programme_id=programme_id, status=RulebookStatus.PUBLISHED)
        .order_by("starts_at", "version")
        .prefetch_related(rules, lives)
    )
    return tuple(engine_rulebook(rulebook) for rulebook in published)
