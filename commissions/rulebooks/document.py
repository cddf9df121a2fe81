"""A rulebook's rows to and from the form that files, the editor and the checks share."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
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
    """A rulebook's rows as values, in three queries.

    Raises ConditionError where a stored condition cannot be read.
    """
    return documents_of([rulebook])[rulebook.pk]


def documents_of(rulebooks: Iterable[Rulebook]) -> dict[int, RulebookFile]:
    """The rows of several rulebooks as values, by their ids, in three queries for all."""
    books = {book.pk: book for book in rulebooks}
    rules: dict[int, list[RuleFile]] = defaultdict(list)
    lives: dict[int, list[Life]] = defaultdict(list)
    traffic: dict[int, list[StatementFile]] = defaultdict(list)
    for rule in Rule.objects.filter(rulebook__in=books).order_by("position"):
        rules[rule.rulebook_id].append(_rule_file(rule))
    for life in (
        CookieLife.objects.filter(rulebook__in=books)
        .order_by("position")
        .values_list("rulebook_id", "countries__code", "days")
    ):
        lives[life[0]].append(Life(life[1], life[2]))
    for one in TrafficStatement.objects.filter(rulebook__in=books).values_list(
        "rulebook_id", "traffic_type__code", "permission", "note_en", "note_ru"
    ).order_by("traffic_type__code"):  # fmt: skip
        traffic[one[0]].append(StatementFile(*one[1:]))
    return {
        pk: RulebookFile(
            version=book.version,
            starts_at=book.starts_at,
            title_en=book.title_en,
            title_ru=book.title_ru,
            cap_cents=book.cap_cents,
            referral_bp=book.referral_bp,
            cookie_lives=tuple(lives[pk]),
            rules=tuple(rules[pk]),
            traffic=tuple(traffic[pk]),
        )
        for pk, book in books.items()
    }


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
