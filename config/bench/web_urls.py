"""The site's addresses and an empty view beside them, the floor of what the web is measured by."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as addresses_of_the_site


def hello(_request: HttpRequest) -> HttpResponse:
    """Nothing but an answer: it costs what server, framework and middleware cost."""
    return HttpResponse("hello", content_type="text/plain")


urlpatterns = [path("hello", hello), *addresses_of_the_site]
