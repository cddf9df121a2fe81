from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import APIKey
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from publishers.admin.backoffice import ReadOnlyAdmin, page_of, reader
from publishers.enums import SCOPES_OF_STAFF
from publishers.keys import LONGEST_NAME, KeyRefused, make_key, revoke_key
from publishers.models import ApiKey, User

# The package's own keys, of which nobody has any.
admin.site.unregister(APIKey)


class StaffKeyForm(forms.Form):
    """A key for a machine of the staff."""

    user = forms.ModelChoiceField(
        label=_("With the rights of"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The key may never more than this person may."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What the machine is, or does."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may"),
        choices=[(scope.value, scope.label) for scope in SCOPES_OF_STAFF],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("At most two years ahead."),
    )

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_staff=True, is_active=True, publisher__isnull=True)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = staff if by.is_superuser else staff.filter(pk=by.pk)
        field.initial = by.pk


class RevokedFilter(admin.BooleanFieldListFilter):
    """Its title in the reader's language: the library has the field in English alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("revoked")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys of machines: whose, what they may, until when, when last used."""

    list_display = ("name", "prefix", "of_publisher", "of_user", "shown_state", "expiry_date",
                    "last_used_at")  # fmt: skip
    list_filter = (("revoked", RevokedFilter),)
    list_select_related = ("publisher", "user")
    fields = ("name", "prefix", "publisher", "user", "scopes", "expiry_date", "last_used_at",
              "made_at", "made_by", "revoked_at", "revoked_by")  # fmt: skip
    search_fields = ("=prefix", "name", "=publisher__code", "=user__username")
    search_help_text = _("Beginning of the key, its name, code of the publisher or name of a user")
    actions = ("revoke",)
    actions_list = ("make",)
    empty_hint = _("No key has been made. Publishers make theirs in their portal.")

    def has_make_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publishers.add_apikey")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publishers.change_apikey")

    @action(description=_("Make a key"), url_path="make", icon="key", permissions=["make"])
    def make(self, request: HttpRequest) -> HttpResponse:
        """The page on which a key of the staff is made, and the only one that shows it."""
        by = reader(request)
        form = StaffKeyForm(by, request.POST or None)
        text = ""
        if request.method == "POST" and form.is_valid():
            text = self._made(request, form, by)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make a key"),
            "form": form,
            "key": text,
        }
        return TemplateResponse(request, "admin/publishers/apikey/make.html", context)

    def _made(self, request: HttpRequest, form: StaffKeyForm, by: User) -> str:
        given = form.cleaned_data
        try:
            key, text = make_key(
                user=given["user"],
                name=given["name"],
                scopes=given["scopes"],
                expires_at=end_of(given["expires_on"]),
                by=by,
                at=timezone.now(),
            )
        except KeyRefused as refused:
            field = {"expires_at": "expires_on"}.get(refused.field, refused.field)
            form.add_error(field or None, str(refused))
            return ""
        self.log_addition(request, key, [{"added": {}}])
        return text

    @action(description=_("Revoke selected keys"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End keys at once, whosever they are."""
        by = reader(request)
        for key in queryset.order_by("pk"):
            try:
                revoke_key(key_id=key.pk, by=by, at=timezone.now())
            except KeyRefused as refused:
                raise PermissionDenied(str(refused)) from refused
            self.log_change(request, key, str(_("Revoked.")))
        self.message_user(request, _("The keys are revoked."), messages.SUCCESS)

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, key: ApiKey) -> str:
        return page_of(key.publisher)

    @admin.display(description=_("with the rights of"), ordering="user__username")
    def of_user(self, key: ApiKey) -> str:
        return page_of(key.user)

    @display(description=_("state"), label={"stands": "success", "over": "warning"})
    def shown_state(self, key: ApiKey) -> tuple[str, Any]:
        if key.revoked:
            return "over", _("revoked")
        return ("stands", _("in use")) if key.stands(timezone.now()) else ("over", _("ended"))


def end_of(day: date) -> datetime:
    """The instant at which a day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
