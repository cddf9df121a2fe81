from django.db import models
from django.utils.translation import gettext_lazy as _


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
