"""Links by the API: the same that the portal's page builds, each taken or refused by itself."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publishers.enums import Scope
from publishers.models import KeptAnswer
from tests.api.callers import Machine, machine, network, of

pytestmark = pytest.mark.django_db
PAGE = "https://www.aliexpress.com/item/5003.html?sku=7"


@pytest.fixture
def anna(tmp_path) -> Machine:
    network(tmp_path)
    return machine(of("anna"))


def test_a_link_is_the_one_that_the_page_builds(anna):
    asked = {"source": "anna-site", "to": PAGE, "sub1": "letter", "sub2": "", "sub3": "мая & co"}
    (told,) = anna.post("links", [asked], 200)["items"]
    assert told["approved"]
    assert not told["errors"]
    client = Client()
    client.force_login(of("anna"))
    page = client.post("/en/my/links/", {**asked, "addresses": PAGE})
    (shown,) = page.context["links"]
    assert told["link"] == shown.link
    assert "sub1=letter" in shown.link


def test_each_is_refused_by_itself_with_what_is_wrong_and_where(anna):
    good = {"source": "anna-site", "to": PAGE}
    asked = [
        good,
        {**good, "to": "https://example.org/"},
        {**good, "source": "boris-cb"},
        {**good, "source": "nobody"},
        {**good, "sub1": "x" * 256},
        {**good, "sub6": "x"},
        {**good, "to": 5},
        {"source": "anna-site"},
        "a link",
        {**good, "sub1": "a\u0000b"},
        {**good, "to": "https://www.aliexpress.com/" + "x" * 2000},
        good,
    ]
    told = anna.post("links", asked, 200)["items"]
    where = [[wrong["pointer"] for wrong in one["errors"]] for one in told]
    assert where == [
        [], ["#/1/to"], ["#/2/source"], ["#/3/source"], ["#/4/sub1"], ["#/5/sub6"], ["#/6/to"],
        ["#/7/to"], ["#/8"], ["#/9/sub1"], ["#/10/to"], [],
    ]  # fmt: skip
    assert [one["link"] is None for one in told] == [bool(wrong) for wrong in where]
    assert told[0]["link"] == told[-1]["link"]
    assert "example.org" in told[1]["errors"][0]["detail"]
    # Somebody else's is the same as none.
    said = [told[place]["errors"][0]["detail"] for place in (2, 3)]
    assert said[0].replace("boris-cb", "nobody") == said[1]


def test_a_source_that_is_not_approved_is_said_to_be(anna):
    body = {"traffic_type": "content_site", "title": "x", "url": "https://deals.example.org/"}
    code = anna.post("sources", body)["code"]
    (told,) = anna.post("links", [{"source": code, "to": PAGE}], 200)["items"]
    assert told["link"]
    assert told["approved"] is False


@pytest.mark.parametrize("body", [[], {}, {"links": []}, "x", [{"source": "anna-site"}] * 201])
def test_a_body_that_is_no_list_of_links_is_refused_whole(anna, body):
    assert "1 to 200" in anna.post("links", body if body != "x" else '"x"', 400)["detail"]


def test_it_is_a_write_like_any_other_and_takes_its_own_scope(anna):
    asked = [{"source": "anna-site", "to": PAGE}]
    first = anna.send("links", asked, key="once")
    again = anna.send("links", asked, key="once")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert KeptAnswer.objects.count() == 1
    other = machine(of("anna"), Scope.WRITE_SOURCES)
    assert other.post("links", asked, 403)["type"] == "urn:permille:problem:scope"


def test_many_cost_as_many_questions_as_one(anna):
    def cost(links: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.post("links", [{"source": "anna-site", "to": PAGE}] * links, 200)
        return len(queries)

    cost(1)
    assert cost(1) == cost(200)
