"""Somebody signs up in a real browser, by phone, and finds home and every page of settings."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Page, expect

from publishers.models import Publisher
from tests.accounts import WORD, code_of_last_letter, person, publisher
from tests.browser import Visitors, picture, too_wide, visitors

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = (
    "", "people/", "second-factor/", "devices/", "letters/", "data/", "closing/", "password/",
    "address/",
)  # fmt: skip
WORDS = {
    "en": {"home": "First steps", "named": "Anna recommends us"},
    "ru": {"home": "Первые шаги", "named": "Anna рекомендует нас"},
}


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


def looked_at(page: Page, name: str) -> None:
    """The page as it is read: no wider than its window, and nothing that shuts somebody out."""
    picture(page, name)
    wide = too_wide(page)
    assert not wide, f"{name} is {wide} pixels too wide"
    found = Axe().run(page).response["violations"]
    grave = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
    assert not grave, f"{name}: {grave}"


@pytest.mark.parametrize(("language", "width"), [("en", 1400), ("ru", 390)])
def test_from_signing_up_to_home_and_through_the_settings(browser, live_server, language, width):
    publisher()
    visitor = browser.enter(width=width, locale=language)
    page, root = visitor.page, f"{live_server.url}/{language}"
    page.goto(f"{root}/sign-up/?ref=anna")
    expect(page.locator("main")).to_contain_text(WORDS[language]["named"])
    looked_at(page, f"sign-up-{language}")
    page.fill("[name=name]", "Vera & Co")
    page.fill("[name=email]", "vera@example.org")
    page.fill("[name=password1]", WORD)
    page.select_option("[name=country]", "KZ")
    page.check("[name=terms]")
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"{root}/sign-in/address/")
    looked_at(page, f"code-{language}")
    assert len(mail.outbox) == 1
    page.fill("[name=code]", code_of_last_letter())
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"{root}/my/")
    expect(page.locator("main")).to_contain_text(WORDS[language]["home"])
    looked_at(page, f"home-{language}")
    assert Publisher.objects.get(code="vera-co").referral.referrer.code == "anna"
    for place in SETTINGS:
        page.goto(f"{root}/my/settings/{place}")
        looked_at(page, f"settings-{place.strip('/') or 'profile'}-{language}")
    page.click(".theme button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    looked_at(page, f"dark-{language}")
    for place in ("sign-in/password/", "terms/"):
        page.goto(f"{root}/{place}")
        looked_at(page, f"{place.strip('/').replace('/', '-')}-{language}")
    visitor.close()


def test_a_passkey_is_made_and_opens_the_door(browser, live_server):
    """On localhost, where browsers allow passkeys without HTTPS."""
    person(publisher())
    visitor = browser.enter()
    page = visitor.page
    root = live_server.url.replace("127.0.0.1", "localhost")
    devices = visitor.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": told})
    page.goto(f"{root}/en/sign-in/")
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", WORD)
    page.click("main form.form button[type=submit]")
    page.wait_for_url(f"{root}/en/my/")
    page.goto(f"{root}/en/my/settings/second-factor/webauthn/add/")
    page.fill("[name=password]", WORD)
    looked_at(page, "once-more-en")
    page.click("main form.form button[type=submit]")
    page.check("[name=passwordless]")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{root}/en/my/settings/second-factor/recovery-codes/")
    looked_at(page, "passkey-made-en")
    page.click(".side .account button")
    page.goto(f"{root}/en/sign-in/")
    looked_at(page, "sign-in-en")
    page.click("#passkey button")
    page.wait_for_url(f"{root}/en/my/")
    visitor.close()
