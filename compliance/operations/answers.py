"""What the publisher says to a case: answers while it waits, and the appeal of its decision.

Another publisher's case is told like one that does not exist.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.enums import CaseStatus, CaseStep
from compliance.models import Case
from compliance.operations.moves import (
    WrongMove,
    held,
    held_of_publisher,
    move,
    note,
    said,
)
from compliance.statements import tell_of_waiting
from publishers.figures import instant
from publishers.models import User


@transaction.atomic
def ask_for_answer(*, case_id: int, until: datetime, by: User, at: datetime) -> Case:
    """Ask the publisher for its answer until an instant; a person decides then."""
    case = held(case_id)
    if until <= at:
        raise WrongMove(_("The time to answer ends before it begins: choose a later day."))
    wait_for_answer(case, until=until, by=by, at=at)
    return case


def wait_for_answer(case: Case, *, until: datetime, by: User | None, at: datetime) -> None:
    """Let a case that is held wait for an answer, and tell the publisher."""
    move(case, CaseStatus.WAITING)
    case.answer_until = until
    case.save()
    note(case, CaseStep.ASKED_FOR_ANSWER, by=by, at=at)
    tell_of_waiting(case, at=at)


@transaction.atomic
def answer(
    *, case_id: int, publisher_id: int, text: str, at: datetime, by: User | None = None
) -> Case:
    """The publisher answers, once or more, while the case waits.

    From the first answer on the job blocks no more by itself: a person weighs what was said.
    by: who writes it down. Raises CaseNotFound, WrongMove.
    """
    case = held_of_publisher(case_id, publisher_id)
    words = said(text, _("The answer is empty: say what there is to say to the case."))
    if case.status != CaseStatus.WAITING:
        raise WrongMove(
            _("Case %(number)s is %(now)s: it waits for no answer.")
            % {"number": case.pk, "now": CaseStatus(case.status).label}
        )
    case.answered_at = at
    case.save(update_fields=["answered_at"])
    note(case, CaseStep.ANSWERED, by=by, at=at, text=words, from_publisher=True)
    return case


@transaction.atomic
def appeal(
    *, case_id: int, publisher_id: int, text: str, at: datetime, by: User | None = None
) -> Case:
    """The publisher appeals a decision; what was decided holds until the appeal is decided.

    by: who writes it down. Raises CaseNotFound, WrongMove: also where the time is over.
    """
    case = held_of_publisher(case_id, publisher_id)
    words = said(text, _("The appeal is empty: say why the decision is wrong."))
    move(case, CaseStatus.APPEALED)
    if case.appeal_until is None or at > case.appeal_until:
        raise WrongMove(
            _("The decision of case %(number)s could be appealed until %(until)s.")
            % {"number": case.pk, "until": instant(case.appeal_until)}
        )
    case.appealed_at = at
    case.save(update_fields=["status", "appealed_at"])
    note(case, CaseStep.APPEALED, by=by, at=at, text=words, from_publisher=True)
    return case
