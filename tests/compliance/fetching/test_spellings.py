"""No spelling of an inner address is fetched: given, or met on any hop, or answered by DNS."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.fetching import FetchRefused, Reason
from compliance.fetching.addresses import parsed, why_refused
from compliance.fetching.urls import web_address
from tests.compliance.fetching.corpus import (
    INNER_V4,
    INNER_V6,
    ODD_HOSTS,
    OTHER_SCHEMES,
    PUBLIC_ADDRESSES,
)
from tests.compliance.fetching.web import PUBLIC, FakeNames, Web, answer, fetched, redirect

PLAIN = [*INNER_V4, *(f"[{address}]" for address in INNER_V6)]
SPELLINGS = [
    *(f"http://{host}/" for host in PLAIN + ODD_HOSTS),
    *(f"https://{host}/x?y#z" for host in ODD_HOSTS),
    *OTHER_SCHEMES,
]


class Everywhere(FakeNames):
    """A resolver that finds the same public address for whatever it is asked."""

    def addresses(self, name, seconds):
        self.asked.append(name)
        return [PUBLIC]


def raw_location(location: str) -> bytes:
    head = b"HTTP/1.1 302 so\r\nContent-Length: 0\r\nLocation: "
    return head + location.encode("utf-8", "surrogatepass") + b"\r\n\r\n"


@pytest.mark.parametrize("url", SPELLINGS)
def test_it_is_refused_when_given(url):
    web, names = Web(), Everywhere()
    with pytest.raises(FetchRefused) as refused:
        fetched(web, url, names)
    assert refused.value.reason in {Reason.ADDRESS, Reason.INTERNAL}
    assert refused.value.sentence.endswith(".")
    assert web.seen == []
    assert names.asked == []


# What a redirect says without a host is a path of the same site.
LEADING_AWAY = [url for url in SPELLINGS if "://" in url or url[:2] == "//"]


@pytest.mark.parametrize("url", [url for url in LEADING_AWAY if "\r\nHost" not in url])
def test_it_is_refused_on_every_redirect_hop(url):
    for hops in (1, 3, 5):
        sites = {f"shop.example/{hop}": redirect(f"/{hop + 1}") for hop in range(1, hops)}
        sites[f"shop.example/{hops}"] = raw_location(url)
        web, names = Web(sites), Everywhere()
        with pytest.raises(FetchRefused):
            fetched(web, "http://shop.example/1", names)
        assert len(web.seen) == hops
        assert set(names.asked) == {"shop.example"}


@pytest.mark.parametrize("inner", [*INNER_V4, *INNER_V6, "127.1", "localhost", "", "fe80::1%eth0"])
def test_it_is_refused_as_an_answer_of_dns_beside_public_ones_too(inner):
    public = [PUBLIC, "2606:4700::1111"]
    for answers in ([inner], [*public, inner], [inner, *public], [*public * 2, inner]):
        web = Web()
        with pytest.raises(FetchRefused) as refused:
            fetched(web, "http://shop.example/", FakeNames({"shop.example": answers}))
        assert refused.value.reason == Reason.INTERNAL
        assert web.seen == []


@pytest.mark.parametrize("inner", [*INNER_V4, *INNER_V6])
def test_it_is_refused_as_an_answer_of_dns_on_a_hop(inner):
    web = Web({"shop.example/": redirect("http://inner.example/")})
    names = FakeNames({"shop.example": [PUBLIC], "inner.example": [inner]})
    with pytest.raises(FetchRefused) as refused:
        fetched(web, "http://shop.example/", names)
    assert refused.value.reason == Reason.INTERNAL
    assert web.addresses == [PUBLIC]


@pytest.mark.parametrize(
    ("given_url", "read"),
    [
        ("http://shop.example", "http://shop.example/"),
        ("HTTPS://Shop.Example/A", "https://shop.example/A"),
        ("https://shop.example./", "https://shop.example/"),
        ("https://shop.example:443/", "https://shop.example/"),
        ("http://shop.example:443/", "http://shop.example:443/"),
        ("https://shop.example?q=1#top", "https://shop.example/?q=1"),
        ("https://a_b.shop.example/", "https://a_b.shop.example/"),
        ("https://магазин.рф/скидки?я", "https://xn--80aairftm.xn--p1ai/"),
        ("https://xn--80aairftm.xn--p1ai/", "https://xn--80aairftm.xn--p1ai/"),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://shop.example/a@b:c/%2e%2e/100%", "https://shop.example/a@b:c/%2e%2e/100%"),
    ],
)
def test_an_ordinary_address_is_read_as_a_browser_reads_it(given_url, read):
    address = str(web_address(given_url))
    assert address.isascii()
    assert address.startswith(read)


def test_every_public_address_may_be_written_as_it_is():
    for address in PUBLIC_ADDRESSES:
        web = Web()
        host = f"[{address}]" if ":" in address else address
        assert fetched(web, f"http://{host}/").status == 404
        assert web.addresses == [address]


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            "http{}://{}{}{}".format,
            st.sampled_from(["", "s"]),
            st.sampled_from(["", "a@", "shop.example@", "[", "\\"]),
            st.text("0123456789abcdefx.:[]%@\\/ -_localhst\u3002", max_size=25),
            st.sampled_from(["", "/", "/x", ":80", ":443/", "@shop.example", "\t"]),
        ),
    )
)
@settings(deadline=None)
def test_any_text_is_refused_with_a_sentence_or_connects_to_a_public_address_alone(url):
    web, names = Web(), Everywhere()
    with suppress(FetchRefused):
        assert fetched(web, url, names).status == 404
    for asked in web.seen:
        assert why_refused(parsed(asked.address)) is None
        assert asked.port in {80, 443}
        bare = asked.host.rpartition("]")[0].strip("[") or asked.host.partition(":")[0]
        if parsed(bare) is None:
            assert names.asked == [bare]
            assert not bare.rpartition(".")[2].isdigit()


def test_the_answer_is_what_the_site_said():
    web = Web({"shop.example/": answer(200, b"<p>hello")})
    assert fetched(web, "https://shop.example/").body == b"<p>hello"
