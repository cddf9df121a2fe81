import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commissions.enums import ImportState
from commissions.feed import ParkedRow
from commissions.models import FeedImport, Programme
from commissions.operations.feed import abandon_import, import_file, receive_feed, stop_import

BAR = 30
SHOWN = 20  # parked rows named in the summary of a file; the admin lists them all
STOPPED = 130  # as of a program ended by Ctrl-C
STOPPING = b"\nStopping after the batch under way; once more, and it is given up.\n"


class AskedToStop:
    """Whether Ctrl-C or SIGTERM came; a second one interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, *_signal: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        os.write(2, STOPPING)  # a signal may come while stderr itself is being written


@contextmanager
def listening() -> Iterator[AskedToStop]:
    """Listen to both signals while the block runs; only a main thread can."""
    asked = AskedToStop()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {one: signal.signal(one, asked) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


class Command(BaseCommand):
    help = (
        "Take feed files (NDJSON, CSV, or the API's JSON pages) into the books. Ctrl-C stops "
        "between two batches: what is booked stays, and giving the file again goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--programme", default="aliexpress", metavar="CODE")
        parser.add_argument("--amount-unit", choices=["cents", "units"], default="cents")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            programme = Programme.objects.get(code=options["programme"])
        except Programme.DoesNotExist:
            known = ", ".join(Programme.objects.values_list("code", flat=True)) or "none yet"
            raise CommandError(
                f'There is no programme "{options["programme"]}"; known are: {known}.'
            ) from None
        missing = [str(path) for path in options["files"] if not path.is_file()]
        if missing:
            raise CommandError(f"No such file: {', '.join(missing)}. Nothing was read.")
        bad = 0
        with listening() as signals:
            for path in options["files"]:
                if signals.asked:
                    self.stderr.write(f"Stopped before {path.name}: nothing of it was read.")
                    sys.exit(STOPPED)
                bad += self._import(programme, path, options["amount_unit"], signals)
        if bad:
            sys.exit(1)

    def _import(self, programme: Programme, path: Path, unit: str, signals: AskedToStop) -> int:
        """Run one file; returns the rows parked, or 1 where the file was refused.

        Exits where it was stopped: by a signal, or in the admin.
        """
        feed_import = receive_feed(
            programme=programme, name=path.name, amount_unit=unit, by=None, at=timezone.now()
        )
        started = time.monotonic()
        waiting: list[ParkedRow] = []

        def on_batch(row: FeedImport, parked: Sequence[ParkedRow]) -> None:
            waiting.extend(parked[: SHOWN - len(waiting)])
            self._bar(row, time.monotonic() - started)
            if signals.asked:
                stop_import(feed_import_id=row.pk, by=None, at=timezone.now())

        try:
            done = import_file(
                feed_import_id=feed_import.pk, path=path, at=timezone.now(), on_batch=on_batch
            )
        except KeyboardInterrupt:
            done = abandon_import(feed_import_id=feed_import.pk, at=timezone.now())
        if self.stderr.isatty():
            self.stderr.write("\r" + " " * 78 + "\r", ending="")
        if done.state == ImportState.CANCELLED:
            self.stderr.write(
                f"{path.name} was stopped: its first {done.rows_read:,} rows are booked and stay "
                "so, and giving the file again goes on."
            )
            sys.exit(STOPPED)
        if done.state == ImportState.REFUSED:
            self.stderr.write(f"{path.name} was refused: {done.error}")
            return 1
        self._summary(done, time.monotonic() - started)
        self._parked(done, waiting)
        return done.rows_parked

    def _bar(self, row: FeedImport, seconds: float) -> None:
        if not self.stderr.isatty():
            return
        share = row.bytes_done / row.bytes_total if row.bytes_total else 1.0
        full = round(BAR * share)
        left = seconds / share - seconds if share else 0.0
        self.stderr.write(
            f"\r{row.file_name[:20]:20} [{'#' * full}{'.' * (BAR - full)}] {share:4.0%}"
            f"  {row.rows_read:,} rows  {left:.0f} s left ",
            ending="",
        )
        self.stderr.flush()

    def _summary(self, done: FeedImport, seconds: float) -> None:
        speed = f"{done.rows_read / seconds:,.0f} lines a second" if seconds else ""
        self.stdout.write(
            f"{done.file_name}: {done.rows_read:,} rows read - {done.lines_new:,} lines new, "
            f"{done.lines_changed:,} changed, {done.rows_same:,} rows changed nothing, "
            f"{done.rows_stale:,} stale, {done.rows_parked:,} parked ({seconds:.1f} s, {speed})."
        )
        for notice in done.notices:
            self.stdout.write(f"  note: {notice}")

    def _parked(self, done: FeedImport, waiting: Sequence[ParkedRow]) -> None:
        for row in waiting:
            self.stderr.write(f"  {done.file_name}, row {row.row}: {row.reason}")
        rest = done.rows_parked - len(waiting)
        if rest > 0:
            self.stderr.write(f"  and {rest:,} more of {done.file_name}: the admin lists them all.")
