"""Which lines a corrected decision table may decide otherwise, told by the rules that decided them.

A rule that says the same in both tables has the same number in both. What is left out is proved
not to change; a rule that is named may still decide some of its lines, or all, as before.
"""

from collections.abc import Iterable, Sequence

from commissions.engine.reference import MemberRow
from commissions.engine.regions import Box, Space, Table, TooEntangled, Window
from commissions.engine.rulebook import Rule

NO_RULE = 0  # the lines that no rule matches


def concerned(
    before: Sequence[Rule], after: Sequence[Rule], members: Iterable[MemberRow], window: Window
) -> frozenset[int] | None:
    """The rules of `before` some of whose lines `after` may decide otherwise.

    members: at least of every set that the conditions ask, in the window. NO_RULE stands for the
    lines that no rule matches. None: the tables are too entangled to tell.
    """
    asked = [condition for rule in (*before, *after) for condition in rule.conditions]
    space = Space(asked, members, window, closed={})
    table = Table(space, [space.box(rule.conditions) for rule in before])
    boxes = [space.box(rule.conditions) for rule in after]
    places = {rule.id: place for place, rule in enumerate(after)}
    try:
        return frozenset(
            number
            for row, number in enumerate([*(rule.id for rule in before), NO_RULE])
            if _may_change(row, number, before, after, places, boxes, table)
        )
    except TooEntangled:
        return None


def _may_change(
    row: int,
    number: int,
    before: Sequence[Rule],
    after: Sequence[Rule],
    places: dict[int, int],
    boxes: Sequence[Box],
    table: Table,
) -> bool:
    """Whether a line of a row of the table may meet another rule of `after` first.

    The row's own rule matches the same lines as ever. So it still decides them all unless it is
    gone, or one that it did not wait for stands before it now and asks for some of them.
    """
    if number != NO_RULE and number not in places:
        return True
    waited_for = {rule.id for rule in before[:row]}
    until = len(after) if number == NO_RULE else places[number]
    whole = table.space.everything if number == NO_RULE else table.boxes[row]
    return any(
        not table.covered(_common(whole, boxes[place]), (1 << row) - 1)
        for place in range(until)
        if after[place].id not in waited_for
    )


def _common(one: Box, other: Box) -> Box:
    """The lines of both boxes."""
    return tuple(mine & others for mine, others in zip(one, other, strict=True))
