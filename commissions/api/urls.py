"""Addresses of the API, version 1."""

from django.urls import path

from commissions.api.quote import QuoteView

app_name = "api"

urlpatterns = [path("quote", QuoteView.as_view(), name="quote")]
