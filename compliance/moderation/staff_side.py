"""What staff do with a round: approve, ask back, reject, look again, write an agreement down.

Raises NotFound, Refused (a sentence says what stands in the way) and WrongMove where somebody
decided meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from compliance.models import Moderation, ModerationEvent
from compliance.moderation.approving import approve_round
from compliance.moderation.enums import ModerationCause, ModerationMove, ModerationState
from compliance.moderation.letters import tell
from compliance.moderation.refusals import Refused, WrongMove
from compliance.moderation.rounds import (
    Ground,
    Reason,
    ask_for_page,
    locked_round,
    locked_source,
    look_again,
    move,
    note,
    opened,
    standing_approval,
)
from compliance.two_languages import told
from publishers.models import Agreement, SourceApproval, User

STAFF_LOOK = gettext_noop("Staff look at this source again.")


@transaction.atomic
def approve(
    *, moderation_id: int, by: User, at: datetime, words: str = "", seen: int | None = None
) -> ModerationEvent:
    """Approve a source from `at` on; an approval that stands goes on.

    Refused where the type is not permitted at that time and no agreement of that publisher is in
    force (F31), where the account is blocked, and for a package that breaks a rule.
    seen: the number of the statement that was looked at (0: none); WrongMove where the publisher
    says something else by now.
    """
    moderation = locked_round(moderation_id)
    if seen is not None and moderation.is_open and seen != (moderation.statement_id or 0):
        raise WrongMove(
            _("The publisher has changed what it says of the source meanwhile: look at it again.")
        )
    return approve_round(moderation, by=by, words=words.strip(), at=at)


@transaction.atomic
def ask_back(*, moderation_id: int, by: User, at: datetime, words: str) -> ModerationEvent:
    """Ask the publisher; the round waits for its answer."""
    moderation = locked_round(moderation_id)
    if not words.strip():
        raise Refused(_("Write what the publisher is to answer or to mend."))
    move(moderation, ModerationState.ASKED, at=at)
    event = note(moderation, ModerationMove.ASKED, at=at, by=by, words=words.strip())
    tell(event, at=at)
    return event


@transaction.atomic
def reject(
    *,
    moderation_id: int,
    by: User,
    at: datetime,
    reasons: Sequence[Reason],
    words: str = "",
    ends_approval: bool = False,
) -> ModerationEvent:
    """Reject with reasons: each has a `rule` and a sentence in `en` and `ru`.

    ends_approval: whether an approval that stands ends at `at`; else it goes on for what was
    approved, and only what was new is rejected.
    """
    moderation = locked_round(moderation_id)
    if not reasons:
        raise Refused(_("Choose at least one reason: the publisher must know the rule."))
    move(moderation, ModerationState.REJECTED, at=at, by=by)
    event = note(
        moderation,
        ModerationMove.REJECTED,
        at=at,
        by=by,
        words=words.strip(),
        reasons=reasons,
    )
    standing = standing_approval(moderation.source, at)
    if standing is not None and ends_approval:
        _end(standing, at)
    tell(event, at=at, ended=standing is not None and ends_approval, goes_on=standing is not None)
    return event


def _end(approval: SourceApproval, at: datetime) -> None:
    """End an approval; one that begins at this very instant never held."""
    if approval.valid_from == at:
        approval.delete()
        return
    approval.valid_to = at
    approval.suspended_at = approval.granted_to = None
    approval.save()


@transaction.atomic
def open_round(*, source_id: int, by: User, at: datetime, words: str) -> Moderation:
    """Look at a source again, for a reason of staff's own (F31: each may be reviewed)."""
    if not words.strip():
        raise Refused(_("Say why the source is looked at again: the publisher is told."))
    source = locked_source(source_id)
    statement = source.statements.order_by("-id").first()
    ground = Ground(ModerationCause.STAFF, f"staff:{at.isoformat()}", told(STAFF_LOOK))
    event = opened(source, ground, statement=statement, at=at, by=by, words=words.strip())
    look_again(event.moderation, at=at)
    ask_for_page(event.moderation, at=at)
    tell(event, at=at, ground=told(STAFF_LOOK))
    return event.moderation


@transaction.atomic
def ask_page_again(*, moderation_id: int, at: datetime) -> Moderation:
    """Let the job look once more at the page, and for the proof whose it is."""
    moderation = locked_round(moderation_id)
    if not moderation.is_open:
        raise Refused(_("The round is decided: open a new one to look again."))
    if moderation.statement is None or not moderation.statement.url:
        raise Refused(_("The source has no address to look at."))
    ask_for_page(moderation, at=at)
    return moderation


@transaction.atomic
def agree(
    *,
    moderation_id: int,
    by: User,
    at: datetime,
    valid_from: datetime,
    valid_to: datetime | None,
    note_of_it: str,
) -> Agreement:
    """Write down a written agreement for the source's publisher and type (F31), dated."""
    moderation = locked_round(moderation_id)
    source = moderation.source
    agreement = Agreement(
        publisher=source.publisher,
        traffic_type=source.traffic_type,
        valid_from=valid_from,
        valid_to=valid_to,
        note=note_of_it.strip(),
    )
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(_("The period must end after it starts."))
    if not agreement.note:
        raise Refused(_("Write what was agreed, and where it is kept."))
    try:
        agreement.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    agreement.save()
    if moderation.is_open:
        note(moderation, ModerationMove.AGREED, at=at, by=by, words=agreement.note)
        look_again(moderation, at=at)
    return agreement
