"""What jobs and screens ask of compliance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from compliance.enums import ADVERSE, CaseStatus, PolicyMode
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


def cases_told(publisher_id: int) -> QuerySet[Case]:
    """Cases that the publisher knows of: asked about or decided. One just found is staff's own."""
    cases = Case.objects.filter(publisher_id=publisher_id).exclude(status=CaseStatus.FOUND)
    return cases.select_related("source").order_by("-found_at", "-id")


def awaits_answer(case: Case) -> bool:
    """Whether the publisher may answer; it may after `answer_until` too, while nobody decided."""
    return case.status == CaseStatus.WAITING


def may_appeal(case: Case, at: datetime) -> bool:
    """Whether the publisher may appeal the decision at an instant."""
    return case.status in ADVERSE and case.appeal_until is not None and at <= case.appeal_until


@dataclass(frozen=True)
class WaitingForPublisher:
    """Something that waits for the publisher's word.

    kind: `source` (staff asked), `answer` (to a case) or `appeal` (a block or a suspension that can
    still be appealed). title: a sentence in the active language. until: the last instant; None: no
    end. url_name, url_args: of its page, for `reverse`.
    """

    kind: str
    title: str
    until: datetime | None
    url_name: str
    url_args: tuple[str | int, ...] = field(default=())


def waiting_for_publisher(publisher_id: int, at: datetime) -> list[WaitingForPublisher]:
    """What waits for the publisher's word, what ends first before the others; two queries."""
    waiting = [*_cases_waiting(publisher_id, at), *_sources_waiting(publisher_id)]
    return sorted(waiting, key=lambda one: (one.until is None, one.until or at))


def _cases_waiting(publisher_id: int, at: datetime) -> Iterator[WaitingForPublisher]:
    appealable = Q(
        status__in=[CaseStatus.BLOCKED, CaseStatus.SOURCE_SUSPENDED], appeal_until__gte=at
    )
    open_cases = cases_told(publisher_id).filter(Q(status=CaseStatus.WAITING) | appealable)
    for case in open_cases:
        values = {"number": case.pk, "kind": case.get_kind_display()}
        if awaits_answer(case):
            title = _("Case %(number)s (%(kind)s): your answer is needed") % values
            kind, until = "answer", case.answer_until
        else:
            title = _("Case %(number)s (%(kind)s): you can appeal") % values
            kind, until = "appeal", case.appeal_until
        yield WaitingForPublisher(kind, title, until, "portal:case", (case.pk,))


def _sources_waiting(publisher_id: int) -> Iterator[WaitingForPublisher]:
    asked = Moderation.objects.filter(
        source__publisher_id=publisher_id, state=ModerationState.ASKED
    ).order_by("since")
    for code, title in asked.values_list("source__code", "source__title"):
        sentence = _("Source “%(title)s”: staff ask you something") % {"title": title}
        yield WaitingForPublisher("source", sentence, None, "portal:source", (code,))
