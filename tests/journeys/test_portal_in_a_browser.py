"""A publisher in a real browser: adds a site, makes its link, mends a mailing, appeals a block."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from compliance.models import AutoApproval, Case, Moderation
from compliance.moderation.operations import ask_back, reject
from compliance.operations import ask_for_answer
from publishers.models import Publisher, TrafficType, User
from tests.browser import Visitor, Visitors, picture, too_wide, visitors
from tests.cases import block_by_two, person
from tests.journeys.orders import booked, found_case, golden_facts, order
from tests.sources import applied, mailing, site, staff, toolbar

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long word of passage"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


@pytest.fixture(autouse=True)
def _people_and_books():
    golden_facts()
    booked(order(1), order(2, source="boris-cb"))
    for code in ("anna", "boris"):
        User.objects.create_user(
            code, f"{code}@example.net", PASSWORD, publisher=Publisher.objects.get(code=code)
        )
    sites = TrafficType.objects.get(code="content_site")
    AutoApproval.objects.create(traffic_type=sites, needs_page=False, needs_ownership=False)


def entered(browser: Visitors, address: str, name: str) -> Visitor:
    visitor = browser.enter()
    visitor.page.goto(f"{address}/en/sign-in/?next=/en/my/sources/")
    visitor.page.fill("input[name=username]", name)
    visitor.page.fill("input[name=password]", PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    return visitor


def looked_at(page: Page, address: str, pages: dict[str, str]) -> None:
    """Every page in both languages, on a desk and on a phone: no wider than it, and accessible."""
    for language in ("en", "ru"):
        for name, path in pages.items():
            page.goto(f"{address}/{language}/my/{path}")
            for size, shape in (("desk", DESK), ("phone", PHONE)):
                page.set_viewport_size(shape)
                picture(page, f"{name}-{language}-{size}")
                wide = too_wide(page)
                assert not wide, f"{path} is {wide} too wide on a {size}"
            found = Axe().run(page).response["violations"]
            serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
            assert not serious, f"{path}: {serious}"
    page.set_viewport_size(DESK)


def test_a_site_is_added_by_keyboard_approved_at_once_and_linked(browser, live_server):
    visitor = entered(browser, live_server.url, "anna")
    page = visitor.page
    page.get_by_role("link", name="Add a source").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Content site").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Tried at home")
    page.get_by_label("Address").fill("https://tried-at-home.example/")
    page.get_by_label("Countries").fill("RU KZ")
    page.get_by_role("button", name="Send it").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Approved at once")).to_be_visible()
    page.get_by_label("Addresses").fill("https://aliexpress.ru/item/5003.html")
    with page.expect_navigation():
        page.get_by_role("button", name="Make links").click()
    expect(page.locator("#link-1")).to_contain_text("/c/")
    made = Moderation.objects.get().source
    applied("coupons", site(), code="coupons", at=timezone.now())
    page.goto(f"{live_server.url}/en/my/sources/coupons/")
    page.get_by_role("button", name="Copy").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("within a minute or so").first).to_be_visible()
    applied("toolbars_plugins", toolbar(), code="bar", at=timezone.now())
    now = timezone.now()
    letters = applied("email_newsletter", mailing(leave=""), code="letters", at=now)
    why = {"rule": "F27", "en": "It is not said how to leave.", "ru": "Не сказано, как уйти."}
    reject(moderation_id=letters.pk, by=staff(), at=now, words="See the rules.", reasons=[why])
    group = applied("sms", mailing(), code="messages", at=now)
    ask_back(moderation_id=group.pk, by=staff(), at=now, words="How many read it, and where?")
    looked_at(page, live_server.url, {
        "sources": "sources/", "types": "sources/new/", "new": "sources/new/?type=email_newsletter",
        "agreement": "sources/new/?type=toolbars_plugins", "site": f"sources/{made.code}/",
        "toolbar": "sources/bar/", "own": "sources/coupons/", "rejected": "sources/letters/",
        "asked": "sources/messages/",
        "change": "sources/letters/change/", "referrals": "referrals/",
    })  # fmt: skip
    visitor.close()


def test_a_blocked_publisher_signs_in_reads_and_appeals(browser, live_server):
    now = timezone.now()
    case = Case.objects.create(
        kind="review_link", publisher=Publisher.objects.get(code="boris"), evidence="r77",
        clause="F37", found_at=now, evidence_frozen={
            "text": "Great phone! Buy it here: https://go.permille.example/c/boris-cb?to=x",
            "author": "Kim", "product_id": "5003", "posted_at": now.isoformat(),
            "links": [{"matched": "https://go.permille.example/c/boris-cb?to=x"}],
        },
    )  # fmt: skip
    waiting = found_case("boris", "r78", at=now)
    ask_for_answer(case_id=waiting.pk, until=now + timedelta(days=7), by=person("x"), at=now)
    block_by_two(case, at=now)
    visitor = entered(browser, live_server.url, "boris")
    page = visitor.page
    expect(page.get_by_text("This account is blocked")).to_be_visible()
    page.locator("main").get_by_role("link", name="Cases").click()
    looked_at(page, live_server.url, {
        "cases": "cases/", "case": f"cases/{case.pk}/", "waiting": f"cases/{waiting.pk}/",
    })  # fmt: skip
    page.goto(f"{live_server.url}/en/my/cases/{case.pk}/")
    page.get_by_label("Why the decision is wrong").fill("Somebody copied my link.")
    with page.expect_navigation():
        page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Your appeal is kept")).to_be_visible()
    assert case.events.get(step="appealed").by == User.objects.get(username="boris")
    visitor.close()
