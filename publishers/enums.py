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
