"""What is near a brand without being its misspelling: masks, pieces, numbers, its own script."""

import re
from collections.abc import Iterator

from compliance.detectors.domain_names.brands import ALIEXPRESS, BRANDS, NUMBER, Brand
from compliance.detectors.domain_names.matches import Match, Place
from compliance.detectors.domain_names.readings import latin_letter
from compliance.detectors.domain_names.shape import Shape
from compliance.detectors.domain_names.vocabulary import (
    COMPANIONS,
    INNOCENT,
    LONGER_COMPANIONS,
    OPENERS,
    SHOPPING,
)
from compliance.detectors.finding import Verdict

_ALI = "ali"
_EXPRESS = frozenset({"express", "ekspress", "ekspres"})
_NICKNAMES = frozenset({"alishka", "alieks"})
_MASKED = re.compile(r"[a-z0-9]+(?:[^\w\s\-.~/|]{1,6}[a-z0-9]+){1,3}")
_MASK = re.compile(r"[^a-z0-9]+")
# So many letters must be left to know the word by.
_LEFT_UNMASKED = 5
_NUMBER_RUN = re.compile(r"(?<!\d)1688(?!\d)")
# Groups of digits beside it make it a part of a telephone number or of a date.
_NUMBER_GROUPS = re.compile(r"\d\W{0,3}1688(?!\d)|(?<!\d)1688\W{0,3}\d")
# A year beside the name dates it, as any word may have its year.
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def find_native(text: str) -> Iterator[Match]:
    """Words in their owner's script, written out."""
    for brand in BRANDS:
        for word in brand.native:
            if word in text:
                yield Match(brand, "native", word, Verdict.BRAND)


def find_masked(text: str) -> Iterator[Match]:
    """Signs in the place of letters: AliEx@ss, ali***ess."""
    plain = "".join(latin_letter(c) if c.isalnum() else c for c in text)
    for masked in _MASKED.finditer(plain):
        pieces = _MASK.split(masked.group())
        if len("".join(pieces)) < _LEFT_UNMASKED:
            continue
        pattern = re.compile(".{0,5}".join(map(re.escape, pieces)))
        for brand in BRANDS:
            if pattern.fullmatch(brand.word):
                yield Match(brand, "masked", masked.group(), Verdict.BRAND)


def find_number(text: str, shape: Shape, place: Place) -> Iterator[Match]:
    """1688 by itself or beside words; within other digits it is a number like any other."""
    if shape.joined == "1688" and len(shape.tokens) > 1:
        step = str(place) if place is Place.LABELS else "hyphens"
        yield Match(NUMBER, step, "1688", Verdict.REVIEW)
    if not _NUMBER_RUN.search(text) or _NUMBER_GROUPS.search(_YEAR.sub("", text)):
        return
    rest = [part for part in re.split(r"1688|\W|_", text) if part]
    known = all(part in COMPANIONS for part in rest) or shape.joined.startswith("1688")
    # Beside a word that says nothing of trade it may be a year.
    yield Match(NUMBER, "containment", "1688", Verdict.BRAND if known else Verdict.REVIEW)


def find_pieces(shape: Shape, place: Place) -> Iterator[Match]:
    """Parts of AliExpress that are innocent each by itself."""
    joined = shape.joined
    if _ALI not in joined or place is Place.LABELS or joined in INNOCENT:
        return
    if place is Place.SUFFIX:
        if shape.tokens[0] == _ALI and SHOPPING.issuperset(shape.tokens[1:]):
            yield Match(ALIEXPRESS, "shopping_word", joined, Verdict.REVIEW)
        return
    beside = _beside(shape)
    if _EXPRESS & beside:
        yield Match(ALIEXPRESS, "scattered", joined, Verdict.REVIEW)
    elif SHOPPING & beside:
        yield Match(ALIEXPRESS, "shopping_word", joined, Verdict.REVIEW)
    elif form := _shortened(shape):
        yield Match(ALIEXPRESS, "shortened", form, Verdict.REVIEW)


def _beside(shape: Shape) -> frozenset[str]:
    """The words of a name that has a bare "ali"; none where it has not, or is not all words."""
    tokens = frozenset(shape.tokens)
    if _ALI in tokens:
        return tokens
    words = LONGER_COMPANIONS | OPENERS | _EXPRESS
    found: set[str] = set()
    start = shape.joined.find(_ALI)
    while start >= 0:
        end = start + len(_ALI)
        left, right = shape.joined[:start], shape.joined[end:]
        for piece in (left, right):
            found |= set(_split(piece, words) or ("",))
        if "" not in found:
            return frozenset(found)
        found.clear()
        start = shape.joined.find(_ALI, start + 1)
    return frozenset()


def _split(text: str, words: frozenset[str]) -> tuple[str, ...] | None:
    """A way to split a text into known words and digits; None where there is none."""
    text = text.strip("0123456789")
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(text)
    for end in range(2, len(text) + 1):
        for start in range(max(0, end - 16), end - 1):
            before = ways[start]
            if before is not None and text[start:end] in words:
                ways[end] = (*before, text[start:end])
                break
    return ways[-1] if text else ("-",)


def _shortened(shape: Shape) -> str:
    """aliex, aliexp, alix: how people call it for short."""
    for token in shape.tokens:
        if token in _NICKNAMES or token == "aliex":  # noqa: S105 - a word, not a secret
            return token
    for start in sorted(shape.openings):
        rest = shape.joined[start:]
        if rest.startswith("aliexp") and not shape.crosses(start, start + 6):
            return rest[:6]
        if rest.startswith("aliex") and start + 5 in shape.ends:
            return "aliex"
    return "alix" if shape.joined == "alix" else ""


def brand_of_suffix(label: str) -> Brand | None:
    """The brand that a top-level domain belongs to, if any."""
    return next((brand for brand in BRANDS if brand.word == label.lower()), None)
