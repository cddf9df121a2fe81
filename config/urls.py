"""Addresses of the whole site: the admin and the way to it, the API, and the public pages."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from commissions.admin.daily_totals import daily_totals_view
from commissions.admin.quote import quote_view
from commissions.public.urls import urlpatterns as public_pages
from config.api.description import schema
from config.api.docs import group, overview
from publishers.public.click import click
from referrals.public.join import join
from referrals.public.sign_up import SignUp


def pages_of_staff() -> list[URLPattern | URLResolver]:
    """The admin's own pages, and before them those that belong to no model."""
    own, _app, _name = admin.site.urls
    return [
        path("quote/", admin.site.admin_view(quote_view), name="quote"),
        path("daily-totals/", admin.site.admin_view(daily_totals_view), name="daily_totals"),
        *own,
    ]


def pages_of_all() -> list[URLPattern | URLResolver]:
    """What anybody may read; signing up is written down with who brought whom."""
    return [
        *public_pages,
        path("sign-up/", SignUp.as_view(), name="sign_up"),
        path("api/", overview, name="api"),
        path("api/schema", schema, name="api_schema"),
        # A heading has no figures in it: `/api/v1/` is the API's own, in no language.
        re_path("^api/(?P<slug>[a-z-]+)/$", group, name="api_group"),
    ]


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="root"),
    # Staff come in by the same door, with the same second factor.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", (pages_of_staff(), "admin", admin.site.name)),
    path("c/<str:source>", click, name="click"),
    path("join/<slug:code>", join, name="join"),
    path("api/v1/", include("config.api.urls")),
    # Browsers ask for it there, whatever the page says.
    path("favicon.ico", RedirectView.as_view(url=static("permille/icon.svg"), permanent=True)),
    # The language switch of the back office.
    path("i18n/", include("django.conf.urls.i18n")),
    # Pages outside the back office have their language in their address.
    *i18n_patterns(
        path("", include((pages_of_all(), "public"))),
        # The library that signs people in looks its pages up by names of its own.
        path("", include("publishers.public.urls")),
        path("sign-up/", SignUp.as_view(), name="account_signup"),
        path("my/", include("config.portal.urls")),
    ),
]
