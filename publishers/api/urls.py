"""Addresses of the API about the account itself."""

from django.urls import path

from publishers.api.account import AccountView

urlpatterns = [path("account", AccountView.as_view(), name="account")]
