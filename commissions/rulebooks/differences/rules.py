"""Two decision tables side by side."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from commissions.engine.conditions import Condition
from commissions.engine.rulebook import Outcome
from commissions.models import Rule
from commissions.programmes.shapes import RuleFile
from commissions.rule_words import Words, asked, given
from commissions.rulebooks.differences.difference import Difference, Kind, Subject, changed, moved
from commissions.rulebooks.differences.matching import longest_rising, same_rules
from publishers.figures import NOTHING, in_own_language


@dataclass(frozen=True)
class RuleRow:
    """A row of a table in the reader's words. position: from 1."""

    position: int
    code: str
    conditions: tuple[str, ...]
    outcome: str
    sentence: str


@dataclass(frozen=True)
class RulePair:
    """One rule as it was and as it is, and how the two differ; not both sides are None."""

    old: RuleRow | None
    new: RuleRow | None
    differences: tuple[Difference, ...]

    @property
    def marks(self) -> tuple[Kind, ...]:
        """What became of the rule, each once; empty where it is as it was."""
        return tuple(dict.fromkeys(one.kind for one in self.differences))


def rule_pairs(
    old: Sequence[RuleFile], new: Sequence[RuleFile], words: Words
) -> tuple[RulePair, ...]:
    """Every rule of both tables once: in the order of the new, a removed one where it stood.

    A rule that moved stands where it is now.
    """
    pairs = same_rules(old, new)
    stayed = dict(longest_rising(pairs))
    old_of = {j: i for i, j in pairs}
    removed_after = _removed_after({i for i, _j in pairs}, stayed, len(old))
    table = _Tables(old, new, words)
    rows = [table.removed(i) for i in removed_after[None]]
    for j in range(len(new)):
        i = old_of.get(j)
        rows.append(table.added(j) if i is None else table.kept(i, j, in_place=i in stayed))
        rows += [table.removed(gone) for gone in removed_after[j]]
    return tuple(rows)


def _removed_after(
    kept: set[int], stayed: dict[int, int], count: int
) -> defaultdict[int | None, list[int]]:
    """Removed rules by the new place of the nearest one above them that stayed; None: the top."""
    found: defaultdict[int | None, list[int]] = defaultdict(list)
    above: int | None = None
    for i in range(count):
        above = stayed.get(i, above)
        if i not in kept:
            found[above].append(i)
    return found


@dataclass(frozen=True)
class _Tables:
    """Two tables, and the words for them."""

    old: Sequence[RuleFile]
    new: Sequence[RuleFile]
    words: Words

    def removed(self, i: int) -> RulePair:
        row = self._row(self.old, i)
        one = Difference(
            Kind.REMOVED, Subject.RULE, named(row.code), _told(row), NOTHING, row.position
        )
        return RulePair(row, None, (one,))

    def added(self, j: int) -> RulePair:
        row = self._row(self.new, j)
        one = Difference(
            Kind.ADDED, Subject.RULE, named(row.code), NOTHING, _told(row), None, row.position
        )
        return RulePair(None, row, (one,))

    def kept(self, i: int, j: int, *, in_place: bool) -> RulePair:
        return RulePair(
            self._row(self.old, i),
            self._row(self.new, j),
            tuple(self._differing(i, j, in_place=in_place)),
        )

    def _differing(self, i: int, j: int, *, in_place: bool) -> Iterator[Difference]:
        old, new, at = self.old[i], self.new[j], (i + 1, j + 1)
        what = named(new.code)
        if not in_place:
            yield moved(Subject.RULE, what, at)
        parts = (
            changed(Subject.RULE, _part(what, _("code")), (old.code, new.code), str, at),
            self._conditions(i, j),
            changed(Subject.RULE, _part(what, _("gives")), (old.outcome, new.outcome), gives, at),
            changed(
                Subject.RULE,
                _part(what, _("sentence in English")),
                (old.sentence_en, new.sentence_en),
                text,
                at,
                "en",
            ),
            changed(
                Subject.RULE,
                _part(what, _("sentence in Russian")),
                (old.sentence_ru, new.sentence_ru),
                text,
                at,
                "ru",
            ),
        )
        for part in parts:
            yield from part

    def _conditions(self, i: int, j: int) -> Iterator[Difference]:
        """Conditions that went and came, those on one fact side by side."""
        old, new = self.old[i].conditions, self.new[j].conditions
        gone = [one for one in dict.fromkeys(old) if one not in new]
        come = [one for one in dict.fromkeys(new) if one not in old]
        what = _part(named(self.new[j].code), _("condition"))
        for pair in _by_fact(gone, come):
            yield from changed(Subject.RULE, what, pair, self._asked, (i + 1, j + 1))

    def _asked(self, condition: Condition | None) -> str:
        return NOTHING if condition is None else asked(condition.as_json(), self.words)

    def _row(self, table: Sequence[RuleFile], place: int) -> RuleRow:
        rule = table[place]
        return RuleRow(
            position=place + 1,
            code=rule.code,
            conditions=tuple(self._asked(condition) for condition in rule.conditions),
            outcome=gives(rule.outcome),
            sentence=in_own_language(rule, "sentence"),
        )


def named(code: str) -> str:
    """What a rule is called."""
    return _("Rule “%(code)s”") % {"code": code}


def _part(what: str, part: str) -> str:
    return f"{what}: {part}"


def _told(row: RuleRow) -> str:
    """A whole row in one line."""
    return _part("; ".join(row.conditions) or _("in every other case"), row.outcome)


def gives(outcome: Outcome) -> str:
    """An outcome in a few words."""
    rule = Rule(
        outcome=outcome.kind,
        rate_bp=outcome.rate_bp,
        min_bp=outcome.min_bp,
        max_bp=outcome.max_bp,
    )
    return given(rule)


def text(value: str) -> str:
    """A text as it is, a dash where it is empty."""
    return value or NOTHING


def _by_fact(
    gone: Sequence[Condition], come: Sequence[Condition]
) -> Iterator[tuple[Condition | None, Condition | None]]:
    """What went beside what came on the same fact, None where there is no other side."""
    waiting = list(come)
    for one in gone:
        other = next((new for new in waiting if new.fact == one.fact), None)
        if other is not None:
            waiting.remove(other)
        yield one, other
    yield from ((None, one) for one in waiting)
