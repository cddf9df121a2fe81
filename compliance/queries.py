"""What jobs and screens ask of compliance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from compliance.enums import CaseStatus, PolicyMode
from compliance.kinds import SHIPPED_MODE
from compliance.models import Case, Moderation, ReviewText, ViolationPolicy
from compliance.moderation.enums import ModerationState
from publishers import queries as publishers


def unscanned(at: datetime) -> QuerySet[ReviewText]:
    """Texts posted by `at` that the job has to look at.

    Those it never saw, and those with a code that belonged to nobody then and does now.
    """
    unread = Q(scanned_at__isnull=True)
    return ReviewText.objects.filter(unread | Q(pk__in=named_since()), posted_at__lte=at)


def named_since() -> list[int]:
    """Texts with a code in a link that has been registered since they were scanned."""
    waiting = dict(ReviewText.objects.exclude(unknown_codes=[]).values_list("pk", "unknown_codes"))
    if not waiting:
        return []
    codes = [code.partition(":")[2] for unknown in waiting.values() for code in unknown]
    known = {f"source:{code}" for code in publishers.publisher_by_source(codes)}
    known |= {f"publisher:{code}" for code in publishers.publisher_by_code(codes)}
    return [pk for pk, unknown in waiting.items() if not known.isdisjoint(unknown)]


def may_carry_link() -> Q:
    """Texts that name one of the hosts whose links are looked for: the others cannot carry one.

    Serves only to find out when the job next has something to judge; every text is scanned.
    """
    hosts = (
        *settings.PERMILLE_TRACKING_HOSTS,
        *settings.PERMILLE_SITE_HOSTS,
        *settings.PERMILLE_MERCHANT_DOMAINS,
    )
    named = Q()
    for host in hosts:
        named |= Q(text__icontains=host)
    return named


@dataclass(frozen=True)
class Ruling:
    """What the job does with a case."""

    mode: PolicyMode
    time_to_answer: timedelta = timedelta()


def policy_at(kind: str, at: datetime) -> Ruling:
    """What the job does with a case found at an instant: as staff have set it, else as shipped."""
    row = ViolationPolicy.objects.holding().in_force(at).filter(kind=kind).first()
    if row is None:
        return Ruling(SHIPPED_MODE.get(kind, PolicyMode.PERSON))
    return Ruling(PolicyMode(row.mode), timedelta(days=row.answer_days or 0))


def unanswered() -> QuerySet[Case]:
    """Cases that the job blocks once their time to answer is over."""
    return Case.objects.filter(
        status=CaseStatus.WAITING, blocks_unanswered=True, answered_at__isnull=True
    )


@dataclass(frozen=True)
class Question:
    """What a publisher has to answer: a case, or a source that staff asked back about.

    number: of the case, or of the round; until: when the time to answer ends, None: no such time.
    """

    number: int
    is_case: bool
    asked_about: str
    until: datetime | None


def questions_to(publisher_id: int) -> list[Question]:
    """Cases and rounds in which it is the publisher's turn, the most urgent first. Two queries."""
    cases = Case.objects.filter(
        publisher_id=publisher_id, status=CaseStatus.WAITING, answered_at__isnull=True
    ).order_by(F("answer_until").asc(nulls_last=True), "pk")
    rounds = (
        Moderation.objects.filter(source__publisher_id=publisher_id, state=ModerationState.ASKED)
        .select_related("source")
        .order_by("pk")
    )
    return [
        *(Question(one.pk, True, str(one.get_kind_display()), one.answer_until) for one in cases),
        *(Question(one.pk, False, one.source.title or one.source.code, None) for one in rounds),
    ]


def cases_told_to(publisher_id: int) -> QuerySet[Case]:
    """The cases of a publisher that it has been told of: one just found is staff's alone."""
    return Case.objects.filter(publisher_id=publisher_id).exclude(status=CaseStatus.FOUND)
