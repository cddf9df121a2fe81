"""Which row of one table is which of another, and which of them moved."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from commissions.programmes.shapes import RuleFile

# The place of a row in the old table and in the new one, from 0.
Pair = tuple[int, int]


def same_rules(old: Sequence[RuleFile], new: Sequence[RuleFile]) -> list[Pair]:
    """Pairs of rules that are one rule before and after, in the order of the old table.

    The surest first: what says the same; the same code and conditions; the same code with the
    most similar conditions; the same conditions under another code. What is left has no pair.
    """
    matching = _Matching(old, new)
    matching.pair_alike(lambda rule: (rule_key(rule), _words(rule)))
    matching.pair_alike(rule_key)
    matching.pair_similar()
    matching.pair_alike(lambda rule: frozenset(rule.conditions))
    return sorted(matching.pairs)


def rule_key(rule: RuleFile) -> Hashable:
    """A rule's code and conditions; all of them must hold, so their order says nothing."""
    return rule.code, frozenset(rule.conditions)


def _words(rule: RuleFile) -> Hashable:
    return rule.outcome, rule.sentence_en, rule.sentence_ru


def same_keys(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """Pairs of equal values, in the order of the old list; those in the same order first."""
    places = defaultdict(list)
    for place, value in enumerate(new):
        places[value].append(place)
    # Later places first: of one old value's, at most one can then be in a rising row.
    points = [(i, j) for i, value in enumerate(old) for j in reversed(places[value])]
    pairs = longest_rising(points)
    used_old, used_new = {i for i, _ in pairs}, {j for _, j in pairs}
    for i, value in enumerate(old):
        free = [j for j in places[value] if j not in used_new]
        if i not in used_old and free:
            pairs.append((i, free[0]))
            used_new.add(free[0])
    return sorted(pairs)


def longest_rising(points: Iterable[Pair]) -> list[Pair]:
    """The longest row of points, in the order given, whose second numbers rise.

    Of pairs in the order of the old list: those that stayed in place. The others moved, and no
    smaller number of moves explains the new order.
    """
    ends: list[int] = []  # the lowest second number that ends a row of each length
    last: list[int] = []  # and the point it is of
    taken = list(points)
    before: list[int | None] = []
    for number, (_, second) in enumerate(taken):
        length = bisect_left(ends, second)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [second]
        last[length : length + 1] = [number]
    found: list[Pair] = []
    at = last[-1] if last else None
    while at is not None:
        found.append(taken[at])
        at = before[at]
    return found[::-1]


class _Matching:
    """Rules of two tables that have no pair yet, and the pairs found."""

    def __init__(self, old: Sequence[RuleFile], new: Sequence[RuleFile]) -> None:
        self.old, self.new = old, new
        self.free_old, self.free_new = list(range(len(old))), list(range(len(new)))
        self.pairs: list[Pair] = []

    def pair_alike(self, key: Callable[[RuleFile], Hashable]) -> None:
        """Pair what is free and alike in `key`."""
        found = same_keys(
            [key(self.old[i]) for i in self.free_old], [key(self.new[j]) for j in self.free_new]
        )
        self._take([(self.free_old[i], self.free_new[j]) for i, j in found])

    def pair_similar(self) -> None:
        """Pair free rules of one code, the most similar first.

        A code that is once in each table names one rule, whatever its conditions have become;
        of a code that is there more often, rules must have something in common.
        """
        times_old = Counter(rule.code for rule in self.old)
        times_new = Counter(rule.code for rule in self.new)
        of_code = defaultdict(list)
        for j in self.free_new:
            of_code[self.new[j].code].append(j)
        ranked = []
        for i in self.free_old:
            code = self.old[i].code
            for j in of_code[code]:
                likeness = _likeness(self.old[i], self.new[j])
                if times_old[code] == times_new[code] == 1 or any(likeness[:3]):
                    ranked.append((*(-part for part in likeness), abs(i - j), i, j))
        used_old, used_new = set(), set()
        found = []
        for *_, i, j in sorted(ranked):
            if i not in used_old and j not in used_new:
                used_old.add(i)
                used_new.add(j)
                found.append((i, j))
        self._take(found)

    def _take(self, pairs: Sequence[Pair]) -> None:
        self.pairs += pairs
        used_old, used_new = {i for i, _ in pairs}, {j for _, j in pairs}
        self.free_old = [i for i in self.free_old if i not in used_old]
        self.free_new = [j for j in self.free_new if j not in used_new]


def _likeness(one: RuleFile, other: RuleFile) -> tuple[int, int, int, int, int]:
    """Conditions and facts in common, a sentence in common; conditions apart, and the outcome."""
    conditions, others = frozenset(one.conditions), frozenset(other.conditions)
    facts = {condition.fact for condition in conditions}
    other_facts = {condition.fact for condition in others}
    texts = {one.sentence_en, one.sentence_ru} & {other.sentence_en, other.sentence_ru} - {""}
    return (
        len(conditions & others),
        len(facts & other_facts),
        len(texts),
        -len(conditions ^ others),
        int(one.outcome == other.outcome),
    )
