import os
import socket
import sys
import textwrap
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from commissions.models import Programme
from config import demo
from config.demo import MonthDone
from config.demo_figures import amount
from config.demo_login import COLLEAGUE, WEBMASTER, demo_login
from config.demo_rules import prepare_rules
from config.demo_sources import prepare_sources
from config.demo_summary import WIDTH, summary
from config.sample_world.files import months
from config.serving import ADDRESS, serve

BAR = 30


class Command(BaseCommand):
    help = (
        "Shows Permille with a sample world: loads it, runs its calendar month by month, tells "
        "what came of it, and serves the site until Ctrl-C. What is there already is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="End after the summary instead of serving."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address = os.environ.get("PERMILLE_ADDRESS", ADDRESS)
        if not options["no_serve"]:
            _refuse_taken(address)
        try:
            demo.refuse_other_books()
        except demo.OtherBooks as error:
            raise CommandError(str(error)) from error
        login = demo_login(settings.DATA_DIR)
        colleague = demo_login(settings.DATA_DIR, COLLEAGUE)
        if demo.is_complete():
            self.stdout.write("The sample world is here already; nothing is loaded.")
        else:
            self._live(login.user)
        prepare_sources(at=timezone.now())
        prepare_rules(
            Programme.objects.get(code=demo.PROGRAMME), author=colleague.user,
            approver=login.user, at=timezone.now(),
        )  # fmt: skip
        webmaster = demo_login(settings.DATA_DIR, WEBMASTER, demo.telling_publisher())
        for line in summary(address, [login, colleague, webmaster]):
            self.stdout.write(line)
        self.stdout.flush()
        if options["no_serve"]:
            self.stdout.write("\nTo open these pages: make demo")
            return
        connections.close_all()
        self.stdout.write("")
        status = serve(lambda: f"Serving http://{address}/ - Ctrl-C stops everything.")
        if status == 0:
            self.stdout.write("Stopped. The books stay: make demo shows them again.")
        sys.exit(status)

    def _live(self, by: Any) -> None:
        """Load the world and run its calendar, telling how it goes."""
        started = time.monotonic()
        folder = settings.DATA_DIR / "demo"
        self.stdout.write("The sample world: a small affiliate network, and its orders.\n")
        loaded = list(demo.load_network(folder))
        for line in textwrap.wrap(f"Loaded: {', '.join(loaded)}.", WIDTH):
            self.stdout.write(line)
        self.stdout.write(
            "\nNow its calendar runs: month by month, the jobs that fall due and the merchant's "
            "feed.\n"
        )
        self.stdout.write(
            f"{'':9}{'Rows of':>9}{'New':>8}{'Changed':>9}{'':12}{'Earned':>16}{'Referral':>14}\n"
            f"{'Month':9}{'the feed':>9}{'lines':>8}{'lines':>9}{'Unreadable':>12}"
            f"{'so far, USD':>16}{'credit, USD':>14}"
        )
        self._bar(0)
        demo.run_calendar(folder, by=by, on_month=self._month)
        self._bar(None)
        self.stdout.write(f"\nDone in {time.monotonic() - started:.0f} seconds.")

    def _month(self, done: MonthDone) -> None:
        self._bar(None)
        self.stdout.write(
            f"{done.name:9}{done.rows:>9,}{done.new:>8,}{done.changed:>9,}{done.parked:>12,}"
            f"{amount(done.commission_cents):>16}{amount(done.credit_cents):>14}"
        )
        for event in done.events:
            self.stdout.write(f"{'':9}  {event}")
        names = [month.name for month in months()]
        self._bar(names.index(done.name) + 1)

    def _bar(self, lived: int | None) -> None:
        """Draw how far the calendar is, or take the bar away; only a terminal has one."""
        if not self.stdout.isatty():
            return
        every = len(months())
        text = " " * (BAR + 20)
        if lived is not None:
            full = BAR * lived // every
            text = f"[{'#' * full}{'.' * (BAR - full)}] {lived} of {every} months"
        self.stdout.write(f"\r{text}\r", ending="")
        self.stdout.flush()


def _refuse_taken(address: str) -> None:
    """Say so at once where something answers at the address already."""
    host, _colon, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((host, int(port))) == 0:
            raise CommandError(
                f"Something answers at {address} already: another demo? Stop it, or choose "
                "another place: PERMILLE_ADDRESS=127.0.0.1:8001 make demo"
            )
