"""Two people of the staff judge a case in a real browser: opened, blocked, appealed, overturned."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from compliance.models import Case
from publishers.models import Publisher, User
from referrals.operations import credit_referrals
from tests.browser import Visitor, Visitors, picture, sign_in, visitors
from tests.journeys.orders import NOW, balance, booked, found_case, golden_facts, order
from tests.journeys.worlds_through import assert_books_agree

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long word of passage"


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


@pytest.fixture(autouse=True)
def _staff_and_books():
    golden_facts()
    booked(order(1, source="eve-site"), order(2, source="clara-coup"), order(3, source="filip-ads"))
    credit_referrals(at=NOW)
    for name in ("author", "approver"):
        User.objects.create_superuser(name, f"{name}@example.org", PASSWORD)
    found_case("filip", "r77")


def entered(browser: Visitors, address: str, name: str) -> Visitor:
    visitor = browser.enter()
    sign_in(visitor, address, name, PASSWORD)
    return visitor


def press(page: Page, action: str) -> None:
    with page.expect_navigation():
        page.locator(f'[data-action="{action}"]').click()


def send(page: Page, **fields: str) -> None:
    """Fill a form and send it."""
    for name, value in fields.items():
        field = page.locator(f'.pm-form [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        page.locator(".pm-form button[type=submit]").click()


def opened(page: Page, address: str) -> Case:
    """A case that a person opens from the list."""
    page.goto(f"{address}/admin/compliance/case/")
    picture(page, "cases")
    page.goto(f"{address}/admin/compliance/case/open/")
    picture(page, "case-open")
    send(page, kind="cookie_stuffing", publisher="eve", source="eve-site",
         evidence="https://eve.example/", facts="An image of no size opens the link.")  # fmt: skip
    return Case.objects.get(kind="cookie_stuffing")


def test_two_people_block_an_account_and_a_judge_overturns_it(browser, live_server):
    address = live_server.url
    author, approver = (entered(browser, address, name) for name in ("author", "approver"))
    page, other = author.page, approver.page
    earned = balance("eve")
    case = opened(page, address)
    place = f"{address}/admin/compliance/case/{case.pk}/change/"
    expect(page.locator("body")).to_contain_text("An image of no size opens the link.")
    press(page, "ask_block")
    send(page, reason="The visitor saw nothing.")
    expect(page.locator("body")).to_contain_text("another person has to approve it")
    expect(page.locator('[data-action="approve_block"]')).to_have_count(0)
    other.goto(place)
    picture(other, "case-asked")
    press(other, "approve_block")
    picture(other, "case-approve")
    send(other)
    expect(other.locator("body")).to_contain_text("account blocked")
    expect(other.locator("body")).to_contain_text("1 order line with a commission of")
    picture(other, "case-blocked")
    assert balance("eve") == 0
    press(other, "enter_appeal")
    send(other, text="It was a template I bought.")
    expect(other.locator('[data-action="uphold"]')).to_have_count(0)
    case.refresh_from_db()
    User.objects.create_superuser("judge", "judge@example.org", PASSWORD)
    judge = entered(browser, address, "judge")
    judge.page.goto(place)
    picture(judge.page, "case-appealed")
    press(judge.page, "uphold")
    send(judge.page, reason="The template is known to us.")
    expect(judge.page.locator("body")).to_contain_text("Given back: 1 order line")
    picture(judge.page, "case-overturned")
    assert balance("eve") == earned
    credit_referrals(at=NOW)
    assert_books_agree()
    for visitor in (author, approver, judge):
        visitor.close()


def test_a_policy_is_asked_for_by_one_and_approved_by_another_in_both_languages(
    browser, live_server
):
    address = live_server.url
    author = entered(browser, address, "author")
    approver = browser.enter(locale="ru")
    sign_in(approver, address, "approver", PASSWORD)
    author.page.goto(f"{address}/admin/compliance/violationpolicy/add/")
    author.page.select_option("select[name=kind]", "cookie_stuffing")
    author.page.select_option("select[name=mode]", "at_once")
    author.page.fill("[name=valid_from_0]", "2030-01-01")
    author.page.fill("[name=valid_from_1]", "00:00")
    author.page.fill("[name=reason]", "It is always on purpose.")
    picture(author.page, "policy-add")
    with author.page.expect_navigation():
        author.page.locator("[name=_save]").click()
    author.page.goto(f"{address}/admin/compliance/violationpolicy/")
    picture(author.page, "policies")
    page = approver.page
    page.goto(f"{address}/admin/compliance/violationpolicy/")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_load_state()
    picture(page, "policy-ru")
    press(page, "approve")
    expect(page.locator("body")).to_contain_text("approver")
    case = Case.objects.get(publisher=Publisher.objects.get(code="filip"))
    page.goto(f"{address}/admin/compliance/case/{case.pk}/change/")
    picture(page, "case-ru")
    press(page, "warn")
    picture(page, "warn-ru")
    send(page, reason="В первый раз.")
    picture(page, "case-warned-ru")
    page.goto(f"{address}/admin/compliance/case/")
    picture(page, "cases-ru")
    for visitor in (author, approver):
        visitor.close()
