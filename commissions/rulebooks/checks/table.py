"""The decision table as a whole: rules that never match, that contradict, lines nobody decides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from commissions.engine.conditions import InSet
from commissions.engine.regions import Box, Line, Space, Table, TooEntangled, contains
from commissions.rule_words import given
from commissions.rulebooks.checks.finding import Finding, error, note, warning
from commissions.rulebooks.checks.subject import Row, Subject
from commissions.rulebooks.checks.words import (
    conditions_in_words,
    line_in_words,
    rule_name,
    rule_names,
)

# What a line that no rule matches is told by first, however ordinary.
TELLING = frozenset({"country", "category", "traffic_type"})


@dataclass(frozen=True)
class Decided:
    """Rows as a table, and who decides the lines that each of them asks for.

    takers: by row, the rows that decide some of its lines with an example each; itself is among
    them unless it never matches.
    """

    rows: Sequence[Row]
    table: Table
    takers: Sequence[Mapping[int | None, Line]]


@dataclass(frozen=True)
class Overlap:
    """Rows, by number: `first` decides lines that `second` asks for too, and gives otherwise."""

    first: int
    second: int
    line: Line


def table_findings(subject: Subject) -> Iterator[Finding]:
    """What the rows say together. A rule that cannot be read is named, and left out."""
    yield from _unknown_references(subject)
    rows = [row for row in subject.rows if not row.unread]
    try:
        decided = _decided(subject, rows)
        yield from _dead_rows(subject, decided)
        yield from _no_rule(subject, decided)
        yield from _overlaps(subject, decided)
    except TooEntangled:
        yield error(
            "too_entangled",
            _(
                "The rules overlap in too many ways to be checked: ask for fewer sets, or put the "
                "more general rules after the special ones."
            ),
        )


def _unknown_references(subject: Subject) -> Iterator[Finding]:
    for row in subject.rows:
        for sentence in row.unread:
            yield error(
                "unknown_reference",
                _("Rule %(rule)s: %(what)s. Choose this condition anew.")
                % {"rule": rule_name(row.rule), "what": sentence},
                row.rule.position,
            )


def _decided(subject: Subject, rows: Sequence[Row]) -> Decided:
    country_codes = [code for code, _name in countries]
    both = (*rows, *subject.earlier_rows)
    space = Space(
        [one for row in both for one in row.conditions],
        subject.members,
        subject.window,
        closed={
            "country": country_codes,
            "seller_country": country_codes,
            "traffic_type": list(subject.types),
        },
    )
    return _as_table(space, rows)


def _as_table(space: Space, rows: Sequence[Row]) -> Decided:
    table = Table(space, [space.box(row.conditions) for row in rows])
    return Decided(rows, table, [table.deciders(box) for box in table.boxes])


# --- rules that never match --------------------------------------------------------------------


def _dead_rows(subject: Subject, decided: Decided) -> Iterator[Finding]:
    """A set that is empty now may be filled later: what hangs on it alone is no error."""
    table = decided.table
    for number, row in enumerate(decided.rows):
        if number in decided.takers[number]:
            continue
        box = table.space.box(
            one
            for one in row.conditions
            if not (isinstance(one, InSet) and one.set_code in subject.empty_sets)
        )
        before = sum(
            1 << place
            for place, other in enumerate(decided.rows[:number])
            if not _sets_of([other]) & subject.empty_sets
        )
        if not all(box):
            yield _contradicts_itself(subject, row)
        elif table.covered(box, before):
            yield _taken(subject, decided, number, box, before)
        else:
            yield _waits_for_members(subject, decided.rows, number)


def _waits_for_members(subject: Subject, rows: Sequence[Row], number: int) -> Finding:
    """Its own sets are empty, or those that rules before it make exceptions for."""
    own = _sets_of(rows[number : number + 1]) & subject.empty_sets
    empty = own or _sets_of(rows[:number]) & subject.empty_sets
    rule = rows[number].rule
    return warning(
        "empty_set",
        _(
            "Rule %(rule)s matches nothing as long as nothing is in “%(sets)s”: fill it, or remove "
            "the rule."
        )
        % {
            "rule": rule_name(rule),
            "sets": ", ".join(subject.set_name(code) for code in sorted(empty)),
        },
        rule.position,
    )


def _sets_of(rows: Sequence[Row]) -> set[str]:
    return {one.set_code for row in rows for one in row.conditions if isinstance(one, InSet)}


def _contradicts_itself(subject: Subject, row: Row) -> Finding:
    return error(
        "never_matches",
        _(
            "Rule %(rule)s never matches: its conditions contradict each other (%(conditions)s). "
            "Change one of them, or remove the rule."
        )
        % {"rule": rule_name(row.rule), "conditions": conditions_in_words(row, subject)},
        row.rule.position,
    )


def _taken(subject: Subject, decided: Decided, number: int, box: Box, before: int) -> Finding:
    """Rules before it (as bits) match all its lines; those that suffice for it are named."""
    row = decided.rows[number]
    found = decided.table.deciders(box, before)
    blocking = _sufficient(decided, number, box, [one for one in found if one is not None])
    takers = [decided.rows[one].rule for one in blocking]
    words = {"rule": rule_name(row.rule), "rules": rule_names(takers), "own": given(row.rule)}
    positions = (row.rule.position, *(rule.position for rule in takers))
    other = next((one for one in blocking if decided.rows[one].outcome != row.outcome), None)
    if other is None:
        text = ngettext(
            "Rule %(rule)s never matches: rule %(rules)s decides all its lines before, and gives "
            "the same (%(own)s). Remove it.",
            "Rule %(rule)s never matches: rules %(rules)s decide all its lines before, and give "
            "the same (%(own)s). Remove it.",
            len(takers),
        )
        return error("never_matches", text % words, *positions)
    plain = decided.table.plain(found[other], box, before)
    asked = _facts(row) | _facts(decided.rows[other])
    example = line_in_words(plain, asked, subject)
    text = ngettext(
        "Rule %(rule)s never matches: rule %(rules)s decides all its lines before, such as "
        "(%(example)s), which gets %(other)s there instead of %(own)s. Move it up, or remove it.",
        "Rule %(rule)s never matches: rules %(rules)s decide all its lines before, such as "
        "(%(example)s), which gets %(other)s there instead of %(own)s. Move it up, or remove it.",
        len(takers),
    )
    words |= {"example": example, "other": given(decided.rows[other].rule)}
    return error("never_matches", text % words, *positions, example=example)


def _sufficient(decided: Decided, number: int, box: Box, takers: Sequence[int]) -> list[int]:
    """Of the rows that decide a row's lines, by number, as few as together ask for them all."""
    table = decided.table
    for one in sorted(takers):
        if contains(table.boxes[one], box):
            return [one]
    facts = _facts(decided.rows[number])
    kept = sorted(takers)
    for one in sorted(takers, key=lambda taker: (len(facts & _facts(decided.rows[taker])), taker)):
        rest = [other for other in kept if other != one]
        if table.covered(box, sum(1 << other for other in rest)):
            kept = rest
    return kept


# --- lines that no rule matches ----------------------------------------------------------------


def _no_rule(subject: Subject, decided: Decided) -> Iterator[Finding]:
    if not subject.rows:
        yield error("no_rule", _("There is no rule: every line would be held. Add rules."))
    # A rule that cannot be read may be the one that matches them.
    elif len(decided.rows) == len(subject.rows) and (line := decided.table.deciders().get(None)):
        plain = decided.table.plain(line)
        example = line_in_words(plain, TELLING & plain.decisive, subject)
        yield error(
            "no_rule",
            _(
                "No rule matches some lines, such as (%(example)s): they would be held. Add a last "
                "rule without conditions."
            )
            % {"example": example},
            example=example,
        )


# --- rules that contradict each other ----------------------------------------------------------


def _overlaps(subject: Subject, decided: Decided) -> Iterator[Finding]:
    """New ones are warned of one by one; those of the rulebook before are noted in few words."""
    earlier = [row for row in subject.earlier_rows if not row.unread]
    before = _as_table(decided.table.space, earlier)
    known = {(earlier[one.first].key, earlier[one.second].key) for one in _pairs(before)}
    as_before: dict[int, list[Overlap]] = {}
    for one in _pairs(decided):
        first, second = decided.rows[one.first], decided.rows[one.second]
        if (first.key, second.key) in known:
            as_before.setdefault(one.first, []).append(one)
        else:
            yield _new_overlap(subject, decided, one)
    for overlaps in as_before.values():
        yield _noted(subject, decided, overlaps)


def _new_overlap(subject: Subject, decided: Decided, one: Overlap) -> Finding:
    first, second = decided.rows[one.first], decided.rows[one.second]
    text = _(
        "Rules %(first)s and %(second)s both match some lines, and the first decides them: "
        "%(gives)s, not %(other)s. See that this order is meant."
    ) % {
        "first": rule_name(first.rule),
        "second": rule_name(second.rule),
        "gives": given(first.rule),
        "other": given(second.rule),
    }
    rows = (first.rule.position, second.rule.position)
    return warning("overlap", text, *rows, example=_example(subject, decided, one))


def _noted(subject: Subject, decided: Decided, overlaps: Sequence[Overlap]) -> Finding:
    first = decided.rows[overlaps[0].first]
    later = [decided.rows[one.second].rule for one in overlaps]
    text = ngettext(
        "As before, rule %(first)s goes before rule %(rules)s where both match (%(gives)s).",
        "As before, rule %(first)s goes before rules %(rules)s where both match (%(gives)s).",
        len(later),
    ) % {
        "first": rule_name(first.rule),
        "rules": rule_names(later),
        "gives": given(first.rule),
    }
    rows = (first.rule.position, *(rule.position for rule in later))
    return note("overlap", text, *rows, example=_example(subject, decided, overlaps[0]))


def _example(subject: Subject, decided: Decided, one: Overlap) -> str:
    plain = decided.table.plain(one.line, decided.table.boxes[one.second])
    asked = _facts(decided.rows[one.first]) | _facts(decided.rows[one.second])
    return line_in_words(plain, asked, subject)


def _pairs(decided: Decided) -> Iterator[Overlap]:
    """Overlaps that the order of the rows decides: neither asks for a part of the other's."""
    boxes = decided.table.boxes
    for second, takers in enumerate(decided.takers):
        if second not in takers:
            continue
        for first in sorted(one for one in takers if one is not None and one != second):
            apart = not contains(boxes[first], boxes[second])
            apart &= not contains(boxes[second], boxes[first])
            if apart and decided.rows[first].outcome != decided.rows[second].outcome:
                yield Overlap(first, second, takers[first])


def _facts(row: Row) -> set[str]:
    return {one.fact for one in row.conditions}
