"""Numbers of rows in addresses."""

from django.urls import register_converter
from django.urls.converters import REGISTERED_CONVERTERS


class RowNumber:
    """The number of a row: what no row can have is not found."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def register_row_numbers() -> None:
    """Make `<number:...>` known to addresses; once is enough."""
    if "number" not in REGISTERED_CONVERTERS:
        register_converter(RowNumber, "number")
