"""Every page of the portal asks the books a bounded number of questions, however much there is."""

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commissions.models import OrderLine
from publishers.models import Publisher, User
from tests.every_page import full_account, portal_pages, read
from tests.portal_worlds import medium_books

pytestmark = pytest.mark.django_db
MOST_QUESTIONS = 30
SIZES = {"few": 1, "many": 4}  # rows of each kind
Asked = dict[str, dict[str, list[str]]]  # by page, by size: the questions


@pytest.fixture(scope="module")
def asked(django_db_setup, django_db_blocker):
    """What each page asks for a publisher that has little, and for one that has much."""
    with medium_books(django_db_blocker):
        lines = OrderLine.objects.filter(publisher__isnull=False).values("publisher_id")
        by_lines = list(lines.annotate(n=Count("pk")).order_by("n", "publisher_id"))
        found: Asked = {}
        for size, row in (("few", by_lines[0]), ("many", by_lines[-1])):
            publisher = Publisher.objects.get(pk=row["publisher_id"])
            owner = User.objects.create_user(size, f"{size}@x.example", publisher=publisher)
            full_account(publisher, owner, times=SIZES[size])
            client = Client()
            client.force_login(owner)
            read(client, reverse("portal:home"))
            for name, addresses in portal_pages(publisher).items():
                found.setdefault(name, {})[size] = questions(client, addresses[0])
        yield found


def questions(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        read(client, address)
    return [one["sql"] for one in caught]


def test_no_page_asks_more_than_thirty_questions(asked):
    many = {
        name: len(sizes["many"])
        for name, sizes in asked.items() if len(sizes["many"]) > MOST_QUESTIONS
    }  # fmt: skip
    assert len(asked) > 15
    assert not many


def test_a_page_asks_as_few_questions_of_much_as_of_little(asked):
    differing = {
        name: (len(sizes["few"]), len(sizes["many"]))
        for name, sizes in asked.items() if len(sizes["few"]) < len(sizes["many"])
    }  # fmt: skip
    assert not differing
