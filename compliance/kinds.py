"""Kinds of violation: the clause each breaks, how severe it is, and what the job does with it."""

from datetime import timedelta

from compliance.conduct import CLAUSES
from compliance.detectors.marking import gettext_noop as _
from compliance.enums import PolicyMode, Severity, ViolationKind

# Clauses of the programme by kind; an empty one is named by whoever opens the case. None speaks
# of payout details: they matter to one (F25) only between a referrer and whom it brought in.
CLAUSE: dict[str, str] = {
    ViolationKind.REVIEW_LINK: "F37",
    ViolationKind.MERCHANT_REFERRER: "F37",
    ViolationKind.COOKIE_STUFFING: "F35",
    ViolationKind.BRAND_IN_ADVERTISING: "F26",
    ViolationKind.BRAND_IN_NAME: "F32",
    ViolationKind.LOGO: "F33",
    ViolationKind.NO_THIRD_PARTY_NOTICE: "F34",
    ViolationKind.HARMFUL_CONTENT: "F36",
    ViolationKind.EXTENSION_CONDUCT: "F4",
    ViolationKind.MAILING_WITHOUT_CONSENT: "F27",
    ViolationKind.FORBIDDEN_TRAFFIC: "F30",
    ViolationKind.SHARED_PAYOUT_DETAILS: "",
    ViolationKind.OTHER: "",
}
# What a source does that breaks a clause: the kind of the case that is opened of it.
KIND_OF_CLAUSE: dict[str, ViolationKind] = {
    "F3": ViolationKind.EXTENSION_CONDUCT,
    "F4": ViolationKind.EXTENSION_CONDUCT,
    "F26": ViolationKind.BRAND_IN_ADVERTISING,
    "F27": ViolationKind.MAILING_WITHOUT_CONSENT,
    "F30": ViolationKind.FORBIDDEN_TRAFFIC,
    "F31": ViolationKind.FORBIDDEN_TRAFFIC,
    "F32": ViolationKind.BRAND_IN_NAME,
    "F33": ViolationKind.LOGO,
    "F34": ViolationKind.NO_THIRD_PARTY_NOTICE,
    "F35": ViolationKind.COOKIE_STUFFING,
    "F36": ViolationKind.HARMFUL_CONTENT,
}
SEVERITY: dict[str, Severity] = {
    ViolationKind.REVIEW_LINK: Severity.HIGH,
    ViolationKind.MERCHANT_REFERRER: Severity.HIGH,
    ViolationKind.COOKIE_STUFFING: Severity.HIGH,
    ViolationKind.BRAND_IN_ADVERTISING: Severity.MEDIUM,
    ViolationKind.BRAND_IN_NAME: Severity.MEDIUM,
    ViolationKind.LOGO: Severity.MEDIUM,
    ViolationKind.NO_THIRD_PARTY_NOTICE: Severity.LOW,
    ViolationKind.HARMFUL_CONTENT: Severity.HIGH,
    ViolationKind.EXTENSION_CONDUCT: Severity.HIGH,
    ViolationKind.MAILING_WITHOUT_CONSENT: Severity.MEDIUM,
    ViolationKind.FORBIDDEN_TRAFFIC: Severity.MEDIUM,
    ViolationKind.SHARED_PAYOUT_DETAILS: Severity.LOW,
    ViolationKind.OTHER: Severity.MEDIUM,
}
# What the job does where no policy was set: the programme's conditions block for review links.
SHIPPED_MODE: dict[str, PolicyMode] = {ViolationKind.REVIEW_LINK: PolicyMode.AT_ONCE}
# How long a decision may be appealed: six months, however long they are.
APPEAL_TIME = timedelta(days=184)


# Clauses on referrals and traffic; those of conduct are dated, in `compliance.conduct`.
_CLAUSES_OF_TERMS = {
    "F25": _(
        "The referral programme credits a publisher with a share of the income of another whom it "
        "brought in; the network pays it."
    ),
    "F26": _(
        "The merchant's brand words, in any language, spelling or misspelling, must not appear in "
        "keywords, titles or texts of advertisements, and must all be among the negative keywords."
    ),
    "F27": _(
        "Mailings go only to people who subscribed of their own will and can plainly unsubscribe."
    ),
    "F30": _(
        "Contextual advertising on the brand, click-under and pop-under, motivated traffic, push "
        "advertising, toolbars and plugins, and adult content are forbidden."
    ),
    "F31": _(
        "Toolbars and plugins are forbidden unless the network has agreed with that publisher in "
        "writing."
    ),
}


def clause_sentence(code: str) -> str:
    """What a clause says, in English, to be translated; empty where it is not known by its code."""
    clause = CLAUSES.get(code)
    return clause.sentence if clause else _CLAUSES_OF_TERMS.get(code, "")
