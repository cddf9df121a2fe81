"""Where words may begin and end in a reading of a name."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from compliance.detectors.domain_names.vocabulary import COMPANIONS, OPENERS

LATIN_TOKEN = re.compile(r"[a-z0-9]+")
_TURN = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_LONGEST_WORD = max(map(len, COMPANIONS))


@dataclass(frozen=True)
class Shape:
    """A reading without its separators.

    joined: letters and digits alone; tokens: what stood between separators; cuts: the positions in
    `joined` where a separator stood, both ends included; disguised: as of the reading.
    """

    joined: str
    tokens: tuple[str, ...]
    cuts: frozenset[int]
    disguised: bool = False

    @cached_property
    def edges(self) -> frozenset[int]:
        """Cuts, and where letters turn to digits or back."""
        return self.cuts | {turn.start() for turn in _TURN.finditer(self.joined)}

    @cached_property
    def openings(self) -> frozenset[int]:
        """Where a word begins after an edge, or after openers that follow one."""
        return self._after(OPENERS)

    @cached_property
    def begins(self) -> frozenset[int]:
        """Where a word may begin: after an edge, or after known words that follow one."""
        return self._after(COMPANIONS)

    @cached_property
    def ends(self) -> frozenset[int]:
        """Where a word may end: at an edge, or before known words that lead to one."""
        found = set(self.edges)
        for start in range(len(self.joined) - 1, -1, -1):
            if any(self.joined[start:end] in COMPANIONS for end in self._word_ends(start, found)):
                found.add(start)
        return frozenset(found)

    def residue(self, start: int) -> str:
        """The letters between the last edge and this position."""
        return self.joined[max(edge for edge in self.edges if edge <= start) : start]

    def crosses(self, start: int, end: int) -> bool:
        """Whether a separator stood inside."""
        return any(start < cut < end for cut in self.cuts)

    def consists_of(self, words: AbstractSet[str], start: int, end: int) -> bool:
        """Whether a stretch is nothing but these words, one after the other."""
        reached = {start}
        for position in range(start, end):
            if position in reached:
                longest = min(end, position + _LONGEST_WORD)
                reached |= {
                    stop
                    for stop in range(position + 2, longest + 1)
                    if self.joined[position:stop] in words
                }
        return end in reached

    def _after(self, words: AbstractSet[str]) -> frozenset[int]:
        found = set(self.edges)
        for start in range(len(self.joined)):
            if start in found:
                longest = min(len(self.joined), start + _LONGEST_WORD)
                found |= {
                    end for end in range(start + 2, longest + 1) if self.joined[start:end] in words
                }
        return frozenset(found)

    def _word_ends(self, start: int, ends: AbstractSet[int]) -> list[int]:
        longest = min(len(self.joined), start + _LONGEST_WORD)
        return [end for end in range(start + 2, longest + 1) if end in ends]


def shape_of(text: str, *, disguised: bool = False, token: re.Pattern[str] = LATIN_TOKEN) -> Shape:
    """Separators are all that is no token; usually, neither a Latin letter nor a digit."""
    tokens = tuple(token.findall(text))
    cuts = [0]
    for size in map(len, tokens):
        cuts.append(cuts[-1] + size)
    return Shape("".join(tokens), tokens, frozenset(cuts), disguised)
