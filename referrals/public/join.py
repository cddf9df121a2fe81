"""The referral link: whoever follows it registers as brought by its owner (F25)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe


@require_safe
def join(request: HttpRequest, code: str) -> HttpResponse:
    """To the registration, in the browser's language. Whose the code is, the form finds out."""
    language = get_language_from_request(request)
    answer = HttpResponseRedirect(f"/{language}/sign-up/?{urlencode({'ref': code})}")
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer
