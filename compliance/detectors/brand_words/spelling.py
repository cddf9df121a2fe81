"""Whether one word is a protected word, however it is spelt."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from compliance.detectors.brand_words.letters import (
    has_cyrillic,
    has_latin,
    looks,
    looks_cyrillic,
    looks_latin_throughout,
    sound,
    without_digits,
)
from compliance.detectors.brand_words.names import (
    ALI_WORDS,
    ALIEXPRESS,
    ALIPAY,
    CYRILLIC,
    DOUBTFUL,
    INNOCENT,
    LATIN,
    NATIVE,
    TMALL,
)
from compliance.detectors.brand_words.sounds import (
    EXPRESS,
    LONGEST,
    Judged,
    is_plain_part,
    judge_sound,
)
from compliance.detectors.domain_names.vocabulary import BEFORE_MALL, COMPANIONS


def judge_word(word: str) -> Judged | None:
    """What a folded word is, read in every way that it may have been meant; None: nothing of ours.

    Numbers alone are not judged here.
    """
    return _judge(word) if len(word) > LONGEST else _judge_and_keep(word)


def is_ali(word: str) -> bool:
    """Whether the folded word says "ali" and nothing more."""
    return word in ALI_WORDS or (len(word) == 3 and looks(word) in ALI_WORDS)


@lru_cache(maxsize=65536)
def is_express(word: str) -> bool:
    """Whether the folded word is "express", or a misspelling of it."""
    if not 4 <= len(word) <= 14:
        return False
    heard = sound(word)
    return heard.startswith(EXPRESS) or OSA.distance(heard, EXPRESS, score_cutoff=1) <= 1


@lru_cache(maxsize=65536)
def _judge_and_keep(word: str) -> Judged | None:
    return _judge(word)


def _judge(word: str) -> Judged | None:
    if word.isdigit() or len(word) < 4 or word in INNOCENT or word.startswith("kalipay"):
        return None
    doubtful: Judged | None = None
    for step, reading in _readings(word):
        judged = _cyrillic(reading) if has_cyrillic(reading) else _latin(reading)
        if judged is not None and step:
            judged = Judged(judged.name, step, judged.is_sure)
        if judged is not None and judged.is_sure:
            return judged
        doubtful = doubtful or judged
    return (
        doubtful
        or _looks_like(word)
        or _after_a_companion(word)
        or _native(word)
        or _backwards(word)
    )


def _readings(word: str) -> Iterator[tuple[str, str]]:
    """Pairs of (step, the word so read), the plainest first: its step is empty."""
    yield "", word
    if any(character.isdigit() for character in word):
        yield from _readings_of_digits(word)
    elif has_cyrillic(word):
        if has_latin(word):
            yield "look_alikes", looks_cyrillic(word)
        if has_latin(word) or looks_latin_throughout(word):
            yield "look_alikes", looks(word)
    elif not word.isascii() and sound(word).isascii():
        yield "look_alikes", looks(word)


def _readings_of_digits(word: str) -> Iterator[tuple[str, str]]:
    if sum(character.isalpha() for character in word) * 2 < len(word):
        return
    for plain in without_digits(word):
        if plain != word:
            yield "digits_for_letters", plain
            if has_latin(plain) and has_cyrillic(plain):
                yield "look_alikes", looks(plain)


def _latin(word: str) -> Judged | None:
    if word in LATIN:
        return Judged(LATIN[word], "as_written", True)
    for spelling, name in LATIN.items():
        inside = spelling in word if name != TMALL else word.startswith(spelling)
        if inside:
            is_sure = is_plain_part(word, spelling) and (
                name != ALIPAY or word.startswith(spelling)
            )
            return Judged(name, "inside_a_word", is_sure)
    judged = judge_sound(sound(word))
    if judged is not None or len(word) > LONGEST:
        return judged
    return _misspelt(word, LATIN) or _nearly_tmall(word)


# Signs that pass for one another: to the eye "aiibaba" and "a11baba" are one word.
_ALIKE = str.maketrans("l1j!|0345786", "iiiiioeastbb")
_PAIRS = re.compile("rn|nn|rr")


def _skeleton(word: str) -> str:
    return _PAIRS.sub("m", word.translate(_ALIKE))


_SKELETONS = {_skeleton(word): name for word, name in LATIN.items()}


def _looks_like(word: str) -> Judged | None:
    name = _SKELETONS.get(_skeleton(word)) if word.isascii() else None
    return Judged(name, "look_alikes", False) if name else None


_ENDINGS = re.compile("(?:[ауеыияюо]|о[мвйю]|е[мй]|ею|ам|ами|ах|ск[иоа][ийея]?|н[ыоа][ийея]?)$")
_STEMS = {_ENDINGS.sub("", word): name for word, name in CYRILLIC.items()}
# Of the others another stem is near: "олимп", for one.
_STEMS_WITH_SLIPS = {stem: name for stem, name in _STEMS.items() if name == ALIEXPRESS}


# "Залипай" is a word of its own.
_STARTING = frozenset(
    spelling for spelling, name in CYRILLIC.items() if name == TMALL or spelling == "алипаи"
)


def _cyrillic(word: str) -> Judged | None:
    if word in CYRILLIC:
        return Judged(CYRILLIC[word], "as_written", True)
    for spelling, name in CYRILLIC.items():
        inside = word.startswith(spelling) if spelling in _STARTING else spelling in word
        if inside:
            return Judged(name, "inside_a_word", is_plain_part(word, spelling))
    stem = _ENDINGS.sub("", word[-LONGEST:])
    if len(stem) > 3 and len(word) > 4 and stem in _STEMS:
        return Judged(_STEMS[stem], "inflected", True)
    judged = judge_sound(sound(word))
    if judged is not None or len(word) > LONGEST:
        return judged
    return _misspelt(word, CYRILLIC) or _misspelt(stem, _STEMS_WITH_SLIPS)


def _misspelt(word: str, spellings: Mapping[str, str]) -> Judged | None:
    for spelling, name in spellings.items():
        # What ends in a right "express" was judged by its sound.
        if name == TMALL or (name == ALIEXPRESS and EXPRESS in sound(word)):
            continue
        allowed = 2 if name == ALIEXPRESS else 1
        slips = OSA.distance(word, spelling, score_cutoff=allowed)
        if slips <= allowed:
            return Judged(name, "misspelt", slips == 1 and word not in DOUBTFUL)
    return None


# Inside other words these may stand by chance: only where a known word leads up to them.
_AFTER_COMPANIONS = {
    spelling: name
    for spelling, name in (LATIN | CYRILLIC).items()
    if name == TMALL or spelling == "алипаи"
}


def _after_a_companion(word: str) -> Judged | None:
    for spelling, name in _AFTER_COMPANIONS.items():
        before, found, _after = word.rpartition(spelling)
        leads = before.isdigit() or before in COMPANIONS
        if found and leads and before + spelling[0] not in BEFORE_MALL:
            return Judged(name, "inside_a_word", False)
    return None


def _nearly_tmall(word: str) -> Judged | None:
    """So short a name has many neighbours; "kmall" and "emall" are other shops."""
    if not 4 <= len(word) <= 6 or OSA.distance(word, "tmall", score_cutoff=1) > 1:
        return None
    if word.endswith("mall") and word[0] not in "try5":
        return None
    return Judged(TMALL, "misspelt", False)


_LONG_NATIVE = {word: name for word, name in NATIVE.items() if len(word) >= 9}


def _native(word: str) -> Judged | None:
    """One slip in a long name of another script; a text is searched for those written right."""
    if len(word) < 8 or has_latin(word) or has_cyrillic(word):
        return None
    for spelling, name in _LONG_NATIVE.items():
        near = abs(len(word) - len(spelling)) <= 1
        if near and OSA.distance(word, spelling, score_cutoff=1) <= 1:
            return Judged(name, "misspelt", False)
    return None


def _backwards(word: str) -> Judged | None:
    name = LATIN.get(word[::-1]) or CYRILLIC.get(word[::-1])
    return Judged(name, "backwards", False) if name else None
