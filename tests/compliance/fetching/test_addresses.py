"""Only public addresses are public, whatever the network they borrow from."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.fetching.addresses import parsed, why_refused
from tests.compliance.fetching.corpus import INNER_V4, INNER_V6, PUBLIC_ADDRESSES


@pytest.mark.parametrize("address", INNER_V4 + INNER_V6)
def test_an_inner_address_is_refused_and_its_kind_named(address):
    assert why_refused(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_a_public_address_passes_right_up_to_the_inner_networks(address):
    assert why_refused(ip_address(address)) is None


@given(st.ip_addresses())
def test_what_passes_is_global_by_the_standard_library_too(address):
    if why_refused(address) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_of_an_ipv4_address_passes(address):
    number = int(address)
    for text in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"):
        assert why_refused(ip_address(text))
    carried = f"{number >> 16:x}:{number & 0xFFFF:x}"
    for text in (f"2002:{carried}::1", f"2001:0:{carried}::1", f"2607:f8b0::5efe:{carried}"):
        assert why_refused(ip_address(text))


@pytest.mark.parametrize(
    "text", ["fe80::1%eth0", "127.1", "0x7f.1", "2130706433", "", "a", "127.0.0.1.", "1.2.3.04"]
)
def test_an_address_is_read_in_its_plain_form_alone(text):
    assert parsed(text) is None
