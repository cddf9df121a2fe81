"""`load_programme [FOLDER...]`: programmes as their files say them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commissions.programme_loading import Loaded, load_programme
from commissions.programmes import shipped_programmes
from commissions.programmes.rows import ProgrammeFileError


class Command(BaseCommand):
    help = "Load programmes from their folders; what is stored already stays as staff have made it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders",
            nargs="*",
            type=Path,
            metavar="FOLDER",
            help="a folder with programme.toml (default: every programme that ships)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        at = timezone.now()
        for folder in options["folders"] or shipped_programmes():
            try:
                loaded = load_programme(folder.resolve(), at=at)
            except ProgrammeFileError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(told(loaded))


def told(loaded: Loaded) -> str:
    """What a load has made, as a line of text."""
    if loaded.nothing:
        return f"{loaded.programme_code}: everything was there, nothing was changed."
    counts = {
        "sets": len(loaded.sets),
        "types of traffic": len(loaded.traffic_types),
        "permissions": len(loaded.permissions),
    }
    made = ["the programme"] if loaded.programme_made else []
    made += [f"{count} {what}" for what, count in counts.items() if count]
    if loaded.rulebook_versions:
        versions = ", ".join(str(version) for version in loaded.rulebook_versions)
        made.append(f"rulebook versions {versions}")
    return f"{loaded.programme_code}: made {', '.join(made)}."
