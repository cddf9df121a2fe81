from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from publishers.admin.backoffice import BackOfficeAdmin, page_of
from publishers.models import User

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, BackOfficeAdmin):
    """Somebody who signs in."""

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

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, user: User) -> str:
        return page_of(user.publisher)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, BackOfficeAdmin):
    """What people of one trade may do."""
