"""The description of the API (OpenAPI 3.1), in the reader's language.

`/api/v1/schema` has it by the header, as every answer of the API; under `/en/api/` and `/ru/api/`
it is by the address, as every page.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

YAML = "application/yaml"


@cache
def made(language: str = settings.LANGUAGE_CODE) -> Mapping[str, Any]:
    """The description; it is that of the code, and made once for each language."""
    with override(language):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


@cache
def description(language: str = settings.LANGUAGE_CODE) -> bytes:
    """The description as YAML."""
    with override(language):
        text = OpenApiYamlRenderer().render(made(language), renderer_context={})
    return bytes(text)


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return HttpResponse(description(get_language() or settings.LANGUAGE_CODE), content_type=YAML)
