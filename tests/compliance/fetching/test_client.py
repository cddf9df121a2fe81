"""The guarded client: what was checked is what is connected to, and every answer is bounded."""

import gzip
import hashlib
import ssl
import zlib

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.fetching import (
    PICTURES,
    FetchRefused,
    GuardedClient,
    Limits,
    Outgoing,
    Reason,
    text_records,
)
from compliance.fetching.connecting import TimeLeft
from tests.compliance.fetching.web import (
    AT,
    PUBLIC,
    Clock,
    FakeNames,
    Web,
    answer,
    client,
    fetched,
    redirect,
)

ELSEWHERE = "1.1.1.1"


def refused(web: Web, url: str, names: FakeNames | None = None, **limits) -> FetchRefused:
    with pytest.raises(FetchRefused) as caught:
        fetched(web, url, names, **limits)
    assert caught.value.sentence == str(caught.value)
    assert caught.value.sentence.endswith(".")
    return caught.value


def one(body: bytes, **headers) -> Web:
    return Web({"shop.example/": answer(200, body, **headers)})


# --- Which address ----------------------------------------------------------------------


def test_a_name_that_is_public_when_checked_and_inner_afterwards_is_asked_once():
    names = FakeNames(in_turn={"shop.example": [[PUBLIC], ["127.0.0.1"]]})
    web = one(b"x")
    assert fetched(web, "https://shop.example/", names).body == b"x"
    assert names.asked == ["shop.example"]
    assert web.addresses == [PUBLIC]


def test_a_name_that_turns_inner_between_two_hops_is_refused_on_the_second():
    names = FakeNames(in_turn={"shop.example": [[PUBLIC], ["127.0.0.1"]]})
    web = Web({"shop.example/": redirect("/again")})
    assert refused(web, "https://shop.example/", names).reason == Reason.INTERNAL
    assert web.addresses == [PUBLIC]


def test_the_name_stands_in_host_header_and_tls_though_the_address_is_connected_to():
    web = one(b"x")
    fetched(web, "https://Shop.Example/")
    (asked,) = web.seen
    assert (asked.address, asked.port) == (PUBLIC, 443)
    assert asked.host == "shop.example"
    assert asked.sni == "shop.example"


def test_plain_http_has_no_tls():
    web = one(b"x")
    fetched(web, "http://shop.example/")
    assert (web.seen[0].port, web.seen[0].sni) == (80, None)


def test_the_next_checked_address_is_tried_where_one_is_dead():
    web = one(b"x")
    web.dead = frozenset({ELSEWHERE})
    names = FakeNames({"shop.example": [ELSEWHERE, PUBLIC]})
    assert fetched(web, "https://shop.example/", names).status == 200
    assert web.addresses == [PUBLIC]


def test_where_all_are_dead_nobody_answers_in_time():
    web = one(b"x")
    web.dead = frozenset({ELSEWHERE, PUBLIC})
    names = FakeNames({"shop.example": [ELSEWHERE, PUBLIC]})
    assert refused(web, "https://shop.example/", names).reason == Reason.TIME


def test_a_name_that_nobody_has_is_told():
    told = refused(Web(), "https://nobody.example/")
    assert told.reason == Reason.NAME
    assert "nobody.example" in told.sentence


def test_another_port_needs_a_setting():
    web = Web({"shop.example:8443/": answer(200, b"x")})
    names = FakeNames({"shop.example": [PUBLIC]})
    assert refused(web, "https://shop.example:8443/", names).reason == Reason.ADDRESS
    fetched(web, "https://shop.example:8443/", names, ports=frozenset({8443}))
    assert [(asked.port, asked.host) for asked in web.seen] == [(8443, "shop.example:8443")]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch, tmp_path):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine shop.example login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    web = one(b"x")
    fetched(web, "http://shop.example/")
    assert web.addresses == [PUBLIC]
    assert b"authorization" not in web.seen[0].head.lower()
    assert web.seen[0].target == "/"


# --- Redirects --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_every_hop_is_named(status):
    web = Web(
        {
            "shop.example/": redirect("//www.shop.example/a", status),
            "www.shop.example/a": redirect("b?c#d", status),
            "www.shop.example/b?c": answer(200, b"there"),
        }
    )
    result = fetched(web, "https://shop.example")
    assert result.url == "https://shop.example"
    assert result.hops == (
        "https://shop.example/",
        "https://www.shop.example/a",
        "https://www.shop.example/b?c",
    )
    assert result.final_url == result.hops[-1]
    assert result.body == b"there"


def test_five_redirects_are_followed_and_a_sixth_is_not():
    sites = {f"shop.example/{n}": redirect(f"/{n + 1}") for n in range(1, 8)}
    web = Web(sites | {"shop.example/6": answer(200, b"x")})
    assert len(fetched(web, "https://shop.example/1").hops) == 6
    web = Web(sites)
    assert refused(web, "https://shop.example/1").reason == Reason.REDIRECTS
    assert len(web.seen) == 6


def test_a_redirect_without_an_address_is_told():
    web = Web({"shop.example/": answer(302)})
    assert refused(web, "https://shop.example/").reason == Reason.REDIRECTS


def test_a_redirect_in_other_letters_is_followed():
    web = Web(
        {
            "shop.example/": "HTTP/1.1 302 so\r\nLocation: /скидки\r\n\r\n".encode(),
            "shop.example/%D1%81%D0%BA%D0%B8%D0%B4%D0%BA%D0%B8": answer(200, b"x"),
        }
    )
    assert fetched(web, "https://shop.example/").status == 200


def test_cookies_are_not_kept_between_hops():
    web = Web(
        {
            "shop.example/": answer(302, location="/a", set_cookie="a=1"),
            "shop.example/a": answer(200, b"x", set_cookie="b=2"),
        }
    )
    result = fetched(web, "https://shop.example/")
    assert b"cookie" not in b"".join(asked.head.lower() for asked in web.seen)
    assert "set-cookie" not in result.headers


def test_a_post_is_sent_once_and_its_redirect_is_the_answer():
    web = Web({"shop.example/": redirect("http://127.0.0.1/", 307)})
    asked = Outgoing(
        "https://shop.example/",
        method="POST",
        body=b'{"order_id":"8"}',
        headers={"Content-Type": "application/json", "HOST": "127.0.0.1"},
        content_types=frozenset(),
    )
    result = client(web).fetch(asked, at=AT)
    assert (result.status, len(web.seen)) == (307, 1)
    assert web.seen[0].head.endswith(b'{"order_id":"8"}')
    assert web.seen[0].host == "shop.example"
    assert b"127.0.0.1" not in web.seen[0].head


# --- What comes back --------------------------------------------------------------------


def test_an_answer_is_evidence_with_time_hash_and_some_headers():
    body = "<p>Привет".encode()
    result = fetched(one(body, etag='"1"', x_powered_by="y"), "https://shop.example/")
    assert result.fetched_at == AT
    assert result.sha256 == hashlib.sha256(body).hexdigest()
    assert dict(result.headers) == {"content-type": "text/html; charset=utf-8", "etag": '"1"'}


def test_any_status_is_an_answer():
    assert fetched(Web(), "http://1.1.1.1/").status == 404


@pytest.mark.parametrize("length", [True, False])
def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(length):
    web = one(b"x" * 1001, length=length)
    assert fetched(web, "https://shop.example/", bytes=1001).body == b"x" * 1001
    assert refused(web, "https://shop.example/", bytes=1000).reason == Reason.SIZE


def test_a_length_that_is_a_boast_is_refused_before_anything_is_read():
    web = Web({"shop.example/": answer(length=False, content_length="9" * 15)})
    assert refused(web, "https://shop.example/").reason == Reason.SIZE


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("identity", bytes),
    ],
)
def test_a_packed_body_is_unpacked(encoding, pack):
    body = "сайт ".encode() * 500
    for chunk in (1, 7, 65_536):
        web = one(pack(body), content_encoding=encoding)
        web.chunk = chunk
        assert fetched(web, "https://shop.example/").body == body


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_left_before_it_is_full(pack):
    bomb = pack(b"\0" * 50_000_000)
    encoding = "gzip" if pack is gzip.compress else "deflate"
    assert len(bomb) < 60_000
    told = refused(one(bomb, content_encoding=encoding), "https://shop.example/")
    assert told.reason == Reason.SIZE


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x" * 500])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding):
    web = one(b"x", content_encoding=encoding)
    assert refused(web, "https://shop.example/").reason == Reason.CONTENT


@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b"x" * 999)[:-9], gzip.compress(b"x") + b"more"],
    ids=["plain", "cut off", "with more behind"],
)
def test_a_body_packed_wrongly_is_refused(body):
    web = one(body, content_encoding="gzip")
    assert refused(web, "https://shop.example/").reason == Reason.CONTENT


def test_only_the_types_asked_for_are_taken():
    for content_type in ("application/pdf", "image/png; x=y", "video/mp4"):
        web = one(b"x", content_type=content_type)
        assert refused(web, "https://shop.example/").reason == Reason.CONTENT
    asked = Outgoing("https://shop.example/", content_types=PICTURES)
    assert client(one(b"x", content_type="IMAGE/PNG; a=b")).fetch(asked, at=AT).body == b"x"
    assert fetched(one(b"x", content_type=None), "https://shop.example/").body == b"x"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"-ERR unknown command\r\n",
        b"HTTP/1.1 200",
        b"HTTP/1.1 99999 so\r\n\r\n",
        b"HTTP/1.1 200 so\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 so\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 so\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 so\r\n" + b"A: b\r\n" * 100_000,
        b"HTTP/1.1 200 so\r\nA: " + b"b" * 200_000,
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_not_http_is_told(raw):
    web = Web({"shop.example/": raw})
    assert refused(web, "https://shop.example/").reason == Reason.CONNECTION


@given(st.binary(max_size=200), st.integers(1, 50))
@settings(deadline=None)
def test_any_bytes_are_an_answer_or_a_sentence(raw, chunk):
    sentences = []
    for answered in (raw, b"HTTP/1.1 200 so\r\n" + raw):
        web = Web({"shop.example/": answered}, chunk=chunk)
        try:
            assert fetched(web, "https://shop.example/").status
        except FetchRefused as told:
            sentences.append(told.sentence)
    assert all(sentences)


# --- Time -------------------------------------------------------------------------------


def test_a_slow_drip_ends_with_the_time_of_the_whole():
    web = one(b"x" * 1000)
    web.chunk, web.seconds_a_read = 1, 0.1
    assert refused(web, "https://shop.example/").reason == Reason.TIME
    assert 9.9 < web.clock.now < 10.2


def test_the_time_is_over_all_hops_together():
    web = Web({f"shop.example/{n}": redirect(f"/{n + 1}") for n in range(5)})
    web.seconds_a_read = 3.0
    assert refused(web, "https://shop.example/0").reason == Reason.TIME
    assert len(web.seen) == 4


def test_a_step_has_no_more_time_than_is_left():
    clock = Clock()
    left = TimeLeft(10.0, clock)
    assert (left.within(None), left.within(5)) == (10.0, 5)
    clock.now = 7.0
    assert left.within(5) == 3.0
    clock.now = 10.0
    with pytest.raises(httpcore.ReadTimeout):
        left.within(5)


# --- TXT records ------------------------------------------------------------------------


def test_text_records_of_a_public_name_are_bounded():
    names = FakeNames(records={"shop.example": ["x" * 5000] * 500})
    found = text_records("Shop.Example.", names=names)
    assert len(found) == 100
    assert {len(text) for text in found} == {1000}
    assert names.asked == ["shop.example"]


@pytest.mark.parametrize("name", ["localhost", "a.internal", "127.0.0.1", "a b.example", "", "x"])
def test_text_records_of_an_inner_name_are_not_asked_for(name):
    names = FakeNames()
    with pytest.raises(FetchRefused):
        text_records(name, names=names)
    assert names.asked == []


# --- As it is shipped -------------------------------------------------------------------


def test_as_shipped_certificates_are_verified_and_the_limits_are_those_promised():
    shipped = GuardedClient()
    context = shipped.tls()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert shipped.limits == Limits(2_000_000, 10.0, 5.0, 5, frozenset({80, 443}))
