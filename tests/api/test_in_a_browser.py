"""The page of keys on a phone, and the pages of the API, in a real browser."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from publishers.enums import Scope
from publishers.models import ApiKey, Publisher, User
from tests.api.callers import Machine, key_for, network, of
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
    ("language", "width", "words", "heading", "nobody"),
    [
        ("en", 1400, "why earns", "Why a line earns what it earns",
         "No operation has these words."),
        ("ru", 390, "почему позиция", "Почему позиция приносит именно столько",
         "Операций с такими словами нет."),
    ],
)  # fmt: skip
def test_an_operation_is_found_by_its_words(
    browser, live_server, language, width, words, heading, nobody
):
    visitor = browser.enter(width=width, locale=language)
    page = visitor.page
    page.goto(f"{live_server.url}/api/v1/docs")
    assert page.url == f"{live_server.url}/{language}/api/"
    page.fill("#seek", "nothing at all")
    expect(page.get_by_text(nobody)).to_be_visible()
    page.fill("#seek", words)
    expect(page.locator(".index li:visible")).to_have_count(1)
    page.locator(".index li:visible a").click()
    assert page.url == f"{live_server.url}/{language}/api/orders/#explain_order"
    expect(page.get_by_role("heading", name=heading)).to_be_in_viewport()
    visitor.close()


def test_an_operation_is_tried_with_a_key(browser, live_server, tmp_path):
    network(tmp_path)
    text, reading = key_for(of("anna"))[1], key_for(of("anna"), [Scope.READ_ORDERS])[1]
    visitor = browser.enter()
    page = visitor.page
    page.goto(f"{live_server.url}/en/api/account/")
    profile = page.locator("#change_account")
    profile.get_by_text("Try it").click()
    page.fill("#key", text)
    profile.locator("textarea").fill('{"name": "Anna tries"}')
    picture(page, "api-try-en")
    profile.get_by_role("button", name="Send").click()
    expect(profile.locator(".came pre")).to_contain_text('"name": "Anna tries"')
    assert Publisher.objects.get(code="anna").name == "Anna tries"
    # What is refused is shown as it is refused, and the key's own mistake is a console's entry.
    page.fill("#key", reading)
    profile.get_by_role("button", name="Send").click()
    expect(profile.locator(".came pre")).to_contain_text("write:account")
    assert any("403" in said for said in visitor.complaints)
    visitor.complaints.clear()
    page.goto(f"{live_server.url}/ru/api/orders/")
    line = page.locator("#get_order")
    line.get_by_text("Попробовать").click()
    page.fill("#key", text)
    line.locator("[name=line_id]").fill("404")
    line.get_by_role("button", name="Отправить").click()
    expect(line.locator(".came")).to_contain_text("404 GET /api/v1/orders/404")
    visitor.complaints.clear()
    visitor.close()


def test_who_is_signed_in_tries_without_a_key(browser, live_server, tmp_path):
    network(tmp_path)
    client = Client()
    client.force_login(of("anna"))
    visitor = browser.enter()
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    visitor.context.add_cookies([cookie])
    page = visitor.page
    page.goto(f"{live_server.url}/en/api/account/")
    profile = page.locator("#change_account")
    profile.get_by_text("Try it").click()
    profile.locator("textarea").fill('{"name": "Anna herself"}')
    profile.get_by_role("button", name="Send").click()
    expect(profile.locator(".came pre")).to_contain_text('"name": "Anna herself"')
    assert Publisher.objects.get(code="anna").name == "Anna herself"
    visitor.close()
