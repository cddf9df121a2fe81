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


class Scope(models.TextChoices):
    """What a key of the API may be used for: never more than the rights of the person it is of."""

    READ_ACCOUNT = "read:account", _("read the account, its people and keys, balances, referrals")
    WRITE_ACCOUNT = (
        "write:account", _("change the account, its people, letters and copies of its data")
    )  # fmt: skip
    READ_ORDERS = "read:orders", _("read orders and clicks, and why each order earns what it earns")
    READ_STATISTICS = "read:statistics", _("read statistics")
    READ_RULEBOOKS = "read:rulebooks", _("read programmes and their rules, ask for quotes")
    READ_SOURCES = "read:sources", _("read sources and their moderation")
    WRITE_SOURCES = "write:sources", _("add sources, answer what staff ask of them")
    READ_CASES = "read:cases", _("read cases")
    WRITE_CASES = "write:cases", _("answer and appeal cases")
    READ_FEEDS = "read:feeds", _("read imports of feeds")
    WRITE_FEEDS = "write:feeds", _("give feeds, stop their imports")
    WRITE_EXPORTS = "write:exports", _("have files of orders made")
    WRITE_LINKS = "write:links", _("build tracking links")
    WRITE_RULEBOOKS = "write:rulebooks", _("upload drafts of rulebooks, throw them away")

    @property
    def writes(self) -> bool:
        """Whether it lets something be changed."""
        return str(self.value).startswith("write:")


# What there is to be done on the staff's side alone.
SCOPES_OF_STAFF_ALONE = (Scope.READ_FEEDS, Scope.WRITE_FEEDS, Scope.WRITE_RULEBOOKS)
SCOPES_OF_STAFF = (Scope.READ_RULEBOOKS, Scope.READ_CASES, *SCOPES_OF_STAFF_ALONE)
SCOPES_OF_PUBLISHERS = tuple(scope for scope in Scope if scope not in SCOPES_OF_STAFF_ALONE)


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


class LetterKind(models.TextChoices):
    """What a letter is about. A publisher may do without some of them by e-mail."""

    SECURITY = "security", _("sign-in and safety")  # always sent
    CASES = "cases", _("cases against your sources or account")  # always sent
    SOURCES = "sources", _("decisions on your sources")
    RULES = "rules", _("changes of the conditions")
    NEWS = "news", _("other news of the network")


# What nobody can do without: what puts the account or its money at risk.
ALWAYS_SENT = frozenset({LetterKind.SECURITY, LetterKind.CASES})


class ExportState(models.TextChoices):
    """How far an export of an account's data is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    GONE = "gone", _("deleted")
