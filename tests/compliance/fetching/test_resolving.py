"""DNS is asked for whole names, and what it says or does not say is told apart."""

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import pytest

from compliance.fetching import FetchRefused, Reason
from compliance.fetching.resolving import PublicNames, text_records


def answering(monkeypatch, **answers):
    """Let the resolver of the machine answer by type; what is missing is no answer."""
    asked = []

    def resolve(name, kind, *, search, lifetime):
        asked.append((name.to_text(), kind))
        assert search is False
        assert lifetime > 0
        found = answers.get(kind, dns.resolver.NoAnswer())
        if isinstance(found, Exception):
            raise found
        return [
            dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), text)
            for text in found
        ]

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    return asked


def test_both_families_are_asked_for_the_whole_name(monkeypatch):
    asked = answering(monkeypatch, A=["1.1.1.1", "127.0.0.1"], AAAA=["2606:4700::1111"])
    found = PublicNames().addresses("shop.example", 5.0)
    assert found == ["1.1.1.1", "127.0.0.1", "2606:4700::1111"]
    assert asked == [("shop.example.", "A"), ("shop.example.", "AAAA")]


def test_a_name_that_nobody_has_has_no_addresses(monkeypatch):
    answering(monkeypatch, A=dns.resolver.NXDOMAIN(), AAAA=dns.resolver.NXDOMAIN())
    assert PublicNames().addresses("shop.example", 5.0) == []


def test_a_server_that_chokes_on_ipv6_is_forgiven(monkeypatch):
    answering(monkeypatch, A=["1.1.1.1"], AAAA=dns.exception.Timeout())
    assert PublicNames().addresses("shop.example", 5.0) == ["1.1.1.1"]


def test_a_server_that_does_not_answer_is_told(monkeypatch):
    answering(monkeypatch, A=dns.exception.Timeout(), AAAA=dns.exception.Timeout())
    with pytest.raises(FetchRefused) as refused:
        PublicNames().addresses("shop.example", 5.0)
    assert refused.value.reason == Reason.NAME


def test_parts_of_a_text_record_are_joined(monkeypatch):
    answering(monkeypatch, TXT=['"permille-" "verification=abc"', '"v=spf1 -all"'])
    assert text_records("shop.example") == ("permille-verification=abc", "v=spf1 -all")
