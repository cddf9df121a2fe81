from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """What a programme says of a type of traffic. Only `permitted` earns without an agreement."""

    PERMITTED = "permitted", _("permitted")
    FORBIDDEN = "forbidden", _("forbidden")
    BY_AGREEMENT = "by_agreement", _("by agreement")


class MaterialKind(models.TextChoices):
    """What a file given for a source is."""

    KEYWORDS = "keywords", _("keyword list")
    PACKAGE = "package", _("extension package")
