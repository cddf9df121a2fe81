"""The terms that publishers accept, with their day."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from publishers.accounts import TERMS_VERSION


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What somebody accepts who signs up."""
    return TemplateResponse(request, "public/terms.html", {"version": TERMS_VERSION})
