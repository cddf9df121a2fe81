import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.bench.chart import NoFigures, as_svg
from config.bench.children import ImportFailed
from config.bench.exactness import Inexact
from config.bench.progress import Progress
from config.bench.results import (
    Results,
    as_figures,
    as_json,
    as_table,
    machine_facts,
    machine_sentence,
)
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
        parser.add_argument("--chart", type=Path, metavar="FILE", help="Draw the figures, as SVG.")
        parser.add_argument(
            "--from", dest="source", type=Path, metavar="FILE",
            help="Measure nothing: draw the figures that an earlier run wrote with --json.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rows"] < FEWEST or options["rounds"] < 1:
            raise CommandError(f"Ask for at least {FEWEST:,} rows and one round.")
        for name in ("json", "chart"):
            if options.get(name) and not options[name].parent.is_dir():
                raise CommandError(f"There is no folder {options[name].parent} for the figures.")
        if options.get("source"):
            self._draw(_figures_of(options["source"]), options.get("chart"))
            return
        try:
            rows = asked_rows(options["only"])
            wanted = Wanted(options["rows"], options["rounds"], measured(rows))
            results, machine = self._measure(wanted)
        except (Inexact, BooksBroken, ImportFailed, NoSuchRow) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_table(results, rows))
        figures = as_figures(results, rows, machine, rounds=options["rounds"])
        if options.get("json"):
            options["json"].write_text(as_json(figures), encoding="utf-8")
        if options.get("chart"):
            self._draw(figures, options["chart"])

    def _draw(self, figures: Any, chart: Path | None) -> None:
        if chart is None:
            raise CommandError("Say with --chart where to draw the figures.")
        try:
            chart.write_text(as_svg(figures), encoding="utf-8")
        except NoFigures as error:
            raise CommandError(str(error)) from error

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
        self.stdout.write(machine_sentence(machine))
        if machine["settings"]["fsync"] != "on":
            self.stdout.write("fsync is off: nothing here says what durable books cost.")


def _figures_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"The figures of {path} cannot be read: {error}") from error
