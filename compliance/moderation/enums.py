from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ModerationState(models.TextChoices):
    """The life of a round; `MODERATION_TRANSITIONS` says what may follow what."""

    WAITING = "waiting", pgettext_lazy("moderation", "waits for staff")
    ASKED = "asked", pgettext_lazy("moderation", "waits for the publisher")
    APPROVED = "approved", pgettext_lazy("moderation", "approved")
    REJECTED = "rejected", pgettext_lazy("moderation", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("moderation", "withdrawn")


OPEN = (ModerationState.WAITING, ModerationState.ASKED)

MODERATION_TRANSITIONS: dict[ModerationState, frozenset[ModerationState]] = {
    ModerationState.WAITING: frozenset(
        {
            ModerationState.ASKED,
            ModerationState.APPROVED,
            ModerationState.REJECTED,
            ModerationState.WITHDRAWN,
        }
    ),
    ModerationState.ASKED: frozenset(
        {
            ModerationState.WAITING,
            ModerationState.APPROVED,
            ModerationState.REJECTED,
            ModerationState.WITHDRAWN,
        }
    ),
    ModerationState.APPROVED: frozenset(),
    ModerationState.REJECTED: frozenset(),
    ModerationState.WITHDRAWN: frozenset(),
}


class ModerationCause(models.TextChoices):
    """Why a source is looked at."""

    NEW = "new", _("new source")
    CHANGED = "changed", _("the publisher changed it")
    RULE = "rule", _("a rule changed")
    PAGE = "page", _("its page changed")
    STAFF = "staff", _("staff look again")


class ModerationMove(models.TextChoices):
    """What happened in a round."""

    OPENED = "opened", _("opened")
    ADDED = "added", _("one more reason to look")
    ASKED = "asked", _("asked back")
    ANSWERED = "answered", _("answered")
    APPROVED = "approved", pgettext_lazy("moderation", "approved")
    REJECTED = "rejected", pgettext_lazy("moderation", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("moderation", "withdrawn")
    AGREED = "agreed", _("agreement added")


class PreflightPart(models.TextChoices):
    """What a run of the checks looked at."""

    MATERIAL = "material", _("what the publisher gave")
    PAGE = "page", _("the page")


class LookOutcome(models.TextChoices):
    """What a look at the page of an approved source came to."""

    SAME = "same", _("nothing new")
    NEWS = "news", _("something new")
    FAILED = "failed", _("not read")


class OwnershipMethod(models.TextChoices):
    """How a site shows whose it is."""

    META = "meta", _("meta tag")
    FILE = "file", _("file")
    DNS = "dns", _("DNS TXT record")


class Severity(models.TextChoices):
    """The verdicts of the checks, as the queue shows them."""

    CLEAR = "clear", pgettext_lazy("verdict", "clear")
    REVIEW = "review", pgettext_lazy("verdict", "a person must look")
    BRAND = "brand", pgettext_lazy("verdict", "carries the brand")
    VIOLATION = "violation", pgettext_lazy("verdict", "breaks a rule")
