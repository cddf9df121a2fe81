"""Which addresses lead straight to the merchant's site (F21), and what they lead to.

Pure: hosts come in, nothing is fetched. A link that is refused says why.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from django.utils.translation import gettext as _

from publishers.columns import shown

# Beside `www.` and `m.`: the languages that the merchant's site has a subdomain for.
LANGUAGES = frozenset(
    ("ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hu", "id", "it", "ja", "kk", "ko",
     "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "us", "uz", "vi", "zh")
)  # fmt: skip
PREFIXES = LANGUAGES | {"www", "m"}
LONGEST = 2_000
SUBS = ("sub1", "sub2", "sub3", "sub4", "sub5")
LONGEST_SUB = 255
# What an order says of its source and its click; a link of somebody else's may carry others.
SOURCE_PARAMETER, CLICK_PARAMETER = "af", "dp"
_OWN_PARAMETERS = (SOURCE_PARAMETER, CLICK_PARAMETER)
_PRODUCT = re.compile(
    r"^/(?:item|i)/(?:[^/]+/)?(?P<item>\d{1,64})\.html$"
    r"|^/store/product/[^/]+/\d+_(?P<store>\d{1,64})\.html$"
)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class NotDirect(ValueError):
    """The address is no direct link; the text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Target:
    """A direct link: its address, and the product's number where it is a product's page ('')."""

    url: str
    product_id: str

    def attributed(self, *, source: str, click_id: str) -> str:
        """The address with the source and the click that orders will name."""
        address, hash_, fragment = self.url.partition("#")
        own = urlencode({SOURCE_PARAMETER: source, CLICK_PARAMETER: click_id})
        return f"{address}{'&' if '?' in address else '?'}{own}{hash_}{fragment}"


def direct_target(text: str, domains: Iterable[str]) -> Target:
    """The direct link that a text is. Raises NotDirect.

    domains: the merchant's own, exactly; `www.`, `m.` and a language may stand before them. Another
    source or click in the address is taken out: the link is its builder's alone.
    """
    text = text.strip()
    parts = _parts(text)
    host = _host(parts, text)
    _check_host(host, tuple(domains))
    # A page's own parameters stay byte for byte: the merchant may sign them.
    kept = [
        pair
        for pair in parts.query.split("&")
        if pair and pair.partition("=")[0].casefold() not in _OWN_PARAMETERS
    ]
    url = SplitResult("https", host, parts.path or "/", "&".join(kept), parts.fragment).geturl()
    found = _PRODUCT.match(parts.path)
    return Target(url, (found["item"] or found["store"]) if found else "")


def _parts(text: str) -> SplitResult:
    if not text:
        raise NotDirect(_("Write the address of a page of the merchant's site."))
    if len(text) > LONGEST:
        sentence = _("The address has %(length)s characters: write one of %(most)s at most.")
        raise NotDirect(sentence % {"length": len(text), "most": LONGEST})
    if _UNSAFE.search(text):
        raise NotDirect(
            _("%(address)s has a blank, a backslash or an invisible character: copy it anew.")
            % {"address": shown(text)}
        )
    try:
        return urlsplit(text)
    except ValueError as error:
        sentence = _("%(address)s is no address: copy it from the browser.")
        raise NotDirect(sentence % {"address": shown(text)}) from error


def _host(parts: SplitResult, text: str) -> str:
    """The host in small letters; a port, a user or another scheme is refused."""
    if parts.scheme.casefold() != "https":
        sentence = _("%(address)s does not begin with https://: copy it from the browser.")
        raise NotDirect(sentence % {"address": shown(text)})
    if "@" in parts.netloc or ":" in parts.netloc:
        sentence = _("%(address)s has a user or a port before its path: take it out.")
        raise NotDirect(sentence % {"address": shown(text)})
    return parts.netloc.lower()


def _check_host(host: str, domains: tuple[str, ...]) -> None:
    for domain in domains:
        if host == domain:
            return
        prefix, dot, rest = host.rpartition("." + domain)
        if dot and not rest:
            if prefix in PREFIXES:
                return
            raise NotDirect(
                _(
                    "%(host)s is the merchant's, but a redirector or a site of its own: open the"
                    " link, and copy the address of the page it ends on."
                )
                % {"host": shown(host)}
            )
    raise NotDirect(
        _("%(host)s is not the merchant's site. Direct links lead to %(domains)s.")
        % {"host": shown(host) if host else "-", "domains": ", ".join(domains)}
    )


def tracking_link(base: str, *, source: str, target: str, subs: Mapping[str, str]) -> str:
    """The link that a publisher places: a click on it is recorded and led on to the target.

    base: where clicks arrive, such as `https://go.permille.example`; subs: of SUBS, without blanks.
    """
    asked = {"to": target, **{name: subs[name] for name in SUBS if subs.get(name)}}
    return f"{base}/c/{source}?{urlencode(asked)}"


def asked_subs(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The sub ids among what an address asks: as they are kept, without NUL, as long as they fit.

    A visitor is never turned away for a sub id; the builder of links says what does not fit.
    """
    return {
        name: given[name][0].replace("\x00", "")[:LONGEST_SUB] for name in SUBS if name in given
    }
