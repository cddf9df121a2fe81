from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from commissions.admin.what_if_form import OWN_DAYS, PeriodForm
from commissions.admin.what_if_page import report_context
from commissions.admin.what_if_progress import progress
from commissions.enums import Dimension, RulebookStatus, WhatIfState
from commissions.models import Rulebook, WhatIf, WhatIfFigure
from commissions.operations.rulebooks import RulebookRefused, ask_what_if, stop_what_if, tried
from commissions.rulebooks.document import digest, document_of
from commissions.rulebooks.what_if.files import figures_csv, spreadsheet
from commissions.tasks import run_what_if
from commissions.templatetags.amounts import signed_money
from publishers.admin.backoffice import ReadOnlyAdmin, on_the_clock, page_of, reader
from publishers.downloads import csv_answer
from publishers.figures import NOTHING, in_own_language, instant, period
from publishers.spreadsheets import XLSX

STATE_LABELS = {
    WhatIfState.QUEUED: "info",
    WhatIfState.RUNNING: "warning",
    WhatIfState.DONE: "success",
    WhatIfState.FAILED: "danger",
    WhatIfState.CANCELLED: "warning",
}
RUNS = "commissions.change_rulebook"
EARLIER = 50  # what-ifs of a rulebook that its page lists


def ring(what_if: WhatIf) -> None:
    """Ring for a worker once the row is safe. Where nobody hears it, the sweep rings again."""
    transaction.on_commit(lambda: run_what_if.delay(what_if.pk), robust=True)


@admin.register(WhatIf)
class WhatIfAdmin(ReadOnlyAdmin):
    """Rulebooks tried on the past: how far each trial is, and what it found."""

    list_display = ("number", "of_rulebook", "tried_on", "shown_state", "asked", "asked_by",
                    "difference")  # fmt: skip
    list_display_links = ("number",)
    list_filter = ("state",)
    list_select_related = ("rulebook__programme", "asked_by")
    search_fields = ("=id", "=rulebook__version", "rulebook__title_en", "rulebook__title_ru")
    search_help_text = gettext_lazy("Number, or version or title of the rulebook")
    ordering = ("-id",)
    change_form_template = "admin/commissions/what_if/page.html"
    empty_hint = gettext_lazy("No rulebook was tried yet: open one, and try it on the past.")

    def get_urls(self) -> list[URLPattern]:
        ways = [
            ("of/<int:rulebook_id>/", self.rulebook_view, "commissions_rulebook_what_if"),
            ("<int:object_id>/progress/", self.progress_view, "commissions_whatif_progress"),
            ("<int:object_id>/stop/", self.stop_view, "commissions_whatif_stop"),
            ("<int:object_id>/again/", self.again_view, "commissions_whatif_again"),
            ("<int:object_id>/figures.csv", self.csv_view, "commissions_whatif_csv"),
            ("<int:object_id>/report.xlsx", self.xlsx_view, "commissions_whatif_xlsx"),
        ]
        own = [path(way, self.admin_site.admin_view(view), name=name) for way, view, name in ways]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_difference(super().get_queryset(request)).select_related(
            "rulebook__programme", "asked_by"
        )

    # --- The page of a rulebook's what-ifs -------------------------------------------------

    def rulebook_view(self, request: HttpRequest, rulebook_id: int) -> HttpResponse:
        """What a rulebook was tried on already, and the form that tries it."""
        self._require_view(request)
        rulebook = get_object_or_404(Rulebook.objects.select_related("programme"), pk=rulebook_id)
        if request.method == "POST" and not request.user.has_perm(RUNS):
            raise PermissionDenied
        return on_the_clock(lambda: self._of_rulebook(request, rulebook))

    def _of_rulebook(self, request: HttpRequest, rulebook: Rulebook) -> HttpResponse:
        now = timezone.now()
        form = PeriodForm(request.POST if request.method == "POST" else None, rulebook, now)
        if request.method == "POST" and form.is_valid():
            from_at, to_at = form.chosen()
            try:
                what_if = ask_what_if(
                    rulebook_id=rulebook.pk,
                    from_at=from_at,
                    to_at=to_at,
                    by=reader(request),
                    at=now,
                )
            except RulebookRefused as refused:
                form.add_error(None, str(refused))
            else:
                ring(what_if)
                return redirect("admin:commissions_whatif_change", what_if.pk)
        title = in_own_language(rulebook, "title")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try it on the past"),
            "form": form,
            "own_days": OWN_DAYS,
            "rulebook": rulebook,
            "rulebook_link": page_of(rulebook, f"{rulebook.version}. {title}"),
            "may_run": request.user.has_perm(RUNS),
            "earlier": self._earlier(request, rulebook),
            **_what_is_needed(rulebook, now),
        }
        return TemplateResponse(request, "admin/commissions/what_if/of_rulebook.html", context)

    def _earlier(self, request: HttpRequest, rulebook: Rulebook) -> list[dict[str, Any]]:
        now_says = digest(document_of(rulebook))
        rows = self.get_queryset(request).filter(rulebook=rulebook).order_by("-id")[:EARLIER]
        return [
            {
                "what_if": row,
                "period": self.tried_on(row),
                "difference": self.difference(row),
                "kind": STATE_LABELS[WhatIfState(row.state)],
                "outdated": row.digest != now_says,
            }
            for row in rows
        ]

    def again_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Try the rulebook, as it is now, on the same period once more."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        what_if = self._what_if(request, object_id)
        if not request.user.has_perm(RUNS):
            raise PermissionDenied
        again = ask_what_if(
            rulebook_id=what_if.rulebook_id,
            from_at=what_if.from_at,
            to_at=what_if.to_at,
            by=reader(request),
            at=timezone.now(),
        )
        ring(again)
        return redirect("admin:commissions_whatif_change", again.pk)

    def stop_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask that it be stopped between two batches."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        what_if = self._what_if(request, object_id)
        if not request.user.has_perm(RUNS):
            raise PermissionDenied
        try:
            stop_what_if(what_if_id=what_if.pk, by=reader(request), at=timezone.now())
        except RulebookRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
        else:
            self.log_change(request, what_if, _("It was asked to stop."))
        return redirect("admin:commissions_whatif_change", what_if.pk)

    # --- The page of one -------------------------------------------------------------------

    def page_context(self, request: HttpRequest, row: WhatIf) -> dict[str, Any]:
        book = row.rulebook
        title = in_own_language(book, "title")
        done = row.state == WhatIfState.DONE
        return {
            "title": _("What-if %(number)s: %(rulebook)s")
            % {"number": row, "rulebook": f"{book.version}. {title}"},
            "what_if": row,
            "rulebook_link": page_of(book, f"{book.version}. {title}"),
            "period": self.tried_on(row),
            "state_kind": STATE_LABELS[WhatIfState(row.state)],
            "outdated": row.digest != digest(document_of(book)),
            "may_run": request.user.has_perm(RUNS),
            "progress": progress(row, timezone.now()),
            "progress_url": reverse("admin:commissions_whatif_progress", args=[row.pk]),
            **(report_context(row, request.GET.get("share", "")) if done else {}),
        }

    def progress_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """How far a what-if is, for the page that watches it."""
        what_if = self._what_if(request, object_id)
        return on_the_clock(lambda: JsonResponse(progress(what_if, timezone.now())))

    def csv_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Its figures for programs."""
        what_if = self._what_if(request, object_id)
        if what_if.state != WhatIfState.DONE:
            return self._not_yet(request, what_if)
        pieces = figures_csv(what_if, get_language() or "en")
        return csv_answer(request, pieces, f"what-if-{what_if.pk}.csv")  # type: ignore[return-value]

    def xlsx_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """All of it as a spreadsheet."""
        what_if = self._what_if(request, object_id)
        if what_if.state != WhatIfState.DONE:
            return self._not_yet(request, what_if)
        name = f"what-if-{what_if.pk}.xlsx"
        file = spreadsheet(what_if)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)  # type: ignore[return-value]

    def _not_yet(self, request: HttpRequest, what_if: WhatIf) -> HttpResponse:
        text = _("What-if %(number)s has no figures: it is “%(state)s”.") % {
            "number": what_if,
            "state": WhatIfState(what_if.state).label,
        }
        self.message_user(request, text, messages.WARNING)
        return redirect("admin:commissions_whatif_change", what_if.pk)

    def _what_if(self, request: HttpRequest, object_id: int) -> WhatIf:
        self._require_view(request)
        what_if = self.get_queryset(request).filter(pk=object_id).first()
        if not isinstance(what_if, WhatIf):
            raise Http404
        return what_if

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    # --- Columns ---------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("number"), ordering="id")
    def number(self, what_if: WhatIf) -> str:
        return str(what_if)

    @admin.display(description=gettext_lazy("rulebook"))
    def of_rulebook(self, what_if: WhatIf) -> str:
        book = what_if.rulebook
        return page_of(book, f"{book.version}. {in_own_language(book, 'title')}")

    @admin.display(description=gettext_lazy("period"))
    def tried_on(self, what_if: WhatIf) -> str:
        zone = what_if.rulebook.programme.time_zone
        return period(what_if.from_at, what_if.to_at, zone)

    @display(description=gettext_lazy("state"), label=STATE_LABELS)
    def shown_state(self, what_if: WhatIf) -> tuple[str, Any]:
        return what_if.state, WhatIfState(what_if.state).label

    @admin.display(description=gettext_lazy("asked for"), ordering="asked_at")
    def asked(self, what_if: WhatIf) -> str:
        return instant(what_if.asked_at, what_if.rulebook.programme.time_zone)

    @admin.display(description=gettext_lazy("difference"))
    def difference(self, what_if: Any) -> str:
        if what_if.state != WhatIfState.DONE:
            return NOTHING
        return signed_money(what_if.found_cents or 0, what_if.rulebook.programme.currency)


def with_difference(what_ifs: QuerySet) -> QuerySet:
    """What-ifs with `found_cents`: how much more would have been earned; None: no lines, or yet."""
    totals = WhatIfFigure.objects.filter(what_if=OuterRef("pk"), dimension=Dimension.TOTAL)
    found = totals.values_list(F("after_cents") - F("before_cents"))[:1]
    return what_ifs.annotate(found_cents=Subquery(found))


def _what_is_needed(rulebook: Rulebook, at: Any) -> dict[str, Any]:
    """Whether a publication needs a what-if, and which one is it at present."""
    needed = rulebook.status != RulebookStatus.PUBLISHED and rulebook.starts_at < at
    return {"needed": needed, "counts": tried(rulebook, at=at) if needed else None}
