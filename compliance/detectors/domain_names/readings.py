"""A name as a person may read it: the same letters behind other signs, scripts and digits."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from confusable_homoglyphs import confusables

_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"})
# Invisible by look, though letters or marks by name: the Hangul fillers and the blank Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_SOUNDS = dict(
    zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўј", (
        *"abvgde", "e", "zh", *"ziyklmnoprstufh", "ts", "ch", "sh", "sch", "", "y", "", "e",
        "yu", "ya", "i", "yi", "e", "g", "u", "j",
    ), strict=True)
)  # fmt: skip
# Where the tables name no Latin letter, or one that the eye does not take it for.
_LOOKS = {
    "и": "i", "й": "i", "п": "n", "л": "l", "э": "e", "з": "e", "ь": "b", "ъ": "b", "б": "b",
    "в": "b", "т": "t", "м": "m", "к": "k", "н": "h", "г": "r", "ё": "e", "ж": "x", "ı": "i",
    "ə": "e", "ɛ": "e", "ε": "e", "ӏ": "l", "і": "i", "ł": "l", "ʟ": "l", "ɩ": "i", "ß": "b",
    "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "λ": "a", "α": "a", "ρ": "p", "σ": "o", "χ": "x",
    "ι": "i", "ȣ": "8", "ʒ": "3",
    "τ": "t", "μ": "m", "ƿ": "p", "þ": "p", "€": "e", "£": "l", "¡": "i", "§": "s", "×": "x",
}  # fmt: skip
_LATIN_LETTER = re.compile(r"\bLETTER (?:SMALL |CAPITAL |SCRIPT |DOTLESS |LONG )*([A-Z])\b")
_SIGNS = str.maketrans("@$!|+€", "asilte")
_DIGITS_AS_L = str.maketrans("013456789", "oleasbtbg")
_DIGITS_AS_I = str.maketrans("013456789", "oieasbtbg")
_MIXED = re.compile(r"[a-z][0-9]|[0-9][a-z]")
_SIGN_IN_WORD = re.compile(r"[@$!|+€]")


@dataclass(frozen=True)
class Reading:
    """One way to read a name.

    step: what was done to it ('' for nothing); disguised: it is written in letters that only look
    like these, so it is no ordinary word.
    """

    step: str
    text: str
    disguised: bool = False


def visible(name: str) -> tuple[str, bool]:
    """NFKC in lower case without what does not show, and whether anything did not show."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    shown = "".join(c for c in folded if not _is_invisible(c))
    return shown, any(_is_invisible(c) and unicodedata.category(c) != "Mn" for c in folded)


def readings(name: str) -> list[Reading]:
    """Every reading of a name, the plainest first; at most eleven, none twice."""
    text, had_invisible = visible(name)
    found: dict[str, str] = {}
    if text.isascii():
        found[text] = "invisible" if had_invisible else ""
    else:
        sounded = "".join(_SOUNDS.get(c) or ("" if c in _SOUNDS else latin_letter(c)) for c in text)
        looked = "".join(map(latin_letter, text))
        mixed = sounded != looked or any("a" <= c <= "z" for c in text)
        found[looked] = "skeleton" if mixed else "transliteration"
        found.setdefault(sounded, "transliteration")
    for plain, step in list(found.items()):
        for further, text_read in _re_read(plain):
            found.setdefault(text_read, further if step in {"", "invisible"} else step)
    # Accents disguise as letters of other alphabets do; a Cyrillic word is honest in its sound.
    disguised = not text.isascii()
    return [
        Reading(step, text_read, disguised and step != "transliteration")
        for text_read, step in found.items()
    ]


def _re_read(text: str) -> list[tuple[str, str]]:
    """An ASCII text with signs and digits for letters, and letters for other letters."""
    read = []
    if _SIGN_IN_WORD.search(text):
        read.append(("symbol", text.translate(_SIGNS)))
    if _MIXED.search(text):
        read += [("digit", text.translate(_DIGITS_AS_L)), ("digit", text.translate(_DIGITS_AS_I))]
    if "rn" in text or "nn" in text:
        read.append(("lookalike", text.replace("rn", "m").replace("nn", "m")))
    if "ks" in text or "cs" in text or "kc" in text:
        plain = text.replace("kc", "ks").replace("cs", "ks").replace("ks", "x")
        read.append(("transliteration", plain))
    return read


def _is_invisible(character: str) -> bool:
    return character in _BLANK or unicodedata.category(character) in _INVISIBLE


@lru_cache(maxsize=8192)
def latin_letter(character: str) -> str:
    """The lower-case Latin letters or digit that a sign looks like; itself where like none."""
    if character.isascii():
        return character
    base = unicodedata.normalize("NFKD", character)[0].casefold()
    for known in (character, base):
        if known in _LOOKS:
            return _LOOKS[known]
    if base.isascii() and base.isalnum():
        return base
    return _alike(base) or _named(character) or _SOUNDS.get(character, character)


def _alike(character: str) -> str:
    """By the tables of confusable characters; empty where they name no Latin letter or digit."""
    alike = {
        found["c"].casefold()
        for entry in confusables.is_confusable(character, greedy=True) or ()
        for found in entry["homoglyphs"]
        if found["c"].isascii() and found["c"].isalnum()
    }
    # Letters before digits: a name is read as a word.
    return str(min(alike, key=lambda text: (text.isdigit(), len(text), text), default=""))


def _named(character: str) -> str:
    """By its name: "latin letter small capital r" is an r."""
    named = _LATIN_LETTER.search(unicodedata.name(character, ""))
    return named.group(1).lower() if named else ""
