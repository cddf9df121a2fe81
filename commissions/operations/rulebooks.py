"""A rulebook's way: copied, written, asked for by one person, approved by another, in force."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from commissions.enums import RULEBOOK_TRANSITIONS, RulebookStatus, WhatIfState
from commissions.models import Programme, Rulebook, WhatIf
from commissions.pipeline.locks import lock_books
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.announcing import announce
from commissions.rulebooks.checks import Severity, findings
from commissions.rulebooks.document import (
    copied_document,
    digest,
    document_of,
    next_version,
    write_rows,
)
from commissions.rulebooks.touching import rules_touched
from commissions.rulebooks.traffic import write_permissions
from publishers.models import User

WHAT_IF_KEEPS = timedelta(days=1)


class RulebookRefused(Exception):
    """A rulebook may not go that way now; the message is a sentence for whoever asked."""


@transaction.atomic
def copy_rulebook(*, rulebook_id: int, starts_at: datetime, by: User, at: datetime) -> Rulebook:
    """A new draft that says what another rulebook says, in force from `starts_at`.

    The same start as a published rulebook's makes it a correction: published, it supersedes that.
    """
    original = Rulebook.objects.select_related("programme").get(pk=rulebook_id)
    book = copied_document(original, starts_at)
    return _new_draft(original.programme, book, copied_from=original)


@transaction.atomic
def import_rulebook(*, programme_id: int, book: RulebookFile, by: User, at: datetime) -> Rulebook:
    """A new draft that says what a file says; the file's version number is not kept."""
    programme = Programme.objects.get(pk=programme_id)
    return _new_draft(programme, book, copied_from=None)


def _new_draft(programme: Programme, book: RulebookFile, copied_from: Rulebook | None) -> Rulebook:
    Programme.objects.select_for_update().get(pk=programme.pk)
    draft = Rulebook.objects.create(
        programme=programme,
        version=next_version(programme),
        starts_at=book.starts_at,
        title_en=book.title_en,
        title_ru=book.title_ru,
        cap_cents=book.cap_cents,
        referral_bp=book.referral_bp,
        copied_from=copied_from,
    )
    write_rows(draft, book)
    return draft


@transaction.atomic
def save_draft(*, rulebook_id: int, book: RulebookFile, by: User, at: datetime) -> Rulebook:
    """Write a draft anew, whole. Raises RulebookRefused where it is no draft any more."""
    draft = _locked(rulebook_id)
    if draft.status != RulebookStatus.DRAFT:
        raise RulebookRefused(
            _("This rulebook is not a draft any more, and stays as it is: make a new version.")
        )
    draft.starts_at = book.starts_at
    draft.title_en, draft.title_ru = book.title_en, book.title_ru
    draft.cap_cents, draft.referral_bp = book.cap_cents, book.referral_bp
    draft.save(update_fields=["starts_at", "title_en", "title_ru", "cap_cents", "referral_bp"])
    write_rows(draft, book)
    return draft


@transaction.atomic
def delete_draft(*, rulebook_id: int, by: User, at: datetime) -> None:
    """Throw a draft away, its what-ifs included. Raises RulebookRefused where it is none."""
    draft = _locked(rulebook_id)
    if draft.status != RulebookStatus.DRAFT:
        raise RulebookRefused(_("Only a draft is thrown away."))
    draft.delete()


@transaction.atomic
def ask_publication(*, rulebook_id: int, reason: str, by: User, at: datetime) -> Rulebook:
    """Ask that a draft be published. From now on it is fixed, until the request is taken back.

    reason: why the rules change; needed where the start lies in the past. Raises RulebookRefused
    with what stands in the way.
    """
    draft = _locked(rulebook_id)
    _require_move(draft, RulebookStatus.ASKED)
    draft.reason = reason.strip()
    draft.asked_by, draft.asked_at, draft.refusal = by, at, ""
    _require_publishable(draft, at)
    draft.status = RulebookStatus.ASKED
    draft.save(update_fields=["status", "reason", "asked_by", "asked_at", "refusal"])
    return draft


@transaction.atomic
def take_back_request(*, rulebook_id: int, by: User, at: datetime) -> Rulebook:
    """The one who asked thinks again: a draft as before."""
    return _back_to_draft(rulebook_id, refusal="")


@transaction.atomic
def send_back(*, rulebook_id: int, refusal: str, by: User, at: datetime) -> Rulebook:
    """The second person does not agree, and says why: a draft again."""
    if not refusal.strip():
        raise RulebookRefused(_("Say why it is sent back: whoever wrote it needs to know."))
    return _back_to_draft(rulebook_id, refusal=refusal.strip())


def _back_to_draft(rulebook_id: int, *, refusal: str) -> Rulebook:
    rulebook = _locked(rulebook_id)
    _require_move(rulebook, RulebookStatus.DRAFT)
    rulebook.status, rulebook.refusal = RulebookStatus.DRAFT, refusal
    rulebook.save(update_fields=["status", "refusal"])
    return rulebook


@transaction.atomic
def approve_publication(*, rulebook_id: int, by: User, at: datetime) -> Rulebook:
    """Publish what another person asked for: in the calendar, and announced, at once.

    Its lines are touched in the same transaction, and the re-rating posts what differs. Raises
    RulebookRefused where the same person asked, or something has come to stand in the way.
    """
    programme_id = Rulebook.objects.values_list("programme_id", flat=True).get(pk=rulebook_id)
    lock_books(programme_id)
    rulebook = _locked(rulebook_id)
    _require_move(rulebook, RulebookStatus.PUBLISHED)
    if rulebook.asked_by_id == by.pk:
        raise RulebookRefused(
            _("You asked for this publication yourself: another person has to approve it.")
        )
    _require_publishable(rulebook, at)
    rulebook.status = RulebookStatus.PUBLISHED
    rulebook.approved_by, rulebook.published_at = by, at
    rulebook.rules_touched = rules_touched(rulebook)
    rulebook.save(update_fields=["status", "approved_by", "published_at", "rules_touched"])
    write_permissions(rulebook)
    announce(rulebook, what_if=tried(rulebook, at=at), at=at)
    return rulebook


def take_effect(*, at: datetime) -> list[Rulebook]:
    """Note the published rulebooks whose start has come.

    Their lines were touched when they were published, and `rerate_pending` decides those again.
    """
    due = Rulebook.objects.filter(
        status=RulebookStatus.PUBLISHED, starts_at__lte=at, took_effect_at__isnull=True
    ).order_by("starts_at", "version")
    taken = list(due)
    Rulebook.objects.filter(pk__in=[rulebook.pk for rulebook in taken]).update(took_effect_at=at)
    return taken


@transaction.atomic
def ask_what_if(
    *,
    rulebook_id: int,
    from_at: datetime,
    to_at: datetime | None,
    by: User | None,
    at: datetime,
) -> WhatIf:
    """Ask that a rulebook be tried on the lines placed in `[from_at, to_at)`.

    The row is the work: a task runs it, and a sweep rings again. Raises RulebookRefused.
    """
    rulebook = Rulebook.objects.get(pk=rulebook_id)
    if to_at is not None and to_at <= from_at:
        raise RulebookRefused(_("The period must end after it starts."))
    return WhatIf.objects.create(
        rulebook=rulebook,
        digest=digest(document_of(rulebook)),
        from_at=from_at,
        to_at=to_at,
        asked_by=by,
        asked_at=at,
    )


@transaction.atomic
def stop_what_if(*, what_if_id: int, by: User | None, at: datetime) -> WhatIf:
    """Ask that a what-if be stopped: its run begins no further batch, and keeps no figures.

    One that is queued is over at once. Raises RulebookRefused, changing nothing, where it is over
    already.
    """
    what_if = WhatIf.objects.select_for_update().get(pk=what_if_id)
    if what_if.state not in {WhatIfState.QUEUED, WhatIfState.RUNNING}:
        raise RulebookRefused(
            _("What-if %(number)s is over already, it is “%(state)s”: there is nothing to stop.")
            % {"number": what_if, "state": WhatIfState(what_if.state).label}
        )
    what_if.stop_asked_at = what_if.stop_asked_at or at
    if what_if.state == WhatIfState.QUEUED:
        what_if.state, what_if.finished_at = WhatIfState.CANCELLED, at
    what_if.save(update_fields=["stop_asked_at", "state", "finished_at"])
    return what_if


def _locked(rulebook_id: int) -> Rulebook:
    return (
        Rulebook.objects.select_for_update(of=("self",))
        .select_related("programme")
        .get(pk=rulebook_id)
    )


def _require_move(rulebook: Rulebook, to: RulebookStatus) -> None:
    now = RulebookStatus(rulebook.status)
    if to not in RULEBOOK_TRANSITIONS[now]:
        raise RulebookRefused(
            _("Version %(version)s is “%(now)s”, and cannot become “%(then)s” from there.")
            % {"version": rulebook.version, "now": now.label, "then": to.label}
        )


def _require_publishable(rulebook: Rulebook, at: datetime) -> None:
    """Raise RulebookRefused with everything that stands in the way of a publication at `at`."""
    obstacles = list(_obstacles(rulebook, at))
    if obstacles:
        raise RulebookRefused(" ".join(obstacles))


def _obstacles(rulebook: Rulebook, at: datetime) -> Iterator[str]:
    """Sentences; the same for whoever asks and whoever approves."""
    errors = [one for one in findings(rulebook, at=at) if one.severity == Severity.ERROR]
    yield from (one.text for one in errors)
    if errors or rulebook.starts_at >= at:
        return
    if not rulebook.reason:
        yield _("Its start lies in the past: say why it changes what has been.")
    if not tried(rulebook, at=at):
        yield _(
            "Its start lies in the past: run a what-if over its whole period first, as it is now "
            "and not more than a day ago."
        )


def tried(rulebook: Rulebook, *, at: datetime) -> WhatIf | None:
    """The latest what-if that shows what publishing the rulebook as it is now would do.

    It ran over the whole period the rulebook would rule, asked for within a day before `at`.
    """
    of_rulebook = WhatIf.objects.filter(
        rulebook=rulebook,
        state=WhatIfState.DONE,
        asked_at__gte=at - WHAT_IF_KEEPS,
        digest=digest(document_of(rulebook)),
        from_at=rulebook.starts_at,
        to_at=calendar.ends_at(rulebook),
    )
    return of_rulebook.order_by("-id").first()
