"""Approving: what must hold, the period it opens, and when no person is needed."""

from datetime import datetime

from django.utils.translation import gettext as _

from compliance.detectors.finding import Verdict
from compliance.models import AutoApproval, Moderation, ModerationEvent, PreflightRun
from compliance.moderation.enums import (
    ModerationCause,
    ModerationMove,
    ModerationState,
    PreflightPart,
)
from compliance.moderation.letters import tell
from compliance.moderation.ownership import is_proven
from compliance.moderation.page_watch import watch_page
from compliance.moderation.refusals import Refused
from compliance.moderation.rounds import (
    latest_runs,
    look_again,
    move,
    note,
    require_move,
    standing_approval,
    suspended_approval,
)
from publishers.allowances import may_use
from publishers.demands import demands_of
from publishers.models import (
    Source,
    SourceApproval,
    SourceStatement,
    SourceSuspension,
    User,
)
from publishers.queries import is_blocked


def approve_round(
    moderation: Moderation, *, by: User | None, words: str, at: datetime
) -> ModerationEvent:
    """Approve the source of an open, locked round. Raises Refused where something is against it."""
    source = moderation.source
    require_move(moderation, ModerationState.APPROVED)
    _require_allowed(source, at)
    if by is not None:
        _require_words_for_package(moderation, words, at)
        _require_words_against_checks(moderation, words)
        if suspended_approval(source, at) is not None and not words.strip():
            raise Refused(
                _("A case has suspended this source: say why it is approved all the same.")
            )
    move(moderation, ModerationState.APPROVED, at=at, by=by)
    event = note(moderation, ModerationMove.APPROVED, at=at, by=by, words=words)
    had_approval = standing_approval(source, at) is not None
    if not had_approval:
        _open_period(source, at, automatic=by is None)
    if moderation.statement is not None:
        show_as_stated(source, moderation.statement)
    watch_page(moderation, at=at)
    tell(event, at=at, goes_on=had_approval)
    return event


def _require_allowed(source: Source, at: datetime) -> None:
    if is_blocked(source.publisher_id):
        raise Refused(
            _("The account of %(publisher)s is blocked: decide its case before its sources.")
            % {"publisher": source.publisher.code}
        )
    if not may_use(source.publisher_id, source.traffic_type.code, at):
        raise Refused(
            _(
                "“%(type)s” is not permitted, and no agreement with %(publisher)s is in force: add "
                "the agreement first, with its dates."
            )
            % {"type": source.traffic_type, "publisher": source.publisher.code}
        )


def _is_out_of_date(run: PreflightRun, at: datetime) -> bool:
    """Whether something was found that was not forbidden yet, and is at `at`."""
    found = (finding for report in run.reports for finding in report["findings"])
    days = (finding.get("forbidden_from", "") for finding in found)
    return any(day and datetime.fromisoformat(day) <= at for day in days)


def _require_words_for_package(moderation: Moderation, words: str, at: datetime) -> None:
    """A package to be judged is approved with words; one that breaks a rule, not at all."""
    if not demands_of(moderation.source.traffic_type.code).package:
        return
    runs = [run for run in latest_runs(moderation) if run.part == PreflightPart.MATERIAL]
    if any(_is_out_of_date(run, at) for run in runs):
        look_again(moderation, at=at)
        runs = [run for run in latest_runs(moderation) if run.part == PreflightPart.MATERIAL]
    if moderation.statement is None or not runs:
        raise Refused(_("There is no package that was checked: ask the publisher for it."))
    verdicts = [
        one["verdict"] for run in runs for one in run.reports if one["detector"] == "package"
    ]
    if Verdict.VIOLATION in verdicts:
        raise Refused(
            _("The package breaks a rule: reject it, or ask for a package that keeps to the rules.")
        )
    if Verdict.REVIEW in verdicts and not words.strip():
        raise Refused(
            _("The package has findings to be judged: say why it is approved all the same.")
        )


def _require_words_against_checks(moderation: Moderation, words: str) -> None:
    """Staff may know better than the checks, and write down why."""
    if moderation.verdict in {Verdict.VIOLATION, Verdict.BRAND} and not words.strip():
        raise Refused(
            _("The checks say that a rule is broken: say why it is approved all the same.")
        )


def _open_period(source: Source, at: datetime, *, automatic: bool) -> None:
    """An approval from now on; up to one that begins later, where there is one.

    One that a case suspended ends here: given anew, knowing of the case, it stands.
    """
    suspended = suspended_approval(source, at)
    if suspended is not None:
        suspended.valid_to = at
        suspended.suspended_at = suspended.granted_to = None
        suspended.save()
    later = SourceApproval.objects.filter(source=source, valid_from__gt=at).order_by("valid_from")
    following = later.first()
    SourceApproval.objects.create(
        source=source,
        valid_from=at,
        valid_to=following.valid_from if following else None,
        automatic=automatic,
    )


def show_as_stated(source: Source, statement: SourceStatement) -> None:
    """The source bears the name and address of what is said of it."""
    if (source.title, source.url) != (statement.title, statement.url):
        source.title, source.url = statement.title, statement.url
        source.save(update_fields=["title", "url"])


def approve_alone(moderation: Moderation, *, at: datetime) -> None:
    """Approve without a person, where staff set it so for the type and nothing speaks against it.

    Only what a publisher brought by itself: what staff or a rule opened, what a person asked about
    or rejected, and what a case suspended is for a person. Unless the setting says otherwise, the
    page must have been looked at, and a site shown to be the publisher's.
    """
    source = moderation.source
    of_type = AutoApproval.objects.in_force(at).filter(traffic_type=source.traffic_type)
    setting = of_type.first()
    if setting is None or moderation.state != ModerationState.WAITING:
        return
    if moderation.statement is None or moderation.verdict != Verdict.CLEAR:
        return
    if setting.needs_page and moderation.page_due_at is not None:
        return
    if setting.needs_ownership and not is_proven(source, moderation.statement):
        return
    if _is_for_a_person(moderation, at):
        return
    if is_blocked(source.publisher_id) or not may_use(
        source.publisher_id, source.traffic_type.code, at
    ):
        return
    approve_round(moderation, by=None, words="", at=at)


def _is_for_a_person(moderation: Moderation, at: datetime) -> bool:
    """Whether somebody of the staff has the source in hand, or a case or a rule brought it here."""
    source = moderation.source
    own = (ModerationCause.NEW, ModerationCause.CHANGED)
    if moderation.grounds.exclude(cause__in=own).exists():
        return True
    by_people = ModerationEvent.objects.filter(moderation__source=source, by__isnull=False)
    judged = (ModerationMove.ASKED, ModerationMove.REJECTED, ModerationMove.APPROVED)
    last = by_people.filter(move__in=judged).order_by("-id").values_list("move", flat=True).first()
    if last in {ModerationMove.ASKED, ModerationMove.REJECTED}:
        return True
    suspended = SourceSuspension.objects.filter(source=source, undone_at__isnull=True).exists()
    return suspended and standing_approval(source, at) is None
