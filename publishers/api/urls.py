"""Addresses of the API about the account itself and its links."""

from django.urls import path

from publishers.api.account import AccountView
from publishers.api.clicks import ClicksView
from publishers.api.links import LinksView

urlpatterns = [
    path("account", AccountView.as_view(), name="account"),
    path("clicks", ClicksView.as_view(), name="clicks"),
    path("links", LinksView.as_view(), name="links"),
]
