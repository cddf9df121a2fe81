"""Addresses of the API, version 1: each app's own, and its description."""

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from commissions.api.urls import urlpatterns as of_money
from compliance.api.urls import urlpatterns as of_compliance
from config.api.description import schema
from publishers.api.urls import urlpatterns as of_account
from referrals.api.urls import urlpatterns as of_referrals

app_name = "api"

urlpatterns = [
    path("schema", schema, name="schema"),
    path("docs", require_safe(RedirectView.as_view(pattern_name="public:api")), name="docs"),
    # Looked up from the top: what machines ask hundreds of times a second comes first.
    *of_money,
    *of_account,
    *of_referrals,
    *of_compliance,
]
