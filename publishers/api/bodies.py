"""Bodies of writes, read strictly: JSON that says each thing once and nothing that is not asked."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from publishers.api.refusals import TooLarge
from publishers.columns import UNSTORABLE, shown

LARGEST = 1 << 20  # bytes; a view with files says its own
DEEPEST = 20  # values within values


class StrictJson(BaseParser):
    """application/json, without what JSON leaves open."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises ParseError, TooLarge."""
        view = (parser_context or {}).get("view")
        most = getattr(view, "largest_body", LARGEST)
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise TooLarge(
                _("The body has more than %(most)d bytes: send less at once.") % {"most": most}
            )
        return read_json(raw)


def read_json(raw: bytes) -> Any:
    """The value of a JSON text. Raises ParseError, with what is wrong and where."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is no text: write it in UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise ParseError(
            _("The body is no JSON: line %(line)d, column %(column)d: %(why)s.")
            % {"line": error.lineno, "column": error.colno, "why": error.msg}
        ) from error
    except RecursionError as error:
        raise ParseError(_too_deep()) from error
    except ValueError as error:  # a number of thousands of digits
        raise ParseError(_("A number in the body has too many digits.")) from error
    _require_shallow(value)
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(
            _("The name %(name)s stands twice in one object of the body: write it once.")
            % {"name": shown(twice)}
        )
    return found


def _no_number(text: str) -> Any:
    raise ParseError(_("%(text)s is no number of JSON: write a number.") % {"text": text})


def _too_deep() -> str:
    return _("The body has more than %(most)d values within one another.") % {"most": DEEPEST}


def _require_shallow(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ParseError(_too_deep())
        within = [one for one in level if isinstance(one, dict | list)]
        level = [
            inner for one in within for inner in (one.values() if isinstance(one, dict) else one)
        ]


def require_storable(value: Any) -> None:
    """Raise ParseError where a text of a body's value has what a database cannot keep."""
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise ParseError(_("Take out the invisible character: it cannot be kept."))
    if isinstance(value, dict):
        value = [*value, *value.values()]
    for inner in value if isinstance(value, list) else ():
        require_storable(inner)


class Words(serializers.Field):
    """A text: no number is taken for one, and nothing that a database cannot keep."""

    def __init__(self, *, most: int, blank: bool = False, **kwargs: Any) -> None:
        """most: characters."""
        super().__init__(**kwargs)
        self.most, self.blank = most, blank

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError(_("Write a text, in quotation marks."))
        if UNSTORABLE.search(data):
            raise ValidationError(_("Take out the invisible character: it cannot be kept."))
        if len(data) > self.most:
            raise ValidationError(
                _("It has %(length)d characters; write at most %(most)d.")
                % {"length": len(data), "most": self.most}
            )
        if not self.blank and not data.strip():
            raise ValidationError(_("Write something here."))
        return data

    def to_representation(self, value: Any) -> str:
        return str(value)


class OneOf(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            raise ValidationError(_("Write one of %(words)s.") % {"words": ", ".join(self.choices)})
        return data


@extend_schema_field({"type": "boolean"})
class Flag(serializers.Field):
    """Yes or no: no number and no word is taken for one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError(_("Write true or false."))
        return data

    def to_representation(self, value: Any) -> bool:
        return bool(value)


@extend_schema_field({"type": "string", "format": "email", "minLength": 3, "maxLength": 254})
class EmailAddress(Words):
    """The address of a mailbox."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data).strip()
        try:
            validate_email(address)
        except NotAnAddress as error:
            sentence = _("Write an e-mail address, such as anna@example.net.")
            raise ValidationError(sentence) from error
        return address


class Body(serializers.Serializer):
    """What a body may say: any other name in it is refused, at any depth."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                known = ", ".join(self.fields)
                raise ValidationError(
                    {
                        name: [
                            _("There is no %(name)s here: leave it out. Known are %(known)s.")
                            % {"name": shown(name), "known": known}
                        ]
                        for name in unknown[:20]
                    },
                    code="unknown",
                )
        return super().to_internal_value(data)

    @classmethod
    def read(cls, data: Any) -> dict[str, Any]:
        """The values by name. Raises ValidationError."""
        body = cls(data=data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)
