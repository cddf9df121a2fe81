"""Addresses of the publisher's pages about money."""

from django.urls import path

from commissions.portal.quote import quote_page

urlpatterns = [path("quote/", quote_page, name="quote")]
