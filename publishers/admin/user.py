from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from publishers.admin.backoffice import BackOfficeAdmin, ReadOnlyAdmin, page_of
from publishers.models import User

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


@admin.register(User)
class UserAdmin(DjangoUserAdmin, PermissionsInWords):
    """Somebody who signs in. What staff may do is not set here: two people change roles."""

    form = UserChangeForm
    add_form = UserCreationForm
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
