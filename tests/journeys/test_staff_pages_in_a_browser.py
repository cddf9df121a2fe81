"""The back office's main pages and the portal's keys, light and dark: open to everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from commissions.models import FeedImport, OrderLine, ParkedRow, Rulebook
from compliance.models import Case, Moderation
from publishers.enums import SCOPES_OF_PUBLISHERS
from publishers.keys import make_key
from publishers.models import Publisher, User
from tests.browser import Visitor, Visitors, picture, visitors
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db(transaction=True)
THEMES = ("light", "dark")
# The rule, what it is broken by, and why that is not ours to mend.
KNOWN = {
    ("aria-input-field-name", "select2-"): "select2, by which Django's admin completes what is "
    "typed, names its box by the choice in it; the field's own label stands before it",
}


@pytest.fixture
def browser() -> Iterator[Visitors]:
    yield from visitors()


def signed_in(browser: Visitors, address: str, user: User, theme: str) -> Visitor:
    client = Client()
    client.force_login(user)
    visitor = browser.enter()
    visitor.page.emulate_media(color_scheme=theme)
    name = settings.SESSION_COOKIE_NAME
    visitor.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": address}]
    )
    return visitor


def a_list(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def a_row(model: type) -> str:
    row = model.objects.order_by("pk").first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])


def pages_of_staff() -> dict[str, str]:
    newcomer = User.objects.create_user("nina", "nina@example.org")
    return {
        "front": reverse("admin:index"),
        "sources": a_list(Moderation),
        "source": a_row(Moderation),
        "cases": a_list(Case),
        "case": a_row(Case),
        "orders": a_list(OrderLine),
        "line": a_row(OrderLine),
        "rulebooks": a_list(Rulebook),
        "rulebook": a_row(Rulebook),
        "imports": a_list(FeedImport),
        "import": a_row(FeedImport),
        "parked": a_list(ParkedRow),
        "user": a_row(User),
        "invitation": reverse("admin:publishers_user_invite", args=[newcomer.pk]),
        "new user": reverse("admin:publishers_user_add"),
    }


def grave(page: Page) -> list[str]:
    """What shuts somebody out, known things excepted: the rule, and what it is broken by."""
    found = [
        (one["id"], node["html"])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    return [
        f"{page.url}: {rule}: {broken_by[:300]}"
        for rule, broken_by in found
        if not any(rule == known and what in broken_by for known, what in KNOWN)
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_of_staff_shuts_anybody_out(browser, live_server, tmp_path, theme):
    one_of_each(tmp_path)
    visitor = signed_in(browser, live_server.url, User.objects.create_superuser("root"), theme)
    page = visitor.page
    found: list[str] = []
    for name, path in pages_of_staff().items():
        page.goto(f"{live_server.url}{path}")
        # The theme's script has drawn the page in the reader's light.
        expect(page.locator("html.dark")).to_have_count(int(theme == "dark"))
        picture(page, f"staff-{name}-{theme}")
        found += grave(page)
    assert not found, "\n".join(found)
    visitor.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_of_keys_shuts_nobody_out(browser, live_server, tmp_path, theme):
    one_of_each(tmp_path)
    owner = User.objects.create_user("anna", publisher=Publisher.objects.get(code="anna"))
    make_key(
        user=owner, name="Export", scopes=list(SCOPES_OF_PUBLISHERS), by=owner,
        expires_at=timezone.now() + timedelta(days=1), at=timezone.now(),
    )  # fmt: skip
    visitor = signed_in(browser, live_server.url, owner, theme)
    found: list[str] = []
    for language in ("en", "ru"):
        visitor.page.goto(f"{live_server.url}/{language}/my/keys/")
        expect(visitor.page.get_by_text("Export", exact=True).first).to_be_visible()
        picture(visitor.page, f"keys-{language}-{theme}")
        found += grave(visitor.page)
    assert not found, "\n".join(found)
    visitor.close()
