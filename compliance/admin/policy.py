from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.enums import PolicyMode
from compliance.models import ViolationPolicy
from compliance.models.policy import HOLDS
from compliance.operations import WrongMove, approve_policy, ask_policy, drop_policy_request
from publishers.admin.backoffice import BackOfficeAdmin, reader, step_pages
from publishers.figures import instant, period

APPROVES = "compliance.approve_violationpolicy"
MAKES = "compliance.add_violationpolicy"


class PolicyForm(forms.ModelForm):
    """What the job shall do with a kind, from when on, and why."""

    class Meta:
        model = ViolationPolicy
        fields = ("kind", "mode", "answer_days", "valid_from", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "reason"):
            if name in self.fields:
                self.fields[name].required = True

    def validate_constraints(self) -> None:
        """What holds now ends where this begins: that is no contradiction."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("mode") == PolicyMode.AFTER_ANSWER and not given.get("answer_days"):
            self.add_error("answer_days", _("Say how many days there are to answer."))
        return given


def holds(policy: ViolationPolicy) -> bool:
    """Whether it is in force in its period, or waits for a second person."""
    agreed = policy.approved_by_id is not None or policy.set_alone
    return agreed or policy.mode == PolicyMode.PERSON


class StandingFilter(admin.SimpleListFilter):
    """Policies that two people agreed on, or that wait for the second."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("holds", _("agreed")), ("waits", _("waits for a second person"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "holds":
            return queryset.filter(HOLDS)
        if self.value() == "waits":
            return queryset.exclude(HOLDS)
        return queryset


@admin.register(ViolationPolicy)
class ViolationPolicyAdmin(BackOfficeAdmin):
    """What the job does with new cases, by their kind, and when.

    One that blocks without a person is asked for by one, and approved by another.
    """

    form = PolicyForm
    list_display = (
        "kind",
        "mode",
        "answer_days",
        "in_force",
        "standing",
        "asked_by",
        "approved_by",
    )
    list_filter = ("kind", "mode", StandingFilter)
    list_select_related = ("asked_by", "approved_by")
    search_fields = ("kind", "mode")
    change_form_template = "admin/compliance/violationpolicy/page.html"
    empty_hint = _(
        "No policy is set: the job blocks for a link in a review at once (F37), and with every "
        "other kind a person decides."
    )

    def get_urls(self) -> list[URLPattern]:
        return [*step_pages(self, ("approve", "drop")), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).order_by("kind", "-valid_from", "-pk")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except WrongMove as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:compliance_violationpolicy_changelist")

    def save_model(
        self, request: HttpRequest, obj: ViolationPolicy, form: Any, change: Any
    ) -> None:
        """Ask for it; where nobody is blocked by it, it holds."""
        given = form.cleaned_data
        asked = ask_policy(
            kind=given["kind"], mode=given["mode"], answer_days=given["answer_days"],
            valid_from=given["valid_from"], reason=given["reason"], by=reader(request),
            at=timezone.now(),
        )  # fmt: skip
        obj.pk = asked.pk

    def page_context(self, request: HttpRequest, row: ViolationPolicy) -> dict[str, Any]:
        waits = not holds(row)
        own = row.asked_by_id == reader(request).pk
        return {
            "policy": row,
            "waits": waits,
            "asked_at": instant(row.asked_at),
            "may_approve": waits and not own and request.user.has_perm(APPROVES),
            "may_drop": waits and request.user.has_perm(MAKES if own else APPROVES),
            "own": own,
        }

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Approve a policy that another person asked for, or drop the request."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        policy = self.get_object(request, str(object_id))
        if not isinstance(policy, ViolationPolicy):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        by = reader(request)
        own_request = name == "drop" and policy.asked_by_id == by.pk
        if not request.user.has_perm(MAKES if own_request else APPROVES):
            raise PermissionDenied
        step = approve_policy if name == "approve" else drop_policy_request
        try:
            step(policy_id=policy.pk, by=by, at=timezone.now())
        except WrongMove as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            done = _("The policy holds.") if name == "approve" else _("The request is dropped.")
            self.message_user(request, done, messages.SUCCESS)
            self.log_change(request, policy, str(done))
        return redirect("admin:compliance_violationpolicy_changelist")

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, policy: ViolationPolicy) -> str:
        return period(policy.valid_from, policy.valid_to)

    @display(description=_("state"), label={"holds": "success", "waits": "warning"})
    def standing(self, policy: ViolationPolicy) -> tuple[str, Any]:
        if holds(policy):
            return "holds", _("agreed")
        return "waits", _("waits for a second person")
