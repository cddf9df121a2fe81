"""What is held against the publisher, in sentences from the frozen evidence."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.enums import ViolationKind
from compliance.models import Case
from compliance.two_languages import in_reader_language
from publishers.figures import instant

_OF_KIND: dict[str, Any] = {
    ViolationKind.MERCHANT_REFERRER: gettext_lazy(
        "Visitors followed your links on pages of the merchant's own site."
    ),
    ViolationKind.COOKIE_STUFFING: gettext_lazy(
        "Your links were opened without a wish of the visitor that shows."
    ),
    ViolationKind.BRAND_IN_ADVERTISING: gettext_lazy(
        "Your advertising uses the merchant's brand, or does not exclude it."
    ),
    ViolationKind.BRAND_IN_NAME: gettext_lazy(
        "The name of your source carries the merchant's brand, or a likeness of it."
    ),
    ViolationKind.LOGO: gettext_lazy(
        "Your source shows the merchant's logo or favicon, or parts of them, as its own."
    ),
    ViolationKind.NO_THIRD_PARTY_NOTICE: gettext_lazy(
        "Your source does not say plainly that it is unconnected with the merchant."
    ),
    ViolationKind.HARMFUL_CONTENT: gettext_lazy(
        "Your source teaches deceiving sellers, or harms the merchant's reputation."
    ),
    ViolationKind.EXTENSION_CONDUCT: gettext_lazy(
        "Your browser extension does on the merchant's site what extensions must not do."
    ),
    ViolationKind.MAILING_WITHOUT_CONSENT: gettext_lazy(
        "Your mailing reached people who had not subscribed, or who cannot plainly unsubscribe."
    ),
    ViolationKind.FORBIDDEN_TRAFFIC: gettext_lazy(
        "Your source brings traffic of a forbidden type."
    ),
    ViolationKind.SHARED_PAYOUT_DETAILS: gettext_lazy(
        "Several accounts are to be paid to the same details as yours."
    ),
}


def facts_of(case: Case, zone: str) -> list[str]:
    """Sentences, the general one first. zone: the clock on which instants are told."""
    frozen = case.evidence_frozen if isinstance(case.evidence_frozen, Mapping) else {}
    if case.kind == ViolationKind.REVIEW_LINK:
        return [*_of_review(case, frozen, zone), *_findings(frozen)]
    general = str(_OF_KIND[case.kind]) if case.kind in _OF_KIND else ""
    about = ""
    if case.source is not None:
        about = _("Source: “%(title)s” (%(code)s).") % {
            "title": case.source.title, "code": case.source.code,
        }  # fmt: skip
    return [sentence for sentence in (general, about, *_findings(frozen)) if sentence]


def _of_review(case: Case, frozen: Mapping[str, Any], zone: str) -> Iterator[str]:
    links = list(dict.fromkeys(str(one.get("matched", "")) for one in frozen.get("links") or ()))
    yield _("Your links stand in review %(review)s on the merchant's site.") % {
        "review": case.evidence
    }
    posted = _instant(str(frozen.get("posted_at", "")), zone)
    if posted:
        yield _("The review was posted on %(posted)s by “%(author)s”.") % {
            "posted": posted, "author": frozen.get("author") or "–",
        }  # fmt: skip
    if links:
        yield ngettext("The link: %(links)s.", "The links: %(links)s.", len(links)) % {
            "links": ", ".join(links)
        }


def _instant(text: str, zone: str) -> str:
    try:
        return instant(datetime.fromisoformat(text), zone)
    except ValueError:
        return text


def _findings(frozen: Mapping[str, Any]) -> Iterator[str]:
    """What detectors found, each finding's own sentence: frozen in both languages, or in English
    and translated where it is known.
    """
    for finding in frozen.get("findings") or ():
        said = finding.get("sentence", "")
        if isinstance(said, Mapping):
            yield in_reader_language(said)
            continue
        sentence = str(said).strip()
        if sentence:
            yield _filled(_(sentence), finding.get("values") or {})


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    if not values:
        return sentence
    try:
        return sentence % values
    except (KeyError, TypeError, ValueError):
        return sentence
