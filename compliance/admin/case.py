from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case as When_
from django.db.models import DateTimeField, F, OrderBy, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from compliance import operations
from compliance.admin.case_forms import OpenForm
from compliance.admin.case_moves import DECIDES, CaseMoves
from compliance.admin.case_page import SEVERITY_LABELS, STATUS_LABELS, page_context
from compliance.admin.open_for import OpenFor
from compliance.enums import UNDECIDED, CaseStatus, Severity
from compliance.models import Case
from publishers.admin.backoffice import on_the_clock, page_of, reader
from publishers.figures import instant


class WaitsFilter(admin.SimpleListFilter):
    """Cases on which somebody has to decide, by whom they wait for."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("open", _("to be decided")),
            ("due", _("due now")),
            ("second", _("waits for a second person")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "open":
            return queryset.filter(status__in=UNDECIDED)
        if self.value() == "due":
            return queryset.filter(due_at__lte=timezone.now())
        if self.value() == "second":
            return queryset.filter(status__in=UNDECIDED, decision="", block_asked_by__isnull=False)
        return queryset


class SinceFilter(OpenFor):
    """Undecided cases, by how long they have been open."""

    opened = "found_at"
    waiting = {"status__in": UNDECIDED}


class AnswerFilter(admin.SimpleListFilter):
    """Cases that wait for the publisher, by when its answer is due."""

    title = _("answer due")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("came", _("has come")),
            ("over", _("time is over")),
            ("3", _("within 3 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        waiting = queryset.filter(status=CaseStatus.WAITING)
        if self.value() == "came":
            return waiting.filter(answered_at__isnull=False)
        if self.value() == "over":
            return waiting.filter(answer_until__lte=now)
        if self.value() == "3":
            return waiting.filter(answer_until__gt=now, answer_until__lte=now + timedelta(days=3))
        return queryset


def due() -> When_:
    """When somebody has to look at a case: null where nobody has to."""
    answered = Q(status=CaseStatus.WAITING, answered_at__isnull=False)
    return When_(
        When(status=CaseStatus.APPEALED, then=F("appealed_at")),
        When(status=CaseStatus.FOUND, then=F("found_at")),
        When(answered, then=F("answered_at")),
        When(status=CaseStatus.WAITING, then=F("answer_until")),
        default=Value(None),
        output_field=DateTimeField(null=True),
    )


@admin.register(Case)
class CaseAdmin(CaseMoves):
    """Publishers said to have broken a rule, the evidence, and what was decided."""

    list_display = (
        "number", "shown_severity", "kind", "of_publisher", "shown_status", "found", "due",
        "second", "evidence",
    )  # fmt: skip
    list_filter = ("status", "kind", "severity", WaitsFilter, SinceFilter, AnswerFilter)
    list_select_related = ("publisher", "block_asked_by")
    search_fields = ("=evidence", "=publisher__code", "publisher__name")
    search_help_text = _("Number of the review, code or name of the publisher")
    actions_list = ("open_case",)
    change_form_template = "admin/compliance/case/page.html"
    empty_hint = _("No case was found. The scheduled job looks for links in review texts.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(due_at=due())

    def get_ordering(self, request: HttpRequest) -> tuple[str | OrderBy, ...]:
        """What is due first, the harmful before the harmless; then what is over."""
        return (F("due_at").asc(nulls_last=True), "-severity", "-found_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        form = path(
            "open/", self.admin_site.admin_view(self.open_view), name="compliance_case_open"
        )
        return [form, *self.move_urls(), *super().get_urls()]

    def page_context(self, request: HttpRequest, row: Case) -> dict[str, Any]:
        moves = [
            {"name": name, "title": move.title, "effect": move.effect, "style": move.style,
             "address": reverse(f"admin:compliance_case_{name}", args=[row.pk])}
            for name, move in self.offered(request, row)
        ]  # fmt: skip
        return {**page_context(row), "moves": moves, "reader": reader(request)}

    # --- A case that a person opens --------------------------------------------------------

    def has_open_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(DECIDES)

    @action(description=_("Open a case"), icon="add", permissions=["open"])
    def open_case(self, request: HttpRequest) -> HttpResponse:
        """To the form."""
        return redirect("admin:compliance_case_open")

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """The form of a case that a person opens; sent, its page."""
        if not self.has_open_permission(request):
            raise PermissionDenied
        form = OpenForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            case, new = self._opened(request, form.cleaned_data, timezone.now())
            if not new:
                told = _("There is a case of this evidence and publisher already: it is this one.")
                self.message_user(request, told, messages.WARNING)
            return redirect("admin:compliance_case_change", case.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts,
                   "title": _("Open a case"), "form": form}  # fmt: skip
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/compliance/case/open.html", context)
        )

    def _opened(
        self, request: HttpRequest, given: dict[str, Any], at: datetime
    ) -> tuple[Case, bool]:
        facts = [line.strip() for line in given["facts"].splitlines() if line.strip()]
        case, new = operations.open_case(
            kind=given["kind"], publisher_id=given["publisher"].pk, evidence=given["evidence"],
            frozen={"findings": [{"sentence": fact} for fact in facts]}, at=at,
            source_id=given["source"].pk if given["source"] else None, by=reader(request),
            severity=given["severity"], clause=given["clause"],
        )  # fmt: skip
        if new:
            self.log_addition(request, case, str(_("Open a case")))
        return case, new

    # --- The list --------------------------------------------------------------------------

    @admin.display(description=_("case"), ordering="pk")
    def number(self, case: Case) -> str:
        return f"#{case.pk}"

    @display(description=_("severity"), ordering="severity", label=SEVERITY_LABELS)
    def shown_severity(self, case: Case) -> tuple[int, Any]:
        return case.severity, Severity(case.severity).label

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, case: Case) -> str:
        return page_of(case.publisher)

    @display(description=_("status"), ordering="status", label=STATUS_LABELS)
    def shown_status(self, case: Case) -> tuple[str, Any]:
        return case.status, CaseStatus(case.status).label

    @admin.display(description=_("found"), ordering="found_at")
    def found(self, case: Case) -> str:
        return instant(case.found_at)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, case: Case) -> str:
        return instant(getattr(case, "due_at", None))

    @admin.display(description=_("second person"))
    def second(self, case: Case) -> str:
        waits = case.status in UNDECIDED and not case.decision and case.block_asked_by
        return str(_("asked by %(who)s") % {"who": case.block_asked_by}) if waits else "–"
