"""The referral link, who came by it, and the credit they brought (F25)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publishers.models import Publisher
from publishers.portal.pages import portal_page, show
from referrals.queries import brought_by, credit_of, referral_link, referral_rates

ON_A_PAGE = 50


@require_safe
@portal_page()
def referrals_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """One's own referrals; of those brought a name, a month and the credit, and no more."""
    page = Paginator(brought_by(publisher.pk), ON_A_PAGE).get_page(request.GET.get("page"))
    credit = credit_of(publisher.pk)
    context = {
        "link": referral_link(publisher.code),
        "page": page,
        "brought": [(one.referred, credit.of(one.referred_id)) for one in page],
        "credit": credit,
        "rates": referral_rates(timezone.now()),
    }
    return show(request, "referrals", context, here="referrals")
