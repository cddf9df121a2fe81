"""Addresses of the pages about the account itself."""

from django.urls import URLPattern, path

from publishers.portal.keys import keys_page, revoke

urlpatterns: list[URLPattern] = [
    path("keys/", keys_page, name="keys"),
    path("keys/<int:key_id>/revoke/", revoke, name="revoke_key"),
]
