"""What is known beside the feed: sources, clicks, lists, rulebooks, blocks.

Rows are plain tuples as they come from the database. The Python engine asks them one line at a
time through the methods here; `engine.frames` turns the same rows into columns, or takes the
columns that they are still in (`frames.RowsOfFrame`). Instants are aware datetimes; an open end of
a period is None.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from commissions.engine.rulebook import Rulebook, calendar

Instant = datetime | None


class SourceRow(NamedTuple):
    id: int
    code: str
    publisher_id: int
    traffic_type: str


class ApprovalRow(NamedTuple):
    source_id: int
    valid_from: Instant
    valid_to: Instant


class AgreementRow(NamedTuple):
    publisher_id: int
    traffic_type: str
    valid_from: Instant
    valid_to: Instant


class PermissionRow(NamedTuple):
    """`permitted` False: forbidden, or only by agreement."""

    traffic_type: str
    permitted: bool
    valid_from: Instant
    valid_to: Instant


class ClickRow(NamedTuple):
    id: int
    click_id: str
    source_id: int
    clicked_at: datetime
    landing_product_id: str


class StoreRow(NamedTuple):
    store_id: str
    seller_country: str
    in_programme: bool
    section: str
    valid_from: Instant
    valid_to: Instant


class MemberRow(NamedTuple):
    set_code: str
    value: str
    valid_from: Instant
    valid_to: Instant


# A store that the catalogue or the list of stores does not know.
ORDINARY_STORE = StoreRow("", "CN", True, "", None, None)

# Rows of one list by their first fields.
Grouped = dict[tuple[Any, ...], list[Any]]
Dated = TypeVar("Dated", ApprovalRow, AgreementRow, PermissionRow, StoreRow, MemberRow)


def in_force(rows: Iterable[Dated], at: datetime) -> Dated | None:
    """The row whose half-open period holds `at`. Periods of one key never overlap."""
    for row in rows:
        started = row.valid_from is None or row.valid_from <= at
        if started and (row.valid_to is None or at < row.valid_to):
            return row
    return None


@dataclass(frozen=True)
class Reference:
    """Everything a decision may ask, for some set of lines of one programme."""

    rulebooks: Sequence[Rulebook] = ()
    sources: Sequence[SourceRow] = ()
    approvals: Sequence[ApprovalRow] = ()
    agreements: Sequence[AgreementRow] = ()
    permissions: Sequence[PermissionRow] = ()
    clicks: Sequence[ClickRow] = ()
    products: Sequence[tuple[str, str]] = ()  # product id, store id
    stores: Sequence[StoreRow] = ()
    rulings: Sequence[tuple[str, datetime]] = ()  # product id, ruled virtual at
    members: Sequence[MemberRow] = ()
    blocked: frozenset[int] = frozenset()
    minimum_age_days: int = 0
    aged_at: Instant = None
    _groups: dict[str, Grouped] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def calendar(self) -> tuple[Rulebook, ...]:
        return calendar(self.rulebooks)

    def rulebook_at(self, at: datetime) -> Rulebook | None:
        """The rulebook in force at an instant, if any was."""
        started = [book for book in self.calendar if book.starts_at <= at]
        return started[-1] if started else None

    @cached_property
    def source_by_code(self) -> dict[str, SourceRow]:
        return {row.code: row for row in self.sources}

    @cached_property
    def source_by_id(self) -> dict[int, SourceRow]:
        return {row.id: row for row in self.sources}

    @cached_property
    def click_by_id(self) -> dict[str, ClickRow]:
        return {row.click_id: row for row in self.clicks}

    @cached_property
    def _store_of(self) -> dict[str, str]:
        return dict(self.products)

    @cached_property
    def _ruled(self) -> dict[str, datetime]:
        return dict(self.rulings)

    def _by(self, name: str, width: int) -> Grouped:
        """Rows of one list grouped by their first `width` fields."""
        if name not in self._groups:
            groups: Grouped = defaultdict(list)
            for row in getattr(self, name):
                groups[tuple(row[:width])].append(row)
            self._groups[name] = groups
        return self._groups[name]

    def approved(self, source_id: int, at: datetime) -> bool:
        return in_force(self._by("approvals", 1).get((source_id,), ()), at) is not None

    def agreed(self, publisher_id: int, traffic_type: str, at: datetime) -> bool:
        rows = self._by("agreements", 2).get((publisher_id, traffic_type), ())
        return in_force(rows, at) is not None

    def forbidden(self, traffic_type: str, at: datetime) -> bool:
        """Whether the type needs an agreement at that instant; unless said so, it does not."""
        row = in_force(self._by("permissions", 1).get((traffic_type,), ()), at)
        return row is not None and not row.permitted

    def store_at(self, product_id: str, at: datetime) -> tuple[str, StoreRow]:
        """The product's store id and what that store was at the instant.

        A store that is not listed then is an ordinary one without a brand: its id is empty.
        """
        store_id = self._store_of.get(product_id, "")
        row = in_force(self._by("stores", 1).get((store_id,), ()), at) if store_id else None
        return (store_id, row) if row else ("", ORDINARY_STORE)

    def virtual(self, product_id: str, at: datetime) -> bool:
        ruled_at = self._ruled.get(product_id)
        return ruled_at is not None and ruled_at <= at

    def is_member(self, set_code: str, value: str, at: datetime) -> bool:
        return in_force(self._by("members", 2).get((set_code, value), ()), at) is not None
