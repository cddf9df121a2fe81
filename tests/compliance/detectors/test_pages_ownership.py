"""A source is its publisher's when its token is there exactly, where a visitor cannot put it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.detectors.ownership import shown_by_file, shown_by_meta, shown_by_txt

TOKEN = "Zk3-9_aBcD0123456789"
META = f'<meta name="permille-verification" content="{TOKEN}">'


@pytest.mark.parametrize(
    "page",
    [
        META,
        f"<html><head><title>x</title>{META}</head><body>y</body></html>",
        f"<META CONTENT=' {TOKEN} ' NAME=Permille-Verification />",
        '<meta name="permille-verification" content="another-token-here">' + META,
    ],
)
def test_the_meta_tag_shows_it(page):
    assert shown_by_meta(page.encode(), TOKEN)


@pytest.mark.parametrize(
    "page",
    [
        "",
        TOKEN,
        f"<!-- {META} -->",
        f"<script>'{META}'</script>",
        f"<textarea>{META}</textarea>",
        f"<p title='{META}'>",
        f"&lt;meta name=permille-verification content={TOKEN}&gt;",
        META.lower(),
        META.replace(TOKEN, TOKEN + "0"),
        META.replace(TOKEN, f"{TOKEN},{TOKEN}"),
        META.replace("permille-", "other-"),
    ],
)
def test_anything_else_does_not(page):
    assert not shown_by_meta(page.encode(), TOKEN)


def test_the_file_is_the_token_and_nothing_else():
    assert shown_by_file(TOKEN.encode(), TOKEN)
    assert shown_by_file(f"\ufeff{TOKEN}\r\n".encode(), TOKEN)
    for body in ("", TOKEN[:-1], f"{TOKEN} {TOKEN}", f"<p>{TOKEN}</p>", TOKEN + " " * 5_000):
        assert not shown_by_file(body.encode(), TOKEN)


def test_the_txt_record_names_what_it_is():
    record = f"permille-verification={TOKEN}"
    assert shown_by_txt(["v=spf1 -all", f" {record} "], TOKEN)
    for other in (TOKEN, record.upper(), record + "0", f"permille-verification= {TOKEN[:-1]}"):
        assert not shown_by_txt([other], TOKEN)


@pytest.mark.parametrize("token", ["", " ", "short", "a" * 129, "with space in the token"])
def test_a_token_that_any_page_might_show_shows_nothing(token):
    assert not shown_by_meta(f'<meta name=permille-verification content="{token}">'.encode(), token)
    assert not shown_by_file(token.encode(), token)
    assert not shown_by_txt([f"permille-verification={token}"], token)


@given(st.binary(max_size=200))
def test_any_bytes_are_no_proof(body):
    assert not shown_by_meta(body, TOKEN)
    assert not shown_by_file(body, TOKEN)
