from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from publishers.accounts import AccountRefused
from publishers.admin.backoffice import BackOfficeAdmin, ReadOnlyAdmin, page_of
from publishers.models import User
from publishers.people import INVITATION_LIVES
from publishers.public.letters_now import send_staff_invitation
from publishers.staff_invitations import invite_to_staff, may_be_invited

# Changed by two people (S6), by `publishers.staff_roles`; superusers are made by a command.
_BY_TWO = ("is_staff", "is_superuser", "groups", "user_permissions")

admin.site.unregister(Group)


# What Django lets be permitted of any model; it names these in English alone.
USUAL = {
    "add": _("Can add"),
    "change": _("Can change"),
    "delete": _("Can delete"),
    "view": _("Can view"),
}


def permission_in_words(permission: Permission) -> str:
    """Of what, and what it lets one do, in the reader's language."""
    what, _of, model = permission.codename.partition("_")
    is_usual = what in USUAL and model == permission.content_type.model
    words = USUAL[what] if is_usual else gettext(permission.name)
    # Names that an app of others leaves untranslated may be among the words of the theme.
    of = [gettext(part) for part in str(permission.content_type).split(" | ")]
    return " | ".join((*of, str(words)))


class PermissionsInWords(BackOfficeAdmin):
    """Permissions are chosen by what they say in the reader's language."""

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Permission:
            field.label_from_instance = permission_in_words
        return field


class NewUserForm(forms.ModelForm):
    """Who it is. A password is chosen by the person alone, by a link in a letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].help_text = _("The invitation goes there: send it on the next page.")

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        self.instance.set_unusable_password()
        return super().save(commit)


class KnownUserForm(UserChangeForm):
    """Somebody who is there. The way to another's password is shown where there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields.get("password")
        if password is not None and self.instance.publisher_id is None:
            password.widget = NoPassword()
            password.help_text = _(
                "Nobody but the person sets it: by an invitation first, later by a code that is "
                "asked for where one signs in."
            )


class NoPassword(forms.Widget):
    """Nothing to see."""

    read_only = True

    def render(self, *_args: Any, **_kwargs: Any) -> SafeString:
        return mark_safe("")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, PermissionsInWords):
    """Somebody who signs in. What staff may do is not set here: two people change roles."""

    form = KnownUserForm
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": ("username", "email", "first_name", "last_name")}),)
    actions_detail = ("invite",)
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_staff", "is_active", "of_publisher", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    list_select_related = ("publisher",)
    autocomplete_fields = ("publisher",)
    search_fields = ("username", "email", "first_name", "last_name", "publisher__code")
    fieldsets = (
        *(DjangoUserAdmin.fieldsets or ()),
        (_("Publisher"), {"fields": ("publisher", "role")}),
    )

    readonly_fields = _BY_TWO

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Staff change no colleague: with a password of another's, one person would be two."""
        return super().has_change_permission(request, obj) and _in_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _in_reach(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Who comes to a publisher or leaves one by staff's hand has no password of before."""
        if change and "publisher" in form.changed_data:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's own name
        form_url: str = "",
    ) -> HttpResponse:
        """People of publishers may be helped; a password of staff is known to its owner alone."""
        user = self.get_object(request, id)
        if user is not None and user.publisher_id is None:
            raise PermissionDenied(_("Staff choose their own passwords: send an invitation."))
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        return answer

    def has_invite_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may add people may ask them in, while they have no password."""
        if not self.has_add_permission(request):
            return False
        user = self.get_object(request, str(object_id)) if object_id else None
        return user is None or may_be_invited(user)

    @action(description=_("Invite"), url_path="invite", icon="mail", permissions=["invite"])
    def invite(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The page that sends somebody new a link to choose a password."""
        person = self.get_object(request, str(object_id))
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        refusal = ""
        if request.method == "POST":
            refusal = self._invited(request, person)
            if not refusal:
                return redirect("admin:publishers_user_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite"),
            "person": person,
            "days": INVITATION_LIVES.days,
            "refusal": refusal,
        }
        return TemplateResponse(request, "admin/publishers/user/invite.html", context)

    def _invited(self, request: HttpRequest, person: User) -> str:
        """Why no letter went out; empty: it did."""
        try:
            invited, secret = invite_to_staff(person.pk, at=timezone.now())
        except AccountRefused as refused:
            return str(refused)
        way = request.build_absolute_uri(reverse("public:join_staff", args=[secret]))
        if not send_staff_invitation(invited, way, get_language() or "en"):
            return gettext("The letter could not be sent just now. Try again in some minutes.")
        said = gettext("%(email)s has a letter with the invitation.") % {"email": invited.email}
        self.message_user(request, said, messages.SUCCESS)
        self.log_change(request, invited, gettext("Invited."))
        return ""

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, user: User) -> str:
        return page_of(user.publisher)


def _in_reach(request: HttpRequest, user: User | None) -> bool:
    if request.user.is_superuser or user is None:
        return True
    return not (user.is_staff or user.is_superuser)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """What people of one role may do: a table of the code, which `sync_roles` writes here."""

    list_display = ("name",)
    fields = ("name", "rights")
    search_fields = ("name",)
    empty_hint = _("No role is here yet: run manage.py sync_roles.")

    @admin.display(description=_("rights"))
    def rights(self, group: Group) -> SafeString:
        found = group.permissions.select_related("content_type")
        return format_html_join("", "<div>{}</div>", ((permission_in_words(p),) for p in found))
