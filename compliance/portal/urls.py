"""Addresses of the pages of sources and cases."""

from django.urls import path

from compliance.portal.cases import case_page, cases_page
from compliance.portal.new_source import change_page, new_page
from compliance.portal.sources import source_page, sources_page

urlpatterns = [
    path("sources/", sources_page, name="sources"),
    path("sources/new/", new_page, name="source_new"),
    path("sources/<slug:code>/", source_page, name="source"),
    path("sources/<slug:code>/change/", change_page, name="source_change"),
    path("cases/", cases_page, name="cases"),
    path("cases/<int:number>/", case_page, name="case"),
]
