"""How far a text is from a protected word, and by what kind of slips.

Costs are tenths of a slip. What the eye hardly sees is cheap; any other letter is a whole slip.
"""

from dataclasses import dataclass
from functools import lru_cache

SLIP = 10
_VOWELS = frozenset("aeiouy")
# What passes for a letter of a protected word at a glance, and what does so less well.
_LOOKALIKES = {
    "a": "4@", "b": "86", "e": "3", "i": "1lj!|", "l": "1ij|!", "o": "0", "s": "5$", "t": "7+",
    "1": "li", "6": "b", "8": "b3",
}  # fmt: skip
_SIMILAR = {
    "a": "qo", "b": "dhl", "e": "c", "m": "n", "o": "cq", "p": "q", "r": "n", "s": "z", "t": "f",
    "x": "k", "y": "vj", "6": "g9", "8": "g",
}  # fmt: skip
# Two signs that together pass for one letter.
_PAIRS = {
    "a": ("ci",), "b": ("lb", "dl", "cl", "13", "l3", "i3"), "m": ("rn", "nn", "rr"),
    "x": ("ks", "cs", "kc", "kz"),
}  # fmt: skip
# Keyboards of Latin letters as they are sold: English, German, French.
_KEYBOARDS = (
    ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("1234567890", "qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)
_HARDLY_SEEN = frozenset({"lookalike", "doubled", "undoubled"})
_COSTS = {
    "": 0,
    "lookalike": 3,
    "similar": 5,
    "doubled": 4,
    "undoubled": 4,
    "transposed": 6,
    "vowel": 8,
    "keyboard": 8,
    "bitflip": 9,
    "replaced": SLIP,
    "inserted": SLIP,
    "dropped": SLIP,
}


_Way = tuple[int, tuple[str, ...]]
_STRAY = 3
_NO_WAY: _Way = (1000, ())


@dataclass(frozen=True)
class Likeness:
    """The cheapest way from a protected word to a text: its cost and its slips, in order."""

    cost: int
    slips: tuple[str, ...]

    @property
    def is_seen(self) -> bool:
        """Whether any slip is more than a sign like another, or a letter once more or less."""
        return not _HARDLY_SEEN.issuperset(self.slips)


def _neighbours() -> frozenset[tuple[str, str]]:
    pairs = set()
    for rows in _KEYBOARDS:
        for depth, row in enumerate(rows):
            for place, key in enumerate(row):
                # Rows are shifted by half a key: the upper row's same and next key touch.
                near = [(depth, place + 1), (depth + 1, place), (depth + 1, place - 1)]
                for other_depth, other in near:
                    if other_depth < len(rows) and 0 <= other < len(rows[other_depth]):
                        pairs |= {
                            (key, rows[other_depth][other]),
                            (rows[other_depth][other], key),
                        }
    return frozenset(pairs)


_NEIGHBOURS = _neighbours()


@lru_cache(maxsize=4096)
def _replacement(meant: str, written: str) -> str:
    """The kind of slip that writes one letter for another."""
    if written in _LOOKALIKES.get(meant, ""):
        return "lookalike"
    if written in _SIMILAR.get(meant, ""):
        return "similar"
    if meant in _VOWELS and written in _VOWELS:
        return "vowel"
    if (meant, written) in _NEIGHBOURS:
        return "keyboard"
    if (ord(meant) ^ ord(written)).bit_count() == 1:
        return "bitflip"
    return "replaced"


def likeness(word: str, text: str) -> Likeness:
    """Compare a text with a protected word: both lower-case, lengths at most three apart."""
    # Each cell is the cheapest way to write word[:i] as text[:j]; no way strays far from even.
    rows: list[list[_Way]] = []
    for i in range(len(word) + 1):
        row: list[_Way] = []
        rows.append(row)
        for j in range(len(text) + 1):
            if i == j == 0:
                row.append((0, ()))
            elif abs(i - j) > _STRAY:
                row.append(_NO_WAY)
            else:
                row.append(_cheapest(rows, i, j, _ways(word, text, i, j)))
    return Likeness(*rows[-1][-1])


def _cheapest(rows: list[list[_Way]], i: int, j: int, ways: list[tuple[str, int, int]]) -> _Way:
    best, best_kind, best_cost = _NO_WAY, "", _NO_WAY[0]
    for kind, di, dj in ways:
        way = rows[i - di][j - dj]
        cost = way[0] + _COSTS[kind]
        if cost < best_cost:
            best, best_kind, best_cost = way, kind, cost
    return (best_cost, (*best[1], best_kind)) if best_kind else best


def _ways(word: str, text: str, i: int, j: int) -> list[tuple[str, int, int]]:
    """The last steps that lead to a cell: the slip ('' for none) and how far back it began."""
    ways = []
    if i and j:
        # Of two ways of one cost the first is told.
        if i > 1 and j > 1 and word[i - 2 : i] == text[j - 2 : j][::-1]:
            ways.append(("transposed", 2, 2))
        same = word[i - 1] == text[j - 1]
        ways.append(("" if same else _replacement(word[i - 1], text[j - 1]), 1, 1))
        if text[max(0, j - 2) : j] in _PAIRS.get(word[i - 1], ()):
            ways.append(("lookalike", 1, 2))
    if j:
        doubled = text[j - 1] == text[j - 2 : j - 1] or text[j - 1] == text[j : j + 1]
        ways.append(("doubled" if doubled else "inserted", 0, 1))
    if i:
        undoubled = word[i - 1] == word[i - 2 : i - 1] or word[i - 1] == word[i : i + 1]
        ways.append(("undoubled" if undoubled else "dropped", 1, 0))
    return ways
