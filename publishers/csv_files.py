"""CSV files of facts: rows with the line they stand in, and sentences where they cannot be read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

# A file with more wrong lines than this is the wrong file: the rest is counted, not listed.
LISTED = 1000


class FileRefused(Exception):
    """A file of which nothing was written; one sentence for each thing that is wrong."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True)
class Loaded:
    """What came of a file's rows."""

    added: int
    mended: int
    unchanged: int
    notices: tuple[str, ...] = ()


class Complaints:
    """Sentences about lines: listed up to a limit, counted beyond it."""

    def __init__(self) -> None:
        self.listed: list[tuple[int, str]] = []
        self.count = 0

    def add(self, line: int, sentence: str) -> None:
        """Remember what is wrong in a line."""
        self.count += 1
        if self.count <= LISTED:
            self.listed.append((line, sentence))

    def refuse_if_any(self) -> None:
        """Raise what was said, in the order of the lines."""
        if self.count:
            sentences = [at_line(line, sentence) for line, sentence in sorted(self.listed)]
            if self.count > LISTED:
                sentences.append(_("... and {n} more.").format(n=f"{self.count - LISTED:,}"))
            raise FileRefused(sentences)


def at_line(line: int, sentence: str) -> str:
    """The sentence with its place."""
    return _("Line {line}: {sentence}").format(line=line, sentence=sentence)


def missing_columns(found: Sequence[str], wanted: Iterable[str]) -> str:
    """A sentence about columns that the file lacks; empty where it has them all."""
    wanted = list(wanted)
    missing = [name for name in wanted if name not in found]
    if not missing:
        return ""
    return _("The header lacks {missing}. The first line names the columns: {wanted}.").format(
        missing=", ".join(missing), wanted=", ".join(wanted)
    )


class CsvFile:
    """An open CSV file (UTF-8, header row): its columns, then its rows one by one."""

    def __init__(self, lines: Iterable[str], complaints: Complaints) -> None:
        """lines: an open text file; complaints: takes the rows that are not rows."""
        self._reader = csv.reader(lines, strict=True)
        self._complaints = complaints
        header = self._next()
        self.columns = [name.strip() for name in header[1]] if header else []
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if not self.columns:
            raise FileRefused([_("The file is empty: its first line must name the columns.")])
        if twice:
            raise FileRefused([_("The header names {names} twice.").format(names=", ".join(twice))])

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line that it begins in, except rows of a wrong length."""
        width = len(self.columns)
        while (found := self._next()) is not None:
            line, cells = found
            if len(cells) == width:
                yield line, cells
            elif cells:  # An empty line says nothing.
                self._complaints.add(
                    line,
                    _("The row has {found} cells, the header names {wanted}.").format(
                        found=len(cells), wanted=width
                    ),
                )

    def _next(self) -> tuple[int, list[str]] | None:
        line = self._reader.line_num + 1
        try:
            cells = next(self._reader, None)
        except csv.Error as error:
            sentence = _("The file is no CSV from here on: {error}.").format(error=error)
        except UnicodeDecodeError:
            sentence = _("The file is not UTF-8 from about here on. Save it as UTF-8.")
        else:
            return None if cells is None else (line, cells)
        self._complaints.add(line, sentence)
        self._complaints.refuse_if_any()
        return None


def read_table(path: Path) -> tuple[list[str], list[list[str]], list[int]]:
    """A whole file: its columns, its rows, and the line that each row begins in."""
    complaints = Complaints()
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = CsvFile(file, complaints)
        numbered = list(found.rows())
    complaints.refuse_if_any()
    return found.columns, [cells for _line, cells in numbered], [line for line, _ in numbered]
