from django.contrib import admin

from publishers.admin.backoffice import BackOfficeAdmin
from publishers.models import TrafficType


@admin.register(TrafficType)
class TrafficTypeAdmin(BackOfficeAdmin):
    """Ways of bringing buyers."""

    list_display = ("code", "name_en", "name_ru")
    search_fields = ("code", "name_en", "name_ru")
