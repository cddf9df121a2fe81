"""Addresses of the API, version 1: each app's own, and its description."""

from django.urls import path

from commissions.api.urls import urlpatterns as of_money
from compliance.api.urls import urlpatterns as of_compliance
from config.api.description import page, schema
from publishers.api.urls import urlpatterns as of_account
from referrals.api.urls import urlpatterns as of_referrals

app_name = "api"

urlpatterns = [
    path("schema", schema, name="schema"),
    path("docs", page, name="docs"),
    *of_account,
    *of_money,
    *of_referrals,
    *of_compliance,
]
