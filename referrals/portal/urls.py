"""Address of the page of referrals."""

from django.urls import path

from referrals.portal.referrals import referrals_page

urlpatterns = [path("referrals/", referrals_page, name="referrals")]
