"""Whether one word, written down by its sound, is a protected word."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from compliance.detectors.brand_words.letters import sound
from compliance.detectors.brand_words.names import ALIBABA, ALIEXPRESS, ALIPAY, SOUNDS


@dataclass(frozen=True)
class Judged:
    """The protected word `name`; `step` is the test that matched. Not sure: a person must look."""

    name: str
    step: str
    is_sure: bool


ALI, EXPRESS = "ali", "ekspres"
# Longer words are texts run together: searched for what is written out, not for slips.
LONGEST = 64
_ALIEXPRESS = sound("aliexpress")
_VOWELS = re.compile("[aeiou]+")


def judge_sound(heard: str) -> Judged | None:
    """What a word is by its sound (see `letters.sound`); None: nothing of ours."""
    for test in _TESTS[:3] if len(heard) > LONGEST else _TESTS:
        judged = test(heard)
        if judged is not None:
            return judged
    return None


def is_plain_part(word: str, spelling: str) -> bool:
    """Whether the word has the spelling in it by design: after one or two other letters it may
    have it by chance, as in "Bali express"."""
    before = word.find(spelling)
    return before == 0 or before > 2


# "Alipaine" is Finnish: Alipay is searched for inside words by its letters alone.
_INSIDE = {heard: name for heard, name in SOUNDS.items() if len(heard) > 5 and name != ALIPAY}


def _written_out(heard: str) -> Judged | None:
    if heard in SOUNDS:
        return Judged(SOUNDS[heard], "same_sound", True)
    for spelling, name in _INSIDE.items():
        if spelling in heard:
            return Judged(name, "inside_a_word", is_plain_part(heard, spelling))
    return None


def _cut_short(heard: str) -> Judged | None:
    if not heard.startswith("alieks"):
        return None
    return Judged(ALIEXPRESS, "short_form", heard == "alieks" or heard.startswith("alieksp"))


def _in_another_order(heard: str) -> Judged | None:
    if heard == "babali":
        return Judged(ALIBABA, "word_order", True)
    if heard.startswith(EXPRESS + ALI):
        return Judged(ALIEXPRESS, "word_order", heard == EXPRESS + ALI)
    return None


def _before_express(heard: str) -> Judged | None:
    """A word that ends in a right "express" is judged by what stands before: "globalexpress"."""
    head = heard[: heard.find(EXPRESS)] if EXPRESS in heard else ""
    near = 2 <= len(head) <= 4 and OSA.distance(head, ALI, score_cutoff=1) <= 1
    return Judged(ALIEXPRESS, "misspelt", False) if near else None


_SKELETONS = {
    _VOWELS.sub("a", heard): name for heard, name in SOUNDS.items() if name in (ALIEXPRESS, ALIBABA)
}


def _with_other_vowels(heard: str) -> Judged | None:
    name = _SKELETONS.get(_VOWELS.sub("a", heard))
    return Judged(name, "other_vowels", False) if name else None


def _with_slips(heard: str) -> Judged | None:
    size = len(_ALIEXPRESS)
    if EXPRESS in heard or len(heard) < size - 2:
        return None
    slips = OSA.distance(heard, _ALIEXPRESS, score_cutoff=2)
    if slips <= 2:
        return Judged(ALIEXPRESS, "misspelt", slips == 1)
    for start in range(len(heard) - size + 1):
        for length in (size, size - 1, size + 1):
            part = heard[start : start + length]
            if OSA.distance(part, _ALIEXPRESS, score_cutoff=1) <= 1:
                return Judged(ALIEXPRESS, "inside_a_word", False)
    return None


# The first three look for what is written out.
_TESTS: tuple[Callable[[str], Judged | None], ...] = (
    *(_written_out, _cut_short, _in_another_order),
    *(_before_express, _with_other_vowels, _with_slips),
)
