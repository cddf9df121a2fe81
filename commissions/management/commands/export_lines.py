from collections.abc import Iterable
from typing import Any

from commissions.exports import exported_lines
from publishers.exporting import LinesCommand, ndjson


class Command(LinesCommand):
    help = "Writes every order line in the books, one JSON object a line, by sub-order number."

    def lines(self, **options: Any) -> Iterable[str]:
        return ndjson(exported_lines())
