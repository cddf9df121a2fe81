import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext

from compliance.detectors.domain_names import check_name

# More than any name, and than what is said of one that is too long.
_LONGEST_LINE = 65_536


class Command(BaseCommand):
    help = (
        "Check names of domains and communities against the protected words (F32), offline: one "
        "JSON object a name, in the order given. It reports and does not judge: the exit status is "
        "0 whatever is found; read `verdict` (clear, brand, review)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names",
            nargs="*",
            metavar="NAME",
            help="A domain, address or community name (default: standard input, one each line).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in options["names"] or _lines_of_input():
            report = check_name(name, gettext)
            self.stdout.write(_one_line(report.as_json()))
            self.stdout.flush()


def _lines_of_input() -> Iterator[str]:
    """Lines that hold anything, cut where they are longer than any name."""
    first = True
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and rest:
            rest = sys.stdin.buffer.readline(_LONGEST_LINE)
        name = line.decode("utf-8-sig" if first else "utf-8", "surrogateescape").rstrip("\r\n")
        first = False
        if name.strip():
            yield name


def _one_line(report: dict[str, Any]) -> str:
    line = json.dumps(report, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(report)  # Half a character can only be written as an escape.
    return line
