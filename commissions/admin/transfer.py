from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commissions.ledger.keys import transfers_of_line
from commissions.models import Transfer
from publishers.admin.backoffice import BigListAdmin, is_key, page_of
from publishers.figures import instant, money


@admin.register(Transfer)
class TransferAdmin(BigListAdmin):
    """The ledger: every cent that moved, from where to where, and why. It only grows."""

    list_display = ("id", "amount", "source", "target", "cause", "happened", "recorded")
    list_select_related = ("debit__publisher", "debit__programme", "credit__publisher",
                           "credit__programme")  # fmt: skip
    exact_number_search = ("id",)
    search_help_text = _("A posting key, or the network's number of a line")
    empty_hint = _("No money has moved yet: upload a feed file.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        found, duplicates = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if is_key(term) and len(term) < 13:
            found = found | (queryset & transfers_of_line(int(term)))
        return found, duplicates

    @admin.display(description=_("amount"))
    def amount(self, transfer: Transfer) -> str:
        return money(transfer.amount_cents, transfer.debit.programme.currency)

    @admin.display(description=pgettext_lazy("transfer", "from"))
    def source(self, transfer: Transfer) -> str:
        return page_of(transfer.debit)

    @admin.display(description=pgettext_lazy("transfer", "to"))
    def target(self, transfer: Transfer) -> str:
        return page_of(transfer.credit)

    @admin.display(description=_("happened"))
    def happened(self, transfer: Transfer) -> str:
        return instant(transfer.event_at, transfer.debit.programme.time_zone)

    @admin.display(description=_("recorded"))
    def recorded(self, transfer: Transfer) -> str:
        return instant(transfer.recorded_at, transfer.debit.programme.time_zone)
