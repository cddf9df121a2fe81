"""Of the names that a typosquatting generator makes, hardly one gets past the check."""

from collections import Counter

import pytest

from compliance.detectors.domain_names import check_name
from compliance.detectors.finding import Verdict
from tests.compliance.detectors.permutations import CLASSES, names_of, two_at_once

LONG = ("aliexpress", "alibaba", "alimama")
SHORT = ("alipay", "taobao", "tmall", "1688")
# Words and years that stand one slip from a short brand: they are other names, and stay clear.
OTHER_NAMES = {"mall", "tall", "vmall", "allpay", "1888", "tmail", "small"}
ENDINGS = ("com", "ru", "co.uk", "shop")


def missed(names: list[str], ending: str) -> list[str]:
    return [
        name
        for name in names
        if name not in OTHER_NAMES and check_name(f"{name}.{ending}").verdict is Verdict.CLEAR
    ]


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("word", LONG + SHORT)
def test_at_most_one_in_fifty_of_a_class_is_clear(word, kind):
    if word.isdigit() and kind in {"vowel_swap", "punycode"}:
        pytest.skip("a number has no vowels, and no letters to disguise")
    names = names_of(kind, word)
    ending = ENDINGS[len(word + kind) % len(ENDINGS)]
    clear = missed(names, ending)
    assert len(clear) <= 0.02 * len(names), f"{len(clear)} of {len(names)}: {clear[:20]}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_saves_no_permutation_of_the_first_brand(ending):
    names = [
        name for kind in CLASSES if kind != "punycode" for name in names_of(kind, "aliexpress")
    ]
    sample = names[:: len(ENDINGS)]
    clear = missed(sample, ending)
    assert len(clear) <= 0.005 * len(sample), clear


CYRILLIC = ("алиэкспресс", "алиекспресс", "алибаба", "алипей", "таобао", "алимама", "али-экспресс")
NEXT_KEYS = dict(zip("алиэкспребтом", "вджжуаывнпиьрс", strict=False))


@pytest.mark.parametrize("word", CYRILLIC)
def test_russian_spellings_and_their_slips_are_found(word):
    names = {word, f"{word}-скидки", f"скидки{word}", f"мой{word}", f"{word}24", f"www{word}"}
    for place in range(len(word)):
        names |= {word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:]}
        names.add(word[:place] + word[place : place + 2][::-1] + word[place + 2 :])
        names.add(word[:place] + NEXT_KEYS.get(word[place], "ъ") + word[place + 1 :])
    clear = missed(sorted(names), "рф")
    assert len(clear) <= 0.02 * len(names), clear


def test_latin_words_with_any_letters_of_another_alphabet_are_found():
    alike = str.maketrans("aeopcxyisl", "аеорсхуіѕӏ")
    for word in (*LONG, "alipay", "taobao", "tmall"):
        for mask in range(1, 1 << len(word), 7):
            mixed = "".join(
                letter.translate(alike) if mask >> place & 1 else letter
                for place, letter in enumerate(word)
            )
            assert check_name(f"{mixed}.com").verdict is Verdict.BRAND, mixed


def test_most_names_with_two_slips_at_once_are_found():
    names = two_at_once("aliexpress", 3000, seed=32)
    clear = missed(names, "com")
    assert len(clear) <= 0.05 * len(names), f"{len(clear)}: {clear[:40]}"


def test_the_generator_makes_what_its_classes_say():
    sizes = Counter({kind: len(names_of(kind, "aliexpress")) for kind in CLASSES})
    assert sizes["omission"] == 9  # Either s is the same omission.
    assert sizes["transposition"] == 8
    assert sizes["hyphenation"] == 9
    assert sizes["homoglyph"] > 1000
    assert "a.liexpress" in names_of("subdomain", "aliexpress")
