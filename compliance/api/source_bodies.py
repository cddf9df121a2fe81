"""What a publisher says of a source in a body."""

import base64
import binascii
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from publishers.api.bodies import Body, Words
from publishers.models.source_material import LARGEST_MATERIAL
from publishers.source_material import (
    LONGEST_CODE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_URL,
    GivenFile,
)

LARGEST_BODY = LARGEST_MATERIAL * 3 // 2  # bytes; Base64 makes three of them four


@extend_schema_field({"type": "string", "contentEncoding": "base64", "minLength": 4})
class Base64(serializers.Field):
    """A file's bytes."""

    def to_internal_value(self, data: Any) -> bytes:
        try:
            content = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
        except (binascii.Error, ValueError):
            content = b""
        if not content:
            raise ValidationError(_("Write the bytes of the file in Base64 (RFC 4648)."))
        return content

    def to_representation(self, value: bytes) -> str:
        return base64.b64encode(value).decode()


class FileBody(Body):
    """A file."""

    name = Words(most=200)
    content = Base64()

    def to_internal_value(self, data: Any) -> Any:
        return GivenFile(**super().to_internal_value(data))


def _countries() -> serializers.ListField:
    return serializers.ListField(
        child=Words(most=2), required=False, max_length=250, help_text="ISO 3166 alpha-2."
    )


class SourceBody(Body):
    """What you say of a source. What its type of traffic demands must be there."""

    traffic_type = Words(most=64, help_text="Code of the type of traffic.")
    title = Words(most=LONGEST_TITLE)
    code = Words(most=LONGEST_CODE, required=False, help_text="Without it one is made.")
    url = Words(most=LONGEST_URL, required=False)
    audience = Words(most=LONGEST_TEXT, required=False)
    countries = _countries()
    subscribe = Words(most=LONGEST_TEXT, required=False, help_text="How people subscribe.")
    leave = Words(most=LONGEST_TEXT, required=False, help_text="How people unsubscribe.")
    sample = Words(most=LONGEST_TEXT, required=False, help_text="A letter as it is sent.")
    keywords = FileBody(required=False, help_text="The keyword list.")
    package = FileBody(required=False, help_text="The package of the extension.")


class ChangeBody(Body):
    """What you say of a source from now on. What is not named stays as it was said last."""

    title = Words(most=LONGEST_TITLE, required=False)
    url = Words(most=LONGEST_URL, blank=True, required=False)
    audience = Words(most=LONGEST_TEXT, blank=True, required=False)
    countries = _countries()
    subscribe = Words(
        most=LONGEST_TEXT, blank=True, required=False, help_text="How people subscribe."
    )
    leave = Words(
        most=LONGEST_TEXT, blank=True, required=False, help_text="How people unsubscribe."
    )
    sample = Words(
        most=LONGEST_TEXT, blank=True, required=False, help_text="A letter as it is sent."
    )
    keywords = FileBody(required=False, help_text="The keyword list.")
    package = FileBody(required=False, help_text="The package of the extension.")
    words = Words(
        most=LONGEST_TEXT,
        blank=True,
        required=False,
        help_text="To the people who look at it: what you mended, or what they asked.",
    )


class AnswerBody(Body):
    """What you answer staff."""

    text = Words(most=LONGEST_TEXT, help_text="In your own words.")


def said_in(body: dict[str, Any]) -> dict[str, Any]:
    """The parts of a Material that a body names."""
    if "countries" in body:
        body = {**body, "countries": tuple(body["countries"])}
    return body
