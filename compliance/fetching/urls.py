"""Web addresses, read strictly: what two programs could read in two ways is refused.

Only the plain form passes. An address that a browser would mend (backslashes, tabs, numbers for
hosts, credentials) is refused with a sentence, because the mended form may lead elsewhere.
"""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote

import idna
from django.utils.translation import gettext as _

from compliance.fetching.addresses import parsed, why_refused
from compliance.fetching.refusals import FetchRefused, Reason

LONGEST = 2000  # characters
WEB_PORTS = frozenset({80, 443})
_DEFAULT_PORT = {"http": 80, "https": 443}

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+):(?://([^/?#]*+)([^#]*+)(?:#.*)?)?", re.DOTALL)
_PORT = re.compile(r"(.*?)(?::([0-9]{1,5}))?", re.DOTALL | re.ASCII)
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9\-]{0,61}[a-z0-9]")
# Names that lead inside wherever they are asked for (RFC 6761, 6762, 8375, 9476 and custom).
_INSIDE = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home"}
    | {"lan", "docker", "svc", "cluster", "invalid", "test", "onion", "alt", "arpa"}
)
_LEFT_IN_PATH = "!$%&'()*+,-./:;=?@_~[]|"


@dataclass(frozen=True)
class WebAddress:
    """A web address in its plain form. `host` is a name of DNS in ASCII, or an IP address."""

    scheme: str
    host: str
    port: int
    target: str  # path and query, percent-encoded

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.target}"


def web_address(url: str, ports: AbstractSet[int] = WEB_PORTS) -> WebAddress:
    """Read a web address. Raises FetchRefused (address, internal) with what is wrong in it."""
    if len(url) > LONGEST:
        raise FetchRefused(
            Reason.ADDRESS,
            _("The address is longer than %(limit)s characters; give a shorter one.")
            % {"limit": LONGEST},
        )
    refuse_odd(url)
    found = _URL.fullmatch(url)
    if found is None or found[1].lower() not in _DEFAULT_PORT or not found[2]:
        raise _not_plain(url, _("it must begin with http:// or https:// and a site's name"))
    scheme, authority, target = found[1].lower(), found[2], found[3]
    if "@" in authority:
        raise _not_plain(url, _("it has an @ before the site's name"))
    if "%" in authority:
        raise _not_plain(url, _("the site's name has a percent sign"))
    host, port = _host_and_port(url, authority, _DEFAULT_PORT[scheme])
    if port not in ports:
        raise FetchRefused(
            Reason.ADDRESS,
            _("%(url)s asks for port %(port)s; only the ports %(ports)s are allowed.")
            % {"url": url, "port": port, "ports": ", ".join(map(str, sorted(ports)))},
        )
    if not target.startswith("/"):
        target = f"/{target}"
    return WebAddress(scheme, host, port, quote(target, safe=_LEFT_IN_PATH))


def refuse_odd(url: str) -> None:
    """Raise FetchRefused (address) for characters that programs drop, mend or read differently."""
    if any(_odd(character) for character in url):
        raise _not_plain(url, _("it has a space, a backslash or a character that does not show"))


def dns_name(host: str) -> str:
    """A public name of DNS in ASCII and lower case, without a final dot. Raises FetchRefused."""
    try:
        mapped = idna.uts46_remap(host, std3_rules=False).removesuffix(".")
        # A label that is ASCII stays as it is: names of DNS may have an underscore.
        name = ".".join(
            label if label.isascii() else idna.alabel(label).decode("ascii")
            for label in mapped.split(".")
        )
    except (idna.IDNAError, UnicodeError):
        name = ""
    labels = name.split(".")
    if labels[-1] in _INSIDE or (len(labels) == 1 and labels[0]):
        raise FetchRefused(
            Reason.INTERNAL,
            _("“%(host)s” is a name of an inner network; give the address of a public site.")
            % {"host": host},
        )
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise FetchRefused(
            Reason.ADDRESS,
            _(
                "“%(host)s” is not the name of a site; write it as a browser shows it, like"
                " shop.example."
            )
            % {"host": host},
        )
    return name


def _host_and_port(url: str, authority: str, default: int) -> tuple[str, int]:
    if authority.startswith("["):
        inside, closed, rest = authority[1:].partition("]")
        address = parsed(inside)
        ported = _PORT.fullmatch(rest)
        if not closed or not isinstance(address, IPv6Address) or ported is None or ported[1]:
            raise _not_plain(url, _("what stands in brackets is not an IPv6 address"))
        refuse_inner(str(address))
        return str(address), int(ported[2] or default)
    ported = _PORT.fullmatch(authority)
    if ported is None or ":" in ported[1]:
        raise _not_plain(url, _("its port is not a number"))
    host, port = ported[1], int(ported[2] or default)
    if parsed(host) is not None:
        refuse_inner(host)
        return host, port
    if _is_numeric(host):
        raise FetchRefused(
            Reason.INTERNAL,
            _("“%(host)s” is an odd spelling of an IP address; give the name of the site.")
            % {"host": host},
        )
    return dns_name(host), port


def refuse_inner(address: str) -> None:
    """Raise FetchRefused (internal) unless the IP address is a public one."""
    ip = parsed(address)
    kind = "not an IP address" if ip is None else why_refused(ip)
    if kind is not None:
        raise FetchRefused(
            Reason.INTERNAL,
            _("%(address)s is no public address (%(kind)s); nothing is fetched from there.")
            % {"address": address, "kind": kind},
        )


def _is_numeric(host: str) -> bool:
    """Whether some program would read the host as a number, as inet_aton and browsers do."""
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".")
    last = plain.rpartition(".")[2]
    return bool(re.fullmatch(r"\d+|0[xX][0-9a-fA-F]*", last))


def _odd(character: str) -> bool:
    return character == "\\" or unicodedata.category(character) in {
        *("Cc", "Cf", "Cs", "Co", "Cn"),
        *("Zs", "Zl", "Zp"),
    }


def _not_plain(url: str, what: str) -> FetchRefused:
    shown = "".join("\ufffd" if _odd(character) else character for character in url[:200])
    return FetchRefused(
        Reason.ADDRESS,
        _("“%(url)s” is not a plain web address: %(what)s.") % {"url": shown, "what": what},
    )
