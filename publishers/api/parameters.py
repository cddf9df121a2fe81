"""The parameters of an address, read strictly: known ones, once each, of their shape."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import SkipField, empty

from publishers.columns import Shaped, WrongCell, complaint, read_instant, shown

# Digits alone; more of them than this are no amount, however large.
_CENTS = re.compile(r"[0-9]{1,20}")
WRITE_CENTS = gettext_noop("Write whole cents in digits alone, such as 1250 for 12.50.")
# What stands for bytes that are no text.
REPLACED = "\ufffd"
_PLUS_LOST = re.compile(r".*:\d\d(\.\d+)? \d\d:?\d\d", re.ASCII)


class Parameter(serializers.Field):
    """One parameter: its text to a value, or a sentence that says what to write."""

    def __init__(
        self,
        read: Callable[[str], Any],
        *,
        shape: Mapping[str, Any] | None = None,
        example: str = "",
        **kwargs: Any,
    ) -> None:
        """read: gets the text, and raises WrongCell; also for an empty text.

        shape: its JSON schema, where it is more than a text; example: for the documentation.
        """
        super().__init__(**kwargs)
        self.read = read
        self.shape = dict(shape or {"type": "string"})
        self.example = example

    def to_internal_value(self, data: str) -> Any:
        if REPLACED in data:
            self._refuse(data, _("Some of its bytes are no text: write it in UTF-8."))
        try:
            return self.read(data)
        except WrongCell as wrong:
            sentence = str(wrong)
            if _PLUS_LOST.fullmatch(data):
                sentence += " " + _("In an address a plus sign is written %(code)s.") % {
                    "code": "%2B"
                }
            self._refuse(data, sentence)

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        """Say of a missing parameter what to write, in the words of an empty one."""
        try:
            self.read("")
        except WrongCell as wrong:
            raise ValidationError(self._complaint("", str(wrong)), code=key) from wrong
        super().fail(key, **kwargs)

    def _refuse(self, text: str, expected: str) -> NoReturn:
        raise ValidationError(self._complaint(text, expected), code="invalid")

    def _complaint(self, text: str, expected: str) -> str:
        return complaint(self.field_name or "", text, expected)


class Parameters(serializers.Serializer):
    """All parameters of an address: any other, and any given twice, is refused.

    A name that the language keeps for itself is written with an underscore behind it: `from_`.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        """The parameters by the names that addresses have."""
        return {name.removesuffix("_"): one for name, one in super().get_fields().items()}

    @classmethod
    def read(cls, query: QueryDict) -> dict[str, Any]:
        """The values by name, without those that are not given. Raises ValidationError."""
        known = cls._known()
        for name in query:
            if name not in known:
                raise ValidationError({name: [_unknown(name, list(known))]}, code="unknown")
            if len(query.getlist(name)) > 1:
                sentence = _("%(name)s is given more than once: give it once.") % {"name": name}
                raise ValidationError({name: [sentence]}, code="repeated")
        values, problems = {}, {}
        for name, parameter in known.items():
            if name not in query and not parameter.required and parameter.default is empty:
                continue  # What the framework comes to as well, by a longer way.
            try:
                values[name] = parameter.run_validation(query.get(name, empty))
            except SkipField:
                continue
            except ValidationError as error:
                problems[name] = error.detail
        if problems:
            raise ValidationError(problems)
        return values

    @classmethod
    @cache
    def _known(cls) -> Mapping[str, serializers.Field]:
        """Made once: the framework would copy every parameter for every call."""
        return dict(cls().fields)


def one_of(*words: str) -> Callable[[str], str]:
    """Reads one of a few words."""

    def read(text: str) -> str:
        if text not in words:
            raise WrongCell(_("Write one of %(words)s.") % {"words": ", ".join(words)})
        return text

    return read


def instant(*, required: bool = False, help_text: str) -> Parameter:
    """A parameter with an instant and its offset."""
    shape = {"type": "string", "format": "date-time"}
    return Parameter(read_instant, required=required, shape=shape, help_text=help_text,
                     example="2020-09-10T00:00:00Z")  # fmt: skip


def require_period(asked: Mapping[str, Any]) -> None:
    """Raise ValidationError where a half-open period ends before it begins."""
    start, end = asked.get("from"), asked.get("to")
    if start is not None and end is not None and end <= start:
        sentence = _("The period ends before it begins: write a later “to”.")
        raise ValidationError({"to": [sentence]}, code="invalid")


def cents() -> Shaped:
    """A parameter with an amount in cents."""
    return Shaped(_CENTS, WRITE_CENTS)


def _unknown(name: str, known: list[str]) -> str:
    return _("There is no parameter %(name)s: leave it out. Known are %(known)s.") % {
        "name": shown(name),
        "known": ", ".join(known),
    }
