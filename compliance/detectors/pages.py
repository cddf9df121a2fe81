"""A site's page: plainly a third party's (F34), no merchant's logo in its header (F33), no lessons
in refunds or in deceiving sellers (F36).

What the machine is sure of is `violation`:

- F34: the page is about the merchant (its name is in the title or the main heading), is in a
  language whose usual notices are known, has text enough, and no notice that can be seen;
- F33: a picture in the header, or the icon, that comes from the merchant's own hosts and is
  called logo or icon, or by its brand;
- F36: lessons how to be refunded and keep the goods, refund schemes, deceit of sellers, false
  evidence, without a warning beside them.

What it only suspects is `review`. A page that neither names nor links the merchant is clear of
F34. Harm to the merchant's reputation (the rest of F36) is not looked for: that is for persons.
Scripts are not run, and style sheets and pictures are not fetched: header pictures and icons are
given back for the comparison of pictures.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from compliance.detectors.finding import Finding, Report, Verdict
from compliance.detectors.marking import Say, say_in_english
from compliance.detectors.marking import gettext_noop as _
from compliance.detectors.page_phrases import DISCLOSURES, claim_in, notice_in, teachings_in
from compliance.detectors.page_reading import HeaderPicture, Page, plain, read_page

_LITTLE = 200  # characters of text that a page must show before its silence means something
_KNOWN_LANGUAGES = frozenset({"en", "ru", "uk", "pl", "de", "fr", "es", "pt", "it"})
_ENGLISH = frozenset({"the", "and", "of", "to", "with", "for", "is", "your"})
_LOGO = re.compile(r"logo|icon|favicon|логотип|brand")

_TOO_LARGE = _("The page is too large or too deep to be read whole; look at it.")
_NEEDS_SCRIPTS = _(
    "The page shows hardly any text until its scripts run, and they are not run here;"
    " look at it in a browser."
)
_CLAIMS = _("The page says “%(words)s”; a visitor may take the site for the merchant's own.")
_NOTICES = {
    "notice_hidden": _(
        "The notice that the site is not the merchant's is on the page but cannot be"
        " seen; show it to every visitor."
    ),
    "only_disclosed": _(
        "The page says that it earns by affiliate links, but not that the site is"
        " unconnected with the merchant; add a notice such as “This site is not affiliated with"
        " AliExpress”."
    ),
    "no_notice": _(
        "The page names or links the merchant and does not say that the site is a third"
        " party's; add a notice such as “This site is not affiliated with AliExpress”."
    ),
}
_HEADER = _(
    "A picture in the header looks like the merchant's logo (%(signs)s); the header must not"
    " carry it."
)
_FROM_ITS_HOST = _("from the merchant's host")
_CALLED_BY_BRAND = _("called by its brand")
_CALLED_A_LOGO = _("called a logo")
_ICON_OF_ITS_HOST = _(
    "The site's icon is on the merchant's host; the merchant's favicon must not be used."
)
_ICON_OF_ITS_NAME = _(
    "The site's icon is called like the merchant's; the merchant's favicon must not be used."
)
_TEACHES = _("The page says “%(words)s”, which teaches refund schemes or deceiving sellers.")
_MAY_TEACH = _("The page says “%(words)s”, which may teach refund schemes or deceiving sellers.")


@dataclass(frozen=True)
class Merchant:
    """Its names as plain text has them, and its hosts; subdomains count too."""

    names: tuple[str, ...]
    hosts: frozenset[str]
    picture_hosts: frozenset[str]

    def is_named_in(self, text: str) -> bool:
        return any(name in text for name in self.names)

    def has_host(self, url: str) -> bool:
        return _has_host(url, self.hosts)

    def has_picture(self, url: str) -> bool:
        return _has_host(url, self.hosts | self.picture_hosts)


ALIEXPRESS = Merchant(
    names=(
        *("aliexpress", "ali express", "ali-express", "алиэкспресс", "али экспресс"),
        *("али-экспресс", "алиекспресс", "алиэкспрес", "alibaba", "алибаба"),
    ),
    hosts=frozenset({"aliexpress.com", "aliexpress.ru", "aliexpress.us", "alibaba.com"}),
    picture_hosts=frozenset({"alicdn.com", "aliexpress-media.com", "aliimg.com"}),
)


@dataclass(frozen=True)
class PageCheck:
    """The report, and the pictures to compare: whole addresses, or data: written into the page."""

    report: Report
    icons: tuple[str, ...]
    header_pictures: tuple[str, ...]


def check_page(
    body: bytes,
    url: str,
    content_type: str = "",
    *,
    merchant: Merchant = ALIEXPRESS,
    say: Say = say_in_english,
) -> PageCheck:
    """Judge a page as it was fetched; `url` is where it finally was. Never raises."""
    page = read_page(body, url, content_type)
    judged = [
        *_of_readability(page),
        *_of_notice(page, merchant),
        *_of_header(page, merchant, say),
        *_of_icons(page, merchant),
        *_of_teaching(page),
    ]
    verdicts = {one.verdict for one in judged}
    verdict = next((v for v in (Verdict.VIOLATION, Verdict.REVIEW) if v in verdicts), Verdict.CLEAR)
    pictures = dict.fromkeys(picture.url for picture in page.header_pictures if picture.url)
    findings = tuple(one.told(say) for one in judged)
    return PageCheck(Report(url, verdict, findings), tuple(page.icons), tuple(pictures))


@dataclass(frozen=True)
class _Judged:
    """A finding before it is told; `values` fill the places of its sentence."""

    verdict: Verdict
    rule: str
    step: str
    sentence: str
    detail: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    def told(self, say: Say) -> Finding:
        sentence = say(self.sentence, {**self.detail, **self.values})
        return Finding(
            self.rule, self.step, sentence, {**self.detail, "verdict": self.verdict.value}
        )


def _of_readability(page: Page) -> Iterable[_Judged]:
    if page.is_cut:
        yield _Judged(Verdict.REVIEW, "F34", "too_large", _TOO_LARGE)
    elif len(page.visible) < _LITTLE and page.has_scripts:
        yield _Judged(Verdict.REVIEW, "F34", "needs_scripts", _NEEDS_SCRIPTS)


def _of_notice(page: Page, merchant: Merchant) -> Iterable[_Judged]:
    claim = claim_in(page.title) or claim_in(page.headings) or claim_in(page.visible)
    if claim is not None:
        yield _Judged(Verdict.REVIEW, "F34", "claims_to_be_official", _CLAIMS, {"words": claim})
    everything = f"{page.title} {page.visible}"
    named = merchant.is_named_in(everything)
    linked = any(merchant.has_host(link) for link in page.links)
    if notice_in(page.visible) is not None or not (named or linked):
        return
    hidden = notice_in(page.hidden)
    disclosed = bool(DISCLOSURES.search(page.visible))
    step = "notice_hidden" if hidden else "only_disclosed" if disclosed else "no_notice"
    about = merchant.is_named_in(f"{page.title} {page.headings}")
    is_sure = (
        about
        and not disclosed
        and not page.is_cut
        and len(page.visible) >= _LITTLE
        and _language(page) in _KNOWN_LANGUAGES
    )
    verdict = Verdict.VIOLATION if is_sure else Verdict.REVIEW
    yield _Judged(verdict, "F34", step, _NOTICES[step], {"words": hidden} if hidden else {})


def _language(page: Page) -> str:
    if page.language:
        return page.language
    letters = [character for character in page.visible[:5_000] if character.isalpha()]
    if sum("а" <= letter <= "я" for letter in letters) * 2 > len(letters):
        return "ru"
    return "en" if len(_ENGLISH & set(page.visible[:5_000].split())) >= 4 else ""


def _of_header(page: Page, merchant: Merchant, say: Say) -> Iterable[_Judged]:
    for picture in page.header_pictures:
        signs = _signs(picture, merchant)
        if not signs:
            continue
        sure = _FROM_ITS_HOST in signs and len(signs) > 1
        yield _Judged(
            Verdict.VIOLATION if sure else Verdict.REVIEW,
            "F33",
            "header_picture",
            _HEADER,
            {"picture": picture.url[:500], "words": picture.words[:200]},
            {"signs": ", ".join(say(sign, {}) for sign in signs)},
        )


def _signs(picture: HeaderPicture, merchant: Merchant) -> list[str]:
    """Why a picture may be the merchant's logo; the name of the site's own host is no sign."""
    address = plain(urlsplit(picture.url).path) if picture.url[:5] != "data:" else ""
    words = re.sub(r"https?://[^/\s]*", "", picture.words)
    signs = []
    if merchant.has_picture(picture.url):
        signs.append(_FROM_ITS_HOST)
    if merchant.is_named_in(f"{address} {words}"):
        signs.append(_CALLED_BY_BRAND)
    if signs and _LOGO.search(f"{address} {words}"):
        signs.append(_CALLED_A_LOGO)
    return signs


def _of_icons(page: Page, merchant: Merchant) -> Iterable[_Judged]:
    for icon in page.icons:
        if icon.startswith("data:"):
            continue
        name = plain(urlsplit(icon).path)
        theirs, called = merchant.has_picture(icon), merchant.is_named_in(name)
        if not (theirs or called):
            continue
        sure = theirs and (called or bool(_LOGO.search(name)))
        yield _Judged(
            Verdict.VIOLATION if sure else Verdict.REVIEW,
            "F33",
            "icon",
            _ICON_OF_ITS_HOST if theirs else _ICON_OF_ITS_NAME,
            {"picture": icon[:500]},
        )


def _of_teaching(page: Page) -> Iterable[_Judged]:
    for step, words, is_plain in teachings_in(f"{page.title}. {page.visible}"):
        yield _Judged(
            Verdict.VIOLATION if is_plain else Verdict.REVIEW,
            "F36",
            step,
            _TEACHES if is_plain else _MAY_TEACH,
            {"words": words},
        )


def _has_host(url: str, hosts: frozenset[str]) -> bool:
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in hosts)
