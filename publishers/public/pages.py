"""What every public page has."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language_info


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
