"""What staff see of the life of accounts: read alone, for it is their people who act."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import BigListAdmin, page_of
from publishers.models import AccountClosing, DataExport, Device, Invitation, TermsConsent

# Sign-in's own tables are no pages: whoever could write there could let anybody in.
for model in (EmailAddress, Authenticator):
    admin.site.unregister(model)


class OfPublisherAdmin(BigListAdmin):
    """Rows of one publisher."""

    list_select_related: tuple[str, ...] = ("publisher",)
    exact_search = ("publisher__code",)
    search_help_text = _("Code of the publisher")


@admin.register(TermsConsent)
class TermsConsentAdmin(OfPublisherAdmin):
    """Who accepted which terms, and when."""

    list_display = ("publisher", "user", "version", "accepted_at")
    list_select_related = ("publisher", "user")
    empty_hint = _("Nobody has signed up yet: consent is given with it.")


@admin.register(Invitation)
class InvitationAdmin(OfPublisherAdmin):
    """Whom publishers ask to work for them."""

    list_display = ("publisher", "email", "role", "made_at", "used_at", "withdrawn_at")
    fields = ("publisher", "email", "role", "made_at", "used_at", "withdrawn_at")
    empty_hint = _("No publisher has invited anybody yet.")


@admin.register(AccountClosing)
class AccountClosingAdmin(OfPublisherAdmin):
    """Accounts that their owners closed."""

    list_display = ("publisher", "closed_at", "reopened_at")
    empty_hint = _("No account was closed.")


@admin.register(DataExport)
class DataExportAdmin(OfPublisherAdmin):
    """Copies of accounts' data; the file itself is the publisher's own."""

    list_display = ("publisher", "asked_at", "state", "parts_done", "parts", "finished_at")
    fields = (*list_display, "error")
    empty_hint = _("Nobody has asked for a copy of their data yet.")


@admin.register(Device)
class DeviceAdmin(BigListAdmin):
    """Where people are signed in."""

    list_display = ("of_user", "name", "address", "begun_at", "seen_at")
    fields = list_display
    list_select_related = ("user",)
    exact_search = ("user__username",)
    search_help_text = _("Name of the user")
    empty_hint = _("Nobody is signed in.")

    @admin.display(description=_("user"))
    def of_user(self, device: Device) -> str:
        return page_of(device.user)
