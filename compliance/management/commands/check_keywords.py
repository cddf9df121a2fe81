import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from compliance.detectors.keywords import LARGEST_FILE, UnreadableFile, check_file


class Command(BaseCommand):
    help = (
        "Checks the keywords, negatives, titles and texts of contextual advertising (F26), offline:"
        " one JSON object for each of them, then one for the file as a whole."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                data = opened.read(LARGEST_FILE + 1)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s.") % {"file": file, "reason": error.strerror}
            ) from error
        try:
            for found in check_file(str(file), data, _):
                self.stdout.write(json.dumps(found))
        except UnreadableFile as error:
            raise CommandError(
                _("%(file)s was not checked: %(reason)s")
                % {"file": file, "reason": error.sentence(_)}
            ) from error
