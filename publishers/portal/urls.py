"""Addresses of the pages about the account itself."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
