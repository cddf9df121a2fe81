"""Addresses of the public pages, under a language."""

from django.urls import path

from commissions.public import views

app_name = "public"

urlpatterns = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/<slug:code>/", views.programme, name="programme"),
    path("programmes/<slug:code>/news/", views.news, name="news"),
    path("programmes/<slug:code>/rules/<int:version>/", views.rules, name="rules"),
]
