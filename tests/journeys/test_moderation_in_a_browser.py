"""Staff decide about sources in a real browser: one is rejected, one asked, one agreed on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from compliance.models import Moderation
from compliance.moderation.operations import answer, check_pages
from publishers.models import Letter, SourceApproval, User
from tests.browser import Visitors, picture, sign_in, too_wide, visitors
from tests.sources import (
    AT,
    REDIRECTS,
    applied,
    keyword_list,
    latest,
    mailing,
    network,
    page,
    publisher,
    site,
    the_web,
    toolbar,
)

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long word of passage"


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


def press(window: Page, action: str) -> None:
    with window.expect_navigation():
        window.locator(f'[data-action="{action}"]').click()


def opened(window: Page, address: str, moderation: Moderation) -> None:
    window.goto(f"{address}/admin/compliance/moderation/{moderation.pk}/change/")


@pytest.fixture
def window(browser, live_server) -> Iterator[Page]:
    """A member of the staff, signed in."""
    network()
    User.objects.create_superuser("staff", "staff@example.org", PASSWORD)
    visitor = browser.enter()
    sign_in(visitor, live_server.url, "staff", PASSWORD)
    yield visitor.page
    visitor.close()


def test_the_queue_leads_to_a_rejection_with_reasons(window, live_server):
    letters = applied("email_newsletter", mailing(leave=""), code="letters")
    applied("contextual", keyword_list("buy phone", "aliexpress coupon"), code="ads")
    window.goto(f"{live_server.url}/admin/compliance/moderation/")
    expect(window.locator("#result_list tbody tr")).to_have_count(2)
    picture(window, "queue")
    opened(window, live_server.url, letters)
    expect(window.locator('[data-finding="leave_not_said"]')).to_be_visible()
    press(window, "reject")
    expect(window.locator('[data-state="rejected"]')).to_be_visible()
    assert "F27" in Letter.objects.get(publisher=publisher()).text


def test_a_toolbar_is_agreed_on_and_a_clause_stands_in_its_way(window, live_server):
    tool = applied("toolbars_plugins", toolbar(REDIRECTS), code="toolbar")
    opened(window, live_server.url, tool)
    expect(window.locator("[data-needs-agreement]")).to_be_visible()
    picture(window, "toolbar")
    window.fill("#agreed-from", "2020-05-01")
    window.fill("#agreed-note", "A letter of 1 May.")
    press(window, "agree")
    expect(window.locator("[data-needs-agreement]")).to_have_count(0)
    # Today F4 holds, and the package breaks it.
    press(window, "approve")
    expect(window.locator("body")).to_contain_text("The package breaks a rule")
    assert not SourceApproval.objects.exists()


def test_a_site_is_asked_about_answers_and_is_approved(window, browser, live_server, monkeypatch):
    shop = applied(material=site("https://aliexpress-deals.example/"), code="deals")
    body = page("<h1>AliExpress</h1><p>" + "Buy it now here. " * 30)
    the_web(monkeypatch, {"aliexpress-deals.example/": body})
    check_pages(at=AT)
    opened(window, live_server.url, shop)
    picture(window, "site")
    window.fill("#ask-words", "Why does the name carry the brand?")
    press(window, "ask")
    answer(publisher_id=publisher().pk, moderation_id=shop.pk, words="I bought it.", at=AT)
    window.reload()
    expect(window.locator("body")).to_contain_text("I bought it.")
    press(window, "approve")
    expect(window.locator("body")).to_contain_text("say why it is approved")
    window.fill("#approve-words", "The merchant agreed to the name.")
    press(window, "approve")
    assert latest(shop).state == "approved"
    for width in (420, 1400):
        russian = browser.enter(locale="ru", width=width)
        sign_in(russian, live_server.url, "staff", PASSWORD)
        opened(russian.page, live_server.url, shop)
        picture(russian.page, f"site-ru-{width}")
        assert not too_wide(russian.page)
        russian.close()
