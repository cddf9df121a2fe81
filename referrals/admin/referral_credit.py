from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import ProgrammeColumn
from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import money
from referrals.models import ReferralCredit


@admin.register(ReferralCredit)
class ReferralCreditAdmin(ProgrammeColumn, ReadOnlyAdmin):
    """What each referrer has been credited for whom, so far."""

    list_display = ("of_referrer", "of_referred", "of_programme", "credited")
    list_display_links = ("credited",)
    list_select_related = ("referred", "referrer", "programme")
    search_fields = ("=referred__code", "=referrer__code")
    search_help_text = _("Code of either publisher")
    ordering = ("-id",)
    empty_hint = _("Nothing was credited yet: the daily job credits confirmed commission.")

    @admin.display(description=_("referrer"), ordering="referrer__code")
    def of_referrer(self, credit: ReferralCredit) -> str:
        return page_of(credit.referrer)

    @admin.display(description=_("referred"), ordering="referred__code")
    def of_referred(self, credit: ReferralCredit) -> str:
        return page_of(credit.referred)

    @admin.display(description=_("credited"), ordering="credited_cents")
    def credited(self, credit: ReferralCredit) -> str:
        return money(credit.credited_cents, credit.programme.currency)
