from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from publishers.admin.backoffice import KeptAdmin, page_of, reader, step_pages
from publishers.enums import ROLE_SENTENCES, RoleChangeState, StaffRole
from publishers.figures import NOTHING, instant
from publishers.models import RoleChange, User
from publishers.staff_roles import (
    RoleChangeRefused,
    approve_role_change,
    ask_role_change,
    refuse_role_change,
)

ASKS, APPROVES = "publishers.add_rolechange", "publishers.approve_rolechange"


def named(roles: list[str]) -> str:
    """Roles in the reader's words."""
    labels = dict(StaffRole.choices)
    return ", ".join(str(labels.get(role, role)) for role in roles) or NOTHING


def role_choices() -> list[tuple[str, str]]:
    """Every role, and what it is for."""
    return [(role.value, f"{role.label}: {ROLE_SENTENCES[role]}") for role in StaffRole]


class RoleChangeForm(forms.ModelForm):
    """Whose roles, which from then on, and why."""

    user = forms.ModelChoiceField(
        label=_("Whose roles"),
        queryset=User.objects.filter(publisher__isnull=True, is_active=True).order_by("username"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Add the person among the users first. People of publishers have no role."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles from then on"),
        choices=role_choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Choose all that the person shall have. None: no longer of the staff."),
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Whoever approves reads it."),
    )

    class Meta:
        model = RoleChange
        fields = ("user", "roles", "reason")

    by: User

    def clean(self) -> dict[str, Any]:
        """Ask for the change: what cannot be asked is said at the head of the form."""
        given = super().clean() or {}
        if not self.errors:
            try:
                self.instance = ask_role_change(
                    user_id=given["user"].pk, roles=given["roles"], reason=given["reason"],
                    by=self.by, at=timezone.now(),
                )  # fmt: skip
            except RoleChangeRefused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return given

    def _post_clean(self) -> None:
        """What was asked is stored already, and has passed the table's own checks."""


@admin.register(RoleChange)
class RoleChangeAdmin(KeptAdmin):
    """Changes of the roles of staff: one asks, another approves."""

    form = RoleChangeForm
    list_display = ("person", "then", "before", "shown_state", "asked", "asked_by", "decided_by")
    list_filter = ("state",)
    list_select_related = ("user", "asked_by", "decided_by")
    search_fields = ("=user__username", "=asked_by__username")
    search_help_text = _("Name of whose roles change, or of who asked")
    change_form_template = "admin/publishers/rolechange/page.html"
    empty_hint = _(
        "No change of roles was asked for. Add one: it holds once another person has approved it."
    )

    def get_urls(self) -> list[URLPattern]:
        return [*step_pages(self, ("approve", "refuse")), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, **kwargs)
        form.by = reader(request)
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("user", "roles", "reason")
        return ("person", "then", "before", "reason", "shown_state", "asked", "asked_by",
                "decided_by", "decided")  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def save_form(self, request: HttpRequest, form: Any, change: Any) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: RoleChange, form: Any, change: Any) -> None:
        """It was stored when it was asked."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Nothing hangs on it."""

    def page_context(self, request: HttpRequest, row: RoleChange) -> dict[str, Any]:
        by = reader(request)
        waits, own = row.state == RoleChangeState.ASKED, row.asked_by_id == by.pk
        second = waits and not own and by.has_perm(APPROVES)
        return {
            "asked": row,
            "waits": waits,
            "asked_at": instant(row.asked_at),
            "own": own,
            "of_oneself": row.user_id == by.pk,
            "may_approve": second and row.user_id != by.pk,
            "may_refuse": second,
            "may_take_back": waits and own and by.has_perm(ASKS),
        }

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Approve a change that another person asked for, refuse it, or take one's own back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        by = reader(request)
        change = RoleChange.objects.filter(pk=object_id).first()
        own = change is not None and change.asked_by_id == by.pk
        if not by.has_perm(ASKS if own and name == "refuse" else APPROVES):
            raise PermissionDenied
        if change is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        step = approve_role_change if name == "approve" else refuse_role_change
        try:
            decided = step(change_id=object_id, by=by, at=timezone.now())
        except RoleChangeRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            done = RoleChangeState(decided.state).label
            said = _("The change of roles of %(who)s: %(done)s.")
            self.message_user(request, said % {"who": decided.user, "done": done}, messages.SUCCESS)
            self.log_change(request, decided, str(done))
        return redirect("admin:publishers_rolechange_changelist")

    @admin.display(description=_("whose roles"), ordering="user__username")
    def person(self, change: RoleChange) -> str:
        return page_of(change.user)

    @admin.display(description=_("roles from then on"))
    def then(self, change: RoleChange) -> str:
        return named(change.roles)

    @admin.display(description=_("roles when it was asked"))
    def before(self, change: RoleChange) -> str:
        return named(change.roles_before)

    @admin.display(description=_("asked for"), ordering="asked_at")
    def asked(self, change: RoleChange) -> str:
        return instant(change.asked_at)

    @admin.display(description=_("decided"))
    def decided(self, change: RoleChange) -> str:
        return instant(change.decided_at)

    @display(
        description=_("state"),
        ordering="state",
        label={
            RoleChangeState.ASKED: "warning",
            RoleChangeState.APPROVED: "success",
            RoleChangeState.REFUSED: "danger",
            RoleChangeState.TAKEN_BACK: "default",
        },
    )
    def shown_state(self, change: RoleChange) -> tuple[str, Any]:
        return change.state, RoleChangeState(change.state).label
