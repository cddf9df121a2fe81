"""Which lines the rows of a decision table match, exactly, whatever the line.

The values of a fact fall into atoms: classes that the table cannot tell apart, because they
answer alike to everything that its conditions ask. A row then matches a box: some atoms of each
fact. `Table` follows the rows through the facts one after another, and joins ways that leave the
same rows open; so its answers are exact, and as quick for lists of many thousands of values as
for short ones.

Facts are taken to be independent of each other. Lists are dated: an atom is what some value was
at some instant of a window. A line found here may therefore ask of two lists what they never were
at one instant; a row said never to match never does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from commissions.engine.conditions import FLAG_FACTS, SET_FACTS, TEXT_FACTS, Condition, InSet
from commissions.engine.reference import ORDINARY_STORE, Instant, MemberRow

# Truths first: they close many rows for good, and keep the ways through a table few.
FACTS = (*sorted(FLAG_FACTS), *sorted(TEXT_FACTS | SET_FACTS))
# Steps through one table before it is given up; a large real one takes some ten thousand.
MOST_STEPS = 3_000_000
# What a line is unless something is said of it: such a value is no news in an example.
ORDINARY: Mapping[str, bool | str] = {
    "category": "",
    "store": ORDINARY_STORE.store_id,
    "seller_country": ORDINARY_STORE.seller_country,
    "section": ORDINARY_STORE.section,
    "in_programme": ORDINARY_STORE.in_programme,
    "virtual": False,
    "hot": False,
    "direct_link": False,
}


class TooEntangled(Exception):
    """A table whose rows overlap in so many ways that following them all would take minutes."""


# Atoms of each fact of FACTS as bits: the lines whose every fact lies among them.
Box = tuple[int, ...]


@dataclass(frozen=True)
class Atom:
    """Values of a fact that no question tells apart.

    yes: the questions they answer with yes, conditions that negate nothing; example: one of them.
    """

    yes: frozenset[Condition]
    example: bool | str


@dataclass(frozen=True)
class Line:
    """An example of a region: the atom of each fact.

    decisive: facts whose other values may be decided otherwise; the others may be anything that
    the box it was found in holds. path: the box of lines that it stands for.
    """

    atoms: Mapping[str, Atom]
    decisive: frozenset[str]
    path: Box

    def value(self, fact: str) -> bool | str:
        """The example's value of a fact."""
        return self.atoms[fact].example

    def telling(self, asked: Collection[str]) -> list[str]:
        """The facts to show: those asked, and those that are decisive and not ordinary."""
        return [
            fact
            for fact in FACTS
            if fact in asked
            or (fact in self.decisive and ORDINARY.get(fact, None) != self.value(fact))
        ]


@dataclass(frozen=True)
class Window:
    """A half-open period; an end of None is open."""

    starts_at: datetime
    ends_at: Instant

    def clipped(self, row: MemberRow) -> tuple[datetime, Instant] | None:
        """The part of a member's period that lies in the window; None: no part does."""
        start = max(row.valid_from or self.starts_at, self.starts_at)
        ends = [end for end in (row.valid_to, self.ends_at) if end is not None]
        end = min(ends, default=None)
        return (start, end) if end is None or start < end else None


class Space:
    """Every line there can be, cut into the atoms of what some conditions ask."""

    def __init__(
        self,
        asked: Iterable[Condition],
        members: Iterable[MemberRow],
        window: Window,
        closed: Mapping[str, Collection[str]],
    ) -> None:
        """asked: all conditions of all rows; closed: facts whose values are known, with these.

        The other facts that are texts can have any value, and flags are true or false.
        """
        self._questions: dict[str, list[Condition]] = {fact: [] for fact in FACTS}
        for condition in asked:
            question = _question(condition)
            if question not in self._questions[condition.fact]:
                self._questions[condition.fact].append(question)
        signatures = self._signatures(members, window)
        self.atoms: dict[str, list[Atom]] = {
            fact: self._atoms(fact, signatures[fact], closed.get(fact)) for fact in FACTS
        }
        self.everything: Box = tuple((1 << len(self.atoms[fact])) - 1 for fact in FACTS)

    def box(self, conditions: Iterable[Condition]) -> Box:
        """The lines of which all conditions hold; each must be among those asked."""
        masks = dict(zip(FACTS, self.everything, strict=True))
        for condition in conditions:
            question = _question(condition)
            yes = sum(
                1 << bit
                for bit, atom in enumerate(self.atoms[condition.fact])
                if question in atom.yes
            )
            masks[condition.fact] &= ~yes if _is_negated(condition) else yes
        return tuple(masks.values())

    def _signatures(
        self, members: Iterable[MemberRow], window: Window
    ) -> dict[str, dict[str, set[int]]]:
        """By fact and value: the questions on sets, as bits, that it answers yes at one time."""
        bits: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for fact, questions in self._questions.items():
            for bit, question in enumerate(questions):
                if isinstance(question, InSet):
                    bits[question.set_code].append((fact, 1 << bit))
        periods: dict[str, dict[str, list[_Period]]] = {fact: defaultdict(list) for fact in FACTS}
        for row in members:
            if row.set_code in bits and (part := window.clipped(row)):
                for fact, bit_value in bits[row.set_code]:
                    periods[fact][row.value].append((bit_value, *part))
        return {
            fact: {value: _at_each_time(rows, window) for value, rows in by_value.items()}
            for fact, by_value in periods.items()
        }

    def _atoms(
        self, fact: str, signatures: Mapping[str, set[int]], closed: Collection[str] | None
    ) -> list[Atom]:
        """The atoms of a fact, that of its ordinary value first."""
        exact = {
            question.value: 1 << bit
            for bit, question in enumerate(self._questions[fact])
            if not isinstance(question, InSet)
        }
        domain = _domain(fact, {*signatures, *map(str, exact)}, closed)
        found: dict[int, bool | str] = {}
        for value in domain:
            for held in sorted(signatures.get(str(value), {0}), reverse=True):
                found.setdefault(held | exact.get(value, 0), value)
        return [
            Atom(
                frozenset(
                    question
                    for bit, question in enumerate(self._questions[fact])
                    if signature >> bit & 1
                ),
                example,
            )
            for signature, example in found.items()
        ]


_Period = tuple[int, datetime, Instant]


def _question(condition: Condition) -> Condition:
    """The condition without its negation."""
    return InSet(condition.fact, condition.set_code) if isinstance(condition, InSet) else condition


def _is_negated(condition: Condition) -> bool:
    return isinstance(condition, InSet) and condition.negated


def _at_each_time(rows: Sequence[_Period], window: Window) -> set[int]:
    """The bits that hold together, at each time of the window."""
    if all(start == window.starts_at and end == window.ends_at for _bit, start, end in rows):
        return {sum({bit for bit, _start, _end in rows})}
    times = {window.starts_at, *(start for _bit, start, _end in rows)}
    times |= {end for _bit, _start, end in rows if end is not None and end != window.ends_at}
    return {
        sum({bit for bit, start, end in rows if start <= at and (end is None or at < end)})
        for at in times
    }


def _domain(fact: str, named: Collection[str], closed: Collection[str] | None) -> list[bool | str]:
    """The values of a fact, the ordinary one first, then one that stands for all not named."""
    if fact in FLAG_FACTS:
        ordinary = ORDINARY.get(fact, True)
        return [ordinary, not ordinary]
    values = set(named if closed is None else closed)
    other = None
    if closed is None:
        spare = ("", *(f"other-{number}" for number in range(1, len(values) + 2)))
        other = next(value for value in spare if value not in values)
        values.add(other)
    first = ORDINARY.get(fact, "")
    return [*sorted(values, key=lambda value: (value != first, value != other, value))]


# Where following the facts ends: the number of the row that decides, or None for no row.
Decider = int | None


class Table:
    """Rows, the first that matches decides. Rows are numbered from 0."""

    def __init__(self, space: Space, boxes: Sequence[Box]) -> None:
        self.space = space
        self.boxes = tuple(boxes)
        self._every_row = (1 << len(boxes)) - 1
        # By fact and atom: the rows that it leaves open.
        self._open = [
            [_rows(box[place] >> bit & 1 for box in boxes) for bit in range(len(space.atoms[fact]))]
            for place, fact in enumerate(FACTS)
        ]
        self._asking = [
            _rows(box[place] != space.everything[place] for box in boxes)
            for place in range(len(FACTS))
        ]
        # By fact: the rows that ask nothing of it or of any fact after it.
        self._sure = [
            _rows(box[place:] == space.everything[place:] for box in boxes)
            for place in range(len(FACTS) + 1)
        ]
        self._ways: dict[tuple[int, int], dict[int, int]] = {}
        self._steps_left = MOST_STEPS

    def deciders(self, within: Box | None = None, rows: int | None = None) -> dict[Decider, Line]:
        """Who decides the lines of a box, with an example of each; None: lines nobody decides.

        rows: the rows that count, as bits; by default all do. Raises TooEntangled.
        """
        box = self.space.everything if within is None else within
        found: dict[Decider, Line] = {}
        if all(box):
            asked = self._every_row if rows is None else rows
            self._follow(0, asked, list(box), box, found, set())
        return found

    def plain(self, line: Line, within: Box | None = None, rows: int | None = None) -> Line:
        """An example that `deciders` found, with no fact decisive that need not be.

        within, rows: as they were given to `deciders`. Raises TooEntangled.
        """
        box = self.space.everything if within is None else within
        path, decisive = line.path, set(line.decisive)
        same = set(self.deciders(path, rows))
        for place, fact in enumerate(FACTS):
            wider = (*path[:place], box[place], *path[place + 1 :])
            if fact in decisive and set(self.deciders(wider, rows)) == same:
                path = wider
                decisive.remove(fact)
        return Line(line.atoms, frozenset(decisive), path)

    def covered(self, box: Box, rows: int) -> bool:
        """Whether every line of the box is matched by some of the rows (as bits)."""
        return None not in self.deciders(box, rows)

    def _follow(
        self,
        place: int,
        live: int,
        path: list[int],
        box: Box,
        found: dict[Decider, Line],
        seen: set[tuple[int, int]],
    ) -> None:
        """Find who decides from here; path: the atoms taken, live: the rows still open."""
        place, live = self._ahead(place, live)
        first = live & -live
        if not live or first & self._sure[place]:
            decider = first.bit_length() - 1 if live else None
            if decider not in found:
                found[decider] = self._line(path, box)
            return
        if (place, live) in seen:
            return
        seen.add((place, live))
        if self._steps_left < 0:
            raise TooEntangled
        for left, atoms in self._ways_from(place, live).items():
            if atoms & box[place]:
                self._steps_left -= 1
                path[place] = atoms & box[place]
                self._follow(place + 1, left, path, box, found, seen)
        path[place] = box[place]

    def _ahead(self, place: int, live: int) -> tuple[int, int]:
        """The next fact that a row asks of; rows behind one that is sure to match fall out."""
        while True:
            sure = live & self._sure[place]
            if sure:
                live &= ((sure & -sure) << 1) - 1
            if place == len(FACTS) or live & self._asking[place]:
                return place, live
            place += 1

    def _ways_from(self, place: int, live: int) -> dict[int, int]:
        """The rows that stay open, to the atoms that leave just these open."""
        ways = self._ways.get((place, live))
        if ways is None:
            ways = defaultdict(int)
            for bit, accepting in enumerate(self._open[place]):
                ways[live & accepting] |= 1 << bit
            self._ways[place, live] = ways
        return ways

    def _line(self, path: Sequence[int], box: Box) -> Line:
        atoms = {
            fact: self.space.atoms[fact][(mask & -mask).bit_length() - 1]
            for fact, mask in zip(FACTS, path, strict=True)
        }
        decisive = frozenset(
            fact for fact, mask, whole in zip(FACTS, path, box, strict=True) if mask != whole
        )
        return Line(atoms, decisive, tuple(path))


def _rows(answers: Iterable[bool | int]) -> int:
    """Answers of rows in their order as bits."""
    return sum(1 << row for row, answer in enumerate(answers) if answer)


def contains(outer: Box, inner: Box) -> bool:
    """Whether a box holds every line of another."""
    return all(part & ~whole == 0 for whole, part in zip(outer, inner, strict=True))
