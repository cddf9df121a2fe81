from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedFieldListFilter
from django.db.models import Count, DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from commissions.admin.columns import PeriodColumn, ProgrammeColumn
from commissions.admin.tables import ProgrammeTableAdmin
from commissions.models import NamedSet, SetMember
from commissions.resources import BrandStoreResource, CategoryResource
from publishers.admin.backoffice import KeptAdmin, list_of, page_of
from publishers.figures import in_own_language


@admin.register(NamedSet)
class NamedSetAdmin(ProgrammeColumn, KeptAdmin):
    """Sets of countries, categories, stores or traffic types that rules refer to."""

    list_display = ("code", "own_name", "kind", "of_programme", "members_link")
    list_filter = ("kind",)
    list_select_related = ("programme",)
    search_fields = ("code", "name_en", "name_ru")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(member_count=Count("members"))

    @admin.display(description=_("name"))
    def own_name(self, named_set: NamedSet) -> str:
        return in_own_language(named_set, "name")

    @admin.display(description=_("members of sets"))
    def members_link(self, named_set: Any) -> str:
        address = list_of("commissions", "setmember", named_set__id__exact=named_set.pk)
        return format_html('<a class="pm-link" href="{}">{}</a>', address, named_set.member_count)


class DayOrInstantField(forms.SplitDateTimeField):
    """A date and a time; a date alone is its midnight, on the clock of the page."""

    def compress(self, data_list: Any) -> datetime | None:
        day, hour = data_list or (None, None)
        given: Any = (day, hour or time())
        return super().compress(given) if day or hour else None


class OfSet(RelatedFieldListFilter):
    """Members of one set."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("named set")


@admin.register(SetMember)
class SetMemberAdmin(PeriodColumn, ProgrammeTableAdmin):
    """Members of sets, from when to when."""

    resource_classes = (
        BrandStoreResource,
        CategoryResource,
    )

    list_display = ("value", "name", "of_set", "in_force")
    fieldsets = (
        (None, {
            "fields": ("named_set", "value", "name", "valid_from", "valid_to"),
            "description": _(
                "A date alone is its midnight on the programme's clock. Empty: from ever, for good."
            ),
        }),
    )  # fmt: skip
    formfield_overrides: ClassVar = {
        DateTimeField: {"form_class": DayOrInstantField, "widget": UnfoldAdminSplitDateTimeWidget}
    }
    list_filter = (("named_set", OfSet),)
    list_select_related = ("named_set",)
    search_fields = ("=value", "name")
    search_help_text = _("The value, or a part of the name")

    @admin.display(description=_("named set"))
    def of_set(self, member: SetMember) -> str:
        return page_of(member.named_set, in_own_language(member.named_set, "name"))
