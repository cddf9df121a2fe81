"""Addresses of the public pages, under a language."""

from django.urls import path

from commissions.public import views
from publishers.public.sign_in import SignIn, SignOut

app_name = "public"

urlpatterns = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/<slug:code>/", views.programme, name="programme"),
    path("programmes/<slug:code>/news/", views.news, name="news"),
    path("programmes/<slug:code>/rules/<int:version>/", views.rules, name="rules"),
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
]
