"""Addresses of the whole site: the admin, and the way to it from the root."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="root"),
    path("admin/", admin.site.urls),
    # Browsers ask for it there, whatever the page says.
    path("favicon.ico", RedirectView.as_view(url=static("permille/icon.svg"), permanent=True)),
    # The language switch of the back office.
    path("i18n/", include("django.conf.urls.i18n")),
]
