from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from publishers.admin.backoffice import ReadOnlyAdmin, is_key, on_the_clock, page_of
from referrals.models import Referral
from referrals.tree import forest

TREES = 50


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    """Who brought whom."""

    list_display = ("of_referred", "of_referrer")
    list_display_links = None
    list_select_related = ("referred", "referrer")
    search_fields = ("=referred__code", "=referrer__code")
    search_help_text = _("Code of either publisher")
    ordering = ("-referred_id",)
    actions_list = ("draw",)
    empty_hint = _("Nobody was brought in by another. Referrals come with a world.")

    @action(description=_("Draw the trees"), url_path="forest", icon="account_tree")
    def draw(self, request: HttpRequest) -> HttpResponse:
        """Every tree of referrals, from its root."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        given = request.GET.get("first", "")
        first = int(given) if is_key(given) else 0
        trees, cut = forest(first, TREES)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Referral trees"),
            "trees": trees,
            "cut": cut,
            "before": max(0, first - TREES) if first else None,
            "after": first + TREES if len(trees) == TREES else None,
        }
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/referrals/referral/forest.html", context)
        )

    @admin.display(description=_("referred"))
    def of_referred(self, referral: Referral) -> str:
        return page_of(referral.referred)

    @admin.display(description=_("referrer"))
    def of_referrer(self, referral: Referral) -> str:
        return page_of(referral.referrer)
