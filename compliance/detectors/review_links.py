"""Affiliate and referral links must not be placed on the merchant's site, reviews included."""

# Evidence in, findings out. The caller looks the codes up (as registered, so case counts) and
# ignores the unknown ones: every candidate is returned, and none is judged here.
#
# A finding may cost a publisher the account and all its earnings, so the host has to be exact,
# as the browser that follows the link would read it. Where that leaves a choice:
#
# - A letter or digit of any alphabet, `_`, `-` or `.` directly before the host makes it a longer
#   host (Cyrillic glued to it is an internationalised name), also across marks that do not show.
#   Before a merchant's subdomain letters only make another subdomain, which counts. A scheme in
#   between ends the doubt: `тутhttps://go...` is a link.
# - Any scheme will do (`hxxp://` hides nothing); after a single slash, or `//` that goes on from a
#   word, the name is part of a path, unless the slash is that of `https:/`.
# - `user@host` is an address of mail, and names nobody; `https://user@host/` is a link to host.
# - `host./` is the host; `host..` and `a..host` are nothing. A port may follow.
# - A link inside another address (`evil.example/?to=https://go...`) is carried all the same; one
#   that is percent-encoded as a whole is not looked for. In a code, %2D and its like are decoded.

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Literal
from urllib.parse import unquote

Kind = Literal["tracking_link", "referral_link", "merchant_link"]
Names = Literal["source", "publisher"]


@dataclass(frozen=True)
class LinkHosts:
    """The hosts that make a link ours, in lower case; a merchant's subdomains count too."""

    tracking: frozenset[str]
    site: frozenset[str]
    merchant: frozenset[str]

    def __post_init__(self) -> None:
        for host in sorted(self.tracking | self.site | self.merchant):
            if not _SETTING.fullmatch(host):
                raise ValueError(
                    f"{host!r} is not a host: write the bare name in lower-case ASCII,"
                    " without scheme, port or slash, like 'go.permille.example'."
                )


@dataclass(frozen=True)
class Finding:
    """One code that a link names; `matched` is `text[start:end]`.

    The stretch runs from the scheme, if any, to the end of the code; in a merchant link to the end
    of its last code, and all findings of that link share it.
    """

    kind: Kind
    code: str
    matched: str
    start: int
    end: int
    names: Names


# No text makes these slow: quantifiers are possessive, a run begins only where no run is, and what
# looks back does so over a bounded window or over the gap between two runs.
_SETTING = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_HOST = re.compile(r"(?<![\w.\-])\w[\w.\-]*+(?=[/?:])")
_PORT = re.compile(r"(?::(?!//)[0-9]*+)?(?=[/?])")
_CODE = r"((?:[A-Za-z0-9_\-]|%(?:2[Dd]|5[Ff]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]))++)"
_TRACKING = re.compile("/c/" + _CODE)
_REFERRAL = re.compile("/join/" + _CODE)
_PARAMETER = re.compile(r"[?&](?:amp;|AMP;)*+(?:a|%61)(?:f|%66)=" + _CODE)
# Path and query end at the fragment, at what no address holds, or where the next link begins.
_QUERY_END = re.compile(r"""[\x00-\x20\s<>"`#]|(?<=[()\[\]{},;|*!'^\\])[Hh][Tt][Tt][Pp][Ss]?://""")

# str.lower would make a Latin k of the Kelvin sign.
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_INVISIBLE = frozenset({"Mn", "Mc", "Cf"})
_SCHEMES = ("https:", "http:")
_USERINFO = re.compile(r"""[Hh][Tt][Tt][Pp][Ss]?://[^\s/\\?#<>"]*+\Z""")
_USERINFO_WINDOW = 256


def may_carry_link(text: str, hosts: LinkHosts) -> bool:
    """Whether any of the hosts is written in the text at all: no link is without one."""
    lowered = text.lower()
    return any(host in lowered for host in hosts.tracking | hosts.site | hosts.merchant)


def find_links(text: str, hosts: LinkHosts) -> tuple[Finding, ...]:
    """Every code that a link in the text names, in the order of the links."""
    return tuple(_findings(text, hosts)) if may_carry_link(text, hosts) else ()


def _findings(text: str, hosts: LinkHosts) -> Iterator[Finding]:
    # A merchant link inside another's path or query has no parameter that the outer one lacks.
    merchant_read_to = 0
    for run in _HOST.finditer(text):
        host = run.group().translate(_ASCII_LOWER).removesuffix(".")
        is_merchant = run.start() >= merchant_read_to and _is_merchant(host, hosts.merchant)
        if not (is_merchant or host in hosts.tracking or host in hosts.site):
            continue
        start = _link_start(text, run.start())
        port = _PORT.match(text, run.end())
        if start is None or port is None:
            continue
        if host in hosts.tracking:
            yield from _path_link(text, start, _TRACKING.match(text, port.end()), "tracking_link")
        if host in hosts.site:
            yield from _path_link(text, start, _REFERRAL.match(text, port.end()), "referral_link")
        if is_merchant:
            merchant_read_to = _query_end(text, port.end())
            yield from _merchant_link(text, start, port.end(), merchant_read_to)


def _is_merchant(host: str, merchant: frozenset[str]) -> bool:
    return host in merchant or (
        ".." not in host and any(host.endswith(f".{domain}") for domain in merchant)
    )


def _link_start(text: str, host_start: int) -> int | None:
    """Where the link of this host begins; None where the name is not the host of a link."""
    edge = host_start
    while edge and unicodedata.category(text[edge - 1]) in _INVISIBLE:
        edge -= 1
    if _goes_on(text, edge):
        return None
    if text[edge - 1 : edge] == "@":
        window = max(0, edge - _USERINFO_WINDOW)
        userinfo = _USERINFO.search(text, window, edge)
        return userinfo.start() if userinfo else None
    before = edge
    while before and text[before - 1] in "/\\":
        before -= 1
    for scheme in _SCHEMES:
        if text[max(0, before - len(scheme)) : before].lower() == scheme:
            return before - len(scheme)
    slashes = edge - before
    if slashes == 1 or (slashes and _goes_on(text, before)):
        return None
    return host_start


def _goes_on(text: str, edge: int) -> bool:
    """Whether what stands before the edge could be part of a host."""
    return edge > 0 and (text[edge - 1].isalnum() or text[edge - 1] in "_-.")


def _path_link(
    text: str,
    start: int,
    path: re.Match[str] | None,
    kind: Literal["tracking_link", "referral_link"],
) -> Iterator[Finding]:
    if path is not None:
        names: Names = "source" if kind == "tracking_link" else "publisher"
        matched = text[start : path.end()]
        yield Finding(kind, unquote(path.group(1)), matched, start, path.end(), names)


def _query_end(text: str, start: int) -> int:
    end = _QUERY_END.search(text, start)
    return end.start() if end else len(text)


def _merchant_link(text: str, start: int, path_start: int, query_end: int) -> Iterator[Finding]:
    query_start = text.find("?", path_start, query_end)
    if query_start < 0:
        return
    parameters = list(_PARAMETER.finditer(text, query_start, query_end))
    if parameters:
        # One string for all of them: a slice for each would be the square of a hostile text.
        end = parameters[-1].end()
        matched = text[start:end]
        for code in dict.fromkeys(unquote(parameter.group(1)) for parameter in parameters):
            yield Finding("merchant_link", code, matched, start, end, "source")
