"""1688 is a shop's name, a year, a price or a number of something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.detectors.brand_words.letters import WORD, folded_word


@dataclass(frozen=True)
class Number:
    """A stretch of a folded text that is, or may be, the shop's name."""

    step: str
    is_sure: bool
    start: int
    end: int


# Not a part of a longer number, a date, a decimal or a range.
_ALONE = re.compile(r"(?<!\d)(?<!\d[.,:/\-–—])1688(?!\d)(?![.,:/\-–—]\d)")
_SPACED = re.compile(r"(?<![\w.,])1([ ._*\-])6\1\s?8\1\s?8(?![\w])")
_LOOKS = re.compile(r"(?<![^\W_])[1li][6bбg][8bв]{2}(?![^\W_])")
_BEFORE = re.compile(r"([^\W\d_]+)[\s.:]*$")
_AFTER = re.compile(r"[\s\-]*([^\W\d_]+)")
_SIGN_BEFORE = re.compile(r"[$€£¥₽₴₸№#~]\s?$")
_SIGN_AFTER = re.compile(r"\s?[$€£¥₽₴₸%°]")
_WINDOW = 40


def _folded(*words: str) -> frozenset[str]:
    return frozenset(map(folded_word, words))


# What a number counts, by the word after it.
_COUNTED = _folded(
    *("г", "гг", "год", "года", "году", "годом", "годов", "годы", "р", "руб", "рубл", "рублей"),
    *("рубля", "рублях", "тенге", "тг", "грн", "гривен", "сум", "usd", "eur", "rub", "dollars"),
    *("bucks", "euro", "euros", "zl", "pln", "tl", "kzt", "uah", "ad", "bc", "mah", "мач", "ач"),
    *("mm", "мм", "cm", "см", "m", "м", "kg", "кг", "g", "гр", "грамм", "ml", "мл", "l", "л"),
    *("pcs", "pieces", "шт", "штук", "штуки", "w", "вт", "v", "lm", "lumen", "lumens", "px"),
    *("items", "товаров", "отзывов", "reviews", "деталей", "детали", "предметов", "person"),
    *("people", "человек", "км", "km", "miles", "hz", "гц", "mhz", "mb", "gb", "page", "pages"),
    *("страниц", "calories", "ккал", "kcal", "years", "лет", "century", "revolution", "yil"),
)
# Before a number these are words of the text: "с", "м", "г. Москва".
_SHORT_UNITS = frozenset(word for word in _COUNTED if len(word) < 3)
# What is numbered, by the word before it.
_NUMBERED = _folded(
    *("in", "year", "since", "anno", "circa", "c", "model", "модель", "мод", "арт", "артикул"),
    *("sku", "no", "nr", "number", "номер", "code", "код", "размер", "size", "lot", "лот", "type"),
    *("тип", "art", "ref", "part", "серия", "series", "item", "до", "за", "от", "году", "год"),
    *("page", "стр", "квартира", "дом", "bus", "автобус", "рейс", "flight", "room", "isbn"),
)
_SHOP = tuple(
    map(
        folded_word,
        (
            *("com", "cn", "china", "chinese", "wholesal", "sourc", "agent", "suppl", "factory"),
            *("shop", "buy", "order", "market", "cargo", "app", "official", "dropship", "site"),
            *("кита", "опт", "сайт", "площадк", "маркет", "заказ", "куп", "товар", "достав"),
            *("карго", "посредн", "байер", "выкуп", "приложен", "официал", "русск", "регистр"),
            *("поставщ", "фабрик", "магазин", "закуп", "дроп", "таоба", "taoba", "alib", "алиб"),
            *("批", "网", "網", "阿里", "淘", "代购", "货", "中国", "중국", "구매", "仕入", "代行"),
        ),
    )
)


def find_1688(letters: str) -> Iterator[Number]:
    """Where the folded text has the number as a name."""
    for found in _ALONE.finditer(letters):
        is_sure = _judged(letters, found.start(), found.end())
        if is_sure is not None:
            yield Number("number_as_name", is_sure, found.start(), found.end())
    for found in _SPACED.finditer(letters):
        yield Number("spaced_letters", False, found.start(), found.end())
    for found in _LOOKS.finditer(letters):
        if 2 <= sum(map(str.isdigit, found.group())) <= 3:
            yield Number("look_alikes", False, found.start(), found.end())


def _judged(letters: str, start: int, end: int) -> bool | None:
    """True: the name; False: a person must look; None: another number."""
    window = letters[max(0, start - _WINDOW) : end + _WINDOW]
    before = letters[max(0, start - _WINDOW) : start]
    after = letters[end : end + _WINDOW]
    if before[-1:].isalpha() or after[:1].isalpha():
        return _with_letters(before, after)
    if _SIGN_BEFORE.search(before) or _SIGN_AFTER.match(after):
        return None
    next_word, last_word = _AFTER.match(after), _BEFORE.search(before)
    counts = next_word is not None and next_word.group(1) in _COUNTED
    if counts or (last_word is not None and last_word.group(1) in _COUNTED - _SHORT_UNITS):
        return None
    numbered = last_word is not None and last_word.group(1) in _NUMBERED
    words = WORD.findall(window)
    if any(word.startswith(_SHOP) for word in words):
        return not numbered
    if numbered:
        return None
    return words == ["1688"]


def _with_letters(before: str, after: str) -> bool | None:
    """1688shop and buy1688 are the shop; 1688mah and sw1688 number a thing."""
    head = re.search(r"[^\W\d_]*$", before)
    tail = re.match(r"[^\W\d_]*", after)
    parts = (head.group() if head else "", tail.group() if tail else "")
    return True if any(part.startswith(_SHOP) for part in parts) else None
