"""The words of the API's description in the reader's language.

The code has them as plain English; their Russian is a catalogue of its own, `api.po`. It is looked
up by paragraph, exactly as the English stands in the finished description, whichever serializer,
view or setting that came from. Names, codes and the values of examples are the same in every
language.
"""

import gettext
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale

from publishers.api.schema import SCOPE

DOMAIN = "api"
_SAID = ("summary", "description")
# What is a value of the API's, not a word about it.
_VALUES = ("value", "example", "default", "enum", "const")
# Whose members are named by the API: one of them may well be called `description`.
_NAMED = (
    *("paths", "schemas", "properties", "patternProperties", "$defs", "parameters", "responses"),
    *("requestBodies", "headers", "examples", "content", "links", "securitySchemes"),
)
_PARAGRAPH = "\n\n"
_OF_SCOPE = re.compile(re.escape(SCOPE.format(scope="@")).replace("@", "([a-z:]+)"))

Say = Callable[[str, str], str]  # a sentence, and where it stands: what is said there


def in_the_language(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """The description in the language that is active; called by drf-spectacular."""
    catalogue = gettext.translation(
        DOMAIN,
        str(settings.LOCALE_PATHS[0]),
        [to_locale(get_language() or settings.LANGUAGE_CODE)],
        fallback=True,
    )
    return worded(result, lambda sentence, _where: catalogue.gettext(sentence))


def sentences(result: dict[str, Any]) -> dict[str, str]:
    """Every sentence that a description says, with the first place where it does."""
    found: dict[str, str] = {}

    def note(sentence: str, where: str) -> str:
        found.setdefault(sentence, where)
        return sentence

    worded(result, note)
    return found


def worded(result: dict[str, Any], say: Say) -> dict[str, Any]:
    """A copy of a description with what `say` makes of each of its sentences."""
    return {key: _member(key, member, say, key) for key, member in result.items()}


def _member(key: str, member: Any, say: Say, where: str) -> Any:
    """What a member of an object of OpenAPI's own becomes."""
    if key in _SAID and isinstance(member, str | Promise):
        return _text(str(member), say, where)
    if key == "tags":
        return [_text(tag, say, where) if isinstance(tag, str) else tag for tag in member]
    if key in _VALUES:
        return member
    if key in _NAMED and isinstance(member, dict):
        return {name: _part(part, say, f"{where} {name}") for name, part in member.items()}
    return _part(member, say, where)


def _part(part: Any, say: Say, where: str) -> Any:
    if isinstance(part, dict):
        return {key: _member(key, member, say, f"{where} {key}") for key, member in part.items()}
    if isinstance(part, list):
        return [_part(one, say, f"{where} {_name(one)}".strip()) for one in part]
    return part


def _name(part: Any) -> str:
    """Parameters are in lists, and have their name within."""
    return str(part.get("name", "")) if isinstance(part, dict) else ""


def _text(text: str, say: Say, where: str) -> str:
    return _PARAGRAPH.join(_paragraph(one, say, where) for one in text.split(_PARAGRAPH))


def _paragraph(sentence: str, say: Say, where: str) -> str:
    if not sentence:  # by which a catalogue has its head
        return sentence
    scope = _OF_SCOPE.fullmatch(sentence)
    return say(SCOPE, where).format(scope=scope[1]) if scope else say(sentence, where)
