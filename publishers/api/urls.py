"""Addresses of the API about the account itself and its links."""

from django.urls import path

from publishers.api.account import AccountView
from publishers.api.clicks import ClicksFileView, ClicksView
from publishers.api.data_exports import DataExportFileView, DataExportsView, DataExportView
from publishers.api.letters import LettersView
from publishers.api.links import LinksView
from publishers.api.numbers import register_row_numbers
from publishers.api.own_keys import KeysView, RevokeKeyView
from publishers.api.people import InvitationsView, InvitationView, PeopleView, PersonView

register_row_numbers()

urlpatterns = [
    path("account", AccountView.as_view(), name="account"),
    path("clicks", ClicksView.as_view(), name="clicks"),
    path("clicks/file", ClicksFileView.as_view(), name="clicks_file"),
    path("account/letters", LettersView.as_view(), name="letters"),
    path("people", PeopleView.as_view(), name="people"),
    path("people/<number:user_id>", PersonView.as_view(), name="person"),
    path("people/invitations", InvitationsView.as_view(), name="invitations"),
    path("people/invitations/<number:invitation_id>", InvitationView.as_view(), name="invitation"),
    path("data-exports", DataExportsView.as_view(), name="data_exports"),
    path("data-exports/<number:export_id>", DataExportView.as_view(), name="data_export"),
    path(
        "data-exports/<number:export_id>/file",
        DataExportFileView.as_view(),
        name="data_export_file",
    ),
    path("keys", KeysView.as_view(), name="keys"),
    path("keys/<number:key_id>/revoke", RevokeKeyView.as_view(), name="revoke_key"),
    path("links", LinksView.as_view(), name="links"),
]
