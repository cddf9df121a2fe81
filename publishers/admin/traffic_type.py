from django.contrib import admin

from publishers.admin.backoffice import KeptAdmin
from publishers.models import TrafficType


@admin.register(TrafficType)
class TrafficTypeAdmin(KeptAdmin):
    """Ways of bringing buyers."""

    list_display = ("code", "name_en", "name_ru")
    search_fields = ("code", "name_en", "name_ru")
