"""What only several words together say: names in two words, spaced letters, "on Ali"."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from compliance.detectors.brand_words.letters import sound, without_repeats
from compliance.detectors.brand_words.names import (
    ALIBABA,
    ALIEXPRESS,
    ALIK_WORDS,
    ALIMAMA,
    ALIPAY,
    ALLY_WORDS,
    BABA_CASES,
    COUPONS,
    NAMED_ALI,
    PREPOSITIONS,
    SERVICES,
    SHOPPING,
    SOUNDS,
    TMALL,
    TWO_WORDS,
)
from compliance.detectors.brand_words.sounds import Judged
from compliance.detectors.brand_words.spelling import is_ali, is_express, judge_word


@dataclass(frozen=True)
class Word:
    """One run of letters and digits of a folded text."""

    letters: str
    start: int
    end: int


# Of the protected words, of "express" and of "baba".
_FIRST_SOUNDS = frozenset("ateb")
_MOST_WORDS = 4
_MOST_LETTERS = 16
_FUZZY_LETTERS = range(8, 13)
_SENTENCE_END = re.compile(r"[.!?;\n]\s")


def name_in(
    words: Sequence[Word], text: str, named: Collection[int]
) -> Iterator[tuple[Judged, int, int]]:
    """Names that fall into several words: (judged, first, last index).

    named: the indexes of words that are names already.
    """
    for first in range(len(words) - 1):
        if sound(words[first].letters)[:1] not in _FIRST_SOUNDS:
            continue
        size = len(words[first].letters)
        for last in range(first + 1, min(first + _MOST_WORDS, len(words))):
            size += len(words[last].letters)
            if size > _MOST_LETTERS or first in named or last in named:
                break
            judged = _joined(words[first : last + 1], text) if size > 3 else None
            if judged is not None:
                yield judged, first, last
                break


def spaced_letters(words: Sequence[Word]) -> Iterator[tuple[Judged, int, int]]:
    """Names written letter by letter: (judged, first, last index)."""
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and len(words[last].letters) == 1:
            last += 1
        if last - first >= 4:
            judged = judge_word("".join(word.letters for word in words[first:last]))
            if judged is not None:
                yield Judged(judged.name, "spaced_letters", judged.is_sure), first, last - 1
        first = max(last, first + 1)


def _joined(parts: Sequence[Word], text: str) -> Judged | None:
    heads = [part.letters for part in parts]
    is_glued = not any(map(str.isspace, text[parts[0].end : parts[-1].start]))
    step = "split_by_signs" if is_glued else "split_words"
    pair = _pair(heads[0], heads[1], is_glued=is_glued) if len(heads) == 2 else None
    if pair is not None:
        return pair
    heard = without_repeats("".join(map(sound, heads)))
    # "Аллее мамы" and "алые экспрессы" sound like a name, but fall into ordinary words.
    ordinary = sound(heads[0]) == "ali" or (len(heads) == 2 and is_express(heads[1]))
    if heard[:1] not in ("a", "t") or (ordinary and not is_glued):
        return None
    name = SOUNDS.get(heard)
    if name == TMALL:
        # "AT&T mall" and "don't mall" are no name.
        is_hyphened = len(heads) == 2 and text[parts[0].end : parts[1].start] == "-"
        cut_off = text.endswith(("&", "'", "’"), 0, parts[0].start)
        is_name = (len(heads) == 2 and len(heads[0]) == 1 and not cut_off) or is_hyphened
        is_name = is_name and (is_glued or heads[1] in ("mall", "молл", "малл"))
        return Judged(TMALL, step, is_glued) if is_name else None
    if name is not None:
        return Judged(name, step, is_glued or name not in (ALIMAMA, ALIPAY))
    return _joined_with_slips(heads, heard, is_glued=is_glued)


def _joined_with_slips(heads: list[str], heard: str, *, is_glued: bool) -> Judged | None:
    # "Bali express", "alex press" and "alien press" are ordinary words.
    if any(is_express(head) or sound(head) in ("pres", "baba", "mama") for head in heads):
        return None
    if is_glued:
        judged = judge_word("".join(heads))
        if judged is None or judged.name == TMALL:
            return None
        return Judged(judged.name, "split_by_signs", judged.is_sure)
    if len(heard) in _FUZZY_LETTERS and OSA.distance(heard, "aliekspres", score_cutoff=1) <= 1:
        return Judged(ALIEXPRESS, "split_words", False)
    return None


def _pair(first: str, second: str, *, is_glued: bool) -> Judged | None:
    step = "split_by_signs" if is_glued else "split_words"
    if is_ali(first):
        if is_express(second):
            return Judged(ALIEXPRESS, step, True)
        name = ALIBABA if second in BABA_CASES else TWO_WORDS.get(sound(second))
        return Judged(name, step, is_glued or name != ALIMAMA) if name else None
    nearly = first in ALLY_WORDS and (is_express(second) or second == "baba")
    if nearly or (first in ALIK_WORDS and is_express(second)):
        return Judged(ALIBABA if second == "baba" else ALIEXPRESS, step, False)
    if is_ali(second):
        if is_express(first):
            return Judged(ALIEXPRESS, "word_order", is_glued)
        if sound(first) == "baba":
            return Judged(ALIBABA, "word_order", is_glued)
    return None


def short_forms(words: Sequence[Word], text: str) -> Iterator[tuple[Judged, int, int]]:
    """The everyday short names, where the words around them speak of a shop."""
    shopping = any(word.letters.startswith(SHOPPING) for word in words)
    for index, word in enumerate(words):
        if sound(word.letters).startswith("alishk"):
            yield Judged(ALIEXPRESS, "short_form", False), index, index
            continue
        after_preposition = index > 0 and words[index - 1].letters in PREPOSITIONS
        around = words[max(0, index - 1) : index + 2]
        if word.letters in ALIK_WORDS:
            of_trade = any(near.letters.startswith(SHOPPING) for near in around)
            if of_trade or (after_preposition and word.letters in ("алике", "алика")):
                yield Judged(ALIEXPRESS, "short_form", False), index, index
        if not is_ali(word.letters):
            continue
        coupons = any(near.letters.startswith(COUPONS) for near in around)
        if coupons or (after_preposition and shopping):
            yield Judged(ALIEXPRESS, "short_form", False), index, index
        else:
            yield from _express_near(words, index, text)


def _express_near(
    words: Sequence[Word], index: int, text: str
) -> Iterator[tuple[Judged, int, int]]:
    """Ali and express with a word or two between them, in any order."""
    if any(word.letters.startswith(NAMED_ALI) for word in words[max(0, index - 2) : index + 3]):
        return
    for other in range(max(0, index - 3), min(len(words), index + 4)):
        if not is_express(words[other].letters):
            continue
        if other > 0 and words[other - 1].letters.startswith(("american", "американ", "америкен")):
            continue
        after = words[other + 1].letters if other + 1 < len(words) else ""
        if abs(other - index) > 1 and after.startswith(SERVICES):
            continue
        first, last = min(index, other), max(index, other)
        if not _SENTENCE_END.search(text, words[first].end, words[last].start):
            yield Judged(ALIEXPRESS, "word_order", False), first, last
