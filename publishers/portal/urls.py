"""Addresses of the pages about the account itself, its links and its clicks."""

from django.urls import path

from publishers.portal import closing, people, settings
from publishers.portal.clicks import clicks_page
from publishers.portal.keys import keys_page, revoke
from publishers.portal.links import links_page

urlpatterns = [
    path("links/", links_page, name="links"),
    path("clicks/", clicks_page, name="clicks"),
    path("settings/", settings.profile, name="settings"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<int:user_id>/", people.person, name="settings_person"),
    path(
        "settings/invitations/<int:invitation_id>/",
        people.invitation_withdrawn,
        name="settings_invitation",
    ),
    path("settings/devices/", settings.devices, name="settings_devices"),
    path("settings/letters/", settings.letters, name="settings_letters"),
    path("settings/data/", closing.data, name="settings_data"),
    path("settings/data/<int:export_id>/", closing.download, name="settings_data_file"),
    path("settings/closing/", closing.closing, name="settings_closing"),
    path("settings/closing/undone/", closing.reopening, name="settings_reopening"),
    path("keys/", keys_page, name="keys"),
    path("keys/<int:key_id>/revoke/", revoke, name="revoke_key"),
]
