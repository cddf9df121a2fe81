"""GET /c/<source>: a visitor follows a publisher's link to the merchant's site."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from publishers.clicking import Visit, record_click
from publishers.merchant_links import NotDirect, Target, asked_subs, direct_target
from publishers.public.pages import every_page

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch  # what a source's code may be


@require_safe
def click(request: HttpRequest, source: str) -> HttpResponse:
    """Recorded, then led on with the click's id; a click that was answered is stored.

    to: a direct link (F21), the merchant's front page where it is not given. A blocked publisher's
    visitor arrives too, named to nobody. HEAD is nobody's click: it is answered without one.
    """
    front = f"https://www.{settings.PERMILLE_MERCHANT_DOMAINS[0]}/"
    try:
        target = direct_target(
            request.GET.get("to", "") or front, settings.PERMILLE_MERCHANT_DOMAINS
        )
    except NotDirect as refused:
        return _lost(request, str(refused), front, status=400)
    if request.method == "HEAD":
        return _led_on(target.url)
    return _recorded(request, source, target) or _lost(request, "", front, status=404)


def _recorded(request: HttpRequest, source: str, target: Target) -> HttpResponse | None:
    if not _CODE(source):
        return None
    recorded = record_click(
        source=source,
        target=target,
        visit=Visit.from_headers(request.headers),
        subs=asked_subs(request.META.get("QUERY_STRING", "")),
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


def _lost(request: HttpRequest, why: str, front: str, *, status: int) -> HttpResponse:
    """The link leads nowhere: the visitor is told, and shown the way to the merchant."""
    context = {"why": why, "front": front, **every_page(request)}
    return render(request, "public/lost_link.html", context, status=status)
