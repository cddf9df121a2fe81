"""What must be among the negative keywords, and what of it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from compliance.detectors.brand_words.letters import WORD, fold
from compliance.detectors.brand_words.names import (
    ALIBABA,
    ALIEXPRESS,
    ALIMAMA,
    ALIPAY,
    N1688,
    TAOBAO,
    TMALL,
)
from compliance.detectors.keywords.entries import Entry


@dataclass(frozen=True)
class Required:
    """One of `spellings` must be excluded; the first is the one that we ask for.

    is_misspelling: of the main misspellings, not of the name's own spellings.
    """

    name: str
    spellings: tuple[str, ...]
    is_misspelling: bool = False


REQUIRED = (
    Required(ALIEXPRESS, ("aliexpress",)),
    Required(ALIEXPRESS, ("алиэкспресс", "алиекспресс")),
    Required(ALIBABA, ("alibaba",)),
    Required(ALIBABA, ("алибаба",)),
    Required(ALIPAY, ("alipay",)),
    Required(ALIPAY, ("алипей", "алипэй", "алипай")),
    Required(TAOBAO, ("taobao",)),
    Required(TAOBAO, ("таобао",)),
    Required(TMALL, ("tmall",)),
    Required(TMALL, ("тмолл", "тмалл", "тмол")),
    Required(ALIMAMA, ("alimama",)),
    Required(ALIMAMA, ("алимама",)),
    Required(N1688, ("1688",)),
    Required(ALIEXPRESS, ("ali express",), is_misspelling=True),
    Required(ALIEXPRESS, ("aliexpres",), is_misspelling=True),
    Required(ALIEXPRESS, ("али экспресс",), is_misspelling=True),
    Required(ALIEXPRESS, ("алиекспресс",), is_misspelling=True),
    Required(ALIEXPRESS, ("алиэкспрес",), is_misspelling=True),
)

_WORDS = tuple(
    tuple(frozenset(WORD.findall(fold(spelling).letters)) for spelling in required.spellings)
    for required in REQUIRED
)
_ALL_WORDS = frozenset(word for spellings in _WORDS for words in spellings for word in words)


class Excluded:
    """Collects negatives, and says what of the required is not excluded by them.

    A negative excludes what has all its words; match type, case and punctuation do not matter. What
    every single keyword excludes by itself counts as well.
    """

    def __init__(self) -> None:
        self._by_all: set[int] = set()
        self._by_every_keyword: set[int] | None = None

    def add(self, negative: str) -> None:
        """Take in a negative that holds for the whole file."""
        self._by_all |= _covered((negative,))

    def add_keyword(self, entry: Entry) -> None:
        """Take in what a keyword excludes by itself."""
        if self._by_every_keyword is None:
            self._by_every_keyword = _covered(entry.negatives)
        elif self._by_every_keyword:
            self._by_every_keyword &= _covered(entry.negatives)

    def missing(self) -> tuple[Required, ...]:
        """What is excluded neither for all nor by every keyword."""
        covered = self._by_all | (self._by_every_keyword or set())
        return tuple(required for index, required in enumerate(REQUIRED) if index not in covered)


def _covered(negatives: Iterable[str]) -> set[int]:
    covered: set[int] = set()
    for negative in negatives:
        words = frozenset(WORD.findall(fold(negative[:200]).letters))
        if words and words <= _ALL_WORDS:
            covered |= {
                index
                for index, spellings in enumerate(_WORDS)
                if any(words <= spelling for spelling in spellings)
            }
    return covered
