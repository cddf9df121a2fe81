"""A protected word in one reading of a name: as it is, in another order, or misspelt."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from compliance.detectors.domain_names.brands import ALIEXPRESS, NUMBER, TMALL, Brand
from compliance.detectors.domain_names.matches import JOINED, Match, Place
from compliance.detectors.domain_names.shape import Shape
from compliance.detectors.domain_names.similarity import SLIP, Likeness, likeness
from compliance.detectors.domain_names.vocabulary import (
    ALI_WORDS,
    BEFORE_ALI,
    BEFORE_ALI_WHOLE,
    BEFORE_EXPRESS,
    BEFORE_MALL,
    COMPANIONS,
    INNOCENT,
    LONGER_COMPANIONS,
)
from compliance.detectors.finding import Verdict

# A short word is found across dots only where it is all that they hold.
_SHORT = 6
# Cheaper than this, a slip is hardly seen: lookalike, doubled, transposed.
_HARDLY_SEEN = 6
# No English word goes on with "t" after these, so "tmall" begins where it seems to.
_NEVER_BEFORE_T = frozenset("bdgjkmqvwyz")
_ALI = "ali"
# Endings of names that are typed without their dot; two letters tell enough in a longer name.
_LONG_ENDINGS = ("com", "net", "org", "info", "shop", "store", "online", "comru", "couk", "combr")
_COUNTRIES = ("ru", "by", "kz", "ua", "us", "uk", "de", "fr", "es", "it", "pl", "cn", "br", "tr")
_FORGOTTEN_DOT = {False: _LONG_ENDINGS, True: _LONG_ENDINGS + _COUNTRIES}


def find_word(brand: Brand, shape: Shape, step: str, place: Place) -> Match | None:
    """The best match of a word in a reading; `step` is what the reading did to the name."""
    return (
        _exact(brand, shape, step, place)
        or _other_order(brand, shape, place)
        or find_misspelt(brand, shape, place)
        or _misspelt_part(brand, shape, place)
    )


def _exact(brand: Brand, shape: Shape, step: str, place: Place) -> Match | None:
    for word in (brand.word, *brand.spellings):
        start = shape.joined.find(word)
        while start >= 0:
            end = start + len(word)
            verdict = _certainty(brand, shape, start, end, place)
            if word != brand.word and not _stands_alone(brand, shape, start, end):
                verdict = Verdict.CLEAR
            if verdict is not Verdict.CLEAR:
                form = shape.joined[start:end]
                how = step or ("" if word == brand.word else "transliteration")
                return Match(brand, _exact_step(shape, start, end, how, place), form, verdict)
            start = shape.joined.find(word, start + 1)
    return None


def _stands_alone(brand: Brand, shape: Shape, start: int, end: int) -> bool:
    """Another spelling of a short word is found in many words: alipei in Ali Peishwa."""
    return len(brand.word) > _SHORT or (start in shape.begins and end in shape.ends)


def _exact_step(shape: Shape, start: int, end: int, step: str, place: Place) -> str:
    if place in JOINED:
        return str(place)
    if step:
        return step
    return "hyphens" if shape.crosses(start, end) else "containment"


def _certainty(brand: Brand, shape: Shape, start: int, end: int, place: Place) -> Verdict:
    """How sure it is that letters that spell the word are the word."""
    if place in JOINED:
        return _certainty_across(brand, shape, start, end)
    if brand is TMALL:
        return _certainty_of_tmall(shape, start, end)
    residue = shape.residue(start)
    if not residue:
        return Verdict.BRAND
    end_of_other = brand.word.startswith(_ALI) and ends_in_ali(residue)
    return Verdict.REVIEW if end_of_other or shape.crosses(start, end) else Verdict.BRAND


def _certainty_across(brand: Brand, shape: Shape, start: int, end: int) -> Verdict:
    """The same, read across dots; within one label it was judged before."""
    if not shape.crosses(start, end):
        return Verdict.CLEAR
    if len(brand.word) <= _SHORT:
        return Verdict.REVIEW if {start, end} <= shape.cuts else Verdict.CLEAR
    if start in shape.edges:
        return Verdict.BRAND
    # capitali.express is the name of a capital's express.
    halves_apart = brand.halves is not None and start + len(brand.halves[0]) in shape.cuts
    return Verdict.CLEAR if halves_apart else Verdict.REVIEW


def ends_in_ali(residue: str) -> bool:
    """Whether letters before "ali" make it the end of a word: Itali(a), Bali, Natali(e)."""
    return residue in BEFORE_ALI_WHOLE or residue.endswith(BEFORE_ALI)


def _certainty_of_tmall(shape: Shape, start: int, end: int) -> Verdict:
    """Between other letters it is the end of one word and "mall": giftmall, smartmall."""
    if start in shape.edges:
        whole = end in shape.ends or not shape.crosses(start, end)
        return Verdict.BRAND if whole else Verdict.CLEAR
    token = max(edge for edge in shape.edges if edge <= start)
    if shape.crosses(start, end) or shape.joined[token : start + 1] in BEFORE_MALL:
        return Verdict.CLEAR
    if shape.consists_of(LONGER_COMPANIONS, token, start):
        return Verdict.REVIEW
    return Verdict.REVIEW if shape.joined[start - 1] in _NEVER_BEFORE_T else Verdict.CLEAR


def _other_order(brand: Brand, shape: Shape, place: Place) -> Match | None:
    if brand.halves is None or place in JOINED:
        return None
    first, second = brand.halves
    swapped = second + first
    start = shape.joined.find(swapped)
    if start < 0:
        return _nearly_other_order(brand, swapped, shape)
    end = start + len(swapped)
    goes_on = shape.joined[end - len(first) :].startswith(ALI_WORDS) and end not in shape.cuts
    whole = start == 0 and end == len(shape.joined)
    if end not in shape.ends or goes_on:
        return None
    # "pay" and "mama" are words of their own: only where nothing else is there.
    certain = brand is ALIEXPRESS or second == "baba"
    if not certain and not whole:
        return None
    return Match(brand, "token_order", swapped, Verdict.BRAND if certain else Verdict.REVIEW)


def _nearly_other_order(brand: Brand, swapped: str, shape: Shape) -> Match | None:
    joined = shape.joined
    if brand is not ALIEXPRESS or joined.startswith("express"):
        return None
    if OSA.distance(joined, swapped, score_cutoff=1) > 1 or joined in INNOCENT:
        return None
    return Match(brand, "token_order", joined, Verdict.REVIEW)


def find_misspelt(brand: Brand, shape: Shape, place: Place) -> Match | None:
    """The whole of a label, or of labels joined, as a misspelling."""
    for start, end in _wholes(brand, shape.joined):
        text = shape.joined[start:end]
        found = _near(brand, text, brand.whole)
        if found is None or text == brand.word or (text in INNOCENT and not shape.disguised):
            continue
        if _is_own_word(brand, shape, start, end):
            continue
        if place in JOINED and (len(brand.word) <= _SHORT or found.cost > SLIP):
            continue
        if not _is_whole_likeness(brand, shape, text, found, place):
            continue
        return Match(brand, _slip_step(found, place), text, _verdict_of_slips(brand, text, found))
    return None


def _wholes(brand: Brand, joined: str) -> Iterator[tuple[int, int]]:
    """All of it, and what is left where a dot before or behind the name was forgotten."""
    starts = (0, 3) if joined.startswith("www") else (0,)
    endings = _FORGOTTEN_DOT.get(len(brand.word) > _SHORT or len(starts) > 1, ())
    for start in starts:
        yield start, len(joined)
        if joined.endswith(endings):
            yield from (
                (start, len(joined) - len(ending)) for ending in endings if joined.endswith(ending)
            )


def _near(brand: Brand, text: str, budget: int) -> Likeness | None:
    if not text or abs(len(text) - len(brand.word)) > 3:
        return None
    most = 4 if budget > SLIP else 3
    distance = OSA.distance(text, brand.word, score_cutoff=most)
    if distance > most:
        return None
    # Slips that are seen come one at a time, in a long word two.
    slips = 2 if len(brand.word) > _SHORT or brand is NUMBER else 1
    if len(brand.word) - len(text) > slips:
        return None
    found = likeness(brand.word, text)
    few = not found.is_seen or len(found.slips) <= slips
    if found.cost > budget or not (few or distance <= slips):
        return None
    return found


def _is_whole_likeness(
    brand: Brand, shape: Shape, text: str, found: Likeness, place: Place
) -> bool:
    if brand is NUMBER:
        return _is_near_number(text, found) and place in {Place.LABEL, Place.COMMUNITY}
    if not any(character.isalpha() for character in text):
        return False
    if brand.halves is None or not text.endswith(brand.halves[1]):
        return True
    # All slips are in three letters: with more than one, it is another word before "express".
    allowed = _HARDLY_SEEN if place in JOINED else SLIP
    return shape.disguised or found.cost <= allowed


def _is_near_number(text: str, found: Likeness) -> bool:
    """One slip in figures, or letters in their place; a year is what it is."""
    near = OSA.distance(text, NUMBER.word) == 1
    near |= len(text) == len(NUMBER.word) and {"lookalike", "similar"}.issuperset(found.slips)
    if text.isdigit():
        return near and text != "1888" and not re.fullmatch(r"(?:19|20)\d\d", text)
    return near and len(text) >= len(NUMBER.word)


def _misspelt_part(brand: Brand, shape: Shape, place: Place) -> Match | None:
    """A misspelling beside other words, where words begin and end."""
    if not brand.part or place in JOINED:
        return None
    size = len(brand.word)
    for start in sorted(shape.begins):
        for end in range(start + size - 1, min(start + size + 1, len(shape.joined)) + 1):
            text = shape.joined[start:end]
            if OSA.distance(text, brand.word, score_cutoff=1) > 1:
                continue
            if _is_part(brand, shape, start, end):
                found = likeness(brand.word, text)
                verdict = _verdict_of_slips(brand, text, found)
                if ends_in_ali(shape.residue(start)):
                    verdict = Verdict.REVIEW
                return Match(brand, _slip_step(found, place), text, verdict)
    return None


def _is_part(brand: Brand, shape: Shape, start: int, end: int) -> bool:
    text = shape.joined[start:end]
    if text in INNOCENT or shape.consists_of(COMPANIONS, start, end):
        return False
    if _is_own_word(brand, shape, start, end):
        return False
    if brand.halves and text.endswith(brand.halves[1]) and start not in shape.openings:
        return False
    begun_well = brand is ALIEXPRESS and text.startswith(_ALI)
    return begun_well or end in shape.ends


def _is_own_word(brand: Brand, shape: Shape, start: int, end: int) -> bool:
    """ "api-express" and "All Express" are two words where they are written apart."""
    if brand is not ALIEXPRESS or not shape.joined[start:end].endswith("express"):
        return False
    border = end - len("express")
    return border in shape.cuts and shape.joined[start:border] in BEFORE_EXPRESS


def _slip_step(found: Likeness, place: Place) -> str:
    if place in JOINED:
        return str(place)
    kinds = set(found.slips)
    return kinds.pop() if len(kinds) == 1 else "edit_distance"


def _verdict_of_slips(brand: Brand, text: str, found: Likeness) -> Verdict:
    """Certain where hardly another word can be meant."""
    if brand.halves and text.endswith(brand.halves[1]):
        doubled = brand is ALIEXPRESS and set(found.slips) == {"doubled"}
        return Verdict.BRAND if doubled else Verdict.REVIEW
    if brand is ALIEXPRESS:
        return Verdict.BRAND if found.cost <= SLIP else Verdict.REVIEW
    certain = len(brand.word) >= _SHORT and not found.is_seen
    return Verdict.BRAND if certain or found.slips == ("transposed",) else Verdict.REVIEW
