from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.clock import tick
from config.models import JobRun


class Command(BaseCommand):
    help = "Run every scheduled job that has fallen due up to an instant (default: now)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", metavar="INSTANT", help="ISO-8601 with an offset, 2021-06-01T00:00:00Z"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        until = _instant(options["until"]) if options["until"] else timezone.now()
        ticked = tick(until=until, on_run=self._say)
        self.stdout.write(f"{len(ticked.runs)} runs with work up to {until:%Y-%m-%d %H:%M %Z}.")
        if ticked.failed:
            raise CommandError(f"{len(ticked.failed)} runs failed; see above.")

    def _say(self, run: JobRun) -> None:
        what = run.error or ", ".join(f"{name} {value}" for name, value in run.result.items())
        self.stdout.write(f"  {run.due_at:%Y-%m-%d %H:%M}  {run.job:22} {run.state:8} {what}")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CommandError(
            f'--until "{text}" is not an instant: write ISO-8601 with an offset, '
            "such as 2021-06-01T00:00:00Z."
        )
    return instant
