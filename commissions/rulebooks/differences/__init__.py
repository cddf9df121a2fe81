"""Any two rulebooks side by side, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from commissions.models import Rulebook
from commissions.rule_words import words_of
from commissions.rulebooks.differences.difference import Difference
from commissions.rulebooks.differences.parameters import (
    cookie_differences,
    member_differences,
    plain_differences,
    traffic_differences,
)
from commissions.rulebooks.differences.rules import RulePair, rule_pairs
from commissions.rulebooks.document import documents_of
from publishers.figures import in_own_language
from publishers.models import TrafficType


@dataclass(frozen=True)
class Differences:
    """Two rulebooks side by side.

    parameters: of everything but the rules, members of sets included; rules: every rule of both
    once, differing or not, for a page of two columns.
    """

    parameters: tuple[Difference, ...]
    rules: tuple[RulePair, ...]

    @property
    def of_rules(self) -> tuple[Difference, ...]:
        """What became of rules, from the top of the table down."""
        return tuple(one for pair in self.rules for one in pair.differences)

    @property
    def entries(self) -> tuple[Difference, ...]:
        """Every difference: parameters, then rules."""
        return self.parameters + self.of_rules

    @property
    def is_empty(self) -> bool:
        """Whether both say the same, of the same members of sets."""
        return not self.entries


def differences(old: Rulebook, new: Rulebook) -> Differences:
    """How the second of two rulebooks of a programme differs from the first, in eight queries.

    The numbers of the versions are no difference; nor is the order of a rule's conditions. Raises
    ConditionError where a stored condition cannot be read.
    """
    return differences_of([(old, new)])[0]


def differences_of(pairs: Sequence[tuple[Rulebook, Rulebook]]) -> list[Differences]:
    """How each pair of rulebooks of one programme differs; one query more for each pair."""
    if not pairs:
        return []
    programme = pairs[0][1].programme
    documents = documents_of(book for pair in pairs for book in pair)
    words = words_of(programme)
    traffic = {row.code: in_own_language(row, "name") for row in TrafficType.objects.all()}
    found = []
    for old, new in pairs:
        books = documents[old.pk], documents[new.pk]
        found.append(
            Differences(
                parameters=(
                    *plain_differences(books, words),
                    *cookie_differences(books, words),
                    *traffic_differences(books, traffic),
                    *member_differences(programme.pk, books, words, traffic),
                ),
                rules=rule_pairs(books[0].rules, books[1].rules, words),
            )
        )
    return found
