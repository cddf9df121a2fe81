"""Which addresses are direct links (F21), and what a link that a publisher places says."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from publishers.merchant_links import (
    NotDirect,
    asked_subs,
    direct_target,
    tracking_link,
)

DOMAINS = ("aliexpress.com", "aliexpress.ru", "aliexpress.us")


@pytest.mark.parametrize(
    ("address", "product"),
    [
        ("https://aliexpress.com", ""),
        ("https://www.aliexpress.com/", ""),
        ("https://m.aliexpress.ru/item/1005001.html", "1005001"),
        ("https://es.aliexpress.com/item/1005001.html?spm=a2g0o", "1005001"),
        ("HTTPS://WWW.AliExpress.COM/item/some-dress/32888.html", "32888"),
        ("https://aliexpress.us/i/4000.html", "4000"),
        ("https://www.aliexpress.com/store/product/A-dress/912_32889.html", "32889"),
        ("https://ru.aliexpress.com/wholesale?SearchText=%D0%BF%D0%BB%D0%B0", ""),
        ("  https://aliexpress.ru/item/7.html  ", "7"),
    ],
)
def test_direct_links_are_taken_and_their_product_read(address, product):
    target = direct_target(address, DOMAINS)
    assert target.product_id == product
    assert target.url.startswith("https://")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "Write the address"),
        ("http://aliexpress.com/item/1.html", "https://"),
        ("aliexpress.com/item/1.html", "https://"),
        ("javascript:alert(1)", "https://"),
        ("https://s.click.aliexpress.com/e/_abc", "redirector"),
        ("https://a.aliexpress.com/_abc", "redirector"),
        ("https://best.aliexpress.com/", "redirector"),
        ("https://m.ru.aliexpress.com/", "a site of its own"),
        ("https://aliexpress.com@evil.com/", "user or a port"),
        ("https://aliexpress.com:8443/", "user or a port"),
        ("https://aliexpress.com.evil.com/", "not the merchant's site"),
        ("https://evil-aliexpress.com/", "not the merchant's site"),
        ("https://aliexpress.com./", "not the merchant's site"),
        ("https://xn--aliexpres-n7a.com/", "not the merchant's site"),
        ("https://аliexpress.com/", "not the merchant's site"),
        ("https:////evil.com/", "not the merchant's site"),
        ("https:\\\\aliexpress.com\\", "backslash"),
        ("https://aliexpress.com\\@evil.com/", "backslash"),
        ("https://aliexpress.com/\nLocation: https://evil.com", "invisible"),
        ("https://aliexpress.com/item/1.html\x00", "invisible"),
        ("https://[::1]/", "user or a port"),
        ("https://[aliexpress.com/", "no address"),
        ("https://aliexpress.com/" + "a" * 2000, "2000 at most"),
    ],
)
def test_everything_else_is_refused_with_its_reason(address, why):
    with pytest.raises(NotDirect, match=why):
        direct_target(address, DOMAINS)


@given(st.text())
def test_whatever_is_asked_leads_to_the_merchants_exact_hosts_or_nowhere(text):
    for address in (text, f"https://aliexpress.com{text}", f"https://{text}.aliexpress.com/"):
        try:
            target = direct_target(address, DOMAINS)
        except NotDirect:
            continue
        led = urlsplit(target.attributed(source="anna-site", click_id="k1"))
        assert led.scheme == "https"
        host = led.netloc
        assert host in DOMAINS or host.partition(".")[2] in DOMAINS


def test_another_source_in_the_address_is_taken_out_and_the_rest_stays_as_it_is():
    target = direct_target(
        "https://aliexpress.ru/item/5.html?x=%20a&af=other&DP=old&y#top", DOMAINS
    )
    assert target.url == "https://aliexpress.ru/item/5.html?x=%20a&y#top"
    led = urlsplit(target.attributed(source="anna-site", click_id="K2"))
    assert led.query == "x=%20a&y&af=anna-site&dp=K2"
    assert led.fragment == "top"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=255)


@given(subs=st.dictionaries(st.sampled_from(["sub1", "sub2", "sub3", "sub4", "sub5"]), texts))
def test_sub_ids_come_back_from_a_link_as_they_went_in(subs):
    target = "https://aliexpress.com/item/5.html?a=1&b=2#c"
    link = urlsplit(
        tracking_link("https://go.example", source="anna-site", target=target, subs=subs)
    )
    assert link.path == "/c/anna-site"
    assert parse_qs(link.query)["to"] == [target]
    assert asked_subs(parse_qs(link.query)) == {name: text for name, text in subs.items() if text}


def test_sub_ids_that_do_not_fit_are_cut_and_the_first_of_two_counts():
    asked = QueryDict(f"sub1={'x' * 300}&sub1=second&sub2=a%00b&sub6=no&sub3=%ff")
    found = asked_subs(dict(asked.lists()))
    assert found == {"sub1": "x" * 255, "sub2": "ab", "sub3": "\ufffd"}
