"""The pages on which people read what the API can do, and try it; made from its description."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from config.api.description import made
from config.api.reference import Group, calling, coded, groups
from publishers.enums import Scope
from publishers.public.pages import every_page


@cache
def told(language: str) -> tuple[Group, ...]:
    """All operations in a language, by their headings."""
    return groups(made(language), made())


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How the API is called, and what it has."""
    context = {
        "about": coded(made(_language())["info"]["description"]),
        "groups": told(_language()),
        "site": _site(request),
        "scopes": Scope,
        "limits": settings.PERMILLE_API_LIMITS,
    }
    return render(request, "api/overview.html", {**context, **every_page(request)})


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """The operations under one heading: what each takes, what it answers, and a try."""
    found = next((one for one in told(_language()) if one.slug == slug), None)
    if found is None:
        raise Http404
    context = {
        "group": found,
        "groups": told(_language()),
        "operations": [(one, calling(one, _site(request))) for one in found.operations],
    }
    return render(request, "api/group.html", {**context, **every_page(request)})


def _site(request: HttpRequest) -> str:
    """The address of this site, without a path."""
    return f"{request.scheme}://{request.get_host()}"


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
