"""The description of the API is whole in Russian, and its catalogue holds nothing else."""

import gettext
import re
import shutil
from collections import Counter

import pytest
import yaml
from django.core.management import call_command

from config.api.description import description
from config.api.words import DOMAIN, sentences, worded
from tests.house.catalogue import FOLDER, entries
from tests.house.test_russian import says_all

ENGLISH = yaml.safe_load(description("en"))
RUSSIAN = yaml.safe_load(description("ru"))
SAID = sentences(ENGLISH)
CATALOGUE = FOLDER / f"{DOMAIN}.po"
KNOWN = {entry.sentence: entry for entry in entries(CATALOGUE.read_text(encoding="utf-8"))}
# What a translation takes over as it is: names of the API, and what is to be replaced.
_NAMES = re.compile(r"`[^`]+`|\{\w+\}")
# What has no word of a language in it.
_NO_WORDS = re.compile(r"(ISO|RFC|JSON|alpha|\W|\d)*")
HOW = "run `manage.py api_words`, and translate what is empty in api.po"


def test_every_sentence_of_the_description_is_said_in_russian():
    unsaid = [
        f"{where}: {sentence!r}"
        for sentence, where in SAID.items()
        if sentence not in KNOWN or not says_all(KNOWN[sentence])
    ]
    assert not unsaid, f"{HOW}:\n" + "\n".join(unsaid)


def test_the_catalogue_has_no_sentence_that_the_description_no_longer_says():
    left = sorted(KNOWN.keys() - SAID.keys())
    assert not left, f"{HOW}; no longer said:\n" + "\n".join(left)


def test_a_translation_has_the_names_of_its_sentence():
    wrong = [
        f"{sentence!r}: {translation!r}"
        for sentence, entry in KNOWN.items()
        for translation in entry.translations
        if Counter(_NAMES.findall(translation)) != Counter(_NAMES.findall(sentence))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_compiled_is_what_is_written():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        sentence
        for sentence, entry in KNOWN.items()
        if [compiled.gettext(sentence)] != entry.translations
    ]
    assert not stale, "run `manage.py api_words`; these differ:\n" + "\n".join(stale)


def test_what_is_shown_to_russians_has_no_sentence_without_russian():
    english = [
        f"{where}: {sentence}"
        for sentence, where in sentences(RUSSIAN).items()
        if not _NO_WORDS.fullmatch(sentence) and not re.search("[а-яё]", sentence.lower())
    ]
    assert not english, "\n".join(english)


def test_the_two_languages_differ_in_words_alone():
    def wordless(result):
        return worded(result, lambda _sentence, _where: "x")

    assert wordless(RUSSIAN) == wordless(ENGLISH)
    assert RUSSIAN != ENGLISH


def test_a_name_of_the_api_is_no_word_about_it():
    made = {
        "info": {"title": "T", "description": "One.\n\nTwo."},
        "paths": {"/a": {"get": {
            "summary": "Read", "tags": ["Money"],
            "parameters": [{"name": "summary", "description": "A parameter."}],
            "responses": {"200": {"description": "", "content": {"application/json": {
                "examples": {"A": {"summary": "Shown", "value": {"description": "kept"}}},
            }}}},
        }}},
        "components": {"schemas": {"description": {
            "enum": ["description"], "default": {"summary": "kept"},
            "properties": {"value": {"description": "Of value."}, "example": {"type": "string"}},
        }}},
    }  # fmt: skip
    assert list(sentences(made)) == [
        "One.", "Two.", "Read", "Money", "A parameter.", "Shown", "Of value.",
    ]  # fmt: skip
    assert sentences(made)["A parameter."] == "paths /a get parameters summary description"
    said = worded(made, lambda sentence, _where: sentence.upper())
    assert said["info"] == {"title": "T", "description": "ONE.\n\nTWO."}
    assert made["info"]["description"] == "One.\n\nTwo."


def test_the_command_brings_what_is_new_and_keeps_what_is_said(settings, tmp_path):
    if shutil.which("msgmerge") is None:
        pytest.skip("gettext's programs are not here")
    settings.LOCALE_PATHS = [tmp_path]
    mine = tmp_path / "ru" / "LC_MESSAGES" / CATALOGUE.name
    mine.parent.mkdir(parents=True)
    head = CATALOGUE.read_text(encoding="utf-8").partition("\n\n")[0]
    old = 'msgid "Account"\nmsgstr "Аккаунт!"\n\nmsgid "Gone."\nmsgstr "Ушло."\n'
    mine.write_text(f"{head}\n\n{old}", encoding="utf-8")
    call_command("api_words", verbosity=0)
    made = {entry.sentence: entry.translations for entry in entries(mine.read_text("utf-8"))}
    assert made.keys() == SAID.keys()
    assert made.pop("Account") == ["Аккаунт!"]
    assert set(map(tuple, made.values())) == {("",)}
    assert '#~ msgid "Gone."' in mine.read_text("utf-8")
    with mine.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Account") == "Аккаунт!"
