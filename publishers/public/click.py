"""GET /c/<source>: a visitor follows a publisher's link to the merchant's site."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from publishers.clicking import Visit, record_click
from publishers.merchant_links import NotDirect, Target, asked_subs, direct_target
from publishers.public.pages import every_page

PREFIX = "/c/"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch  # what a source's code may be


class ClickMiddleware:
    """Answers clicks before anybody asks for a session, a language or a person: they have none.

    What is no plain click (HEAD, a link that leads nowhere) goes on to the view, as all else does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.path_info.startswith(PREFIX):
            request.get_host()  # Refuses a host that is not ours.
            answer = _recorded(request, request.path_info.removeprefix(PREFIX))
            if answer is not None:
                return answer
        return self.get_response(request)


@require_safe
def click(request: HttpRequest, source: str) -> HttpResponse:
    """Recorded, then led on with the click's id; a click that was answered is stored.

    to: a direct link (F21), the merchant's front page where it is not given. A blocked publisher's
    visitor arrives too, named to nobody. HEAD is nobody's click: it is answered without one.
    """
    try:
        target = _target(request)
    except NotDirect as refused:
        return _lost(request, str(refused), status=400)
    if request.method == "HEAD":
        return _led_on(target.url)
    return _recorded(request, source) or _lost(request, "", status=404)


def _front() -> str:
    return f"https://www.{settings.PERMILLE_MERCHANT_DOMAINS[0]}/"


def _target(request: HttpRequest) -> Target:
    return direct_target(request.GET.get("to", "") or _front(), settings.PERMILLE_MERCHANT_DOMAINS)


def _recorded(request: HttpRequest, source: str) -> HttpResponse | None:
    """Where the visitor is led, once the click is stored; None: nowhere, and nothing is stored."""
    if not _CODE(source):
        return None
    try:
        target = _target(request)
    except NotDirect:
        return None
    recorded = record_click(
        source=source,
        target=target,
        visit=Visit.from_environ(request.META),
        subs=asked_subs(dict(request.GET.lists())),
        at=timezone.now(),
    )
    if recorded is None:
        return None
    if not recorded.attributed:
        return _led_on(target.url)
    return _led_on(target.attributed(source=source, click_id=recorded.click_id))


def _led_on(address: str) -> HttpResponse:
    # Each click is asked for anew: one that a browser remembers would not be recorded.
    return HttpResponseRedirect(
        address, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    )


def _lost(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    """The link leads nowhere: the visitor is told, and shown the way to the merchant."""
    context = {"why": why, "front": _front(), **every_page(request)}
    return render(request, "public/lost_link.html", context, status=status)
