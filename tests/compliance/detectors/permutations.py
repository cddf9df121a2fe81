"""Names as a typosquatting generator makes them: one function a class, from a word to its names."""

import random
from collections.abc import Callable, Iterator

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
VOWELS = "aeiou"
KEYBOARD = {
    "a": "qwsz", "b": "vghn", "e": "w3r4d", "i": "u8o9k", "l": "kop", "m": "njk", "o": "i9p0l",
    "p": "o0l", "r": "e4t5f", "s": "awedxz", "t": "r5y6g", "x": "zsdc", "y": "t6u7h", "1": "2q",
    "6": "5yt7", "8": "7ui9",
}  # fmt: skip
GLYPHS = {
    "a": "àáâãäåɑạǎăąаα4", "b": "ḃḅƅʙ8", "e": "éèêëēėęěẹеε3", "i": "íìîïıịīіɩι1l", "l": "ĺļłḷӏ1i",
    "m": "ṃṁмｍ", "o": "òóôõöȯọơоο0", "p": "ṕṗрρ", "r": "ŕřṛгʀ", "s": "śŝşšṣѕ5", "t": "ţťṭтτ",
    "x": "ẋẍхχ", "y": "ýÿŷуγỵ", "1": "lі", "6": "б", "8": "ȣ",
}  # fmt: skip
GLYPHS["6"], GLYPHS["8"] = "b", "b"
COMPANY = """
    login secure account update verify support service help shop store sale sales deals coupon
    promo discount online official app mobile web portal client team blog news info club world
    global express24 buy cheap best my get the new vip skidki kupon promokod dostavka tovary
    apparel reviews tracking delivery cashback pay wallet fan russia 24 365
"""


def addition(word: str) -> Iterator[str]:
    for sign in LETTERS + DIGITS:
        yield word + sign
        yield sign + word


def bitsquatting(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        for bit in range(8):
            flipped = chr(ord(letter) ^ (1 << bit))
            if flipped in LETTERS + DIGITS:
                yield word[:place] + flipped + word[place + 1 :]


def homoglyph(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        for sign in GLYPHS.get(letter, ""):
            one = word[:place] + sign + word[place + 1 :]
            yield one
            for further in range(place + 1, len(word)):
                for other in GLYPHS.get(word[further], "")[:4]:
                    yield one[:further] + other + one[further + 1 :]
    if "m" in word:
        yield word.replace("m", "rn")


def punycode(word: str) -> Iterator[str]:
    for name in homoglyph(word):
        if not name.isascii():
            yield "xn--" + name.encode("punycode").decode()


def hyphenation(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        yield f"{word[:place]}-{word[place:]}"


def insertion(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        for sign in KEYBOARD.get(word[place], ""):
            yield word[:place] + sign + word[place:]
            yield word[: place + 1] + sign + word[place + 1 :]


def omission(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def repetition(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        yield word[:place] + letter + word[place:]


def replacement(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        for sign in KEYBOARD.get(letter, ""):
            yield word[:place] + sign + word[place + 1 :]


def subdomain(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        yield f"{word[:place]}.{word[place:]}"
    yield f"{word}.com.evil"
    yield f"login.{word}.evil"


def transposition(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def vowel_swap(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        if letter in VOWELS:
            for vowel in VOWELS:
                yield word[:place] + vowel + word[place + 1 :]


def dictionary(word: str) -> Iterator[str]:
    for other in COMPANY.split():
        if not (word.isdigit() and other[-1].isdigit()):  # That is another number.
            yield from (f"{other}{word}", f"{word}{other}", f"{other}-{word}", f"{word}-{other}")


def plural_and_www(word: str) -> Iterator[str]:
    yield from (f"www{word}", f"www-{word}", f"{word}s", f"{word}es", f"{word}-ru", f"{word}com")


CLASSES: dict[str, Callable[[str], Iterator[str]]] = {
    maker.__name__: maker
    for maker in (
        addition,
        bitsquatting,
        homoglyph,
        punycode,
        hyphenation,
        insertion,
        omission,
        repetition,
        replacement,
        subdomain,
        transposition,
        vowel_swap,
        dictionary,
        plural_and_www,
    )
}


def names_of(kind: str, word: str) -> list[str]:
    """Every name of a class but the word itself, none twice."""
    return sorted(set(CLASSES[kind](word)) - {word})


def two_at_once(word: str, count: int, seed: int) -> list[str]:
    """One slip upon another, of classes drawn by chance."""
    draw = random.Random(seed)
    slips = [kind for kind in CLASSES if kind not in {"punycode", "subdomain"}]
    found: set[str] = set()
    while len(found) < count:
        once = draw.choice(names_of(draw.choice(slips), word))
        again = list(CLASSES[draw.choice(slips)](once))
        if again:
            found.add(draw.choice(again))
    return sorted(found - {word})
