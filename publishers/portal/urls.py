"""Addresses of the pages about the account itself, its links and its clicks."""

from django.urls import path

from publishers.portal.clicks import clicks_page
from publishers.portal.links import links_page

urlpatterns = [
    path("links/", links_page, name="links"),
    path("clicks/", clicks_page, name="clicks"),
]
