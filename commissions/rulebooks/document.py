"""A rulebook's rows to and from the form that files, the editor and the checks share."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from commissions.engine.conditions import parse_condition
from commissions.engine.rulebook import CookieLife as Life
from commissions.engine.rulebook import Outcome
from commissions.models import CookieLife, NamedSet, Programme, Rule, Rulebook, TrafficStatement
from commissions.programmes.rulebook_reading import Known
from commissions.programmes.shapes import RulebookFile, RuleFile, StatementFile
from publishers.models import TrafficType
from publishers.queries import permissions_at


def known_to(programme: Programme) -> Known:
    """What a rulebook of the programme may refer to."""
    return Known(
        zone=ZoneInfo(programme.time_zone),
        kinds=dict(programme.named_sets.values_list("code", "kind")),
        traffic_types=frozenset(TrafficType.objects.values_list("code", flat=True)),
    )


def document_of(rulebook: Rulebook) -> RulebookFile:
    """A rulebook's rows as values, in four queries.

    Raises ConditionError where a stored condition cannot be read.
    """
    lives = rulebook.cookie_lives.select_related("countries").order_by("position")
    statements = rulebook.traffic.select_related("traffic_type").order_by("traffic_type__code")
    return RulebookFile(
        version=rulebook.version,
        starts_at=rulebook.starts_at,
        title_en=rulebook.title_en,
        title_ru=rulebook.title_ru,
        cap_cents=rulebook.cap_cents,
        referral_bp=rulebook.referral_bp,
        cookie_lives=tuple(
            Life(life.countries.code if life.countries else None, life.days) for life in lives
        ),
        rules=tuple(_rule_file(rule) for rule in rulebook.rules.order_by("position")),
        traffic=tuple(
            StatementFile(one.traffic_type.code, one.permission, one.note_en, one.note_ru)
            for one in statements
        ),
    )


def _rule_file(rule: Rule) -> RuleFile:
    return RuleFile(
        code=rule.code,
        conditions=tuple(parse_condition(condition) for condition in rule.conditions),
        outcome=Outcome(rule.outcome, rule.rate_bp or 0, rule.min_bp or 0, rule.max_bp or 0),
        sentence_en=rule.sentence_en,
        sentence_ru=rule.sentence_ru,
    )


def copied_document(original: Rulebook, starts_at: datetime) -> RulebookFile:
    """What a copy begins with: the original's rows, and a statement on every type of traffic.

    Types the original says nothing of are as they are at the copy's start.
    """
    book = document_of(original)
    stated = {one.traffic_type for one in book.traffic}
    rest = [
        StatementFile(*row)
        for row in permissions_at(original.programme.code, starts_at)
        if row[0] not in stated
    ]
    traffic = sorted((*book.traffic, *rest), key=lambda one: one.traffic_type)
    return replace(book, starts_at=starts_at, traffic=tuple(traffic))


def next_version(programme: Programme) -> int:
    """The number of the programme's next rulebook; the caller holds the programme's row."""
    highest = Rulebook.objects.filter(programme=programme).aggregate(highest=Max("version"))
    return int(highest["highest"] or 0) + 1


def write_rows(rulebook: Rulebook, book: RulebookFile) -> None:
    """Replace the rows of a draft: rules, cookie lives, statements on traffic.

    The rulebook's own columns are the caller's.
    """
    set_ids = dict(
        NamedSet.objects.filter(programme_id=rulebook.programme_id).values_list("code", "id")
    )
    type_ids = dict(TrafficType.objects.values_list("code", "id"))
    rulebook.rules.all().delete()
    rulebook.cookie_lives.all().delete()
    rulebook.traffic.all().delete()
    Rule.objects.bulk_create(
        _rule_row(rulebook, position, rule) for position, rule in enumerate(book.rules, start=1)
    )
    CookieLife.objects.bulk_create(
        CookieLife(
            rulebook=rulebook,
            position=position,
            countries_id=set_ids[life.set_code] if life.set_code else None,
            days=life.days,
        )
        for position, life in enumerate(book.cookie_lives, start=1)
    )
    TrafficStatement.objects.bulk_create(
        TrafficStatement(
            rulebook=rulebook,
            traffic_type_id=type_ids[one.traffic_type],
            permission=one.permission,
            note_en=one.note_en,
            note_ru=one.note_ru,
        )
        for one in book.traffic
    )


def _rule_row(rulebook: Rulebook, position: int, rule: RuleFile) -> Rule:
    fixed, own = rule.outcome.kind == "rate", rule.outcome.kind == "feed_rate"
    return Rule(
        rulebook=rulebook,
        position=position,
        code=rule.code,
        conditions=[condition.as_json() for condition in rule.conditions],
        outcome=rule.outcome.kind,
        rate_bp=rule.outcome.rate_bp if fixed else None,
        min_bp=rule.outcome.min_bp if own else None,
        max_bp=rule.outcome.max_bp if own else None,
        sentence_en=rule.sentence_en,
        sentence_ru=rule.sentence_ru,
    )


def digest(book: RulebookFile) -> str:
    """Of everything that decides lines: two rulebooks of one digest give the same books.

    Titles, sentences and the number of the version are left out; the start is in it.
    """
    decisive = replace(
        book,
        version=0,
        starts_at=_utc(book.starts_at),
        title_en="",
        title_ru="",
        rules=tuple(replace(rule, sentence_en="", sentence_ru="") for rule in book.rules),
        traffic=tuple(replace(one, note_en="", note_ru="") for one in book.traffic),
    )
    return hashlib.sha256(repr(decisive).encode()).hexdigest()


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
