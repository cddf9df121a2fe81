from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Permission(models.TextChoices):
    """What a programme says of a type of traffic. Only `permitted` earns without an agreement."""

    PERMITTED = "permitted", _("permitted")
    FORBIDDEN = "forbidden", _("forbidden")
    BY_AGREEMENT = "by_agreement", _("by agreement")


class Role(models.TextChoices):
    """What somebody of a publisher may do in its portal; each may what those below it may."""

    OWNER = "owner", _("owner")  # people, keys, where payouts go, closing the account
    MANAGER = "manager", _("manager")  # sources, links, answers to staff
    READER = "reader", _("reader")  # looks and exports

    def covers(self, asked: "Role") -> bool:
        """Whether this role is as much as the one asked for."""
        order = list(Role)
        return order.index(self) <= order.index(asked)


class StaffRole(models.TextChoices):
    """A trade of the staff. Each is a group of that name; `config.roles` says what it may do."""

    SUPPORT = "support", _("support")
    COMPLIANCE = "compliance", pgettext_lazy("staff", "compliance")
    FINANCE = "finance", _("finance")
    HEAD = "head", _("head of the programme")
    AUDITOR = "auditor", _("auditor")


# What each role is for, in a sentence.
ROLE_SENTENCES = {
    StaffRole.SUPPORT: _("Answers publishers: reads their accounts, orders and cases, mends names "
                         "and addresses, sends letters again; decides nothing."),
    StaffRole.COMPLIANCE: _("Looks at sources and cases, and decides them; the block of an "
                            "account takes a second person."),
    StaffRole.FINANCE: _("Keeps the feed and the books: uploads, mends parked rows, reads the "
                         "ledger, drafts rulebooks; approves none."),
    StaffRole.HEAD: _("Answers for the programme: approves rulebooks, policies, blocks and roles "
                      "that another person asked for, and keeps the lists."),
    StaffRole.AUDITOR: _("Reads everything, and changes nothing."),
}  # fmt: skip


class RoleChangeState(models.TextChoices):
    """The life of a change of somebody's roles; what is not asked for any more stays as it is."""

    ASKED = "asked", pgettext_lazy("change of roles", "waits for a second person")
    APPROVED = "approved", pgettext_lazy("change of roles", "approved")
    REFUSED = "refused", pgettext_lazy("change of roles", "refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("change of roles", "taken back")


class MaterialKind(models.TextChoices):
    """What a file given for a source is."""

    KEYWORDS = "keywords", _("keyword list")
    PACKAGE = "package", _("extension package")
