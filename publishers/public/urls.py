"""Addresses under which the library that signs people in finds its pages, under a language."""

from allauth.account import views
from django.urls import include, path

from publishers.public.sign_in import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="account_login"),
    path("sign-out/", SignOut.as_view(), name="account_logout"),
    path("sign-in/inactive/", views.account_inactive, name="account_inactive"),
    path("sign-in/again/", views.reauthenticate, name="account_reauthenticate"),
    path("sign-in/address/", views.email_verification_sent, name="account_email_verification_sent"),
    path("sign-in/code/", views.confirm_login_code, name="account_confirm_login_code"),
    path("sign-in/password/", views.password_reset, name="account_reset_password"),
    path(
        "sign-in/password/code/",
        views.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "sign-in/password/new/",
        views.complete_password_reset,
        name="account_complete_password_reset",
    ),
    path(
        "sign-in/password/done/",
        views.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("my/settings/password/", views.password_change, name="account_change_password"),
    path("my/settings/password/set/", views.password_set, name="account_set_password"),
    path("my/settings/address/", views.email, name="account_email"),
    path("my/settings/second-factor/", include("allauth.mfa.urls")),
]
