"""Named SQL: one question or statement a file."""

from functools import cache
from pathlib import Path


@cache
def sql(name: str) -> str:
    """The text of `<name>.sql` of this folder."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
