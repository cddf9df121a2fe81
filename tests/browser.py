"""A real browser for journeys: Chromium as the machine has it, driven by Playwright.

def test_something(browser, live_server): page = browser.page(live_server.url) ...
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 20_000  # milliseconds until an expected thing counts as missing


def chromium() -> str:
    """The browser's program; without one the test is left out, except where all must run."""
    named = os.environ.get("PERMILLE_BROWSER", "")
    for name in (named, *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    sentence = "There is no Chromium here: install one, or name it in PERMILLE_BROWSER."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@dataclass
class Visitor:
    """One person's browser window, and what its console complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Leave, having seen no error of a script, a file or the content policy."""
        self.context.close()
        assert not self.complaints, self.complaints


class Visitors:
    """Windows of one browser; each has its own cookies."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.there: list[Visitor] = []

    def enter(self, *, width: int = 1400, height: int = 900, locale: str = "en") -> Visitor:
        """A new window."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, accept_downloads=True
        )
        context.set_default_timeout(PATIENCE)
        visitor = Visitor(context, context.new_page())
        visitor.page.on(
            "console",
            lambda said: visitor.complaints.append(said.text) if said.type == "error" else None,
        )
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        self.there.append(visitor)
        return visitor


def visitors() -> Iterator[Visitors]:
    """For a fixture: a browser that is closed at the end, whatever happened."""
    # Playwright's loop makes Django think that its queries run in one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        try:
            yield Visitors(browser)
        finally:
            browser.close()
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def sign_in(visitor: Visitor, address: str, name: str, password: str) -> None:
    """Through the door that the back office leads to."""
    page = visitor.page
    page.goto(f"{address}/admin/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/admin/")


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than its window; zero: it is not."""
    return max(0, int(page.evaluate("document.documentElement.scrollWidth - innerWidth")))


def picture(page: Page, name: str) -> None:
    """A screenshot, kept where PERMILLE_PICTURES names a folder."""
    folder = os.environ.get("PERMILLE_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
