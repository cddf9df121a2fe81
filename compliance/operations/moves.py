"""What every move of a case has in common: its row held, the table asked, the history written."""

from datetime import datetime

from django.utils.translation import gettext as _

from compliance.enums import TRANSITIONS, CaseStatus, CaseStep
from compliance.models import Case, CaseEvent
from publishers.models import User

LONGEST_TEXT = 20_000  # characters


class WrongMove(Exception):
    """A case cannot go from where it stands to where it was asked to; the message says why."""


class AnotherPersonNeeded(WrongMove):
    """Somebody else has to do it: the same person had a hand in it already."""


class CaseNotFound(Exception):
    """There is no such case, or it is not this publisher's: the one is told like the other."""


def ground_of(case: Case) -> str:
    """How a block or a suspension names the case it rests on."""
    return f"case:{case.pk}"


def held(case_id: int) -> Case:
    """The case, its row held until the transaction ends. Who needs the books takes them before."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("publisher")
    return cases.get(pk=case_id)


def held_of_publisher(case_id: int, publisher_id: int) -> Case:
    """The publisher's own case, held. Raises CaseNotFound."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("publisher")
    case = cases.filter(pk=case_id, publisher_id=publisher_id).first()
    if case is None:
        raise CaseNotFound(_("There is no case %(number)s.") % {"number": case_id})
    return case


def move(case: Case, status: CaseStatus) -> None:
    """Set the next status. Raises WrongMove where the table of transitions has no such move."""
    if status not in TRANSITIONS[CaseStatus(case.status)]:
        raise WrongMove(
            _("Case %(number)s is %(now)s: it cannot become %(then)s from there.")
            % {
                "number": case.pk,
                "now": CaseStatus(case.status).label,
                "then": status.label,
            }
        )
    case.status = status


def note(
    case: Case,
    step: CaseStep,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    from_publisher: bool = False,
) -> CaseEvent:
    """Write into the case's history what happened."""
    return CaseEvent.objects.create(
        case=case, step=step, by=by, at=at, text=text, from_publisher=from_publisher
    )


def said(text: str, needed: str) -> str:
    """Words as they are kept. Raises WrongMove with the sentence `needed` where there are none."""
    words = text.strip()
    if not words:
        raise WrongMove(needed)
    if len(words) > LONGEST_TEXT:
        raise WrongMove(
            _("The text has %(length)s characters: at most %(most)s are kept.")
            % {"length": len(words), "most": LONGEST_TEXT}
        )
    return words
