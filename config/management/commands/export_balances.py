from collections.abc import Iterable
from typing import Any

from publishers.exporting import LinesCommand, ndjson
from referrals.exports import exported_balances


class Command(LinesCommand):
    help = "Writes every publisher's balances, one JSON object a line, by the publisher's code."

    def lines(self, **options: Any) -> Iterable[str]:
        return ndjson(exported_balances())
