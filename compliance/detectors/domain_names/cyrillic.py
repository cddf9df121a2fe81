"""A protected word as Russian shops write it, with slips of a Russian keyboard."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from compliance.detectors.domain_names.brands import ALIEXPRESS, BRANDS, TMALL, Brand
from compliance.detectors.domain_names.matches import Match
from compliance.detectors.domain_names.shape import Shape, shape_of
from compliance.detectors.domain_names.vocabulary import INNOCENT
from compliance.detectors.finding import Verdict

_LETTER = re.compile("[а-яёіїєґў]")
_FEW = 4
_TOKEN = re.compile("[а-яёіїєґў0-9]+")
# A right "express" leaves three letters for the slips: with two, another word stands before it.
_EXPRESS = re.compile("[эе]кспресс?$")


def find_cyrillic(text: str) -> Iterator[Match]:
    """One slip of a whole name, or of a word beside others; two of the whole of AliExpress.

    Words written right are found by their sound as well, and surer.
    """
    if not _LETTER.search(text):
        return
    shape = shape_of(text, token=_TOKEN)
    for brand in BRANDS:
        form = _whole(brand, shape) or _part(brand, shape)
        if form:
            yield Match(brand, "transliteration", form, Verdict.REVIEW)


def _whole(brand: Brand, shape: Shape) -> str:
    joined = shape.joined
    if joined in INNOCENT:
        return ""
    slips = 2 if brand is ALIEXPRESS and not _EXPRESS.search(joined) else 1
    for word in brand.cyrillic:
        # Four letters, one of them wrong, are any word.
        allowed = slips if len(word) > _FEW else 0
        if OSA.distance(joined, word, score_cutoff=allowed) <= allowed:
            return joined
    return ""


def _part(brand: Brand, shape: Shape) -> str:
    # One slip from Tmall there are too many words.
    slips = 0 if brand is TMALL else 1
    for word in brand.cyrillic:
        for start in sorted(shape.begins):
            for end in range(start + len(word) - slips, start + len(word) + slips + 1):
                form = shape.joined[start:end]
                if end not in shape.ends or form in INNOCENT:
                    continue
                if OSA.distance(form, word, score_cutoff=slips) <= slips:
                    return form
    return ""
