"""The page of keys on a phone, and the page of the API, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from publishers.models import ApiKey, User
from tests.api.callers import Machine, network, of
from tests.browser import Visitors, picture, visitors

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "a long word of passage"


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_owner_makes_a_key_on_a_phone(browser, live_server, tmp_path, language):
    network(tmp_path)
    owner = of("anna")
    owner.set_password(WORD)
    owner.save()
    visitor = browser.enter(width=390, height=800)
    page = visitor.page
    page.goto(f"{live_server.url}/{language}/sign-in/?next=/{language}/my/keys/")
    page.fill("[name=username]", owner.username)
    page.fill("[name=password]", WORD)
    page.click("main button[type=submit]")
    page.fill("[name=name]", "Nightly export of orders")
    page.check("[value='read:orders']")
    picture(page, f"keys-form-{language}")
    page.click("form.form button[type=submit]")
    text = page.locator(".made-key .key").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, f"keys-made-{language}")
    assert Machine(text).get("orders")["items"] == []
    page.click(".card-key button")
    expect(page.locator(".card-key.over")).to_have_count(1)
    Machine(text).get("orders", 401)
    assert ApiKey.objects.get().revoked_by == User.objects.get(username=owner.username)
    visitor.close()


@pytest.mark.parametrize(
    ("language", "width", "sentence", "scope"),
    [
        ("en", 1400, "Why a line earns what it earns", "Scope:"),
        ("ru", 1400, "Почему позиция приносит именно столько", "Область:"),
        ("ru", 390, "Почему позиция приносит именно столько", "Область:"),
    ],
)
def test_the_page_of_the_api_is_drawn_under_the_strict_policy(
    browser, live_server, language, width, sentence, scope
):
    visitor = browser.enter(width=width, locale=language)
    page = visitor.page
    page.goto(f"{live_server.url}/api/v1/docs")
    assert page.url == f"{live_server.url}/{language}/api/"
    page.get_by_text(sentence).click()
    expect(page.get_by_text(scope)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not visitor.complaints, visitor.complaints
    picture(page, f"api-docs-{language}-{width}")
    visitor.close()
