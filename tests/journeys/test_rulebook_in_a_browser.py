"""A manager changes the rules in a real browser: written, checked, tried, agreed by two, undone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from commissions.models import OrderLine, Rulebook, Transfer, WhatIf
from commissions.tasks import run_what_if
from publishers.models import Letter, Publisher, User
from tests.browser import Visitor, Visitors, picture, sign_in, visitors
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import (
    Books,
    assert_books_agree,
    assert_same_books,
    books,
    run,
    tick,
)

pytestmark = pytest.mark.django_db(transaction=True)

MEDIUM = Path(__file__).resolve().parents[3] / "shared" / "worlds" / "medium"
PASSWORD = "a long word of passage"
START = "2020-10-01"


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


@pytest.fixture
def medium() -> Books:
    """The medium world, its calendar run to its end, and two people of the staff."""
    if not MEDIUM.is_dir():
        pytest.skip("The medium world is not beside this project.")
    aliexpress()
    run(MEDIUM)
    for name in ("author", "approver"):
        User.objects.create_superuser(name, f"{name}@example.org", PASSWORD)
    tick(timezone.now().isoformat())
    assert_books_agree()
    return books()


def entered(browser: Visitors, address: str, name: str) -> Visitor:
    visitor = browser.enter()
    sign_in(visitor, address, name, PASSWORD)
    return visitor


def address_of(live_server: object, rulebook: Rulebook) -> str:
    return f"{live_server.url}/admin/commissions/rulebook/{rulebook.pk}/change/"


def row(page: Page, code: str) -> Locator:
    """The row of the decision table that has this code (the last of several)."""
    rows = page.locator("[data-rule-row]")
    for place in reversed(range(rows.count())):
        one = rows.nth(place)
        if one.locator('[data-field="code"]').input_value() == code:
            return one
    raise AssertionError(f"no row {code}")


def codes(page: Page) -> list[str]:
    """The codes of the table, from the first row to the last."""
    fields = page.locator('[data-rule-row] [data-field="code"]')
    return [fields.nth(place).input_value() for place in range(fields.count())]


def drag(page: Page, code: str, onto: str) -> None:
    """Take a row by its handle and let it go over another."""
    page.locator("[data-compact]").check()
    row(page, code).scroll_into_view_if_needed()
    target = row(page, onto)
    handle = row(page, code).locator("[data-drag-handle]").bounding_box()
    there = target.bounding_box()
    assert handle
    assert there
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    below = there["y"] > handle["y"]
    end = there["y"] + there["height"] * (0.8 if below else 0.2)
    page.mouse.move(handle["x"] + 10, (handle["y"] + end) / 2, steps=6)
    page.mouse.move(handle["x"] + 10, end, steps=6)
    page.mouse.up()


def save(page: Page) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.locator('[data-action="save"]').click()
    assert answered.value.ok, answered.value.text()


def press(page: Page, action: str) -> None:
    """A button of a rulebook's page, and the page after it."""
    with page.expect_navigation():
        page.locator(f'[data-action="{action}"]').click()


def try_on_the_past(page: Page) -> WhatIf:
    """Over the whole period, by the button; the worker is this test."""
    press(page, "what-if")
    press(page, "try")
    what_if = WhatIf.objects.latest("pk")
    run_what_if(what_if.pk)
    page.reload()
    expect(page.locator("[data-headline]")).to_be_visible()
    return what_if


def test_rules_are_written_checked_tried_agreed_and_undone(browser, live_server, medium):
    author = entered(browser, live_server.url, "author")
    page = author.page
    page.on("dialog", lambda dialog: dialog.accept())
    draft = copied(page, live_server)
    written(page)
    page.goto(address_of(live_server, draft))
    what_if = try_on_the_past(page)
    picture(page, "what-if")
    total = what_if.figures.get(dimension="total")
    assert total.after_cents != total.before_cents
    assert_same_books(books(), medium)
    assert_books_agree()

    page.goto(address_of(live_server, draft))
    page.fill("#reason", "The merchant pays less for clothing, and told us late.")
    press(page, "ask")
    press(page, "approve")
    expect(page.locator("body")).to_contain_text("another person has to approve it")
    assert Rulebook.objects.get(pk=draft.pk).status == "asked"

    other = entered(browser, live_server.url, "approver")
    other.page.goto(address_of(live_server, draft))
    picture(other.page, "asked")
    press(other.page, "approve")
    assert Rulebook.objects.get(pk=draft.pk).status == "published"
    announced(page, live_server, draft)

    before = OrderLine.objects.count(), booked_cents()
    tick(timezone.now().isoformat())
    assert (OrderLine.objects.count(), booked_cents()) == (
        before[0],
        before[1] + total.after_cents - total.before_cents,
    )
    assert_books_agree()
    line_explains_itself(page, live_server, draft)

    undone(page, other.page, live_server, draft)
    assert_same_books(books(), medium)
    author.close()
    other.close()


def booked_cents() -> int:
    return sum(OrderLine.objects.values_list("commission_cents", flat=True))


def copied(page: Page, live_server: object) -> Rulebook:
    """From the list of rulebooks to a new draft."""
    page.goto(f"{live_server.url}/admin/commissions/rulebook/")
    with page.expect_navigation():
        page.get_by_role("link", name="New draft", exact=False).first.click()
    assert page.url.split("#")[0] == address_of(live_server, Rulebook.objects.get(version=4))
    page.fill("#starts", START)
    press(page, "copy")
    draft = Rulebook.objects.get(version=5)
    expect(page.locator('[data-standing="draft"]')).to_be_visible()
    picture(page, "draft")
    return draft


def written(page: Page) -> None:
    """Three rows edited by dragging and typing; a planted contradiction is named and mended."""
    press(page, "edit")
    page.locator('[data-field="title_en"]').fill("Less for clothing")
    page.locator('[data-field="title_ru"]').fill("Меньше за одежду")
    drag(page, "hot_sale", "brand_store")
    order = codes(page)
    assert order.index("hot_sale") < order.index("brand_store")
    row(page, "home_and_apparel").locator('[data-field="rate"]').fill("6,00")
    page.locator("[data-compact]").uncheck()
    row(page, "electronics").locator('[data-field="sentence_en"]').fill("Electronics earn little.")
    drag(page, "electronics", "other")
    save(page)
    named = page.locator('[data-finding="never_matches"]').first
    expect(named).to_contain_text("electronics")
    picture(page, "contradiction")
    drag(page, "electronics", "home_and_apparel")
    save(page)
    expect(page.locator('[data-finding="never_matches"]')).to_have_count(0)
    rules = Rulebook.objects.get(version=5).rules
    assert rules.get(code="home_and_apparel").rate_bp == 600
    assert rules.get(code="electronics").sentence_en == "Electronics earn little."
    assert list(rules.values_list("code", flat=True)) == codes(page)


def announced(page: Page, live_server: object, rulebook: Rulebook) -> None:
    """On the public pages in both languages, and by letter to everybody who is not blocked."""
    page.goto(f"{live_server.url}/en/programmes/aliexpress/news/")
    expect(page.locator("main")).to_contain_text("Less for clothing")
    picture(page, "news")
    page.goto(f"{live_server.url}/ru/programmes/aliexpress/rules/{rulebook.version}/")
    expect(page.locator("main")).to_contain_text("Меньше за одежду")
    picture(page, "rules-ru")
    free = Publisher.objects.exclude(blocks__valid_to=None, blocks__isnull=False)
    letters = Letter.objects.filter(key__startswith=f"rulebook:{rulebook.pk}:")
    assert letters.count() == free.distinct().count()


def line_explains_itself(page: Page, live_server: object, rulebook: Rulebook) -> None:
    """A line that was decided again: its rate, its transfers, which rules applied when."""
    moved = Transfer.objects.filter(cause="rerating").count()
    assert moved > 0
    line = OrderLine.objects.filter(rulebook=rulebook, rule__code="home_and_apparel",
                                    commission_cents__gt=0).first()  # fmt: skip
    assert line
    assert line.rate_bp == 600
    page.goto(f"{live_server.url}/admin/commissions/orderline/{line.pk}/change/")
    body = page.locator("body")
    expect(body).to_contain_text("6.00 %")
    expect(body).to_contain_text("Which rules applied when")
    expect(body).to_contain_text("Less for clothing")
    expect(body).to_contain_text(re.compile("re-rating", re.IGNORECASE))
    picture(page, "line")


def undone(page: Page, others: Page, live_server: object, rulebook: Rulebook) -> None:
    """A version of the same start that says what was in force before takes its place."""
    page.goto(address_of(live_server, rulebook))
    press(page, "undo")
    undoing = Rulebook.objects.get(version=6)
    try_on_the_past(page)
    page.goto(address_of(live_server, undoing))
    page.fill("#reason", "The merchant took it back.")
    press(page, "ask")
    others.goto(address_of(live_server, undoing))
    press(others, "approve")
    tick(timezone.now().isoformat())
    assert_books_agree()
    page.goto(address_of(live_server, rulebook))
    expect(page.locator("body")).to_contain_text("Another version took its place")
    picture(page, "superseded")
