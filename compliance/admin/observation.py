from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from compliance.admin.delay_chart import delay_chart
from compliance.admin.threshold import threshold_rows
from compliance.enums import Severity
from compliance.models import Observation, ObservationPolicy, WatchMark
from compliance.watching.enums import ObservationStatus
from compliance.watching.operations import AlreadyDecided, dismiss_observation, open_case_from
from compliance.watching.words import sentences
from publishers.admin.backoffice import (
    BackOfficeAdmin,
    ReadOnlyAdmin,
    on_the_clock,
    page_of,
    reader,
)
from publishers.figures import NOTHING, instant, number, period

SEVERITY_LABELS = {Severity.LOW: "default", Severity.MEDIUM: "warning", Severity.HIGH: "danger"}
STATUS_LABELS = {
    ObservationStatus.NEW: "warning",
    ObservationStatus.CASE_OPENED: "info",
    ObservationStatus.DISMISSED: "default",
}


class AgeFilter(admin.SimpleListFilter):
    """Observations by the days since they were found."""

    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("1", _("over a day")), ("7", _("over a week")), ("30", _("over 30 days"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("1", "7", "30"):
            limit = timezone.now() - timedelta(days=int(self.value() or 0))
            return queryset.filter(found_at__lt=limit)
        return queryset


class ReasonForm(forms.Form):
    """Why nothing is wrong; whoever looks at the source next reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("It is kept with the observation, for staff to read."),
    )


@admin.register(Observation)
class ObservationAdmin(ReadOnlyAdmin):
    """What struck the daily watch. It accuses nobody until somebody opens a case of it."""

    list_display = (
        *("numbered", "shown_severity", "kind", "of_publisher", "of_source"),
        *("window", "age", "shown_status"),
    )
    list_filter = ("status", "severity", "kind", AgeFilter)
    list_select_related = ("publisher", "source")
    search_fields = ("=publisher__code", "publisher__name", "=source__code")
    search_help_text = _("Code or name of the publisher, or code of the source")
    actions_detail = ("open_case", "dismiss")
    change_form_template = "admin/compliance/observation/page.html"
    empty_hint = _("Nothing has struck the daily watch.")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("compliance.change_observation")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Nothing is offered once it is decided."""
        new = Observation.objects.filter(pk=object_id, status=ObservationStatus.NEW)
        return super().get_actions_detail(request, object_id) if new.exists() else []

    @action(description=_("Open a case"), icon="policy", permissions=["decide"])
    def open_case(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Open a case of what was seen; the account is not blocked by it."""
        row = self._row(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            try:
                case = open_case_from(row, by=reader(request), at=timezone.now())
            except AlreadyDecided as decided:
                self.message_user(request, str(decided), messages.ERROR)
                return redirect("admin:compliance_observation_change", row.pk)
            self.log_change(request, row, str(_("Open a case")))
            return redirect("admin:compliance_case_change", case.pk)
        effect = _("A case of this publisher begins with this evidence. It blocks nothing yet.")
        return self._ask(request, row, {"title": _("Open a case"), "effect": effect})

    @action(description=_("Dismiss the observation"), icon="close", permissions=["decide"])
    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Find that nothing is wrong, and say why."""
        row = self._row(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                dismiss_observation(
                    observation=row, by=reader(request), at=timezone.now(),
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
            except AlreadyDecided as decided:
                self.message_user(request, str(decided), messages.ERROR)
            else:
                self.log_change(request, row, str(_("Dismiss the observation")))
                self.message_user(request, _("The observation is dismissed."), messages.SUCCESS)
            return redirect("admin:compliance_observation_change", row.pk)
        effect = _("Nothing is wrong. It is not told of again for this time.")
        title = _("Dismiss the observation")
        return self._ask(request, row, {"title": title, "effect": effect, "form": form})

    def _row(self, request: HttpRequest, object_id: str) -> Observation | None:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        return row if isinstance(row, Observation) else None

    def _ask(self, request: HttpRequest, row: Observation, more: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": row,
                   "publisher": page_of(row.publisher), **more}  # fmt: skip
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/compliance/observation/decide.html", context)
        )

    def page_context(self, request: HttpRequest, row: Observation) -> dict[str, Any]:
        evidence = row.evidence
        figures = evidence.get("figures", {})
        return {
            "observation": row,
            "severity": Severity(row.severity).label,
            "severity_kind": SEVERITY_LABELS[Severity(row.severity)],
            "status": ObservationStatus(row.status).label,
            "status_kind": STATUS_LABELS[ObservationStatus(row.status)],
            "publisher": page_of(row.publisher),
            "source": page_of(row.source),
            "case": page_of(row.case, f"#{row.case_id}"),
            "window": self.window(row),
            "found": instant(row.found_at),
            "decided": instant(row.decided_at),
            "sentences": sentences(evidence),
            "figures": figure_rows(figures),
            "chart": delay_chart(figures.get("delay_steps", {})),
            "clicks": [
                {**click, "clicked": _moment(click["clicked_at"])}
                for click in evidence.get("clicks", [])
            ],
            "orders": [
                {**order, "clicked": _moment(order["clicked_at"]),
                 "placed": _moment(order["placed_at"]), "seconds": number(order["seconds"])}
                for order in evidence.get("orders", [])
            ],
            "accounts": [
                {**account, "since": _moment(account["since"])}
                for account in evidence.get("accounts", [])
            ],
            "thresholds": threshold_rows(evidence.get("thresholds", {})),
        }  # fmt: skip

    @admin.display(description=_("observation"), ordering="pk")
    def numbered(self, row: Observation) -> str:
        return f"#{row.pk}"

    @display(description=_("severity"), ordering="severity", label=SEVERITY_LABELS)
    def shown_severity(self, row: Observation) -> tuple[int, Any]:
        return row.severity, Severity(row.severity).label

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, row: Observation) -> str:
        return page_of(row.publisher)

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, row: Observation) -> str:
        return page_of(row.source)

    @admin.display(description=_("looked at"), ordering="window_start")
    def window(self, row: Observation) -> str:
        return period(row.window_start, row.window_end)

    @admin.display(description=_("age"), ordering="-found_at")
    def age(self, row: Observation) -> str:
        days = max(0, (timezone.now() - row.found_at).days)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": number(days)}

    @display(description=_("status"), ordering="status", label=STATUS_LABELS)
    def shown_status(self, row: Observation) -> tuple[str, Any]:
        return row.status, ObservationStatus(row.status).label


def figure_rows(figures: dict[str, Any]) -> list[tuple[Any, str]]:
    """What was counted, as label and text; nothing where the observation is not of traffic."""
    if not figures:
        return []
    dests = sorted(figures["fetch_dests"].items(), key=lambda item: (-item[1], item[0]))
    said = ", ".join(f"{dest or NOTHING}: {number(count)}" for dest, count in dests)
    return [
        (_("clicks"), number(figures["clicks"])),
        (_("by what loaded them (Sec-Fetch-Dest)"), said or NOTHING),
        (_("from the merchant's pages"), number(figures["merchant_referrers"])),
        (_("from its cart or checkout"), number(figures["checkout_referrers"])),
        (_("orders placed"), number(figures["orders"])),
        (_("clicks with an order after them"), number(figures["orders_with_click"])),
    ]


def _moment(text: str) -> str:
    return instant(datetime.fromisoformat(text), seconds=True)


@admin.register(ObservationPolicy)
class ObservationPolicyAdmin(BackOfficeAdmin):
    """What becomes of new observations, by their kind, and when."""

    list_display = ("kind", "mode", "least_severity", "in_force")
    list_filter = ("kind", "mode")
    search_fields = ("kind", "mode")
    empty_hint = _("No policy is set: a person looks at every observation.")

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, policy: ObservationPolicy) -> str:
        return period(policy.valid_from, policy.valid_to)


@admin.register(WatchMark)
class WatchMarkAdmin(ReadOnlyAdmin):
    """How far the daily watch has come."""

    list_display = ("judged", "last_click", "last_line")
    search_fields = ("=click_id",)
    empty_hint = _("The daily watch has not run yet.")

    @admin.display(description=_("judged to"), ordering="judged_to")
    def judged(self, mark: WatchMark) -> str:
        return instant(mark.judged_to)

    @admin.display(description=_("number of a click"), ordering="click_id")
    def last_click(self, mark: WatchMark) -> int:
        return mark.click_id

    @admin.display(description=_("number of a line"), ordering="line_id")
    def last_line(self, mark: WatchMark) -> int:
        return mark.line_id
