"""The description of the API (OpenAPI 3.1) and a page on which it is read and tried."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

YAML = "application/yaml"


@cache
def description() -> bytes:
    """The description as YAML; it is that of the code, and made once."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    text = OpenApiYamlRenderer().render(made, renderer_context={})
    return bytes(text)


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """The description, for programs."""
    return HttpResponse(description(), content_type=YAML)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The description, for people; nothing is fetched from another site."""
    return render(request, "api/page.html")
