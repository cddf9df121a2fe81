"""Which IP addresses are public, and which are refused.

Named by network and not by the properties of `ipaddress`, whose answers changed between releases.
Source: the special-purpose address registries of IANA (RFC 6890) and the RFCs named below (S8).
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_REFUSED_V4 = {
    IPv4Network(network): name
    for network, name in {
        "0.0.0.0/8": "this network, RFC 791",
        "10.0.0.0/8": "private, RFC 1918",
        "100.64.0.0/10": "shared by carriers, RFC 6598",
        "127.0.0.0/8": "loopback, RFC 1122",
        "168.63.129.16/32": "a cloud's own services",
        "169.254.0.0/16": "link-local and cloud metadata, RFC 3927",
        "172.16.0.0/12": "private, RFC 1918",
        "192.0.0.0/24": "protocol assignments, RFC 6890",
        "192.0.2.0/24": "documentation, RFC 5737",
        "192.31.196.0/24": "AS112, RFC 7535",
        "192.52.193.0/24": "AMT, RFC 7450",
        "192.88.99.0/24": "6to4 relays, RFC 7526",
        "192.168.0.0/16": "private, RFC 1918",
        "192.175.48.0/24": "AS112, RFC 7534",
        "198.18.0.0/15": "benchmarks, RFC 2544",
        "198.51.100.0/24": "documentation, RFC 5737",
        "203.0.113.0/24": "documentation, RFC 5737",
        "224.0.0.0/4": "multicast, RFC 5771",
        "240.0.0.0/4": "reserved and broadcast, RFC 1112",
    }.items()
}

# Public IPv6 is 2000::/3 and nothing else: so neither ::1, ::ffff:0:0/96, IPv4-compatible ::/96,
# 64:ff9b::/96 and 64:ff9b:1::/48 (NAT64), 100::/64, fc00::/7, fe80::/10, fec0::/10 nor ff00::/8.
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = {
    IPv6Network(network): name
    for network, name in {
        "2001::/23": "protocol assignments with Teredo, ORCHID and benchmarks, RFC 2928",
        "2001:db8::/32": "documentation, RFC 3849",
        "2002::/16": "6to4, which carries an IPv4 address, RFC 3056",
        "2620:4f:8000::/48": "AS112, RFC 7534",
        "3fff::/20": "documentation, RFC 9637",
    }.items()
}
# ISATAP (RFC 5214): the lower half begins so, and ends with an IPv4 address.
_ISATAP = {0x00005EFE, 0x02005EFE}


def why_refused(address: IPv4Address | IPv6Address) -> str | None:
    """What kind of address it is that nothing outside may have; None for a public one."""
    if isinstance(address, IPv4Address):
        return next((name for net, name in _REFUSED_V4.items() if address in net), None)
    if address not in _PUBLIC_V6:
        return "not of the public IPv6 addresses 2000::/3"
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP, which carries an IPv4 address, RFC 5214"
    return next((name for net, name in _REFUSED_V6.items() if address in net), None)


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address written in its plain form; None for everything else, zone ids included."""
    if "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None
