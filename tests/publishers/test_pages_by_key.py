"""Big lists of the back office: every row once, there and back, whatever page one begins at."""

import re
from collections.abc import Iterable
from html import unescape
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishers.models import Click, Source
from tests.backoffice import NOW, facts, superuser

pytestmark = pytest.mark.django_db

PAGE = "/admin/publishers/click/"


@pytest.fixture(autouse=True)
def _clicks(tmp_path):
    facts(tmp_path)
    source = Source.objects.get(code="anna-site")
    Click.objects.bulk_create(
        Click(click_id=f"k{n:03}", source=source, clicked_at=NOW) for n in range(130)
    )


def way(html: str, name: str) -> str | None:
    found = re.search(rf'<a class="[^"]*" href="([^"]*)"[^>]*>{name}</a>', html)
    return unescape(found[1]) if found else None


def shown(html: str) -> list[str]:
    return re.findall(r"\bk\d{3}\b(?=</a>)", html)


def walk(client, begin: str, name: str) -> list[list[str]]:
    pages, address = [], begin
    while address is not None:
        html = client.get(PAGE + address).content.decode()
        pages.append(shown(html))
        address = way(html, name)
    return pages


def flat(pages: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(pages))


def test_one_walks_through_all_of_it_there_and_back():
    client = superuser()
    there = walk(client, "", "Older")
    assert [len(page) for page in there] == [50, 50, 30]
    assert flat(there) == [f"k{n:03}" for n in reversed(range(130))]
    first = client.get(PAGE).content.decode()
    assert way(first, "Newer") is None
    back = walk(client, way(first, "Oldest") or "", "Newer")
    assert [len(page) for page in back] == [50, 50, 30]
    assert flat(reversed(back)) == flat(there)
    last = client.get(PAGE + (way(first, "Oldest") or "")).content.decode()
    assert way(last, "Older") is None
    assert shown(client.get(PAGE + (way(last, "Newest") or "")).content.decode()) == there[0]


def test_a_page_is_found_by_key_and_nothing_is_counted():
    client = superuser()
    key = Click.objects.get(click_id="k060").pk
    counts = []
    for address in ("", f"?older_than={key}", "?newer_than=0"):
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE + address)
        said = [query["sql"] for query in asked if "publishers_click" in query["sql"]]
        assert not any("OFFSET" in one or "COUNT" in one for one in said)
        counts.append(len(asked))
    assert len(set(counts)) == 1


@pytest.mark.parametrize(
    "asked", ["older_than=x", "newer_than=-1", "older_than=99999999999999999999", "older_than=1",
              "newer_than=999999999", "older_than=5&newer_than=7", "p=3", "older_than=%00"]
)  # fmt: skip
def test_any_place_is_answered(asked):
    response = superuser().get(f"{PAGE}?{asked}")
    assert response.status_code == 200


def test_a_search_begins_at_the_first_page():
    client = superuser()
    key = Click.objects.get(click_id="k060").pk
    html = client.get(f"{PAGE}?older_than={key}&q=k129").content.decode()
    assert shown(html) == []
    assert f"older_than={key}" not in html.split("<form", 1)[1].split("</form>", 1)[0]
    assert shown(client.get(f"{PAGE}?q=k129").content.decode()) == ["k129"]
