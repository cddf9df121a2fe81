from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import LineStatusFilter, PublisherColumn, StatusColumn
from commissions.models import DailyTotal
from publishers.admin.backoffice import BigListAdmin
from publishers.figures import day, money, number


@admin.register(DailyTotal)
class DailyTotalAdmin(StatusColumn, PublisherColumn, BigListAdmin):
    """Lines, sales and commission by publisher, day and status."""

    list_display = ("shown_day", "of_publisher", "shown_status", "count", "sales", "commission")
    list_select_related = ("publisher", "programme")
    list_filter = (LineStatusFilter,)
    exact_search = ("publisher__code",)
    search_help_text = _("Code of the publisher")
    empty_hint = _("There are no figures yet: upload a feed file.")

    @admin.display(description=_("day"))
    def shown_day(self, total: DailyTotal) -> str:
        return day(total.day)

    @admin.display(description=_("lines"))
    def count(self, total: DailyTotal) -> str:
        return number(total.lines)

    @admin.display(description=_("sales"))
    def sales(self, total: DailyTotal) -> str:
        return money(total.base_cents, total.programme.currency)

    @admin.display(description=_("commission"))
    def commission(self, total: DailyTotal) -> str:
        return money(total.commission_cents, total.programme.currency)
