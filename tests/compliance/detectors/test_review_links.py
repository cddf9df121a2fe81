"""Reviews that carry a link of ours name its code; whatever only looks like one names nobody."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors import review_links
from compliance.detectors.review_links import Finding, LinkHosts, find_links, may_carry_link

HOSTS = LinkHosts(
    tracking=frozenset({"go.permille.example"}),
    site=frozenset({"permille.example", "www.permille.example"}),
    merchant=frozenset({"aliexpress.com", "aliexpress.ru", "aliexpress.us"}),
)

ZERO_WIDTH_SPACE = "\u200b"
BYTE_ORDER_MARK = "\ufeff"
RIGHT_TO_LEFT_OVERRIDE = "\u202e"
CYRILLIC_A = "\u0430"
LONG_S = "\u017f"


def codes(text: str) -> list[str]:
    found = find_links(text, HOSTS)
    return [f"{finding.kind.removesuffix('_link')}:{finding.code}" for finding in found]


NAMED = {
    # tracking links
    "bare host": ("go.permille.example/c/eve", ["tracking:eve"]),
    "https": ("https://go.permille.example/c/eve", ["tracking:eve"]),
    "http": ("http://go.permille.example/c/eve", ["tracking:eve"]),
    "upper-case scheme and host": ("HTTPS://GO.Permille.EXAMPLE/c/eve", ["tracking:eve"]),
    "no scheme but slashes": ('<a href="//go.permille.example/c/eve">', ["tracking:eve"]),
    "one slash after the scheme": ("https:/go.permille.example/c/eve", ["tracking:eve"]),
    "too many slashes after the scheme": ("https:////go.permille.example/c/eve", ["tracking:eve"]),
    "disguised scheme": ("hxxps://go.permille.example/c/eve", ["tracking:eve"]),
    "port": ("go.permille.example:443/c/eve", ["tracking:eve"]),
    "empty port": ("https://go.permille.example:/c/eve", ["tracking:eve"]),
    "root dot": ("https://go.permille.example./c/eve", ["tracking:eve"]),
    "user before the host": ("https://me@go.permille.example/c/eve", ["tracking:eve"]),
    "user that looks like a host": (
        "https://evil.example@go.permille.example/c/eve",
        ["tracking:eve"],
    ),
    "case of the code": ("go.permille.example/c/Eve-Site_2", ["tracking:Eve-Site_2"]),
    "encoded code": ("go.permille.example/c/eve%2dsite%5F%32", ["tracking:eve-site_2"]),
    "code ends at an encoded slash": ("go.permille.example/c/eve%2Fx", ["tracking:eve"]),
    "code ends at a path": ("go.permille.example/c/eve/x", ["tracking:eve"]),
    "code ends at a query": ("go.permille.example/c/eve?sub1=rev", ["tracking:eve"]),
    "code ends at a full stop": ("See go.permille.example/c/eve.", ["tracking:eve"]),
    "code ends at Cyrillic": ("go.permille.example/c/eveтут", ["tracking:eve"]),
    "parentheses": ("(go.permille.example/c/eve)", ["tracking:eve"]),
    "quotes": ("«go.permille.example/c/eve»", ["tracking:eve"]),
    "markdown": ("[cheap](https://go.permille.example/c/eve)", ["tracking:eve"]),
    "escaped quotes": ("&quot;go.permille.example/c/eve&quot;", ["tracking:eve"]),
    "punctuation before": ("here:go.permille.example/c/eve", ["tracking:eve"]),
    "emoji before": ("👉\ufe0fgo.permille.example/c/eve", ["tracking:eve"]),
    "byte order mark before": (f"{BYTE_ORDER_MARK}go.permille.example/c/eve", ["tracking:eve"]),
    "direction override before": (
        f"{RIGHT_TO_LEFT_OVERRIDE}go.permille.example/c/eve",
        ["tracking:eve"],
    ),
    "Cyrillic before the scheme": ("тутhttps://go.permille.example/c/eve", ["tracking:eve"]),
    "next line": ("Look:\ngo.permille.example/c/eve\n", ["tracking:eve"]),
    "redirect": ("https://evil.example/?to=https://go.permille.example/c/eve", ["tracking:eve"]),
    "redirect without scheme": ("evil.example/?to=go.permille.example/c/eve", ["tracking:eve"]),
    "NUL and half a character": ("\x00go.permille.example/c/eve\ud800", ["tracking:eve"]),
    # referral links
    "join": ("https://permille.example/join/eve", ["referral:eve"]),
    "join with www": ("WWW.permille.example/join/eve?x=1", ["referral:eve"]),
    # merchant links
    "af alone": ("https://www.aliexpress.com/item/5.html?af=eve", ["merchant:eve"]),
    "af last": ("aliexpress.com/item?a=1&b=2&af=eve", ["merchant:eve"]),
    "af of a port": ("aliexpress.com:443/?af=eve", ["merchant:eve"]),
    "af of another merchant": ("https://aliexpress.us/item?af=eve", ["merchant:eve"]),
    "af of a deep subdomain": ("https://s.click.AliExpress.com/e/_x?af=eve", ["merchant:eve"]),
    "af of a subdomain in Cyrillic": ("тутm.aliexpress.com/?af=eve", ["merchant:eve"]),
    "af of the root dot": ("https://aliexpress.com./item?af=eve", ["merchant:eve"]),
    "af in an attribute": ('<a href="https://aliexpress.com/i?a=1&amp;af=eve">', ["merchant:eve"]),
    "af escaped twice": ("aliexpress.com/i?a=1&amp;amp;af=eve", ["merchant:eve"]),
    "af in markdown": ("[x](https://aliexpress.com/i?af=eve)", ["merchant:eve"]),
    "af encoded": ("aliexpress.com/i?%61%66=eve%2Dsite", ["merchant:eve-site"]),
    "af after brackets in the query": ("aliexpress.com/w?q=women's+(red)&af=eve", ["merchant:eve"]),
    "af after a second question mark": ("aliexpress.com/i?a=1?af=eve", ["merchant:eve"]),
    "af before a fragment": ("aliexpress.com/i?af=eve#x", ["merchant:eve"]),
    "af and a user that follows": ("https://aliexpress.com?af=eve@evil.example", ["merchant:eve"]),
    "af twice": ("aliexpress.com/i?af=eve&af=ted&af=eve", ["merchant:eve", "merchant:ted"]),
    "af of a merchant in a merchant": (
        "s.click.aliexpress.com/d?to=https://aliexpress.ru/i?af=eve&af=ted",
        ["merchant:eve", "merchant:ted"],
    ),
    "tracking link in a merchant link": (
        "aliexpress.com/i?to=https://go.permille.example/c/eve&af=ted",
        ["merchant:ted", "tracking:eve"],
    ),
    # several
    "several links": (
        "go.permille.example/c/eve, permille.example/join/ted; aliexpress.com?af=ann",
        ["tracking:eve", "referral:ted", "merchant:ann"],
    ),
    "one link twice": (
        "go.permille.example/c/eve or go.permille.example/c/eve",
        ["tracking:eve", "tracking:eve"],
    ),
    "two merchant links glued": (
        "aliexpress.com/i,https://aliexpress.com/j?af=eve",
        ["merchant:eve"],
    ),
}

UNNAMED = {
    "empty text": "",
    "plain text": "Good quality, fast delivery.",
    "host alone": "go.permille.example",
    # longer hosts
    "letters before the host": "notpermille.example/join/eve",
    "letters before the tracking host": "https://ago.permille.example/c/eve",
    "subdomain of the tracking host": "https://x.go.permille.example/c/eve",
    "hyphen before the host": "my-go.permille.example/c/eve",
    "underscore before the host": "my_go.permille.example/c/eve",
    "digit before the host": "1aliexpress.com/?af=eve",
    "dots before the host": "look...go.permille.example/c/eve",
    "dot and a zero width before the host": f"x.{ZERO_WIDTH_SPACE}permille.example/join/eve",
    "dots before the merchant": "look...aliexpress.com/?af=eve",
    "Cyrillic before the host": "тутgo.permille.example/c/eve",
    "Cyrillic before the merchant": "тутaliexpress.com/?af=eve",
    "letters and a mark before the host": "note\u0301go.permille.example/c/eve",
    "letters and a zero width before the host": f"not{ZERO_WIDTH_SPACE}permille.example/join/eve",
    "host goes on": "go.permille.example.evil.com/c/eve",
    "merchant goes on": "aliexpress.com.evil.example/x?af=eve",
    "merchant goes on with a hyphen": "aliexpress.com-sale.example/x?af=eve",
    "merchant goes on in Cyrillic": "aliexpress.comи/?af=eve",
    "merchant of another country": "aliexpress.de/?af=eve",
    "www of the tracking host": "www.go.permille.example/c/eve",
    "two root dots": "go.permille.example../c/eve",
    # look-alikes
    "Cyrillic letter in the host": f"{CYRILLIC_A}liexpress.com/?af=eve",
    "Cyrillic letter inside the host": f"https://go.permille.ex{CYRILLIC_A}mple/c/eve",
    "long s in the host": f"https://aliexpre{LONG_S}s.com/?af=eve",
    "zero width in the host": f"https://ali{ZERO_WIDTH_SPACE}express.com/?af=eve",
    "zero width after the host": f"https://go.permille.example{ZERO_WIDTH_SPACE}/c/eve",
    "punycode": "https://xn--liexpress-0ng.com/?af=eve",
    # hosts that are no hosts
    "host as a user": "https://aliexpress.com@evil.com/?af=eve",
    "host and port as a user": "https://aliexpress.com:80@evil.com/?af=eve",
    "host as a user without a path": "https://go.permille.example@evil.com/c/eve",
    "mail address": "user@aliexpress.com/?af=eve",
    "at after a path": "https://evil.com/@aliexpress.com/?af=eve",
    "at after a backslash": "https://evil.com\\@aliexpress.com/?af=eve",
    "at after a query": "https://evil.com?@aliexpress.com/?af=eve",
    "at after a fragment": "https://evil.com#@aliexpress.com/?af=eve",
    "host as a path": "https://evil.com/go.permille.example/c/eve",
    "host as a path after two slashes": "https://evil.com//go.permille.example/c/eve",
    "host as a path of a site": "/go.permille.example/c/eve",
    "host as a scheme": "aliexpress.com://evil.example/?af=eve",
    # other paths
    "longer path word": "permille.example/joint/eve",
    "other path word": "go.permille.example/cc/eve",
    "path in upper case": "go.permille.example/C/eve",
    "path in a path": "go.permille.example/ru/c/eve",
    "path without a slash at its start": "go.permille.examplec/eve",
    "no code": "go.permille.example/c/ eve",
    "empty code before a query": "permille.example/join/?eve",
    "code in Cyrillic": "permille.example/join/ева",
    "join on the tracking host": "go.permille.example/join/eve",
    "track on the site": "permille.example/c/eve",
    "encoded as a whole": "evil.example/?to=https%3A%2F%2Fgo.permille.example%2Fc%2Feve",
    # other queries
    "merchant without af": "https://www.aliexpress.com/item/5.html?dp=eve",
    "af in the path": "aliexpress.com/af=eve",
    "af in the fragment": "aliexpress.com/x?a=1#af=eve",
    "query in the fragment": "aliexpress.com/#/x?af=eve",
    "upper-case af": "aliexpress.com/?AF=eve",
    "longer parameter": "aliexpress.com/?xaf=eve",
    "parameter that starts with af": "aliexpress.com/?aff=eve&af_id=eve&af[]=eve",
    "empty af": "aliexpress.com/?af=&dp=eve",
    "af in Cyrillic": f"aliexpress.com/?{CYRILLIC_A}f=eve",
    "af of another host": "aliexpress.com/x evil.example/?af=eve",
    "af of another host in quotes": 'aliexpress.com/x"evil.example/?af=eve',
    "af of the next markdown link": "[a](https://aliexpress.com/x)[b](https://evil.example/?af=eve)",
    "af of another host after a comma": "aliexpress.com/x,https://evil.example/?af=eve",
    "af on the site": "permille.example/?af=eve",
}


@pytest.mark.parametrize(("text", "expected"), NAMED.values(), ids=NAMED)
def test_a_link_names_its_code(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize("text", UNNAMED.values(), ids=UNNAMED)
def test_a_near_miss_names_nobody(text: str) -> None:
    assert codes(text) == []


def test_a_finding_says_what_was_found_and_where() -> None:
    text = "Cheaper: HTTPS://GO.permille.example/c/eve-site?sub1=rev"
    assert find_links(text, HOSTS) == (
        Finding(
            "tracking_link", "eve-site", "HTTPS://GO.permille.example/c/eve-site", 9, 47, "source"
        ),
    )


def test_a_referral_link_names_a_publisher_and_the_others_a_source() -> None:
    text = "go.permille.example/c/a permille.example/join/b aliexpress.com?af=c"
    assert [finding.names for finding in find_links(text, HOSTS)] == [
        "source",
        "publisher",
        "source",
    ]


def test_a_merchant_finding_shows_the_link_from_its_scheme_to_its_last_code() -> None:
    (finding,) = find_links("see https://m.aliexpress.com/i?a=1&af=eve&b=2.", HOSTS)
    assert finding.matched == "https://m.aliexpress.com/i?a=1&af=eve"


def test_a_user_before_the_host_is_part_of_what_was_found() -> None:
    (finding,) = find_links("see https://me@permille.example/join/eve", HOSTS)
    assert finding.matched == "https://me@permille.example/join/eve"


def test_hosts_are_settings() -> None:
    hosts = LinkHosts(frozenset({"t.one.test"}), frozenset({"one.test"}), frozenset({"shop.test"}))
    text = "t.one.test/c/a one.test/join/b x.shop.test?af=c go.permille.example/c/d"
    assert [finding.code for finding in find_links(text, hosts)] == ["a", "b", "c"]


def test_letters_that_only_lower_to_the_letters_of_a_host_name_nobody() -> None:
    hosts = LinkHosts(frozenset({"ok.test"}), frozenset(), frozenset({"ok.test"}))
    assert find_links("OK.test/c/a m.OK.test?af=b", hosts)
    assert not find_links("o\u212a.test/c/a m.o\u212a.test?af=b ok.test", hosts)


def test_one_host_may_serve_both_kinds_of_link() -> None:
    one = frozenset({"one.test"})
    text = "one.test/c/a one.test/join/b one.test?af=c"
    assert [finding.code for finding in find_links(text, LinkHosts(one, one, one))] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    "host",
    ["Go.example", "https://go.example", "go.example:80", "go.example/", "", "g\u043e.example"],
)
def test_a_setting_that_is_no_bare_lower_case_host_is_refused_with_a_sentence(host: str) -> None:
    with pytest.raises(ValueError, match="is not a host: write the bare name"):
        LinkHosts(frozenset({host}), frozenset(), frozenset())


def test_the_docstring_is_the_one_sentence_that_the_back_office_shows() -> None:
    sentence = review_links.__doc__ or ""
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert sentence.count(".") == 1


# --- properties ---

CODE = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True)
CASE = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
SCHEME = st.sampled_from(["", "http://", "https://", "HTTPS://", "//"])
# Around a planted link, what can neither lengthen its host nor open another link.
AROUND = st.text(st.characters(exclude_characters="@/\\:?#"))
BEFORE = st.builds(str.__add__, AROUND, st.sampled_from([" ", "\n", "(", '"', ", ", "\u00a0"]))
AFTER = st.builds(str.__add__, st.sampled_from([" ", "\n", ")", ".", '"', "#", "&"]), AROUND)
FORMS = st.sampled_from(
    [
        ("tracking_link", "go.permille.example", "/c/{}"),
        ("referral_link", "permille.example", "/join/{}"),
        ("referral_link", "www.permille.example", "/join/{}"),
        ("merchant_link", "m.aliexpress.ru", "/item/1.html?a=1&af={}"),
        ("merchant_link", "aliexpress.com", "?af={}&b=2"),
    ]
)
HOST_PIECES = ["go.permille.example", "permille.example", "aliexpress.com", "evil.com"]
WORD_PIECES = ["https://", "//", "/c/", "/join/", "?af=", "&af=", "eve", "%2D", "é", "\u0301"]
SOUP = st.lists(st.sampled_from([*HOST_PIECES, *WORD_PIECES, *"/@:.-_#?) "]), max_size=30).map(
    "".join
)


@given(before=BEFORE, scheme=SCHEME, form=FORMS, case=CASE, code=CODE, after=AFTER)
def test_a_planted_link_is_found_whatever_surrounds_it(
    before: str,
    scheme: str,
    form: tuple[str, str, str],
    case: Callable[[str], str],
    code: str,
    after: str,
) -> None:
    kind, host, rest = form
    text = before + scheme + case(host) + rest.format(code) + after
    assert [(finding.kind, finding.code) for finding in find_links(text, HOSTS)] == [(kind, code)]


@given(stem=st.text(st.characters(categories=["L", "Nd"]), min_size=1), form=FORMS, code=CODE)
def test_a_host_with_letters_or_digits_glued_before_it_names_nobody(
    stem: str, form: tuple[str, str, str], code: str
) -> None:
    _, host, rest = form
    host = host.removeprefix(
        "m."
    )  # with it, letters only make another of the merchant's subdomains
    assert find_links(f"https://{stem}{host}{rest.format(code)}", HOSTS) == ()


@given(
    suffix=st.from_regex(r"[.-]?[a-z0-9]+(\.[a-z]{2,5})?", fullmatch=True), form=FORMS, code=CODE
)
def test_a_host_that_goes_on_names_nobody(
    suffix: str, form: tuple[str, str, str], code: str
) -> None:
    _, host, rest = form
    assert find_links(f"https://{host}{suffix}{rest.format(code)}", HOSTS) == ()


@given(text=st.one_of(st.text(), SOUP))
def test_a_finding_is_a_stretch_of_the_text_with_a_host_and_a_plain_code(text: str) -> None:
    findings = find_links(text, HOSTS)
    for finding in findings:
        assert finding.matched == text[finding.start : finding.end]
        assert may_carry_link(finding.matched, HOSTS)
        assert re.fullmatch(r"[A-Za-z0-9_-]+", finding.code)
    starts = [finding.start for finding in findings]
    assert starts == sorted(starts)


@given(text=SOUP)
def test_what_was_found_is_found_again_in_the_evidence_alone(text: str) -> None:
    for finding in find_links(text, HOSTS):
        alone = find_links(finding.matched, HOSTS)
        assert (finding.kind, finding.code) in {(again.kind, again.code) for again in alone}


# --- hostile shapes ---

HOSTILE = {
    "merchant queries": "aliexpress.com?",
    "merchant paths": "aliexpress.com/",
    "merchant links": "https://aliexpress.com/?af=a",
    "parameters": "?af=",
    "parameters that name codes": "&af=a",
    "escaped ampersands": "&amp;amp;",
    "labels": "a.",
    "letters": "a",
    "slashes": "/",
    "slashed hosts": "///aliexpress.com",
    "users": "@aliexpress.com:",
    "schemes and users": "http://a@aliexpress.com:",
    "ports": "aliexpress.com:1",
    "marks": "\u0301",
    "marks and hosts": "\u0301\u0301\u0301aliexpress.com/",
    "tracking links": "go.permille.example/c/a ",
    "encoded codes": "%2D",
    "schemes": "'https://",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "head", ["aliexpress.com/", "aliexpress.com/?", "go.permille.example/c/", ""]
)
def test_a_megabyte_of_hostile_text_is_read_once(head: str, piece: str) -> None:
    text = head + piece * (1_000_000 // len(piece)) + "\u0301/aliexpress.com/!"
    began = time.process_time()
    findings = find_links(text, HOSTS)
    # Generous: reading once takes a fraction of it, reading again from every host takes minutes.
    assert time.process_time() - began < 5
    held = {id(finding.matched): len(finding.matched) for finding in findings}
    assert sum(held.values()) <= 2 * len(text)
    assert len(findings) <= len(text) // len(piece) + 1


def test_a_hundred_thousand_codes_in_one_link_share_one_stretch_of_evidence() -> None:
    text = "aliexpress.com/?" + "".join(f"&af=c{number}" for number in range(100_000))
    findings = find_links(text, HOSTS)
    assert len(findings) == 100_000
    assert len({id(finding.matched) for finding in findings}) == 1
