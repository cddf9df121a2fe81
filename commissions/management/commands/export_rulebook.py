from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError

from commissions.engine.conditions import ConditionError
from commissions.management.programmes import add_programme_option, programme_named
from commissions.rulebooks.document import document_of
from commissions.rulebooks.files import as_toml
from publishers.exporting import LinesCommand


class Command(LinesCommand):
    help = "Writes a rulebook, draft or published, as a file that import_rulebook reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("version", type=int, metavar="VERSION", help="its number, as 4")
        add_programme_option(parser)

    def lines(self, **options: Any) -> Iterable[str]:
        programme = programme_named(options["programme"])
        rulebook = programme.rulebooks.filter(version=options["version"]).first()
        if rulebook is None:
            there = programme.rulebooks.order_by("version").values_list("version", flat=True)
            known = ", ".join(str(version) for version in there) or "none yet"
            raise CommandError(
                f"{programme.code} has no rulebook of version {options['version']}; "
                f"versions are: {known}."
            )
        try:
            book = document_of(rulebook)
        except ConditionError as error:
            raise CommandError(f"Version {rulebook.version} cannot be written: {error}") from error
        text = as_toml(book, programme_code=programme.code, zone=ZoneInfo(programme.time_zone))
        return text.removesuffix("\n").split("\n")
