"""No page of publishers, and no problem that the API tells, speaks English to who reads Russian."""

import re
from itertools import chain
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from commissions.models import OrderLine, SetMember
from publishers.models import Publisher, SourceStatement, User
from tests.api.callers import V1, key_for
from tests.config.test_russian_pages import QUOTED, english_in, shown, untranslated
from tests.every_page import full_account, in_language, read
from tests.portal_worlds import golden_books

pytestmark = pytest.mark.django_db

COOKIES = "Cookie"  # Russian for it, and English for one
# Alone among Russian words they are left of a sentence that is not translated whole.
LEFT = re.compile(r"\b(?:until|since|from|the|of|and|to|by|is|are|not|for|with|your|you)\b")
ZONES = re.compile(r"^[A-Z]\w+/[\w /-]+$")  # of time, which are chosen by their English names
NAMES_OF_FIELDS = re.compile(r"Известны: [^.]*|\"[a-z_]+\"")


def written() -> list[str]:
    """What people have written and files name, the longest first."""
    said = SourceStatement.objects.values_list("title", "audience", "subscribe", "leave")
    texts = {
        *OrderLine.objects.values_list("title", flat=True),
        *SetMember.objects.values_list("name", flat=True),
        *(word for row in said for word in row),
        "Take care.",
    }
    return sorted(filter(None, texts), key=len, reverse=True)


def english(text: str, ours: dict[str, str]) -> set[str]:
    """Texts that the admin's judge finds English, or that have an English word left in them."""
    left = {one for one in shown(text) if LEFT.search(ZONES.sub("", QUOTED.sub("", one)))}
    return (english_in(text, ours) | left) - {COOKIES}


@pytest.fixture(scope="module")
def account(django_db_setup, django_db_blocker):
    with golden_books(django_db_blocker):
        anna = Publisher.objects.get(code="anna")
        owner = User.objects.create_user("anna", "anna@x.example", publisher=anna)
        yield owner, full_account(anna, owner)


def test_no_page_has_an_english_sentence(account):
    owner, secret = account
    inside, outside, ours, theirs = Client(), Client(), untranslated(), written()
    inside.force_login(owner)
    found: dict[str, str] = {}
    own, public = in_language("ru", owner.publisher, secret)
    for client, pages in ((inside, own), (outside, public)):
        for address in chain.from_iterable(pages.values()):
            text = read(client, address)
            for one in theirs:
                text = text.replace(escape(one), "").replace(one, "")
            for sentence in english(text, ours):
                found.setdefault(sentence, address)
    assert not found, "\n".join(f"{address}: {text[:200]}" for text, address in found.items())


PROBLEMS: list[tuple[str, str, Any]] = [
    ("get", "nothing-there", None),
    ("get", "orders?first=never&limit=0&cursor=x", None),
    ("get", "orders?unknown=1", None),
    ("get", "orders/999999999", None),
    ("get", "statistics?by=moon&period=own&first=2020-02-30", None),
    ("get", "quote?product=5003&country=XX", None),
    ("get", "cases/999999999", None),
    ("post", "sources", {}),
    ("post", "sources", {"traffic_type": "nothing", "title": ""}),
    ("post", "sources", {"traffic_type": "content_site", "title": "x", "url": "no address"}),
    ("delete", "orders", None),
]


@pytest.mark.parametrize(("method", "path", "body"), PROBLEMS)
def test_a_problem_is_told_in_russian(account, method, path, body):
    owner, _secret = account
    _key, text = key_for(owner)
    client = Client(headers={"authorization": f"Bearer {text}", "accept-language": "ru"})
    more: dict[str, Any] = {"content_type": "application/json"} if method == "post" else {}
    if method == "post":
        more |= {"data": body, "headers": {"idempotency-key": f"k{path}{sorted(body)}"}}
    answer = getattr(client, method)(f"{V1}/{path}", **more)
    assert answer.status_code >= 400
    told = answer.json()
    ours = untranslated()
    sentences = [told["detail"], *(one["detail"] for one in told.get("errors", []))]
    if told["type"] != "about:blank":  # whose titles are HTTP's own
        sentences.append(told["title"])
    plain = [escape(NAMES_OF_FIELDS.sub("", one)) for one in sentences]
    assert not [one for one in plain if english(f"<p>{one}</p>", ours)]
