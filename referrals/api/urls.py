"""Addresses of the API about referrals."""

from django.urls import path

from referrals.api.brought import ReferralsView

urlpatterns = [path("referrals", ReferralsView.as_view(), name="referrals")]
