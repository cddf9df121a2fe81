from django.db import models
from django.utils.translation import gettext_lazy as _


class ViolationKind(models.TextChoices):
    """What a publisher can be said to have done. `compliance.kinds` has the clause of each."""

    REVIEW_LINK = "review_link", _("link in a product review")
    MERCHANT_REFERRER = "merchant_referrer", _("link on the merchant's site")
    COOKIE_STUFFING = "cookie_stuffing", _("cookie stuffing")
    BRAND_IN_ADVERTISING = "brand_in_advertising", _("brand in advertising")
    BRAND_IN_NAME = "brand_in_name", _("brand in a name")
    LOGO = "logo", _("merchant's logo")
    NO_THIRD_PARTY_NOTICE = "no_third_party_notice", _("no notice of a third party")
    HARMFUL_CONTENT = "harmful_content", _("harmful content")
    EXTENSION_CONDUCT = "extension_conduct", _("conduct of a browser extension")
    MAILING_WITHOUT_CONSENT = "mailing_without_consent", _("mailing without consent")
    FORBIDDEN_TRAFFIC = "forbidden_traffic", _("forbidden traffic")
    SHARED_PAYOUT_DETAILS = "shared_payout_details", _("payout details of several accounts")
    OTHER = "other", _("other violation")


class Severity(models.IntegerChoices):
    """How much harm is done while a case waits; the queue goes by it."""

    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")


class CaseStatus(models.TextChoices):
    """The life of a case; `TRANSITIONS` says what may follow what."""

    FOUND = "found", _("found")
    WAITING = "waiting", _("waiting for an answer")
    DISMISSED = "dismissed", _("dismissed")
    WARNED = "warned", _("warned")
    SOURCE_SUSPENDED = "source_suspended", _("source suspended")
    BLOCKED = "blocked", _("account blocked")
    APPEALED = "appealed", _("appealed")
    CONFIRMED = "confirmed", _("confirmed on appeal")
    OVERTURNED = "overturned", _("overturned")


# What a case may be decided to be.
DECISIONS = frozenset(
    {
        CaseStatus.DISMISSED,
        CaseStatus.WARNED,
        CaseStatus.SOURCE_SUSPENDED,
        CaseStatus.BLOCKED,
    }
)
# Decisions against the publisher, which it may appeal and staff may overturn.
ADVERSE = DECISIONS - {CaseStatus.DISMISSED}
# Cases on which somebody, or the job, still has to decide.
UNDECIDED = frozenset({CaseStatus.FOUND, CaseStatus.WAITING, CaseStatus.APPEALED})
# After these nothing follows.
FINAL = frozenset({CaseStatus.DISMISSED, CaseStatus.CONFIRMED, CaseStatus.OVERTURNED})

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.FOUND: DECISIONS | {CaseStatus.WAITING},
    CaseStatus.WAITING: DECISIONS,
    **dict.fromkeys(ADVERSE, frozenset({CaseStatus.APPEALED, CaseStatus.OVERTURNED})),
    CaseStatus.APPEALED: frozenset({CaseStatus.CONFIRMED, CaseStatus.OVERTURNED}),
    **dict.fromkeys(FINAL, frozenset()),
}


class CaseStep(models.TextChoices):
    """What happened to a case, as its history tells it."""

    FOUND = "found", _("found")
    ASKED_FOR_ANSWER = "asked_for_answer", _("answer asked for")
    ANSWERED = "answered", _("publisher's answer")
    BLOCK_ASKED = "block_asked", _("block asked for")
    BLOCK_TAKEN_BACK = "block_taken_back", _("request for a block taken back")
    BLOCK_REFUSED = "block_refused", _("block refused by the second person")
    DISMISSED = "dismissed", _("dismissed")
    WARNED = "warned", _("warned")
    SOURCE_SUSPENDED = "source_suspended", _("source suspended")
    BLOCKED = "blocked", _("account blocked")
    APPEALED = "appealed", _("publisher's appeal")
    CONFIRMED = "confirmed", _("confirmed on appeal")
    OVERTURNED = "overturned", _("overturned")


class PolicyMode(models.TextChoices):
    """What the job does with a new case."""

    AT_ONCE = "at_once", _("block at once")
    AFTER_ANSWER = "after_answer", _("block when the time to answer is over")
    PERSON = "person", _("a person decides")
