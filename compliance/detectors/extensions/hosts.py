"""Where an address leads: the merchant, an affiliate link, or somewhere else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from compliance.detectors.extensions.words import word_set


class Reach(Enum):
    """Whether match patterns let a script run on the merchant's site."""

    NONE = "none"
    EVERYWHERE = "everywhere"
    EXPLICIT = "explicit"


class Target(Enum):
    """Where a navigation goes, the worst first."""

    AFFILIATE = "affiliate"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    MERCHANT = "merchant"
    NOWHERE = "nowhere"


# Hosts that exist to count a click for a partner. Subdomains count too.
NETWORKS = (
    *("ad.admitad.com", "alitems.com", "alitems.site", "alitems.co", "pafutos.com", "lenkmio.com"),
    *("tjzuh.com", "rzekl.com", "epn.bz", "epnclick.ru", "got.by", "shopeasy.by", "ali.pub"),
    *("ali.ski", "fas.st", "cityads.com", "cityadspix.com", "actionpay.net", "actionpay.ru"),
    *("awin1.com", "zenaps.com", "shareasale.com", "shareasale-analytics.com", "anrdoezrs.net"),
    *("dpbolvw.net", "jdoqocy.com", "kqzyfj.com", "tkqlhce.com", "emjcd.com", "cj.dotomi.com"),
    *("linksynergy.com", "skimresources.com", "skimlinks.com", "redirectingat.com", "viglink.com"),
    *("sovrn.co", "prf.hn", "pxf.io", "sjv.io", "7eer.net", "ojrq.net", "evyy.net"),
    *("tradedoubler.com", "webgains.com", "flexoffers.com", "flexlinkspro.com", "pjtra.com"),
    *("pjatr.com", "pntra.com", "gopjn.com", "avantlink.com", "digidip.net", "yieldkit.com"),
    *("hasoffers.com", "go2cloud.org", "effiliation.com", "daisycon.io", "partner-ads.com"),
    *("convertkit-mail.com", "tatrck.com", "clk.omgt3.com", "linkhaitao.com", "linkbux.com"),
)
# Subdomains of networks that serve programs and people, and count nothing.
_PLAIN_SUBDOMAINS = ("api.", "docs.", "developer.", "developers.", "help.", "support.", "cdn.")
AFFILIATE_PARAMETERS = word_set(
    "af aff aff_fcid aff_fsk aff_platform aff_trace_key aff_short_key aff_request_id aff_id "
    "affid aff_sub afsmartredirect affiliate affiliate_id affiliateid partner_id partnerid dp "
    "ulp dl_target_url admitad_uid tagtag_uid clickid click_id subid sub_id aff_link_type "
    "terminal_id tracking_id trackingid sk"
)
_PARAMETER = re.compile(
    r"(?:[?&;]|^|%3f|%26)(?:amp;)?(?:"
    + "|".join(sorted(AFFILIATE_PARAMETERS, key=len, reverse=True))
    + r")(?:=|%3d)|utm_medium(?:=|%3d)(?:cpa|cps|affiliate)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?:^|[\s\"'=(,;])(?:[a-z][a-z0-9+.-]{1,10}:)?//(?:[^\s/?#@\"']*@)?([^\s/:?#\"'<>\\]+)", re.I
)
_BARE_HOST = re.compile(r"^([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[/?:]|$)", re.I)
# Long texts are data or bundles; what they hold is read as code, not as one address.
LONGEST_ADDRESS = 4000


@dataclass(frozen=True)
class Hosts:
    """The merchant's hosts and the network's own tracking hosts, lower case, without a port."""

    merchant: frozenset[str]
    tracking: frozenset[str]

    @cached_property
    def brands(self) -> frozenset[str]:
        return frozenset(host.split(".")[-2] if "." in host else host for host in self.merchant)

    @cached_property
    def _brand(self) -> re.Pattern[str]:
        names = "|".join(sorted(map(re.escape, self.brands)))
        return re.compile(rf"(?<![a-z0-9-])(?:{names})(?![a-z0-9_-])", re.I)

    @cached_property
    def _redirectors(self) -> tuple[str, ...]:
        own = [f"{name}.{host}" for host in self.merchant for name in ("s.click", "a", "click")]
        return (*own, *sorted(self.tracking), *NETWORKS)

    def is_merchant(self, host: str) -> bool:
        """Whether this host is the merchant's, or a subdomain of it."""
        return any(host == known or host.endswith("." + known) for known in self.merchant)

    def counts_clicks(self, host: str) -> bool:
        """Whether this host exists to count clicks for partners."""
        if host.startswith(_PLAIN_SUBDOMAINS):
            return False
        return any(host == known or host.endswith("." + known) for known in self._redirectors)

    def names_merchant(self, text: str) -> bool:
        """Whether a string of a program reads as the merchant's host or a pattern of it."""
        if len(text) > LONGEST_ADDRESS or not text or any(space in text for space in " \n\t<"):
            return False
        return bool(self._brand.search(text))

    def spells_merchant(self, pattern: str) -> bool:
        """Whether a regular expression has the merchant's name among its letters."""
        if len(pattern) > LONGEST_ADDRESS:
            return False
        letters = re.sub(r"\\.|[^a-z0-9|]", "", pattern.lower())
        return any(brand in letters for brand in self.brands)

    def is_affiliate(self, text: str) -> bool:
        """Whether a string holds an affiliate link, or the parameter that makes one."""
        if len(text) > LONGEST_ADDRESS:
            return False
        return self._host_counts(text) or bool(_PARAMETER.search(text))

    def _host_counts(self, text: str) -> bool:
        lowered = text.lower()
        return any(self.counts_clicks(host.rstrip(".")) for host in _hosts_in(lowered))

    def target(self, text: str) -> Target:
        """Where an address leads; \\0 stands for what is not known before the program runs."""
        if self.is_affiliate(text):
            return Target.AFFILIATE
        found = [host.rstrip(".") for host in _hosts_in(text.lower())]
        known = [host for host in found if "\0" not in host]
        if not known:
            return Target.UNKNOWN if "\0" in text else Target.NOWHERE
        if text.lower().startswith(("chrome-extension:", "moz-extension:", "data:", "blob:")):
            return Target.NOWHERE
        return Target.MERCHANT if self.is_merchant(known[0]) else Target.ELSEWHERE


def _hosts_in(lowered: str) -> list[str]:
    hosts = _ADDRESS.findall(lowered)
    bare = _BARE_HOST.match(lowered)
    return [bare.group(1), *hosts] if bare else hosts


@dataclass(frozen=True)
class Patterns:
    """Match patterns as a manifest or a call gives them."""

    matches: Sequence[str] = ()
    excludes: Sequence[str] = ()
    include_globs: Sequence[str] = ()
    exclude_globs: Sequence[str] = ()


def reach(patterns: Patterns, hosts: Hosts) -> Reach:
    """How far these match patterns let a script reach the merchant's site."""
    found = [_reach_of(pattern, hosts) for pattern in patterns.matches]
    if Reach.EXPLICIT not in found and Reach.EVERYWHERE not in found:
        return Reach.NONE
    shut = [*patterns.excludes, *patterns.exclude_globs]
    if all(any(_names_host(pattern, host) for pattern in shut) for host in hosts.merchant):
        return Reach.NONE
    globs = patterns.include_globs
    if globs and not any(hosts.names_merchant(glob) for glob in globs):
        return Reach.EVERYWHERE if any(glob.strip("*") == "" for glob in globs) else Reach.NONE
    return Reach.EXPLICIT if globs or Reach.EXPLICIT in found else Reach.EVERYWHERE


def _names_host(pattern: str, host: str) -> bool:
    return pattern == "<all_urls>" or bool(
        re.search(rf"(?:^|[/.*]){re.escape(host)}(?:[/:*]|$)", pattern, re.I)
    )


def _reach_of(pattern: str, hosts: Hosts) -> Reach:
    lowered = pattern.strip().lower()
    if lowered == "<all_urls>":
        return Reach.EVERYWHERE
    scheme, separator, rest = lowered.partition("://")
    if not separator or not re.fullmatch(r"\*|https?\*?|wss?", scheme):
        return Reach.NONE
    host = rest.split("/")[0].rsplit(":", 1)[0] if ":" in rest.split("/")[0] else rest.split("/")[0]
    bare = host.removeprefix("*.")
    if bare in {"*", ""}:
        return Reach.EVERYWHERE
    if hosts.is_merchant(bare) or any(bare.startswith(f"{name}.*") for name in hosts.brands):
        return Reach.EXPLICIT
    if (
        any("*" not in bare and known.endswith("." + bare) for known in hosts.merchant)
        and host != bare
    ):
        return Reach.EVERYWHERE
    return Reach.NONE
