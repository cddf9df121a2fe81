"""What a what-if found, read for its page and its files: as booked, and as it would have been."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Abs
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_countries import countries

from commissions.enums import Dimension, SetKind
from commissions.models import Programme, SetMember, WhatIf, WhatIfFigure
from publishers.figures import in_own_language
from publishers.models import Publisher, TrafficType

SHOWN_ROWS = 20  # of each dimension, those that change most
SHOWN_LINES = 50
WHOLE_BP = 10_000
# Rows read from the server, and named, at once.
CHUNK = 5_000
BROKEN_DOWN = (
    Dimension.PUBLISHER,
    Dimension.COUNTRY,
    Dimension.CATEGORY,
    Dimension.TRAFFIC_TYPE,
)


@dataclass(frozen=True)
class Row:
    """The figures of one key, and its name in the reader's language. Amounts in cents."""

    key: str
    name: str
    lines: int
    lines_changed: int
    before_cents: int
    after_cents: int

    @property
    def difference_cents(self) -> int:
        """How much more would have been earned; less is below 0."""
        return self.after_cents - self.before_cents

    @property
    def difference_bp(self) -> int | None:
        """The difference in hundredths of a percent of what is booked; None where that is 0."""
        if not self.before_cents:
            return None
        share, size = self.difference_cents * WHOLE_BP, abs(self.before_cents)
        rounded = (2 * abs(share) + size) // (2 * size)
        return -rounded if share < 0 else rounded


@dataclass(frozen=True)
class Breakdown:
    """The rows of one dimension that change most; `keys`: how many there are in all."""

    dimension: Dimension
    rows: tuple[Row, ...]
    keys: int


@dataclass(frozen=True)
class Publishers:
    """How many publishers gain, lose, and lose more than `share_bp` of what is booked."""

    gain: int
    lose: int
    lose_more: int
    share_bp: int


@dataclass(frozen=True)
class ChangedLine:
    """An order line as booked and as it would be; publisher: its code, empty where it has none."""

    line_id: int
    sub_order_id: str
    publisher_id: int | None
    publisher: str
    before_status: str
    after_status: str
    before_rule: str
    after_rule: str
    before_cents: int
    after_cents: int

    @property
    def difference_cents(self) -> int:
        """How much more it would have earned; less is below 0."""
        return self.after_cents - self.before_cents


@dataclass(frozen=True)
class Report:
    """What the page of a finished what-if shows.

    months: all of them, in order; breakdowns and lines: what changes most, the most first.
    """

    total: Row
    months: tuple[Row, ...]
    breakdowns: tuple[Breakdown, ...]
    publishers: Publishers
    lines: tuple[ChangedLine, ...]


def report(what_if: WhatIf, share_bp: int) -> Report:
    """Read the figures of a finished what-if, in a number of queries that does not grow.

    share_bp: publishers who lose more than this share of what is booked are counted apart.
    """
    keys = dict(
        what_if.figures.values_list("dimension").annotate(keys=Count("pk")).order_by("dimension")
    )
    return Report(
        total=total(what_if),
        months=tuple(_rows(what_if, Dimension.MONTH, what_if.figures.order_by("key"))),
        breakdowns=tuple(
            Breakdown(dimension, _largest(what_if, dimension), keys.get(dimension, 0))
            for dimension in BROKEN_DOWN
        ),
        publishers=_publishers(what_if, share_bp),
        lines=tuple(changed_lines(what_if, SHOWN_LINES)),
    )


def total(what_if: WhatIf) -> Row:
    """The figures of all lines tried; zeros where there was none."""
    figure = what_if.figures.filter(dimension=Dimension.TOTAL).first()
    return _row(figure, "") if figure else Row("", "", 0, 0, 0, 0)


def rows(what_if: WhatIf, dimension: Dimension) -> Iterator[Row]:
    """Every row of a dimension, read piece by piece: months in order, others the largest first."""
    figures = what_if.figures.filter(dimension=dimension)
    in_order = ("key",) if dimension == Dimension.MONTH else (_BY_CHANGE, "key")
    chunk: list[WhatIfFigure] = []
    for figure in figures.order_by(*in_order).iterator(chunk_size=CHUNK):
        chunk.append(figure)
        if len(chunk) == CHUNK:
            yield from _named(what_if.rulebook.programme, dimension, chunk)
            chunk = []
    yield from _named(what_if.rulebook.programme, dimension, chunk)


def changed_lines(what_if: WhatIf, most: int) -> list[ChangedLine]:
    """The lines that change most, the most first; at most `most` of those kept."""
    kept = list(what_if.lines.order_by("place")[:most])
    ids = {line.publisher_id for line in kept if line.publisher_id is not None}
    codes = dict(Publisher.objects.filter(pk__in=ids).values_list("pk", "code"))
    return [
        ChangedLine(
            line_id=line.line_id,
            sub_order_id=line.sub_order_id,
            publisher_id=line.publisher_id,
            publisher=codes.get(line.publisher_id or 0, ""),
            before_status=line.before_status,
            after_status=line.after_status,
            before_rule=line.before_rule,
            after_rule=line.after_rule,
            before_cents=line.before_cents,
            after_cents=line.after_cents,
        )
        for line in kept
    ]


_BY_CHANGE = Abs(F("after_cents") - F("before_cents")).desc()


def _largest(what_if: WhatIf, dimension: Dimension) -> tuple[Row, ...]:
    figures = what_if.figures.order_by(_BY_CHANGE, "-before_cents", "key")
    return tuple(_rows(what_if, dimension, figures, SHOWN_ROWS))


def _rows(
    what_if: WhatIf,
    dimension: Dimension,
    figures: QuerySet[WhatIfFigure],
    most: int | None = None,
) -> Iterator[Row]:
    chosen = figures.filter(dimension=dimension)[:most]
    return _named(what_if.rulebook.programme, dimension, chosen)


def _publishers(what_if: WhatIf, share_bp: int) -> Publishers:
    owned = what_if.figures.filter(dimension=Dimension.PUBLISHER).exclude(key="")
    lost = (F("before_cents") - F("after_cents")) * WHOLE_BP
    counts = owned.annotate(lost=lost, may_lose=F("before_cents") * share_bp).aggregate(
        gain=Count("pk", filter=Q(after_cents__gt=F("before_cents"))),
        lose=Count("pk", filter=Q(after_cents__lt=F("before_cents"))),
        lose_more=Count("pk", filter=Q(before_cents__gt=0, lost__gt=F("may_lose"))),
    )
    return Publishers(**counts, share_bp=share_bp)


def _named(
    programme: Programme, dimension: Dimension, figures: Iterable[WhatIfFigure]
) -> Iterator[Row]:
    """The figures with the names of their keys, which are read for all of them at once."""
    chosen = list(figures)
    names = names_of(programme, dimension, {one.key for one in chosen}) if chosen else {}
    for figure in chosen:
        yield _row(figure, names.get(figure.key, figure.key))


def _row(figure: WhatIfFigure, name: str) -> Row:
    return Row(
        key=figure.key,
        name=name,
        lines=figure.lines,
        lines_changed=figure.lines_changed,
        before_cents=figure.before_cents,
        after_cents=figure.after_cents,
    )


def names_of(programme: Programme, dimension: Dimension, keys: set[str]) -> Mapping[str, str]:
    """What people call the keys of a dimension, in the reader's language, in one query at most.

    A key without a name of its own is left out; the empty key says what is missing.
    """
    if dimension == Dimension.MONTH:
        return {key: date_format(date.fromisoformat(f"{key}-01"), "F Y") for key in keys}
    names = {"": _missing(dimension)}
    known = keys - {""}
    if dimension == Dimension.PUBLISHER:
        codes = Publisher.objects.filter(pk__in=[int(key) for key in known])
        names |= {str(pk): code for pk, code in codes.values_list("pk", "code")}
    elif dimension == Dimension.COUNTRY:
        names |= {key: str(countries.name(key)) or key for key in known}
    elif dimension == Dimension.CATEGORY:
        names |= _category_names(programme, known)
    elif dimension == Dimension.TRAFFIC_TYPE:
        types = TrafficType.objects.filter(code__in=known)
        names |= {one.code: in_own_language(one, "name") for one in types}
    return names


def _missing(dimension: Dimension) -> str:
    return {
        Dimension.PUBLISHER: _("without a publisher"),
        Dimension.COUNTRY: _("country not given"),
        Dimension.CATEGORY: _("category not given"),
        Dimension.TRAFFIC_TYPE: _("without a source"),
    }.get(dimension, "")


def _category_names(programme: Programme, keys: set[str]) -> dict[str, str]:
    """A category's latest name of its own, else its key and the name of a group that it is in."""
    members = SetMember.objects.filter(
        named_set__programme=programme, named_set__kind=SetKind.CATEGORY, value__in=keys
    ).select_related("named_set")
    names: dict[str, str] = {}
    for member in members.order_by(F("valid_from").asc(nulls_first=True), "pk"):
        if member.name:
            names[member.value] = member.name
        else:
            group = in_own_language(member.named_set, "name")
            names.setdefault(member.value, f"{member.value}: {group}")
    return names
