"""No page of the back office speaks English to who reads Russian."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse
from selectolax.lexbor import LexborHTMLParser

from config.unfold import UNFOLD
from tests.backoffice import superuser
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db

OF_EACH_KIND = 4
ENGLISH = re.compile(r"(?<![\w./@-])[A-Za-z][a-z’']*(?:[,;:]? [A-Za-z][a-z’']*){2,}(?![\w/@-])")
READ_ALOUD = ("title", "aria-label", "placeholder", "alt")
NOT_PROSE = ("script", "style", "code", "pre", "textarea")


def shown(page: str) -> Iterator[str]:
    """What a reader of the page meets: texts, and what attributes say."""
    tree = LexborHTMLParser(page)
    tree.strip_tags(list(NOT_PROSE), recursive=True)
    for node in tree.css("[lang=en], [translate=no]"):
        node.decompose()
    root = tree.root
    assert root is not None
    for node in root.traverse(include_text=True):
        if node.tag == "-text":
            yield " ".join((node.text_content or "").split())
        else:
            yield from (node.attributes.get(name) or "" for name in READ_ALOUD)


def crawl(client: Client) -> Iterator[tuple[str, str]]:
    start = reverse("admin:index")
    waiting, met, kinds = [start], {start}, Counter()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code in (301, 302):
            continue
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            print("??", address, answer.status_code, answer.headers["Content-Type"])
            continue
        page = answer.content.decode()
        yield address, page
        for link in LexborHTMLParser(page).css("a[href]"):
            there = urljoin(address, link.attributes["href"] or "")
            path, query = urlsplit(there).path, urlsplit(there).query
            if not path.startswith(start) or "logout" in path:
                continue
            wanted = f"{path}?{query}" if query else path
            if wanted in met:
                continue
            met.add(wanted)
            kind = (resolve(path).view_name, bool(query))
            kinds[kind] += 1
            if kinds[kind] <= (1 if query else OF_EACH_KIND):
                waiting.append(wanted)


def test_draft(tmp_path: Path, settings) -> None:
    settings.UNFOLD = UNFOLD
    one_of_each(tmp_path)
    client = superuser()
    client.cookies["django_language"] = "ru"
    found = {}
    n = 0
    for address, page in crawl(client):
        n += 1
        for text in shown(page):
            for run in ENGLISH.findall(text):
                found.setdefault(text, address)
    print("PAGES", n)
    for text, address in found.items():
        print(address, "|", text[:300])
    assert not found
