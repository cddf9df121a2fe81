"""The description of the API (OpenAPI 3.1) and a page on which it is read and tried.

Both are in the reader's language: `/api/v1/schema` by the header, as every answer of the API; under
`/en/api/` and `/ru/api/` by the address, as every page.
"""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from config.security import DRAWN_POLICY
from publishers.public.pages import every_page

YAML = "application/yaml"


@cache
def description(language: str = settings.LANGUAGE_CODE) -> bytes:
    """The description as YAML; it is that of the code, and made once for each language."""
    with override(language):
        made = SchemaGenerator().get_schema(request=None, public=True)
    text = OpenApiYamlRenderer().render(made, renderer_context={})
    return bytes(text)


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return HttpResponse(description(get_language() or settings.LANGUAGE_CODE), content_type=YAML)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The description, for people; nothing is fetched from another site."""
    response = render(request, "api/page.html", every_page(request))
    response.headers["Content-Security-Policy"] = DRAWN_POLICY
    return response
