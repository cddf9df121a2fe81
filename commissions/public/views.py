"""The public pages. The clock is read here, and nowhere below."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commissions.models import Programme
from commissions.public.card import card_of, cards
from commissions.public.news import announcements, newest_first
from commissions.public.timeline import Entry, Standing, timeline
from commissions.rulebooks.calendar import in_force
from commissions.rulebooks.conditions_page import conditions_of, traffic_of
from publishers.public.pages import every_page
from publishers.queries import permissions_at

NEWS_ON_A_PAGE = 10


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Every programme with its card."""
    found = Programme.objects.select_related("confirmation_time").order_by("name", "code")
    return _page(request, "programmes", {"programmes": cards(found, timezone.now())})


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """A programme's card, the conditions in force now and the calendar of changes."""
    found = _programme(code)
    if found is None:
        return _missing(request)
    now = timezone.now()
    entries = timeline(found, now)
    context: dict[str, Any] = {
        "programme": found,
        "entries": entries[::-1],
        "to_come": [entry for entry in entries if entry.standing == Standing.TO_COME],
    }
    book = in_force(found, now)
    if book is not None:
        book.programme = found
        context["rulebook"] = book
        context["card"] = card_of(found, book)
        context["conditions"] = conditions_of(
            book, traffic=permissions_at(found.code, now), listed_at=now
        )
    return _page(request, "programme", context)


@require_safe
def rules(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The conditions of one published rulebook, and how it stands."""
    found = _programme(code)
    now = timezone.now()
    entries = timeline(found, now) if found else []
    entry = next((one for one in entries if one.rulebook.version == version), None)
    if found is None or entry is None:
        return _missing(request, found)
    book = entry.rulebook
    listed_at = now if entry.standing == Standing.IN_FORCE else book.starts_at
    return _page(
        request,
        "rules",
        {
            "programme": found,
            "rulebook": book,
            "changes": announcements([entry], entries)[0].changes,
            "conditions": conditions_of(book, traffic=traffic_of(book), listed_at=listed_at),
            **_around(entries, entry),
        },
    )


@require_safe
def news(request: HttpRequest, code: str) -> HttpResponse:
    """Published rulebooks as announcements, newest first."""
    found = _programme(code)
    if found is None:
        return _missing(request)
    entries = timeline(found, timezone.now())
    page = Paginator(newest_first(entries), NEWS_ON_A_PAGE).get_page(request.GET.get("page"))
    told = announcements(list(page.object_list), entries)
    return _page(request, "news", {"programme": found, "page": page, "announcements": told})


def _programme(code: str) -> Programme | None:
    return Programme.objects.filter(code=code).select_related("confirmation_time").first()


def _around(entries: list[Entry], entry: Entry) -> dict[str, Entry | None]:
    """An entry and those that rule before and after it."""
    ruling = [one for one in entries if one.superseded_by is None]
    start = entry.rulebook.starts_at
    earlier = [one for one in ruling if one.rulebook.starts_at < start]
    later = [one for one in ruling if one.rulebook.starts_at > start]
    return {
        "entry": entry,
        "earlier": earlier[-1] if earlier else None,
        "later": later[0] if later else None,
    }


def _missing(request: HttpRequest, found: Programme | None = None) -> HttpResponse:
    """A page that is not there, with the way to those that are."""
    return _page(request, "missing", {"programme": found}, status=404)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, f"public/{name}.html", {**context, **every_page(request)}, status=status)
