"""Questions to DNS, each with a time limit. Search lists and the hosts file are not asked."""

from collections.abc import Sequence
from typing import Protocol

import dns.exception
import dns.name
import dns.rdata
import dns.resolver
from django.utils.translation import gettext as _
from dns.rdtypes.ANY.TXT import TXT

from compliance.fetching.refusals import FetchRefused, Reason
from compliance.fetching.urls import dns_name

MOST_RECORDS = 100
LONGEST_TEXT = 1000  # characters of one TXT record


class Names(Protocol):
    """Who answers for names; tests bring their own."""

    def addresses(self, name: str, seconds: float) -> Sequence[str]:
        """Every A and AAAA answer; empty where there is none. Raises FetchRefused (name)."""

    def texts(self, name: str, seconds: float) -> Sequence[str]:
        """Every TXT record, its parts joined; empty where there is none. Raises FetchRefused."""


class PublicNames:
    """Names by the resolvers of the machine."""

    def addresses(self, name: str, seconds: float) -> Sequence[str]:
        found: list[str] = []
        unanswered: FetchRefused | None = None
        for kind in ("A", "AAAA"):
            try:
                found += [record.to_text() for record in _ask(name, kind, seconds / 2)]
            except FetchRefused as refused:  # Some servers know A and choke on AAAA.
                unanswered = refused
        if unanswered is not None and not found:
            raise unanswered
        return found

    def texts(self, name: str, seconds: float) -> Sequence[str]:
        return [
            b"".join(record.strings).decode("utf-8", "replace")
            for record in _ask(name, "TXT", seconds)
            if isinstance(record, TXT)
        ]


def text_records(name: str, *, names: Names | None = None, seconds: float = 5.0) -> tuple[str, ...]:
    """The TXT records of a public name, for a proof of ownership.

    At most 100 records, each cut to 1,000 characters. Raises FetchRefused: address and internal
    for names that are none or lead inside, name where DNS did not answer in time.
    """
    asked = dns_name(name)
    found = (names or PublicNames()).texts(asked, seconds)
    return tuple(text[:LONGEST_TEXT] for text in found[:MOST_RECORDS])


def _ask(name: str, kind: str, seconds: float) -> list[dns.rdata.Rdata]:
    try:
        answer = dns.resolver.resolve(
            dns.name.from_text(f"{name}."), kind, search=False, lifetime=max(seconds, 0.1)
        )
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise FetchRefused(
            Reason.NAME,
            _("DNS gave no answer for %(name)s; try again later.") % {"name": name},
        ) from error
    return list(answer)
