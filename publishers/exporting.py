"""Commands that write lines of text to a file or to standard output, one by one."""

import contextlib
import json
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction


class LinesCommand(ABC, BaseCommand):
    """Writes what `lines` gives. With --out the file appears when it is complete."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="Write to this file (default: standard output).",
        )

    @abstractmethod
    def lines(self, **options: Any) -> Iterable[str]:
        """The lines, without their ends."""

    def handle(self, *, out: Path | None, **options: Any) -> None:
        with one_view():
            if out is None:
                for line in self.lines(**options):
                    self.stdout.write(line)
            else:
                _write_file(out, self.lines(**options))


@contextlib.contextmanager
def one_view() -> Iterator[None]:
    """A transaction whose queries all see the same moment, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:  # Only a transaction that has asked nothing yet can be given its view.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def ndjson(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One object a line, keys sorted."""
    for row in rows:
        yield json.dumps(row, sort_keys=True)


def _write_file(path: Path, lines: Iterable[str]) -> None:
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        partial.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
