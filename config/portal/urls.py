"""Addresses of the portal: each app's own, and the front page that mixes them."""

from django.urls import path

from commissions.portal.urls import urlpatterns as money_pages
from compliance.portal.urls import urlpatterns as conduct_pages
from config.portal.home import home
from publishers.portal.urls import urlpatterns as account_pages
from referrals.portal.urls import urlpatterns as referral_pages

app_name = "portal"

urlpatterns = [
    path("", home, name="home"),
    *account_pages,
    *money_pages,
    *conduct_pages,
    *referral_pages,
]
