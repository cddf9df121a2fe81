"""What a publisher does: adds a source, answers, changes what it says, withdraws.

Every operation takes `publisher_id` and raises NotFound for what is somebody else's; Refused where
something is missing or may not be done now, with a sentence that says what to do.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from compliance.models import Moderation, SourceOwnership
from compliance.moderation.approving import approve_alone, show_as_stated
from compliance.moderation.enums import (
    ModerationCause,
    ModerationMove,
    ModerationState,
    PreflightPart,
)
from compliance.moderation.refusals import NotFound, Refused
from compliance.moderation.rounds import (
    Ground,
    ask_for_page,
    examined,
    keep_material_run,
    locked_round,
    locked_source,
    move,
    note,
    open_round_of,
    opened,
    standing_approval,
)
from compliance.preflight import Examined
from compliance.two_languages import told
from publishers.demands import demands_of
from publishers.models import Publisher, Source, SourceStatement, TrafficType
from publishers.queries import is_blocked
from publishers.source_material import (
    LONGEST_TEXT,
    Material,
    MaterialRefused,
    add_source,
    require_whole,
    state,
    storable,
)

# A page is looked at by its publisher's wish so often, and no oftener.
LOOK_PAUSE = timedelta(minutes=1)
IS_NEW = gettext_noop("The publisher added this source.")
WAS_CHANGED = gettext_noop("The publisher changed what it says of this source.")


def apply_source(
    *, publisher_id: int, traffic_type: str, material: Material, at: datetime, code: str = ""
) -> Moderation:
    """Add a source, check it, and let staff look at it; it earns nothing until it is approved.

    code: of the source, in its links; empty: one is made.
    """
    _require_open_account(publisher_id)
    of_type = TrafficType.objects.filter(code=traffic_type).first()
    found = _examined(publisher_id, of_type, material, at) if of_type else None
    with transaction.atomic():
        try:
            statement = add_source(
                publisher_id=publisher_id,
                traffic_type=traffic_type,
                material=material,
                code=code,
                at=at,
            )
        except MaterialRefused as refused:
            raise Refused(str(refused)) from refused
        source = locked_source(statement.source_id)
        if demands_of(traffic_type).ownable and statement.url:
            give_token(source, at=at)
        return _told(source, statement, found, ModerationCause.NEW, at=at)


def _require_open_account(publisher_id: int) -> None:
    if not Publisher.objects.filter(pk=publisher_id).exists():
        raise NotFound(_("There is no such publisher."))
    if is_blocked(publisher_id):
        raise Refused(_("The account is blocked: its sources are not looked at until it is free."))


def _examined(
    publisher_id: int, of_type: TrafficType, material: Material, at: datetime
) -> Examined:
    """The checks, before anything is locked: a large list takes seconds."""
    try:
        require_whole(material, of_type.code)
    except MaterialRefused as refused:
        raise Refused(str(refused)) from refused
    return examined(publisher_id, of_type, material, at)


def give_token(source: Source, *, at: datetime) -> SourceOwnership:
    """The token with which the source shows whose it is; made once."""
    owned, _new = SourceOwnership.objects.get_or_create(
        source=source, defaults={"token": secrets.token_urlsafe(24), "made_at": at}
    )
    return owned


def _told(
    source: Source,
    statement: SourceStatement,
    found: Examined | None,
    cause: ModerationCause,
    *,
    at: datetime,
    words: str = "",
) -> Moderation:
    """The round in which a new statement is looked at."""
    sentence = told(IS_NEW if cause == ModerationCause.NEW else WAS_CHANGED)
    ground = Ground(cause, f"statement:{statement.pk}", sentence)
    event = opened(
        source, ground, statement=statement, at=at, by_publisher=True, words=_words(words)
    )
    moderation = event.moderation
    if moderation.state == ModerationState.ASKED:
        move(moderation, ModerationState.WAITING, at=at)
    if found is not None:
        keep_material_run(moderation, found, at=at)
    ask_for_page(moderation, at=at)
    approve_alone(moderation, at=at)
    return moderation


def _words(words: str) -> str:
    said = storable(words.strip())
    if len(said) > LONGEST_TEXT:
        raise Refused(
            _("The answer has %(length)s characters; write at most %(most)s.")
            % {"length": len(said), "most": LONGEST_TEXT}
        )
    return said


def change_material(
    *, publisher_id: int, source_id: int, material: Material, at: datetime, words: str = ""
) -> Moderation:
    """Say something else of a source: a round of its own, or part of the one under way.

    The approval that stands goes on, for what was approved, until staff decide.
    """
    source = _own_source(source_id, publisher_id)
    _require_open_account(publisher_id)
    found = _examined(publisher_id, source.traffic_type, material, at)
    with transaction.atomic():
        source = locked_source(source_id, publisher_id=publisher_id)
        latest = source.statements.order_by("-id").first()
        under_way = open_round_of(source)
        statement = state(source, material, at=at)
        if standing_approval(source, at) is None:
            # Nothing approved bears the old name: the new one is shown at once.
            show_as_stated(source, statement)
        if demands_of(source.traffic_type.code).ownable and statement.url:
            give_token(source, at=at)
        first = latest is None and under_way is None
        cause = ModerationCause.NEW if first else ModerationCause.CHANGED
        return _told(source, statement, found, cause, at=at, words=words)


def _own_source(source_id: int, publisher_id: int) -> Source:
    sources = Source.objects.select_related("traffic_type")
    found = sources.filter(pk=source_id, publisher_id=publisher_id).first()
    if found is None:
        raise NotFound(_("There is no such source."))
    return found


@transaction.atomic
def answer(*, publisher_id: int, moderation_id: int, words: str, at: datetime) -> Moderation:
    """Answer what staff asked; the round waits for staff again."""
    moderation = locked_round(moderation_id, publisher_id=publisher_id)
    said = _words(words)
    if not said:
        raise Refused(_("The answer is empty: write what staff asked for."))
    if moderation.state != ModerationState.ASKED:
        raise Refused(_("Nothing was asked in this round: there is nothing to answer."))
    move(moderation, ModerationState.WAITING, at=at)
    note(moderation, ModerationMove.ANSWERED, at=at, by_publisher=True, words=said)
    return moderation


@transaction.atomic
def withdraw(*, publisher_id: int, moderation_id: int, at: datetime) -> Moderation:
    """Take an application or a change back. An approval that stands is left as it is."""
    moderation = locked_round(moderation_id, publisher_id=publisher_id)
    by_rule = moderation.grounds.exclude(
        cause__in=[ModerationCause.NEW, ModerationCause.CHANGED]
    ).exists()
    if by_rule and moderation.is_open:
        raise Refused(
            _("Staff look at this source for a reason of their own: it cannot be withdrawn.")
        )
    move(moderation, ModerationState.WITHDRAWN, at=at)
    note(moderation, ModerationMove.WITHDRAWN, at=at, by_publisher=True)
    return moderation


@transaction.atomic
def check_now(*, publisher_id: int, moderation_id: int, at: datetime) -> Moderation:
    """Let the job look at the page, and for the proof whose it is, without waiting for staff."""
    moderation = locked_round(moderation_id, publisher_id=publisher_id)
    _require_open_account(publisher_id)
    if not moderation.is_open:
        raise Refused(_("This round is decided: change what you say of the source to begin anew."))
    if moderation.statement is None or not moderation.statement.url:
        raise Refused(_("The source has no address to look at."))
    runs = moderation.runs.filter(part=PreflightPart.PAGE, at__gt=at - LOOK_PAUSE)
    if runs.exists():
        raise Refused(_("The page was looked at a moment ago: wait a minute, then ask again."))
    if moderation.page_due_at is None:
        ask_for_page(moderation, at=at)
    return moderation
