"""What every move of a round has in common: its locks, its grounds, its events, its checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from compliance import preflight
from compliance.models import (
    Moderation,
    ModerationEvent,
    ModerationGround,
    PreflightRun,
    SourceOwnership,
)
from compliance.moderation.enums import (
    MODERATION_TRANSITIONS,
    OPEN,
    ModerationCause,
    ModerationMove,
    ModerationState,
    PreflightPart,
)
from compliance.moderation.refusals import NotFound, Refused, WrongMove
from compliance.preflight import Examined, Unreadable, worst
from compliance.two_languages import Told
from publishers.allowances import may_use
from publishers.models import Source, SourceApproval, SourceStatement, TrafficType, User
from publishers.queries import approved_at
from publishers.source_material import Material, material_of

Reason = dict[str, str]


@dataclass(frozen=True)
class Ground:
    """Why a source is looked at; `key` is one for a source (see ModerationGround)."""

    cause: ModerationCause
    key: str
    sentence: Told


def locked_source(source_id: int, *, publisher_id: int | None = None) -> Source:
    """A source, for this transaction alone; clicks go on coming. Raises NotFound."""
    sources = Source.objects.select_for_update(no_key=True, of=("self",))
    found = sources.select_related("publisher", "traffic_type").filter(pk=source_id).first()
    if found is None or publisher_id not in {None, found.publisher_id}:
        raise NotFound(_("There is no such source."))
    return found


def locked_round(moderation_id: int, *, publisher_id: int | None = None) -> Moderation:
    """A round with its source, both for this transaction alone. Raises NotFound.

    The source is locked first, so that moves of one source follow one another.
    """
    known = Moderation.objects.filter(pk=moderation_id).values_list("source_id", flat=True).first()
    if known is None:
        raise NotFound(_("There is no such round of moderation."))
    source = locked_source(known, publisher_id=publisher_id)
    moderation = Moderation.objects.select_related("statement").get(pk=moderation_id)
    moderation.source = source
    return moderation


def open_round_of(source: Source) -> Moderation | None:
    """The round that is under way, if one is."""
    found = Moderation.objects.filter(source=source, state__in=OPEN).first()
    if found is not None:
        found.source = source
    return found


def opened(
    source: Source,
    ground: Ground,
    *,
    statement: SourceStatement | None,
    at: datetime,
    by: User | None = None,
    by_publisher: bool = False,
    words: str = "",
) -> ModerationEvent:
    """Open a round, or add the ground to the one under way. The source is locked."""
    moderation = open_round_of(source)
    move = ModerationMove.OPENED if moderation is None else ModerationMove.ADDED
    if moderation is None:
        moderation = Moderation.objects.create(
            source=source, statement=statement, opened_at=at, since=at
        )
    elif statement is not None:
        moderation.statement = statement
    ModerationGround.objects.create(
        moderation=moderation,
        source=source,
        cause=ground.cause,
        key=ground.key,
        at=at,
        sentence_en=ground.sentence.english,
        sentence_ru=ground.sentence.russian,
    )
    return note(moderation, move, at=at, by=by, by_publisher=by_publisher, words=words)


def note(
    moderation: Moderation,
    move: ModerationMove,
    *,
    at: datetime,
    by: User | None = None,
    by_publisher: bool = False,
    words: str = "",
    reasons: Sequence[Reason] = (),
) -> ModerationEvent:
    """Write down what happened."""
    return ModerationEvent.objects.create(
        moderation=moderation,
        at=at,
        move=move,
        by=by,
        by_publisher=by_publisher,
        words=words,
        reasons=list(reasons),
    )


def require_move(moderation: Moderation, state: ModerationState) -> None:
    """Raise WrongMove where the table has no such move."""
    before = ModerationState(moderation.state)
    if state not in MODERATION_TRANSITIONS[before]:
        raise WrongMove(_wrong(moderation, before, state))


def move(
    moderation: Moderation, state: ModerationState, *, at: datetime, by: User | None = None
) -> None:
    """Set the next state and save. Raises WrongMove where the table has no such move."""
    require_move(moderation, state)
    moderation.state, moderation.since = state, at
    if state not in OPEN:
        moderation.decided_at, moderation.decided_by, moderation.page_due_at = at, by, None
    moderation.save()


def _wrong(moderation: Moderation, before: ModerationState, state: ModerationState) -> str:
    if before in OPEN:
        return _("Round %(number)s is %(before)s: it cannot become %(after)s from there.") % {
            "number": moderation.pk,
            "before": f"“{before.label}”",
            "after": f"“{state.label}”",
        }
    return _("Round %(number)s is decided already: %(before)s by %(who)s.") % {
        "number": moderation.pk,
        "before": before.label,
        "who": moderation.decided_by or _("nobody of the staff"),
    }


def examined(publisher_id: int, of_type: TrafficType, material: Material, at: datetime) -> Examined:
    """The offline checks. Raises Refused for a file that is none."""
    try:
        return preflight.examine(
            material,
            traffic_type=of_type.code,
            type_name=Told(of_type.name_en, of_type.name_ru),
            may_use=may_use(publisher_id, of_type.code, at),
            at=at,
        )
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable


def keep_material_run(moderation: Moderation, found: Examined, *, at: datetime) -> PreflightRun:
    """Freeze what the offline checks found."""
    run = PreflightRun.objects.create(
        moderation=moderation,
        statement=moderation.statement,
        part=PreflightPart.MATERIAL,
        at=at,
        verdict=found.verdict,
        reports=found.reports,
        sha256=found.sha256,
    )
    settle_verdict(moderation)
    return run


def look_again(moderation: Moderation, *, at: datetime) -> None:
    """Run the offline checks on the round's statement, as the rules are at `at`."""
    if moderation.statement is not None:
        source = moderation.source
        material = material_of(moderation.statement)
        found = examined(source.publisher_id, source.traffic_type, material, at)
        keep_material_run(moderation, found, at=at)


def latest_runs(moderation: Moderation) -> list[PreflightRun]:
    """The latest run of each part that looked at what is said now."""
    runs = PreflightRun.objects.filter(moderation=moderation, statement=moderation.statement)
    latest = {run.part: run for run in runs.defer("page_body").order_by("id")}
    return list(latest.values())


def settle_verdict(moderation: Moderation) -> None:
    """The round's verdict is the worst of its latest runs."""
    moderation.verdict = str(worst(run.verdict for run in latest_runs(moderation)))
    moderation.save()


def ask_for_page(moderation: Moderation, *, at: datetime) -> None:
    """Let the job look at the page, where there is one to look at."""
    statement = moderation.statement
    if statement is not None and statement.url:
        moderation.page_due_at = at
        moderation.save()


def standing_approval(source: Source, at: datetime) -> SourceApproval | None:
    """The approval in force, unless a case's suspension has ended it."""
    return approved_at(at).filter(source=source).first()


def suspended_approval(source: Source, at: datetime) -> SourceApproval | None:
    """The approval that would be in force, had a case's suspension not ended it."""
    given = SourceApproval.objects.in_force(at).filter(source=source)
    return given.exclude(pk__in=approved_at(at)).first()


def ownership_of(source: Source) -> SourceOwnership | None:
    """The token of a source and its proof, if it ever had one."""
    return SourceOwnership.objects.filter(source=source).first()
