"""What makes different writings of one word comparable: folding, alphabets, looks, keyboards."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from confusable_homoglyphs import confusables


@dataclass(frozen=True)
class Folded:
    """A text in small letters without accents and without what does not show.

    `places[i]` is where in the text the character `letters[i]` comes from.
    """

    letters: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text that became `letters[start:end]`."""
        return self.places[start], self.places[end - 1] + 1


# Python's \w leaves out the vowel signs of Indic and South-East Asian scripts.
_SIGNS_AMONG_THEM = "\u0964\u0965\u0970\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u17d4-\u17da"
WORD = re.compile(f"(?:[^\\W_]|(?![{_SIGNS_AMONG_THEM}])[\u0900-\u109f\u1780-\u17ff])+")

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u0640\u034f")
_NAMED_LETTER = re.compile(
    r"(?:LATIN|REGIONAL INDICATOR SYMBOL).* LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN )?"
    r"([A-Z])(?: WITH .*)?$"
)
# Scripts that are read as such: no letter of theirs is taken for a Latin one right away.
_READ = re.compile(
    "[\u0370-\u052f\u0531-\u0587\u0590-\u109f\u10d0-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]"
)
_SMALL_KANA = str.maketrans("ァィゥェォャュョッヮ", "アイウエオヤユヨツワ", "ー")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_ARABIC = str.maketrans("ىیکگپةەہھٱ", "ييككبهههها")


def fold(text: str) -> Folded:
    """The text as everything here compares it."""
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        letters.append(plain)
        places.extend([place] * len(plain))
    return Folded("".join(letters), places)


def folded_word(word: str) -> str:
    """A word of our own lists, folded."""
    return fold(word).letters


@lru_cache(maxsize=65536)
def _plain(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    kept = "".join(mark for mark in unicodedata.normalize("NFKD", decomposed) if _shows(mark))
    kept = kept.translate(_HIRAGANA).translate(_SMALL_KANA).translate(_ARABIC)
    return kept if kept.isascii() or len(kept) != 1 else _latin_letter(kept)


def _shows(mark: str) -> bool:
    category = unicodedata.category(mark)
    if category == "Mn":
        # Vowel signs of Indic scripts belong to the word, accents do not.
        return unicodedata.combining(mark) in (0, 9) and "\u0900" <= mark <= "\u17ff"
    return mark.isspace() or (category not in {"Cf", "Cc", "Me", "Cs"} and mark not in _FILLERS)


def _latin_letter(character: str) -> str:
    """A plain letter for what is a Latin letter by name (small capitals, circled, stroked) or,
    outside the scripts that are read, by its looks."""
    if _READ.match(character):
        return character
    named = _NAMED_LETTER.search(unicodedata.name(character, ""))
    if named:
        return named.group(1).lower()
    return (_twin(character) or character) if character.isalpha() else character


@lru_cache(maxsize=4096)
def _twin(character: str) -> str | None:
    """The small Latin letter that the character is mistaken for."""
    for form in (character, character.upper()):
        for twin in confusables.confusables_data.get(form) or ():
            if len(twin["c"]) == 1 and twin["c"].isascii() and twin["c"].isalpha():
                return str(twin["c"]).lower()
    return None


_CYRILLIC_TWINS = dict(zip("авекмнорстухѕіјԁһӏԛԝьг", "abekmhopctyxsijdhlqwbr", strict=True))
_LATIN_AS_CYRILLIC = str.maketrans("abcehikmoptxy", "авсенікмортху")

_SOUNDS = {
    # Cyrillic, with the letters of Ukrainian, Belarusian, Serbian, Macedonian and Kazakh.
    **dict(zip("абвгдезиклмнопрстуфхыэіјѕўєґ", "abvgdesiklmnoprstufhieiisueg", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ь": "",
    "ю": "iu",
    "я": "ia",
    "љ": "l",
    "њ": "n",
    "ћ": "ch",
    "ђ": "d",
    "џ": "dzh",
    "ә": "a",
    "ғ": "g",
    "қ": "k",
    "ң": "n",
    "ө": "o",
    "ұ": "u",
    "ү": "u",
    "һ": "h",
    # Greek.
    **dict(zip("αβγδεζηικλνορσςτυφω", "abgdesiiklnorsstifo", strict=True)),
    "θ": "th",
    "μ": "m",
    "ξ": "ks",
    "π": "p",
    "χ": "h",
    "ψ": "ps",
    # Georgian and Armenian.
    **dict(zip("აბგდევზილმნორსუფპტთქყკჰ", "abgdevsilmnorsuppttkkkh", strict=True)),
    **dict(zip("աբգդեէլիմնոպփսռրտքկզօ", "abgdeelimnoppsrrtkkso", strict=True)),
}
_SOUND_TABLE = str.maketrans(_SOUNDS)
_LATIN_SOUND_TABLE = str.maketrans(
    {"x": "ks", "q": "k", "c": "k", "w": "v", "y": "i", "j": "i", "z": "s"}
)


_REPEATS = re.compile(r"(.)\1+", re.DOTALL)
_LONGEST_KEPT = 64


def sound(word: str) -> str:
    """The word by its sound: in Latin letters, ks for x, i for y, no letter twice in a row.

    Letters of alphabets without a table stay.
    """
    return _sound_kept(word) if len(word) <= _LONGEST_KEPT else _sound(word)


@lru_cache(maxsize=65536)
def _sound_kept(word: str) -> str:
    return _sound(word)


def _sound(word: str) -> str:
    latin = word.replace("μπ", "b").translate(_SOUND_TABLE)
    latin = latin.replace("ph", "f").replace("ck", "k").replace("ee", "i")
    return without_repeats(latin.translate(_LATIN_SOUND_TABLE))


def without_repeats(word: str) -> str:
    """The word with every run of one letter cut to that letter."""
    return _REPEATS.sub(r"\1", word)


def looks(word: str) -> str:
    """The word as the Latin one that it looks like; letters that look like none by their sound."""
    return "".join(
        letter
        if letter.isascii()
        else _CYRILLIC_TWINS.get(letter) or _twin(letter) or _SOUNDS.get(letter, letter)
        for letter in word
    )


def looks_latin_throughout(word: str) -> bool:
    """Whether every letter of the word looks like a Latin one."""
    return all(letter.isascii() or letter in _CYRILLIC_TWINS for letter in word)


def looks_cyrillic(word: str) -> str:
    """The word with its Latin letters taken for the Cyrillic ones that look the same."""
    return word.translate(_LATIN_AS_CYRILLIC)


# Digits and signs written for letters; one and six are read both ways.
_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "2": "z"}
_DIGIT_READINGS = (
    str.maketrans({**_DIGITS, "1": "i", "6": "b"}),
    str.maketrans({**_DIGITS, "1": "l", "6": "g"}),
)
_CYRILLIC_DIGITS = str.maketrans("03461", "озчби")
_SIGNS = str.maketrans({"@": "a", "$": "s", "!": "i", "|": "l", "€": "e", "£": "l", "§": "s"})


def without_digits(word: str) -> tuple[str, ...]:
    """The readings of a word whose digits stand for letters."""
    if has_cyrillic(word):
        return (word.translate(_CYRILLIC_DIGITS), word.replace("4", "а").replace("1", "л"))
    return tuple(word.translate(table) for table in _DIGIT_READINGS)


def without_signs(chunk: str) -> str:
    """The chunk with signs such as @ and $ taken for letters."""
    return chunk.translate(_SIGNS)


_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-z]")


def has_cyrillic(word: str) -> bool:
    """Whether a Cyrillic letter is in it."""
    return _CYRILLIC.search(word) is not None


def has_latin(word: str) -> bool:
    """Whether a Latin letter is in the folded word."""
    return _LATIN.search(word) is not None


# The same keys on the Russian (and Ukrainian) layout and on the English one. Folded text has no
# й: its key is read as и, which no protected word minds.
_RUSSIAN_KEYS = "цукенгшщзхъфывапролджэячсмитьбю"
_ENGLISH_KEYS = "wertyuiop[]asdfghjkl;'zxcvbnm,."
_AS_ENGLISH = str.maketrans(_RUSSIAN_KEYS + "ієї", _ENGLISH_KEYS + "s']")
_AS_RUSSIAN = str.maketrans(_ENGLISH_KEYS + 'q{}:"<>`', _RUSSIAN_KEYS + "ихъжэбюе")


def typed_on_english_keys(letters: str) -> str:
    """What the keys of Russian letters give on the English layout."""
    return letters.translate(_AS_ENGLISH)


def typed_on_russian_keys(letters: str) -> str:
    """What the keys of English letters give on the Russian layout."""
    return letters.translate(_AS_RUSSIAN)
