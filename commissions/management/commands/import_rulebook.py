from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from commissions.management.programmes import add_programme_option, programme_named
from commissions.operations.rulebooks import import_rulebook
from commissions.programmes.rows import ProgrammeFileError
from commissions.rulebooks.document import known_to
from commissions.rulebooks.files import LARGEST, read_rulebook_file
from publishers.models import User


class Command(BaseCommand):
    help = "Makes a new draft of a rulebook's file; nothing is published by it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--by",
            metavar="USERNAME",
            help="who of the staff makes the draft (default: the only one there is)",
        )
        add_programme_option(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        programme = programme_named(options["programme"])
        by = somebody_of_staff(options["by"])
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
            book = read_rulebook_file(data, name=path.name, known=known_to(programme))
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.") from error
        except ProgrammeFileError as error:
            raise CommandError(str(error)) from error
        draft = import_rulebook(programme_id=programme.pk, book=book, by=by, at=timezone.now())
        page = reverse("admin:commissions_rulebook_change", args=[draft.pk])
        self.stdout.write(
            f"{path.name}: version {draft.version} of {programme.code} is a draft now: {page}"
        )


def somebody_of_staff(username: str | None) -> User:
    """The person of that name, or the only one. Raises CommandError where that is nobody."""
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("username")
    if username is None:
        found = list(staff[:2])
        if len(found) == 1:
            return found[0]
        raise CommandError("Say who makes the draft: --by USERNAME, somebody of the staff.")
    try:
        return staff.get(username=username)
    except User.DoesNotExist:
        raise CommandError(
            f'Nobody of the staff is called "{username}": give the name that they sign in with.'
        ) from None
