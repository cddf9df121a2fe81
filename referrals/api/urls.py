"""Addresses of the API about referrals."""

from django.urls import path

from referrals.api.brought import ReferralSummaryView, ReferralsView

urlpatterns = [
    path("referrals", ReferralsView.as_view(), name="referrals"),
    path("referrals/summary", ReferralSummaryView.as_view(), name="referral_summary"),
]
