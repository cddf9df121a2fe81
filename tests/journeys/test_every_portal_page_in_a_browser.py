"""Every page of publishers and of the public: both languages, a desk and a phone, for everybody."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from publishers.models import Publisher, User
from tests.browser import Visitor, Visitors, picture, too_wide, visitors
from tests.every_page import full_account, in_language
from tests.fact_files import aliexpress
from tests.journeys.worlds_through import run
from tests.worlds import world

pytestmark = pytest.mark.django_db(transaction=True)
SHAPES = {"desk": {"width": 1400, "height": 900}, "phone": {"width": 390, "height": 844}}
# Rules for people who cannot see or point are asked once a language, each on another width.
JUDGED = {("en", "desk"), ("ru", "phone")}
Found = list[str]


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


def signed_in(browser: Visitors, address: str, user: User) -> Visitor:
    client = Client()
    client.force_login(user)
    visitor = browser.enter()
    name = settings.SESSION_COOKIE_NAME
    visitor.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": address}]
    )
    return visitor


def looked_at(page: Page, address: str, name: str, language: str) -> Found:
    """What is wrong with a page."""
    found: Found = []
    answer = page.goto(address)
    if answer is None or answer.status != 200 or page.url != address:
        return [f"{address}: leads to {page.url}"]
    for size, shape in SHAPES.items():
        page.set_viewport_size(shape)
        wide = too_wide(page)
        if wide:
            found.append(f"{address} is {wide} pixels too wide on a {size}")
        if (language, size) in JUDGED:
            broken = Axe().run(page).response["violations"]
            found += [
                f"{address}: {one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in broken if one["impact"] in {"serious", "critical"}
            ]  # fmt: skip
        picture(page, f"{name}-{language}-{size}")
    return found


def test_a_page_that_is_too_wide_is_found(browser, live_server):
    visitor = browser.enter(**SHAPES["phone"])
    visitor.page.goto(f"{live_server.url}/en/programmes/")
    assert too_wide(visitor.page) == 0
    visitor.page.evaluate(
        "document.querySelector('main').insertAdjacentHTML("
        "'beforeend', '<table><tr>' + '<td>a cell</td>'.repeat(100) + '</tr></table>')"
    )
    assert too_wide(visitor.page) > 1000
    visitor.close()


def test_every_page_is_as_wide_as_its_window_and_open_to_everybody(browser, live_server):
    aliexpress()
    run(world("golden"))
    anna = Publisher.objects.get(code="anna")
    owner = User.objects.create_user("anna", "anna@x.example", publisher=anna)
    secret = full_account(anna, owner)
    inside, outside = signed_in(browser, live_server.url, owner), browser.enter()
    found: Found = []
    for language in ("en", "ru"):
        own, public = in_language(language, anna, secret)
        for visitor, pages in ((inside, own), (outside, public)):
            for name, addresses in pages.items():
                for number, address in enumerate(addresses):
                    shown = f"{name}-{number}" if number else name
                    found += looked_at(visitor.page, f"{live_server.url}{address}", shown, language)
                    found += [f"{address}: {said}" for said in visitor.complaints]
                    visitor.complaints.clear()
    assert not found, "\n".join(found)
    inside.close()
    outside.close()
