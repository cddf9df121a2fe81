"""What tests of rulebooks begin with: drafts made from values, asked for, approved."""

from datetime import datetime

from commissions.models import Programme, Rulebook, WhatIf
from commissions.operations.rulebooks import (
    approve_publication,
    ask_publication,
    ask_what_if,
    import_rulebook,
)
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.document import document_of
from commissions.rulebooks.what_if.running import run_what_if
from publishers.models import User


def person(name: str) -> User:
    """Somebody of the staff, made when first asked for."""
    user, _made = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )
    return user


def book_of(programme: Programme, version: int) -> RulebookFile:
    """What a stored rulebook says, to be changed with `dataclasses.replace`."""
    return document_of(Rulebook.objects.get(programme=programme, version=version))


def draft_of(programme: Programme, book: RulebookFile, at: datetime) -> Rulebook:
    """A draft that says this."""
    return import_rulebook(programme_id=programme.pk, book=book, by=person("author"), at=at)


def tried_on_the_past(draft: Rulebook, at: datetime) -> WhatIf:
    """The what-if that publication of a draft asks for: over its whole period."""
    asked = ask_what_if(
        rulebook_id=draft.pk,
        from_at=draft.starts_at,
        to_at=calendar.ends_at(draft),
        by=person("author"),
        at=at,
    )
    return run_what_if(what_if_id=asked.pk)


def asked_for(programme: Programme, book: RulebookFile, at: datetime) -> Rulebook:
    """A rulebook that says this and waits for a second person."""
    draft = draft_of(programme, book, at)
    if draft.starts_at < at:
        tried_on_the_past(draft, at)
    return ask_publication(
        rulebook_id=draft.pk, reason="The merchant changed its rules.", by=person("author"), at=at
    )


def publish(programme: Programme, book: RulebookFile, at: datetime) -> Rulebook:
    """A rulebook that says this, asked for by one and approved by another."""
    asked = asked_for(programme, book, at)
    return approve_publication(rulebook_id=asked.pk, by=person("approver"), at=at)
