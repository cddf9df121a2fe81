"""Staff at the back office on a day of the story: pages opened, buttons pressed, forms sent.

with desk("olga", at) as client:
    press(client, "compliance_moderation_approve", moderation.pk, words="Fine.")
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from pathlib import Path

import time_machine
from django.test import Client
from django.urls import reverse

from publishers.clicks import COLUMNS, load_clicks
from tests.sources import staff


@contextmanager
def desk(name: str, at: datetime) -> Iterator[Client]:
    """Somebody of staff signed in; for the pages it is `at`, and stays so."""
    user = staff(name)
    with time_machine.travel(at, tick=False):
        client = Client()
        client.force_login(user)
        yield client


def read(client: Client, page: str, *keys: object) -> str:
    """The text of a page of the back office; it must answer."""
    answer = client.get(reverse(f"admin:{page}", args=keys))
    assert answer.status_code == 200, answer
    return unescape(answer.content.decode())


def press(client: Client, page: str, *keys: object, **form: object) -> str:
    """Send a form; the text of the page that follows, with what it says at its head."""
    answer = client.post(reverse(f"admin:{page}", args=keys), form, follow=True)
    assert answer.status_code == 200, answer
    return unescape(answer.content.decode())


def clicked(folder: Path, source: str, **clicks: datetime) -> None:
    """Clicks on links of a source, by their ids, taken in from a file."""
    path = folder / f"clicks-{min(clicks)}.csv"
    rows = [
        f"{click},{source},{at.isoformat()},5003,document,,,,,," for click, at in clicks.items()
    ]
    path.write_text("\n".join([",".join(COLUMNS), *rows, ""]))
    load_clicks(path)
