"""Files of facts through import-export: rows added and mended by their key, all of them or none.

Four things differ from the library's own way of importing a model:

* What the file is about is read in one query, and written in a statement or two. A row that
  changes nothing is not written at all: the database records every change of a fact, and its
  lines are decided again.
* Rows are judged with the whole file in view (periods that overlap, a key given twice) before
  the first of them is written. One wrong row refuses the file.
* Mended rows are written before new ones: a period that is cut short makes room for the next.
* Every complaint is a sentence with the column, the value and what is expected.
"""

# ruff: noqa: FBT001, FBT002 - the signatures are the library's.

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from operator import attrgetter
from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import Error, Result, RowResult

from publishers.columns import Instant, shown
from publishers.csv_files import FileRefused, Loaded, at_line, missing_columns

BATCH = 5000
_WRITE_INSTANT = Instant(empty=None).render


class FactRowResult(RowResult):
    """A row's result. Its name in logs is its key: a model's name may ask the database."""

    def add_instance_info(self, instance: models.Model | None) -> None:
        self.object_id = getattr(instance, "pk", None)
        self.object_repr = getattr(instance, "key_in_file", "")


class KnownRows(BaseInstanceLoader):
    """The rows that a file may be about, all read at once."""

    resource: "FactResource"

    def __init__(self, resource: "FactResource", dataset: tablib.Dataset) -> None:
        super().__init__(resource, dataset)
        self.rows = list(resource.known_rows(self._values(dataset)))
        resource.known = self.rows
        self.by_key = {resource.key_of(row): row for row in self.rows}

    def get_instance(self, row: Mapping[str, Any]) -> models.Model | None:
        """The row of this key, if there is one."""
        try:
            key = tuple(column.clean(row) for column in self.resource.key_columns)
        except ValueError:
            return None  # The same cell is complained of when the row is read.
        return self.by_key.get(key)

    def _values(self, dataset: tablib.Dataset) -> set[Any]:
        column = self.resource.key_columns[0]
        place = dataset.headers.index(column.column_name)
        found = set()
        for row in dataset:
            try:
                found.add(column.clean({column.column_name: row[place]}))
            except ValueError:
                continue
        return found


@dataclass
class Pending:
    """A row that is to be written once the whole file is found right."""

    number: int
    row: Mapping[str, Any]
    instance: Any
    is_new: bool
    before: tuple[Any, ...]
    after: tuple[Any, ...]


class FactResource(ModelResource):
    """What the files of facts have in common. `key`: the fields that say which row is meant."""

    key: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[frozenset[str]] = frozenset()
    # Attributes in which two rows are alike that must not be in force at the same time.
    rivals: ClassVar[tuple[str, ...]] = ()
    _meta: Any
    key_of: Any

    class Meta:
        use_bulk = True
        batch_size = None  # Written once, at the end: see bulk_create.
        skip_unchanged = True
        report_skipped = True
        instance_loader_class = KnownRows

    def __init__(self, *, lines: Sequence[int] = (), preview: bool = True, **kwargs: Any) -> None:
        """lines: the line of each row in its file; preview: keep what the admin's preview shows."""
        super().__init__(**kwargs)
        self.lines = lines
        self._meta = copy(self._meta)
        self._meta.skip_diff = self._meta.skip_html_diff = not preview
        self.columns = [self.fields[name] for name in self._meta.fields]
        self.key_columns = [self.fields[name] for name in self.key]
        self._values = _getter([column.attribute for column in self.columns])
        self.key_of = _getter([column.attribute for column in self.key_columns])
        fields = self._meta.model._meta.concrete_fields  # noqa: SLF001 - Django's own way to ask
        stored = {field.attname for field in fields}
        self.stored = [i for i, column in enumerate(self.columns) if column.attribute in stored]
        self.known: list[Any] = []
        self.pending: list[Pending] = []
        self.first: dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]] = {}
        self.notices: list[str] = []
        self.number = 0
        self.before: tuple[Any, ...] = ()

    # --- What a resource says of its own ----------------------------------------------

    def begin(self) -> None:
        """Read what every row needs. Raises FileRefused."""

    def known_rows(self, values: set[Any]) -> models.QuerySet | list[Any]:
        """Rows of the database whose first key field is one of the values."""
        return self.get_queryset().filter(**{f"{self.key_columns[0].attribute}__in": values})

    def complaints(self, instance: Any) -> dict[str, str]:
        """What is wrong with a row by itself though each cell is right: column to sentence."""
        if not self.rivals or _runs_forward(instance):
            return {}
        return {"to": _("The period must end after it starts.")}

    def complaints_of_file(self) -> Iterator[tuple[Pending, str]]:
        """What is wrong with rows when all of them are seen together."""
        if self.rivals:
            yield from self.overlaps(self.known, self.rivals)

    def write(self) -> None:
        """Write the pending rows: mended ones first, to make room for new periods."""
        mended = [one.instance for one in self.pending if not one.is_new and self.differs(one)]
        write_mended(mended, [self.columns[i].attribute for i in self.stored])
        added = [one.instance for one in self.pending if one.is_new]
        self._meta.model.objects.bulk_create(added, batch_size=BATCH)

    # --- The library's hooks ----------------------------------------------------------

    def import_data(
        self, dataset: tablib.Dataset, dry_run: bool = False, raise_errors: bool = False,
        **kwargs: Any,
    ) -> Result:  # fmt: skip
        """Import the rows, all or none, whatever the caller asked."""
        kwargs |= {"use_transactions": True, "rollback_on_validation_errors": True}
        try:
            self._look_at_header(list(dataset.headers or []))
            self.begin()
        except FileRefused as refused:
            result = self.get_result_class()()
            for sentence in refused.sentences:
                result.append_base_error(Error(FileRefused([sentence])))
            return result
        return super().import_data(dataset, dry_run, raise_errors, **kwargs)

    @classmethod
    def get_row_result_class(cls) -> type[RowResult]:
        return FactRowResult

    def get_instance(self, instance_loader: KnownRows, row: Mapping[str, Any]) -> Any:
        return instance_loader.get_instance(row)

    def get_import_fields(self) -> list[Any]:
        return self.columns

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        self.number = kwargs["row_number"]

    def after_init_instance(
        self, instance: Any, new: bool, row: Mapping[str, Any], **kwargs: Any
    ) -> None:
        self.before = () if new else self._values(instance)

    def import_instance(self, instance: Any, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Set what the row says; columns that the file leaves out stay as they are."""
        wrong: dict[str, str] = {}
        for column in self.columns:
            if column.column_name in row:
                try:
                    setattr(instance, column.attribute, column.clean(row))
                except ValueError as error:
                    wrong[column.column_name] = str(error)
        if wrong:
            raise ValidationError(wrong)
        instance.key_in_file = ", ".join(str(row.get(c.column_name)) for c in self.key_columns)

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Whether the row changes nothing, or says again what an earlier one said."""
        if import_validation_errors:
            return False
        after = self._values(instance)
        number, said = self.first.setdefault(self.key_of(instance), (self.number, after))
        if said != after:
            sentence = _("Line {line} says something else of {key}: leave one of the two.")
            line = self.line_of(number)
            raise ValidationError(sentence.format(line=line, key=shown(instance.key_in_file)))
        return number != self.number or after == self.before

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Raise what is wrong with the row. (A model's own cleaning would ask the database.)"""
        wrong = import_validation_errors or self.complaints(instance)
        if wrong:
            raise ValidationError(wrong)

    def save_instance(
        self, instance: Any, is_create: bool, row: Mapping[str, Any], **kwargs: Any
    ) -> None:
        """Remember the row; it is written with all the others."""
        after = self._values(instance)
        self.pending.append(Pending(self.number, row, instance, is_create, self.before, after))

    def bulk_create(
        self, using_transactions: bool, dry_run: bool, raise_errors: bool,
        batch_size: int | None = None, result: Result | None = None,
    ) -> None:  # fmt: skip
        """Called once after the last row: judge the file, and write it if nothing is wrong."""
        if result is None or result.has_errors():
            return
        for one, sentence in self.complaints_of_file():
            result.append_invalid_row(one.number, one.row, ValidationError(sentence))
        result.invalid_rows.sort(key=lambda row: row.number)
        if result.has_validation_errors():
            return
        try:
            with transaction.atomic():
                self.write()
        except IntegrityError as error:
            # Judged right a moment ago: another hand was quicker.
            sentence = _("These rows were changed while the file was read. Load it again. ({why})")
            refusal = FileRefused([sentence.format(why=str(error).splitlines()[0])])
            result.append_base_error(Error(refusal))

    def bulk_update(self, *args: Any, **kwargs: Any) -> None:
        """Mended rows are written by `bulk_create`, before the new ones."""

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        """Leave the sequences alone: ids come from them, and others use them at this moment."""

    # --- Tools of resources -----------------------------------------------------------

    def line_of(self, number: int) -> int:
        """The line of the file in which a row begins."""
        return self.lines[number - 1] if self.lines else number + 1

    def differs(self, one: Pending) -> bool:
        """Whether the row itself changes, and not only what hangs on it."""
        return any(one.before[i] != one.after[i] for i in self.stored)

    def overlaps(
        self, known: Iterable[Any], rivals: Sequence[str]
    ) -> Iterator[tuple[Pending, str]]:
        """Complaints of pending rows whose period runs into another of the same subject."""
        subject = _getter(rivals)
        of_file = {id(one.instance): one for one in self.pending}
        rows = {id(row): row for row in known} | {k: one.instance for k, one in of_file.items()}
        groups = defaultdict(list)
        for row in rows.values():
            groups[subject(row)].append(row)
        for group in groups.values():
            group.sort(key=_start)
            for earlier, later in pairwise(group):
                if earlier.valid_to is None or _start(later) < earlier.valid_to:
                    yield from self._overlap(of_file, earlier, later)

    def _overlap(
        self, of_file: Mapping[int, Pending], earlier: Any, later: Any
    ) -> Iterator[tuple[Pending, str]]:
        blamed = of_file.get(id(later)) or of_file.get(id(earlier))
        if blamed is None:  # Both were there before: not this file's doing.
            return
        other = earlier if blamed.instance is later else later
        line = of_file.get(id(other))
        sentence = _(
            "The period of {key} ({period}) runs into another one ({other}, {where}). "
            "End that one first, or choose other dates."
        )
        yield (
            blamed,
            sentence.format(
                key=shown(blamed.instance.key_in_file),
                period=_period(blamed.instance),
                other=_period(other),
                where=_("line {n}").format(n=self.line_of(line.number))
                if line
                else _("known already"),
            ),
        )

    def _look_at_header(self, headers: list[str]) -> None:
        names = [column.column_name for column in self.columns]
        sentence = missing_columns(headers, [n for n in names if n not in self.optional])
        if sentence:
            raise FileRefused([sentence])
        unknown = [name for name in headers if name not in names]
        if unknown:
            notice = _("columns left aside, since they are not known: {names}")
            self.notices.append(notice.format(names=", ".join(unknown)))


def load_table(resource: FactResource, dataset: tablib.Dataset) -> Loaded:
    """Import a file's rows. Raises FileRefused with a sentence for everything that is wrong."""
    result = resource.import_data(dataset)
    faults = [error.error for error in result.base_errors]
    faults += [error.error for _number, errors in result.row_errors() for error in errors]
    for fault in faults:
        if not isinstance(fault, FileRefused):
            raise fault  # Ours, not the file's.
    sentences = [str(fault) for fault in faults]
    wrong: list[tuple[int, str]] = []
    for invalid in result.invalid_rows:
        wrong += [(invalid.number, text) for texts in invalid.error_dict.values() for text in texts]
    sentences += [at_line(resource.line_of(number), text) for number, text in sorted(wrong)]
    if sentences:
        raise FileRefused(sentences)
    totals = result.totals
    return Loaded(
        added=totals[RowResult.IMPORT_TYPE_NEW],
        mended=totals[RowResult.IMPORT_TYPE_UPDATE],
        unchanged=totals[RowResult.IMPORT_TYPE_SKIP],
        notices=tuple(resource.notices),
    )


def write_mended(rows: Sequence[Any], attributes: Iterable[str]) -> None:
    """Update the rows, known by their ids, in one statement a batch."""
    if not rows:
        return
    model = type(rows[0])
    named = set(attributes)
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's own way to ask
    names = [field.name for field in fields if field.attname in named]
    # An insert that always meets its row: many times faster than an update with a CASE a row.
    model.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=names
    )


def _getter(names: Sequence[str]) -> Any:
    """A function from a row to the tuple of these attributes."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda row: (get(row),)


def _start(row: Any) -> datetime:
    return row.valid_from or datetime.min.replace(tzinfo=UTC)


def _runs_forward(row: Any) -> bool:
    return row.valid_to is None or row.valid_from is None or row.valid_from < row.valid_to


def _period(row: Any) -> str:
    """The period in words."""
    start, end = _WRITE_INSTANT(row.valid_from), _WRITE_INSTANT(row.valid_to)
    return f"{start or _('always')} - {end or _('open')}"
