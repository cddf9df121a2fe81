"""Answers as JSON: UTF-8 without needless blanks, instants in UTC with a Z."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_OTHERWISE = JSONEncoder().default  # lazy words, decimals


class Json(BaseRenderer):
    """What every answer of the API is written by."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Empty where there is nothing to say."""
        if data is None:
            return b""
        return _bytes(data)


def json_answer(data: Any, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer that is written at once, for what is asked most: no form of it is to be chosen."""
    return HttpResponse(_bytes(data), content_type=Json.media_type, headers=headers)


def _bytes(data: Any) -> bytes:
    return orjson.dumps(data, default=_OTHERWISE, option=_OPTIONS)
