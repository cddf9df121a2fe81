"""A source's page in the back office: when its web page was looked at, and what was new there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.models import PageLook, PageWatch
from compliance.moderation.enums import LookOutcome
from compliance.moderation.page_news import why_not_read
from compliance.moderation.rechecks import is_watched
from compliance.moderation.rounds import open_round_of
from compliance.two_languages import in_reader_language
from publishers.admin.backoffice import ReadOnlyAdmin, list_of, page_of
from publishers.admin.source import SourceAdmin
from publishers.figures import instant, number
from publishers.models import Source

OUTCOME_LABELS = {
    LookOutcome.SAME: "success",
    LookOutcome.NEWS: "danger",
    LookOutcome.FAILED: "warning",
}


@admin.register(Source)
class SourcePageAdmin(SourceAdmin):
    """Sources, with what was seen of their pages since they were approved."""

    change_form_template = "admin/publishers/source/page.html"

    def page_context(self, request: HttpRequest, row: Source) -> dict[str, Any]:
        return {"page": everything(row)}


def everything(source: Source) -> dict[str, Any]:
    """What the page shows of looks: the last one, the next one, and whether one may be asked."""
    watch = PageWatch.objects.select_related("approved").filter(source=source).first()
    look = PageLook.objects.filter(source=source).order_by("-id").first()
    watched = is_watched(source, timezone.now())
    under_way = open_round_of(source)
    return {
        "watch": _watch(watch) if watch else None,
        "is_watched": watched,
        "can_look": under_way is not None or (watch is not None and watched),
        "look": _look(look) if look else None,
        "looks": list_of("compliance", "pagelook", q=source.code),
    }


def _watch(watch: PageWatch) -> dict[str, Any]:
    return {
        "next": instant(watch.due_at),
        "approved": page_of(watch.approved),
        "approved_at": instant(watch.approved.decided_at),
        "failures": number(watch.failures) if watch.failures else "",
        "failing_since": instant(watch.failing_since),
    }


def _look(look: PageLook) -> dict[str, Any]:
    outcome = LookOutcome(look.outcome)
    is_failed = outcome == LookOutcome.FAILED
    return {
        "link": page_of(look, instant(look.at)),
        "outcome": outcome.label,
        "kind": OUTCOME_LABELS[outcome],
        "why": in_reader_language(why_not_read(look.reports)) if is_failed else "",
        "news": [(one["rule"], in_reader_language(one["sentence"])) for one in look.news],
        "reopened": page_of(look.reopened) if look.reopened_id else "",
    }


class OfSource(ReadOnlyAdmin):
    """Rows of one source."""

    list_select_related: tuple[str, ...] = ("source", "approved__source")
    search_fields = ("=source__code", "=source__publisher__code")
    search_help_text = _("Code of the source or of its publisher")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, row: PageLook | PageWatch) -> str:
        return page_of(row.source)

    @admin.display(description=_("approved in"))
    def of_round(self, row: PageLook | PageWatch) -> str:
        return page_of(row.approved)


@admin.register(PageLook)
class PageLookAdmin(OfSource):
    """Every look at the page of an approved source."""

    list_display = ("of_source", "seen", "shown_outcome", "new", "of_round", "told_in")
    list_filter = ("outcome",)
    list_select_related = (*OfSource.list_select_related, "reopened__source")
    ordering = ("-id",)
    empty_hint = _("No page was looked at again yet: it is, some days after its approval.")

    @admin.display(description=_("when"), ordering="at")
    def seen(self, look: PageLook) -> str:
        return instant(look.at)

    @display(description=_("outcome"), ordering="outcome", label=OUTCOME_LABELS)
    def shown_outcome(self, look: PageLook) -> tuple[str, Any]:
        return look.outcome, LookOutcome(look.outcome).label

    @admin.display(description=_("not known when it was approved"))
    def new(self, look: PageLook) -> str:
        return " ".join(in_reader_language(one["sentence"]) for one in look.news)

    @admin.display(description=_("told to staff in"))
    def told_in(self, look: PageLook) -> str:
        return page_of(look.reopened)


@admin.register(PageWatch)
class PageWatchAdmin(OfSource):
    """When each page is looked at next."""

    list_display = ("of_source", "next_look", "last", "failures", "of_round")
    ordering = ("due_at", "id")
    empty_hint = _("No page is watched: one is from the approval of its source on.")

    @admin.display(description=_("next look"), ordering="due_at")
    def next_look(self, watch: PageWatch) -> str:
        return instant(watch.due_at)

    @admin.display(description=_("counted from"), ordering="counted_from")
    def last(self, watch: PageWatch) -> str:
        return instant(watch.counted_from)
