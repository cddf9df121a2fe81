import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.conduct import PROGRAMME_ZONE
from compliance.detectors.extensions import Hosts, NotAPackageError, check_package
from compliance.detectors.extensions.packages import LARGEST_PACKAGE


class Command(BaseCommand):
    help = (
        "Check the package of a browser extension (zip, xpi, crx) against the clauses of conduct "
        "(F3, F4, F35), offline: one JSON object. It reports and does not judge: the exit status "
        "is 0 whatever is found, 1 where the file is no package; read `verdict`."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--at",
            metavar="INSTANT",
            help="by the clauses in force then: ISO-8601 with an offset, 2020-07-06T00:00:00+03:00"
            " (default: now)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        at = _instant(options["at"]) if options["at"] else timezone.now()
        try:
            report = check_package(_read(path), name=path.name, at=at, hosts=_hosts(), say=_say)
        except NotAPackageError as error:
            reason = _say(error.sentence, error.values_of_sentence)
            raise CommandError(f"{path.name}: {reason}") from error
        self.stdout.write(_one_line(report.as_json()))


def _one_line(report: dict[str, Any]) -> str:
    line = json.dumps(report, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(report)  # Half a character can only be written as an escape.
    return line


def _hosts() -> Hosts:
    return Hosts(
        merchant=frozenset(settings.PERMILLE_MERCHANT_DOMAINS),
        tracking=frozenset(settings.PERMILLE_TRACKING_HOSTS),
    )


def _say(sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence in the reader's language."""
    return _(sentence) % values


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PACKAGE + 1)
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be read: %(reason)s")
            % {"file": path.name, "reason": error.strerror or error}
        ) from error


def _instant(text: str) -> datetime:
    """An instant with an offset, or a bare day: its beginning in the programme's zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is not None and instant.tzinfo is None and len(text) == len("2020-07-06"):
        return instant.replace(tzinfo=PROGRAMME_ZONE)
    if instant is None or instant.tzinfo is None:
        raise CommandError(
            _(
                '--at "%(text)s" is not an instant: write ISO-8601 with an offset, such as '
                "2020-07-06T00:00:00+03:00, or a day."
            )
            % {"text": text}
        )
    return instant
