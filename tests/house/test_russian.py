"""The Russian catalogue has every sentence that the code marks, and says each whole."""

import gettext
import re

import pytest

from tests.house.catalogue import (
    FOLDER,
    Entry,
    entries,
    marked,
    marked_in_code,
    marked_in_template,
)

PLACE = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w*\}")
RUSSIAN = list(entries((FOLDER / "django.po").read_text(encoding="utf-8")))
FORMS = 4


def says_all(entry: Entry) -> bool:
    """Whether the entry has a whole translation in each of its forms."""
    forms = FORMS if entry.plural else 1
    return not entry.is_fuzzy and len(entry.translations) == forms and all(entry.translations)


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def test_every_sentence_that_is_marked_is_in_the_catalogue():
    known = {entry.key for entry in RUSSIAN}
    missing = [
        f"{path}: {sentence!r}" for (context, sentence), path in sorted(marked().items())
        if sentence and (context, sentence) not in known
    ]  # fmt: skip
    assert not missing, "translate these:\n" + "\n".join(missing)


def test_every_sentence_of_the_catalogue_is_translated():
    unsaid = [entry.sentence for entry in RUSSIAN if not says_all(entry)]
    assert not unsaid, "untranslated or fuzzy:\n" + "\n".join(unsaid)


def test_a_translation_has_the_places_of_its_sentence():
    wrong = [
        f"{entry.sentence!r}: {translation!r}"
        for entry in RUSSIAN
        for translation in entry.translations
        # One form of a plural may say "one" in words.
        if not places(translation) <= places(entry.sentence) | places(entry.plural)
        or (not entry.plural and places(translation) != places(entry.sentence))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_compiled_is_what_is_written():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = []
    for entry in RUSSIAN:
        key = f"{entry.context}\x04{entry.sentence}" if entry.context else entry.sentence
        said = compiled.ngettext(key, key, 5) if entry.plural else compiled.gettext(key)
        if said != entry.translations[2 if entry.plural else 0]:
            stale.append(entry.sentence)
    assert not stale, "run compilemessages; these differ:\n" + "\n".join(stale)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('_("a" " b")', [("", "a b")]),
        ('pgettext("month", "May")', [("month", "May")]),
        ('ngettext("%(n)s row", "%(n)s rows", n)', [("", "%(n)s row")]),
        ("_(sentence)", []),
        ('print("a")', []),
        ('words.gettext_lazy("a")', [("", "a")]),
    ],
)
def test_marks_are_found_in_code(code, found):
    assert list(marked_in_code(code)) == found


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% translate "it\'s" %}', [("", "it's")]),
        ("{% translate 'May' context 'month' %}", [("month", "May")]),
        (
            "{% blocktranslate with a=b %}Row {{ a }}{% endblocktranslate %}",
            [("", "Row %(a)s")],
        ),
        ("{% blocktranslate count n=n %}1{% plural %}{{ n }}{% endblocktranslate %}", [("", "1")]),
        ("{% include 'x.html' with text=_('a b') %}", [("", "a b")]),
        ("<p>bare</p>", []),
    ],
)
def test_marks_are_found_in_templates(template, found):
    assert list(marked_in_template(template)) == found


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('msgid "a"\nmsgstr "б"', True),
        ('msgid "a"\nmsgstr ""', False),
        ('#, fuzzy\nmsgid "a"\nmsgstr "б"', False),
        ('msgid "a"\nmsgid_plural "as"\nmsgstr[0] "б"\nmsgstr[1] "в"\nmsgstr[2] "г"', False),
        ('msgid ""\n"a"\nmsgstr ""\n"б"', True),
    ],
)
def test_an_entry_that_says_less_than_all_is_seen(text, whole):
    (entry,) = entries(text)
    assert says_all(entry) is whole
