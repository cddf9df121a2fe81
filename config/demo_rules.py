"""What the demo does with the rules: a change to come, announced, and a draft tried on the past."""

from dataclasses import replace
from datetime import datetime, timedelta

from commissions.engine.rulebook import Outcome
from commissions.models import Programme, Rulebook
from commissions.operations.rulebooks import (
    approve_publication,
    ask_publication,
    ask_what_if,
    copy_rulebook,
    save_draft,
)
from commissions.pipeline.rerating import rerate_pending
from commissions.programmes.rulebook_reading import midnight
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.document import document_of, known_to
from commissions.rulebooks.what_if.running import run_what_if
from publishers.models import User

NOTICE = timedelta(days=30)
TRIED_FROM = "2020-10-01"
COMING = ("Electronics earn 3 %", "За электронику – 3 %")
TRIED = ("Draft: less for clothing, a higher cap", "Черновик: меньше за одежду, выше предел")


def prepare_rules(programme: Programme, *, author: User, approver: User, at: datetime) -> None:
    """Make both where they are missing: the coming change is published by two, the draft stays."""
    latest = calendar.places(programme)[-1].rulebook
    titles = set(Rulebook.objects.values_list("title_en", flat=True))
    if COMING[0] not in titles:
        _announce_change(programme, latest, author, approver, at)
    if TRIED[0] not in titles:
        _try_draft(programme, latest, author, at)
    rerate_pending(at=at)


def _announce_change(
    programme: Programme, latest: Rulebook, author: User, approver: User, at: datetime
) -> None:
    zone = known_to(programme).zone
    first = (at + NOTICE).astimezone(zone).date().replace(day=1)
    start = midnight((first + timedelta(days=32)).replace(day=1), zone)
    draft = copy_rulebook(rulebook_id=latest.pk, starts_at=start, by=author, at=at)
    book = _titled(_with_rate(document_of(draft), "electronics", 300), COMING)
    save_draft(rulebook_id=draft.pk, book=book, by=author, at=at)
    ask_publication(rulebook_id=draft.pk, reason="The merchant pays more for it.", by=author, at=at)
    approve_publication(rulebook_id=draft.pk, by=approver, at=at)


def _try_draft(programme: Programme, latest: Rulebook, author: User, at: datetime) -> None:
    zone = known_to(programme).zone
    start = midnight(datetime.fromisoformat(TRIED_FROM).date(), zone)
    draft = copy_rulebook(rulebook_id=latest.pk, starts_at=start, by=author, at=at)
    book = _with_rate(document_of(draft), "home_and_apparel", 600)
    book = _titled(replace(book, cap_cents=4_500), TRIED)
    save_draft(rulebook_id=draft.pk, book=book, by=author, at=at)
    asked = ask_what_if(
        rulebook_id=draft.pk,
        from_at=start,
        to_at=calendar.ends_at(Rulebook.objects.get(pk=draft.pk)),
        by=author,
        at=at,
    )
    run_what_if(what_if_id=asked.pk)


def _with_rate(book: RulebookFile, code: str, rate_bp: int) -> RulebookFile:
    return replace(
        book,
        rules=tuple(
            replace(rule, outcome=Outcome("rate", rate_bp=rate_bp)) if rule.code == code else rule
            for rule in book.rules
        ),
    )


def _titled(book: RulebookFile, titles: tuple[str, str]) -> RulebookFile:
    return replace(book, title_en=titles[0], title_ru=titles[1])
