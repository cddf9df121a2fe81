"""Addresses of the public pages, under a language."""

from django.urls import path

from commissions.public import views
from publishers.public.join import join
from publishers.public.join_staff import first_password
from publishers.public.sign_in import SignIn, SignOut
from publishers.public.terms import terms
from publishers.public.theme import choose_theme

urlpatterns = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/<slug:code>/", views.programme, name="programme"),
    path("programmes/<slug:code>/news/", views.news, name="news"),
    path("programmes/<slug:code>/rules/<int:version>/", views.rules, name="rules"),
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-out/", SignOut.as_view(), name="sign_out"),
    path("join/<str:secret>/", join, name="join"),
    path("join-staff/<str:secret>/", first_password, name="join_staff"),
    path("terms/", terms, name="terms"),
    path("theme/", choose_theme, name="theme"),
]
