from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import ProgrammeColumn, PublisherColumn
from commissions.models import LedgerAccount
from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.figures import money


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ProgrammeColumn, PublisherColumn, ReadOnlyAdmin):
    """Accounts of the ledger with their balances."""

    list_display = ("__str__", "of_publisher", "kind", "of_programme", "balance")
    list_filter = ("kind",)
    list_select_related = ("publisher", "programme")
    search_fields = ("=publisher__code", "publisher__name")
    search_help_text = _("Code or name of the publisher")
    empty_hint = _("No money has moved yet: upload a feed file.")

    @admin.display(description=_("balance"), ordering="balance_cents")
    def balance(self, account: LedgerAccount) -> str:
        return money(account.balance_cents, account.programme.currency)
