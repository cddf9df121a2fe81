"""What tests of rulebooks begin with: drafts made from values, asked for, approved."""

from datetime import datetime

from commissions.models import Programme, Rulebook
from commissions.operations.rulebooks import (
    approve_publication,
    ask_publication,
    ask_what_if,
    import_rulebook,
)
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.document import document_of
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
