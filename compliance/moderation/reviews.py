"""Approved sources looked at again: when a rule that binds them changes, or their page does.

What is to be looked at is a function of facts (clauses and permissions with their dates, approvals
and statements), so it does not matter when, or how often, it is asked. A source that came by a
file of the world has no statement, and is looked at again only when staff open a round.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from compliance.conduct import CLAUSES
from compliance.models import Moderation, ModerationGround
from compliance.moderation.enums import OPEN, ModerationCause
from compliance.moderation.letters import tell
from compliance.moderation.pages import Seen, keep_page_run
from compliance.moderation.rounds import (
    Ground,
    ask_for_page,
    locked_source,
    look_again,
    open_round_of,
    opened,
    settle_verdict,
    standing_approval,
)
from compliance.two_languages import Told, told
from publishers.demands import types_with_package
from publishers.models import SourceApproval, SourceStatement, TrafficType
from publishers.permissions import Saying
from publishers.suspensions import known_sayings

# Clauses that bind what an extension does; the others are undated.
OF_EXTENSIONS = ("F3", "F4")
CLAUSE_HOLDS = gettext_noop("A clause came into force on %(day)s: %(sentence)s")
PERMISSION_CHANGED = gettext_noop(
    "What the programme “%(programme)s” says of “%(type)s” changed on %(day)s."
)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class RuleStart:
    """A rule of a type of traffic that begins, or changes, at an instant. `key` names it."""

    key: str
    starts_at: datetime
    traffic_type: str
    sentence: Told


@dataclass(frozen=True)
class Due:
    """A source that was approved, or looked at, before a rule began, and not since."""

    source_id: int
    rule: RuleStart


def rule_starts(until: datetime) -> list[RuleStart]:
    """Every beginning of a rule that binds sources, up to an instant."""
    found = [*_clauses(), *_permissions()]
    return sorted(
        (one for one in found if one.starts_at <= until), key=lambda one: (one.starts_at, one.key)
    )


def _clauses() -> Iterator[RuleStart]:
    for code in OF_EXTENSIONS:
        clause = CLAUSES[code]
        if clause.starts_at is None or clause.starts is None:
            continue
        sentence = told(CLAUSE_HOLDS, day=clause.starts.isoformat(), sentence=told(clause.sentence))
        for traffic_type in sorted(types_with_package()):
            yield RuleStart(f"clause:{code}", clause.starts_at, traffic_type, sentence)


def _permissions() -> Iterator[RuleStart]:
    names = {row.code: Told(row.name_en, row.name_ru) for row in TrafficType.objects.all()}
    for programme, by_type in known_sayings().items():
        for traffic_type, sayings in by_type.items():
            for one in _changed(sayings):
                if one.valid_from is None:
                    continue
                sentence = told(
                    PERMISSION_CHANGED,
                    programme=programme,
                    type=names.get(traffic_type, traffic_type),
                    day=one.valid_from.date().isoformat(),
                )
                key = f"traffic:{programme}:{traffic_type}:{one.valid_from.isoformat()}"
                yield RuleStart(key, one.valid_from, traffic_type, sentence)


def _changed(sayings: list[Saying]) -> Iterator[Saying]:
    """Those that say something else than what was said just before."""
    before: Saying | None = None
    for one in sayings:
        adjacent = before is not None and before.valid_to == one.valid_from
        if not (adjacent and before is not None and before.says() == one.says()):
            yield one
        before = one


def due_reviews(until: datetime) -> list[Due]:
    """The sources that a rule's beginning by `until` bids to look at again, in order of time.

    Those that were approved before it, and those that are being looked at since before it.
    """
    stated = SourceStatement.objects.filter(source=OuterRef("source"))
    approvals = list(
        SourceApproval.objects.filter(Exists(stated)).values_list(
            "source_id", "source__traffic_type__code", "valid_from", "valid_to"
        )
    )
    under_way = Moderation.objects.filter(state__in=OPEN, statement__isnull=False)
    for source_id, traffic_type, opened_at in under_way.values_list(
        "source_id", "source__traffic_type__code", "opened_at"
    ):
        approvals.append((source_id, traffic_type, opened_at, None))
    if not approvals:
        return []
    seen = set(ModerationGround.objects.values_list("source_id", "key"))
    found: dict[tuple[int, str], Due] = {}
    for rule in rule_starts(until):
        for source_id, traffic_type, start, end in approvals:
            # Suspended by this very rule counts too: it may be agreed on and approved anew.
            held_before = (start is None or start < rule.starts_at) and (
                end is None or end >= rule.starts_at
            )
            named = (source_id, rule.key)
            if traffic_type == rule.traffic_type and held_before and named not in seen:
                found.setdefault(named, Due(source_id, rule))
    return list(found.values())


def review_waits(until: datetime) -> datetime | None:
    """When the first rule began that bids to look at an approved source again."""
    if not Moderation.objects.exists():
        return None
    return min((one.rule.starts_at for one in due_reviews(until)), default=None)


def reopen_for_rules(*, at: datetime) -> list[Moderation]:
    """Look again at every source that a rule in force by `at` binds anew; its publisher is told.

    The approval that stands goes on until staff decide. Twice is the same as once.
    """
    return [_reopen(due, at) for due in due_reviews(at)]


@transaction.atomic
def _reopen(due: Due, at: datetime) -> Moderation:
    source = locked_source(due.source_id)
    statement = source.statements.order_by("-id").first()
    ground = Ground(ModerationCause.RULE, due.rule.key, due.rule.sentence)
    known = Moderation.objects.filter(grounds__source=source, grounds__key=due.rule.key).first()
    if known is not None:  # another run was first
        return known
    event = opened(source, ground, statement=statement, at=at)
    look_again(event.moderation, at=at)
    ask_for_page(event.moderation, at=at)
    tell(event, at=at, ground=due.rule.sentence)
    return event.moderation


@transaction.atomic
def reopen_for_page(
    *, approved: Moderation, key: str, why: Told, seen: Seen, at: datetime
) -> Moderation | None:
    """Look again at an approved source whose page is not what `approved` approved.

    key: names what is told, among all that was told of the source, so that it is told once.
    why: what changed, for staff and publisher. seen: the page, kept with the round.
    None: it was told before, or the source is not approved, and nothing is to be looked at.
    """
    source = locked_source(approved.source_id)
    if standing_approval(source, at) is None:
        return None
    key = f"page:{key}"[:160]
    if ModerationGround.objects.filter(source=source, key=key).exists():
        return None
    statement = approved.statement
    under_way = open_round_of(source)
    event = opened(
        source,
        Ground(ModerationCause.PAGE, key, why),
        statement=None if under_way else statement,
        at=at,
    )
    moderation = event.moderation
    keep_page_run(moderation, statement, seen, at=at)
    if under_way:
        settle_verdict(moderation)
    else:
        look_again(moderation, at=at)
    tell(event, at=at, ground=why)
    return moderation
