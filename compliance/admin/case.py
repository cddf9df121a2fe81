from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from compliance import operations
from compliance.admin.evidence import evidence
from compliance.enums import TRANSITIONS, CaseStatus
from compliance.models import Case
from publishers.admin.backoffice import ReadOnlyAdmin, on_the_clock, page_of, reader
from publishers.figures import instant

STATUS_LABELS = {
    CaseStatus.FOUND: "warning",
    CaseStatus.WAITING: "warning",
    CaseStatus.DISMISSED: "default",
    CaseStatus.BLOCKED: "danger",
    CaseStatus.OVERTURNED: "success",
}
# By the status that a decision leads to: what it is called, what it does, and who does it.
DECISIONS: dict[CaseStatus, tuple[Any, Any, Callable[..., Case]]] = {
    CaseStatus.BLOCKED: (
        _("Block the account"),
        _("The account is blocked, and every earning not yet paid is deducted."),
        operations.block_account,
    ),
    CaseStatus.DISMISSED: (
        _("Dismiss the case"),
        _("Nothing was broken; nothing is deducted. A dismissed case stays dismissed."),
        operations.dismiss_case,
    ),
    CaseStatus.OVERTURNED: (
        _("Overturn the block"),
        _("The account is free again, and gets back exactly what the block took."),
        operations.overturn_case,
    ),
}


class ReasonForm(forms.Form):
    """Why a case is decided so; the publisher reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_("It is kept with the case, and shown to whom it concerns."),
    )


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """Publishers said to have broken a rule, the evidence, and what was decided."""

    list_display = ("number", "kind", "of_publisher", "shown_status", "found", "until", "evidence")
    list_filter = ("status", "kind")
    list_select_related = ("publisher",)
    search_fields = ("=evidence", "=publisher__code", "publisher__name")
    search_help_text = _("Number of the review, code or name of the publisher")
    actions_detail = ("block", "dismiss", "overturn")
    change_form_template = "admin/compliance/case/page.html"
    empty_hint = _("No case was found. The scheduled job looks for links in review texts.")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("compliance.change_case")

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """Only the decisions that the case's status allows."""
        case = Case.objects.filter(pk=object_id).first()
        allowed = TRANSITIONS[CaseStatus(case.status)] if case else frozenset()
        names = {CaseStatus.BLOCKED: "block", CaseStatus.DISMISSED: "dismiss",
                 CaseStatus.OVERTURNED: "overturn"}  # fmt: skip
        wanted = {names[status] for status in allowed if status in names}
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.action_name.rsplit("_", 1)[-1] in wanted]

    @action(description=_("Block the account"), icon="block", permissions=["decide"],
            variant=ActionVariant.DANGER)  # fmt: skip
    def block(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Block the account of the case."""
        return self._decide(request, object_id, CaseStatus.BLOCKED)

    @action(description=_("Dismiss the case"), icon="close", permissions=["decide"])
    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Find that nothing was broken."""
        return self._decide(request, object_id, CaseStatus.DISMISSED)

    @action(description=_("Overturn the block"), icon="undo", permissions=["decide"])
    def overturn(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Undo the block of the case."""
        return self._decide(request, object_id, CaseStatus.OVERTURNED)

    def _decide(self, request: HttpRequest, object_id: str, status: CaseStatus) -> HttpResponse:
        case = self.get_object(request, object_id)
        if not isinstance(case, Case):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        title, effect, operation = DECISIONS[status]
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                operation(case_id=case.pk, by=reader(request), at=timezone.now(),
                          reason=form.cleaned_data["reason"])  # fmt: skip
            except operations.WrongMove as wrong:
                self.message_user(request, str(wrong), messages.ERROR)
            else:
                self.message_user(request, _("The case is decided."), messages.SUCCESS)
                self.log_change(request, case, str(title))
            return redirect("admin:compliance_case_change", case.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title,
                   "effect": effect, "form": form, "original": case,
                   "publisher": page_of(case.publisher)}  # fmt: skip
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/compliance/case/decide.html", context)
        )

    def page_context(self, request: HttpRequest, row: Case) -> dict[str, Any]:
        return {
            "case": row,
            "evidence": evidence(row.evidence_frozen),
            "history": history(row),
            "publisher": page_of(row.publisher),
            "status": CaseStatus(row.status).label,
            "status_kind": STATUS_LABELS[CaseStatus(row.status)],
        }

    @admin.display(description=_("case"), ordering="pk")
    def number(self, case: Case) -> str:
        return f"#{case.pk}"

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, case: Case) -> str:
        return page_of(case.publisher)

    @display(description=_("status"), ordering="status", label=STATUS_LABELS)
    def shown_status(self, case: Case) -> tuple[str, Any]:
        return case.status, CaseStatus(case.status).label

    @admin.display(description=_("found"), ordering="found_at")
    def found(self, case: Case) -> str:
        return instant(case.found_at)

    @admin.display(description=_("answer until"), ordering="answer_until")
    def until(self, case: Case) -> str:
        return instant(case.answer_until)


def history(case: Case) -> list[dict[str, Any]]:
    """What happened to a case: when, what, by whom and why."""
    job = _("the job, by the policy in force")
    decided = CaseStatus.DISMISSED if case.status == CaseStatus.DISMISSED else CaseStatus.BLOCKED
    rows: list[tuple[Any, Any, Any, str]] = [(case.found_at, CaseStatus.FOUND.label, job, "")]
    if case.decided_at:
        rows.append((case.decided_at, decided.label, case.decided_by or job, case.decision_reason))
    if case.overturned_at:
        rows.append((case.overturned_at, CaseStatus.OVERTURNED.label,
                     case.overturned_by or job, case.overturn_reason))  # fmt: skip
    return [
        {"at": instant(at, seconds=True), "what": what, "by": by, "reason": reason}
        for at, what, by, reason in rows
    ]
