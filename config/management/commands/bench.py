import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.bench.children import ImportFailed
from config.bench.exactness import Inexact
from config.bench.progress import Progress
from config.bench.results import Results, as_json, as_table, machine_facts
from config.bench.rows import NoSuchRow, asked_rows, measured
from config.bench.running import BooksBroken, Wanted, foreseen_seconds, run_bench
from config.bench.scratch import scratch_database

FEWEST = 1_000


class Command(BaseCommand):
    help = "The benchmark: work as ratios to what the database server needs for the bare minimum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, default=1_000_000, metavar="N")
        parser.add_argument("--rounds", type=int, default=5, metavar="R")
        parser.add_argument("--only", default="", metavar="P1,P4", help="These rows alone.")
        parser.add_argument("--json", type=Path, metavar="FILE", help="Write the figures there.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rows"] < FEWEST or options["rounds"] < 1:
            raise CommandError(f"Ask for at least {FEWEST:,} rows and one round.")
        if options.get("json") and not options["json"].parent.is_dir():
            raise CommandError(f"There is no folder {options['json'].parent} for the figures.")
        try:
            rows = asked_rows(options["only"])
            wanted = Wanted(options["rows"], options["rounds"], measured(rows))
            results, machine = self._measure(wanted)
        except (Inexact, BooksBroken, ImportFailed, NoSuchRow) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_table(results, rows))
        if options.get("json"):
            text = as_json(results, rows, machine, rounds=options["rounds"])
            options["json"].write_text(text, encoding="utf-8")

    def _measure(self, wanted: Wanted) -> tuple[Results, dict[str, Any]]:
        progress = Progress(sys.stderr, foreseen_seconds(wanted))
        with (
            tempfile.TemporaryDirectory(prefix="permille-bench-") as folder,
            scratch_database(progress.say),
        ):
            machine = machine_facts()
            self._say_machine(machine)
            return run_bench(wanted, Path(folder), progress), machine

    def _say_machine(self, machine: dict[str, Any]) -> None:
        settings = ", ".join(f"{name} {value}" for name, value in machine["settings"].items())
        self.stdout.write(
            f"PostgreSQL {machine['postgresql']}, {machine['cores']} cores; {settings}."
        )
        if machine["settings"]["fsync"] != "on":
            self.stdout.write("fsync is off: nothing here says what durable books cost.")
