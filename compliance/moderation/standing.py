"""How each source of a publisher stands, and what its publisher can do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from compliance.models import Moderation, ModerationEvent, SourceOwnership
from compliance.moderation.enums import OPEN, ModerationMove, ModerationState
from compliance.moderation.ownership import host_of, is_provable
from compliance.moderation.rounds import Reason
from publishers.models import Source, SourceApproval, SourceSuspension
from publishers.queries import approved_at

_OF_CASE = "case:"


class Standing(StrEnum):
    """In the order in which its publisher has something to do."""

    ASKED = "asked"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    WAITING = "waiting"
    NOT_APPROVED = "not_approved"
    APPROVED = "approved"


@dataclass(frozen=True)
class SourceStanding:
    """A source (with its type), how it stands and since when, and its latest round.

    approval: in force now; a source with one earns, whatever is under way. words, reasons: of
    staff, what they ask or why they rejected. case_id: of the case that suspended it, None where
    its type was no longer permitted. unproven: it was not shown yet whose it is.
    """

    source: Source
    standing: Standing
    since: datetime | None
    approval: SourceApproval | None
    round: Moderation | None
    words: str
    reasons: Sequence[Reason]
    case_id: int | None
    unproven: bool

    @property
    def is_open(self) -> bool:
        """Whether a round is under way."""
        return self.round is not None and self.round.state in OPEN

    @property
    def may_look(self) -> bool:
        """Whether there is a page that can be looked at without waiting for staff."""
        statement = self.round.statement if self.round is not None else None
        return self.is_open and statement is not None and bool(statement.url)

    @property
    def page_due(self) -> bool:
        """Whether the job is about to look at its page."""
        return self.round is not None and self.round.page_due_at is not None


@dataclass(frozen=True)
class _Known:
    """What is known of several sources, each by its source's id; events by their round's."""

    approvals: Mapping[int, SourceApproval]
    rounds: Mapping[int, Moderation]
    events: Mapping[int, ModerationEvent]
    by_cases: Mapping[int, SourceSuspension]
    by_rules: Mapping[int, SourceApproval]
    hosts: Mapping[int, str]

    def of(self, source: Source) -> SourceStanding:
        latest = self.rounds.get(source.pk)
        event = self.events.get(latest.pk) if latest is not None else None
        standing, since = self._standing(source)
        ground = self.by_cases.get(source.pk)
        statement = latest.statement if latest is not None else None
        url = statement.url if statement is not None else source.url
        return SourceStanding(
            source=source,
            standing=standing,
            since=since,
            approval=self.approvals.get(source.pk),
            round=latest,
            words=event.words if event is not None else "",
            reasons=event.reasons if event is not None else (),
            case_id=_case_of(ground) if standing == Standing.SUSPENDED else None,
            unproven=is_provable(source, url) and self.hosts.get(source.pk) != host_of(url),
        )

    def _standing(self, source: Source) -> tuple[Standing, datetime | None]:
        """A question comes first, then what earns, then why it does not."""
        latest, approval = self.rounds.get(source.pk), self.approvals.get(source.pk)
        case, rule = self.by_cases.get(source.pk), self.by_rules.get(source.pk)
        state = latest.state if latest is not None else ""
        since = latest.since if latest is not None else None
        holds: list[tuple[bool, Standing, datetime | None]] = [
            (state == ModerationState.ASKED, Standing.ASKED, since),
            (approval is not None, Standing.APPROVED, approval.valid_from if approval else None),
            (case is not None, Standing.SUSPENDED, case.suspended_at if case else None),
            (state == ModerationState.WAITING, Standing.WAITING, since),
            (state == ModerationState.REJECTED, Standing.REJECTED, since),
            (rule is not None, Standing.SUSPENDED, rule.suspended_at if rule else None),
            (True, Standing.NOT_APPROVED, since),
        ]
        return next((standing, since) for is_so, standing, since in holds if is_so)


def standings(publisher_id: int, at: datetime, *, code: str = "") -> list[SourceStanding]:
    """Every source of a publisher, or the one with a code; first what its publisher has to do."""
    found = Source.objects.filter(publisher_id=publisher_id).select_related("traffic_type")
    rows = standings_of(list(found.filter(code=code) if code else found), at)
    order = list(Standing)
    return sorted(rows, key=lambda one: (order.index(one.standing), one.source.title))


def standings_of(sources: Sequence[Source], at: datetime) -> list[SourceStanding]:
    """How these sources (with their types) stand, in their order."""
    known = _known([one.pk for one in sources], at)
    return [known.of(source) for source in sources]


def _known(ids: Sequence[int], at: datetime) -> _Known:
    """One question for each kind of row, however many sources there are."""
    of_sources = Moderation.objects.filter(source_id__in=ids).select_related("statement")
    rounds = {
        one.source_id: one for one in of_sources.order_by("source_id", "-id").distinct("source_id")
    }
    told = ModerationEvent.objects.filter(
        moderation__in=[one.pk for one in rounds.values()],
        move__in=[ModerationMove.ASKED, ModerationMove.REJECTED],
    )
    suspensions = SourceSuspension.objects.filter(
        source_id__in=ids, undone_at__isnull=True, suspended_at__lte=at
    )
    by_rules = SourceApproval.objects.filter(
        source_id__in=ids, suspended_at__isnull=False, suspended_at__lte=at
    )
    proven = SourceOwnership.objects.filter(source_id__in=ids, proven_at__isnull=False)
    return _Known(
        approvals={one.source_id: one for one in approved_at(at).filter(source_id__in=ids)},
        rounds=rounds,
        events={one.moderation_id: one for one in told.order_by("id")},
        by_cases={one.source_id: one for one in suspensions.order_by("suspended_at", "id")},
        by_rules={one.source_id: one for one in by_rules.order_by("suspended_at")},
        hosts={one.source_id: one.host for one in proven},
    )


def _case_of(suspension: SourceSuspension | None) -> int | None:
    """The number of the case that it rests on."""
    number = suspension.ground.removeprefix(_OF_CASE) if suspension is not None else ""
    return int(number) if number.isdigit() else None
