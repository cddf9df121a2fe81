from django.db import models
from django.utils.translation import gettext_lazy as _


class ViolationKind(models.TextChoices):
    REVIEW_LINK = "review_link", _("link in a product review")


class CaseStatus(models.TextChoices):
    """The life of a case; `TRANSITIONS` says what may follow what."""

    FOUND = "found", _("found")
    WAITING = "waiting", _("waiting for an answer")
    DISMISSED = "dismissed", _("dismissed")
    BLOCKED = "blocked", _("account blocked")
    OVERTURNED = "overturned", _("overturned")


TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.FOUND: frozenset({CaseStatus.WAITING, CaseStatus.BLOCKED, CaseStatus.DISMISSED}),
    CaseStatus.WAITING: frozenset({CaseStatus.BLOCKED, CaseStatus.DISMISSED}),
    CaseStatus.DISMISSED: frozenset(),
    CaseStatus.BLOCKED: frozenset({CaseStatus.OVERTURNED}),
    CaseStatus.OVERTURNED: frozenset(),
}


class PolicyMode(models.TextChoices):
    """What the job does with a new case."""

    AT_ONCE = "at_once", _("block at once")
    AFTER_ANSWER = "after_answer", _("block when the time to answer is over")
    PERSON = "person", _("a person decides")
