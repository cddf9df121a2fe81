from collections.abc import Iterable
from typing import Any

from compliance.exports import exported_cases
from publishers.exporting import LinesCommand, ndjson


class Command(LinesCommand):
    help = "Writes every case with its status, one JSON object a line, by publisher and evidence."

    def lines(self, **options: Any) -> Iterable[str]:
        return ndjson(exported_cases())
