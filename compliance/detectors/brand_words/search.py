"""Where a text carries a protected word."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from compliance.detectors.brand_words.letters import (
    WORD,
    Folded,
    fold,
    typed_on_english_keys,
    typed_on_russian_keys,
    without_signs,
)
from compliance.detectors.brand_words.names import (
    ALIBABA,
    CYRILLIC,
    DAYS_BEFORE_CAT,
    LATIN,
    N1688,
    NATIVE,
    NATIVE_WORDS,
    TALES,
)
from compliance.detectors.brand_words.numbers import find_1688
from compliance.detectors.brand_words.phrases import Word, name_in, short_forms, spaced_letters
from compliance.detectors.brand_words.sounds import Judged
from compliance.detectors.brand_words.spelling import judge_word


@dataclass(frozen=True)
class BrandWord:
    """A protected word found: `name` as the merchant writes it, `matched` is `text[start:end]`.

    step: the test that matched. Not sure: ordinary words may look like that, a person must look.
    """

    name: str
    step: str
    is_sure: bool
    matched: str
    start: int
    end: int


@dataclass(frozen=True)
class _Hit:
    judged: Judged
    start: int
    end: int


def find_brand_words(text: str) -> tuple[BrandWord, ...]:
    """Every protected word in the text, in order, each stretch once."""
    folded = fold(text)
    hits = [*_hits(folded.letters), *_typed_on_other_keys(folded.letters)]
    found = [_brand_word(text, folded, hit) for hit in _apart(hits)]
    return tuple(found) or _encoded(text)


def _brand_word(text: str, folded: Folded, hit: _Hit) -> BrandWord:
    start, end = folded.span(hit.start, hit.end)
    judged = hit.judged
    is_tale = judged.name == ALIBABA and any(tale in folded.letters for tale in TALES)
    return BrandWord(
        judged.name, judged.step, judged.is_sure and not is_tale, text[start:end], start, end
    )


def _apart(hits: Iterable[_Hit]) -> list[_Hit]:
    """Of those that overlap the surer, then the longer one."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif hit.judged.is_sure and not kept[-1].judged.is_sure:
            kept[-1] = hit
    return kept


def _hits(letters: str) -> Iterator[_Hit]:
    words = [Word(run.group(), run.start(), run.end()) for run in WORD.finditer(letters)]
    named = set()
    for index, word in enumerate(words):
        judged = judge_word(word.letters)
        if judged is not None:
            named.add(index)
            yield _Hit(judged, word.start, word.end)
    for found in (
        name_in(words, letters, named),
        spaced_letters(words),
        short_forms(words, letters),
    ):
        for judged, first, last in found:
            yield _Hit(judged, words[first].start, words[last].end)
    for number in find_1688(letters):
        yield _Hit(Judged(N1688, number.step, number.is_sure), number.start, number.end)
    yield from _with_signs(letters)
    if _OTHER_SCRIPT.search(letters):
        yield from _native(letters)


# --- Signs for letters, and letters left out -------------------------------------------

_SIGNED = re.compile(r"[^\s]*[^\W_][^\s]*")
_SIGNS = re.compile(r"[@$!|€£§]")
_MASKED = re.compile(r"[*•#×]+")
_ENDS = "!?.,:;\"'()[]{}+-«»„“”|#"
_LONGEST_CHUNK = 40


def _with_signs(letters: str) -> Iterator[_Hit]:
    if not (_SIGNS.search(letters) or _MASKED.search(letters)):
        return
    for run in re.finditer(r"\S+", letters):
        chunk = run.group().strip(_ENDS)
        if len(chunk) > _LONGEST_CHUNK:
            continue
        start = letters.index(chunk, run.start()) if chunk else run.start()
        judged = _signed(chunk) or _masked(chunk)
        if judged is not None:
            yield _Hit(judged, start, start + len(chunk))


def _signed(chunk: str) -> Judged | None:
    if not _SIGNS.search(chunk):
        return None
    for word in WORD.findall(without_signs(chunk)):
        judged = judge_word(word) if word not in chunk else None
        if judged is not None:
            return Judged(judged.name, "signs_for_letters", judged.is_sure)
    return None


def _masked(chunk: str) -> Judged | None:
    pieces = _MASKED.split(chunk)
    shown = sum(map(len, pieces))
    if not 2 <= len(pieces) <= 4 or shown < 4:
        return None
    pattern = re.compile(".{1,5}".join(map(re.escape, pieces)))
    for spelling, name in (LATIN | CYRILLIC).items():
        if shown * 2 >= len(spelling) and pattern.fullmatch(spelling):
            return Judged(name, "letters_hidden", False)
    return None


# --- Other scripts, keyboards and codes ------------------------------------------------

_NATIVE = re.compile("|".join(sorted(map(re.escape, NATIVE), key=len, reverse=True)))
_OTHER_SCRIPT = re.compile("[\u0590-\uffff]")
_CAT = re.compile("天[猫貓]")


def _native(letters: str) -> Iterator[_Hit]:
    places = [place for place, letter in enumerate(letters) if WORD.match(letter)]
    squeezed = "".join(letters[place] for place in places)
    for found in _NATIVE.finditer(squeezed):
        start, end = places[found.start()], places[found.end() - 1] + 1
        if _is_name(letters, found.group(), start, end):
            yield _Hit(Judged(NATIVE[found.group()], "native_name", True), start, end)


def _is_name(letters: str, word: str, start: int, end: int) -> bool:
    before = letters[start - 1 : start] if start else ""
    if _CAT.fullmatch(word):
        return end - start == len(word) and (not before or before not in DAYS_BEFORE_CAT)
    return word not in NATIVE_WORDS or not WORD.match(before)


_RUSSIAN_FOR_ENGLISH = re.compile("фдш|ефщ|еьфдд|учзку|зкуы")
_ENGLISH_FOR_RUSSIAN = re.compile("fkb|fks|nfj|nvj|rcgh")


def _typed_on_other_keys(letters: str) -> Iterator[_Hit]:
    """Names typed with the other of two keyboard layouts on."""
    readings = []
    if _RUSSIAN_FOR_ENGLISH.search(letters):
        readings.append(typed_on_english_keys(letters))
    if _ENGLISH_FOR_RUSSIAN.search(letters):
        readings.append(typed_on_russian_keys(letters))
    for reading in readings:
        for hit in _hits(reading):
            original = letters[hit.start : hit.end]
            if hit.judged.is_sure and original != reading[hit.start : hit.end]:
                judged = Judged(hit.judged.name, "keyboard_layout", True)
                yield _Hit(judged, hit.start, hit.end)


_CODED = re.compile("%[0-9a-f]{2}|&#?[a-z0-9]+;", re.IGNORECASE)


def _encoded(text: str) -> tuple[BrandWord, ...]:
    """Names in percent or character codes; the stretch is the text as a whole."""
    if not _CODED.search(text):
        return ()
    plain = html.unescape(unquote(text))
    hits = _apart(_hits(fold(plain).letters)) if plain != text else []
    return tuple(
        BrandWord(hit.judged.name, "encoded", hit.judged.is_sure, text, 0, len(text))
        for hit in hits[:1]
    )
