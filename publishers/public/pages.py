"""What every public page has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

ADMIN_PREFIX = "/admin/"


def every_page(request: HttpRequest) -> dict[str, Any]:
    """The way home, and the page's own address in each language."""
    path = request.get_full_path()
    languages = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "path": translate_url(path, code),
            "address": request.build_absolute_uri(translate_url(path, code)),
        }
        for code, _name in settings.LANGUAGES
    ]
    return {"languages": languages, "home": reverse("public:programmes")}


def frame_of_page(request: HttpRequest) -> dict[str, Any]:
    """The same for pages of a library's, and the theme; asked only where a template uses it."""
    if request.path.startswith(ADMIN_PREFIX):
        return {}
    return {
        "languages": SimpleLazyObject(lambda: every_page(request)["languages"]),
        "home": SimpleLazyObject(lambda: reverse("public:programmes")),
        "theme": theme_of(request),
    }


THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def theme_of(request: HttpRequest) -> str:
    """What a reader has chosen: auto follows their device."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]
