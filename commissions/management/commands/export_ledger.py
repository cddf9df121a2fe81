from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from commissions.beancount import exported_ledger
from publishers.exporting import LinesCommand


class Command(LinesCommand):
    help = "Writes the whole ledger for an accounting tool, with a balance of every account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--format",
            required=True,
            choices=["beancount"],
            help="beancount: a file that bean-check accepts, balances included.",
        )

    def lines(self, **options: Any) -> Iterable[str]:
        return exported_ledger()
