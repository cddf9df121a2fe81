"""What the API gives: the same as pages and books say, and of nobody else."""

import json
import tracemalloc
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commissions.api.orders import OrderLineShape
from commissions.models import FeedImport, LedgerAccount, OrderLine
from commissions.statistics import by_day_and_status
from compliance.models import CaseEvent
from compliance.operations import ask_block, ask_for_answer, warn_publisher
from publishers.models import Publisher, Source
from tests.api.callers import DAY, Machine, clerk, key_for, machine, network, of, some_orders
from tests.backoffice import take
from tests.cases import person
from tests.journeys.orders import found_case, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    made = network(tmp_path)
    some_orders(made, tmp_path, 12)
    return made


@pytest.fixture
def anna(programme) -> Machine:
    return machine(of("anna"))


@pytest.fixture
def robot(programme) -> Machine:
    """A program of the staff."""
    rights = ("view_case", "view_rulebook", "view_feedimport", "add_feedimport")
    return Machine(key_for(clerk(*rights))[1])


def test_money_is_what_the_books_say(anna, programme):
    lines = anna.get("orders", limit=200)["items"]
    stored = OrderLine.objects.filter(publisher__code="anna")
    assert {one["id"]: one["commission_cents"] for one in lines} == dict(
        stored.values_list("id", "commission_cents")
    )
    assert {one["currency"] for one in lines} == {"USD"}
    publisher = Publisher.objects.get(code="anna")
    asked = {"from": "2019-02-01", "to": "2019-05-01"}
    told = anna.get("statistics", **asked)["items"]
    rows = by_day_and_status(
        programme, *(date.fromisoformat(day) for day in asked.values()),
        publisher,
    )  # fmt: skip
    assert [(one["day"], one["status"], one["commission_cents"]) for one in told] == [
        (row.day.isoformat(), row.status, row.commission_cents) for row in rows
    ]
    assert sum(one["lines"] for one in told) == len(lines)
    accounts = LedgerAccount.objects.filter(publisher=publisher)
    (balance,) = anna.get("balances")["items"]
    assert {row.kind: row.balance_cents for row in accounts}.items() <= {
        kind: balance[f"{kind}_cents"] for kind in ("waiting", "hold", "available")
    }.items()
    assert balance["available_cents"] == sum(one["commission_cents"] for one in lines) > 0


def test_a_line_is_given_as_its_shape_says(anna):
    """Lists are read without the framework: what they say is what it would say."""
    plain = anna.get("orders", limit=200)["items"]
    for short, told in zip(
        plain, anna.get("orders", limit=200, include="click")["items"], strict=True
    ):
        line = OrderLine.objects.select_related("programme", "source").get(pk=told["id"])
        assert told == OrderLineShape(line).data == anna.get(f"orders/{line.pk}")
        assert {**short, "click": told["click"]} == told


def test_an_explanation_gives_every_step(anna):
    line = OrderLine.objects.filter(publisher__code="anna").first()
    told = anna.get(f"orders/{line.pk}/explanation")
    assert told["line"] == anna.get(f"orders/{line.pk}")
    assert told["due_commission_cents"] == line.commission_cents > 0
    assert any(f"{line.commission_cents} cents" in step["text"] for step in told["steps"])
    assert [step["outcome"] for step in told["steps"]].count("matched") == 1


@pytest.mark.parametrize(
    "asked",
    [{}, {"from": "2019-01-01"}, {"from": "2019-01-02", "to": "2019-01-02"},
     {"from": "2019-01-01", "to": "2020-01-03"}, {"from": "2019-13-01", "to": "2019-02-01"},
     {"from": "20190101", "to": "2019-02-01"},
     {"from": "2019-01-01T00:00:00Z", "to": "2019-02-01"}],
)  # fmt: skip
def test_days_that_make_no_period_are_refused(anna, asked):
    assert anna.get("statistics", 400, **asked)["pointer"] in ("#/from", "#/to")


def test_of_somebody_else_there_is_nothing(anna):
    boris = machine(of("boris"))
    line = OrderLine.objects.filter(publisher__code="anna").first()
    case = found_case("anna", "r1")
    warn_publisher(case_id=case.pk, by=person("decider"), at=timezone.now(), reason="Take care.")
    for path, nothing in [
        (f"orders/{line.pk}", "orders/99999999"), (f"cases/{case.pk}", "cases/99999999"),
        (f"orders/{line.pk}/explanation", "orders/99999999/explanation"),
        ("sources/anna-site", "sources/nobody"),
    ]:  # fmt: skip
        anna.get(path)
        theirs, none = boris.get(path, 404), boris.get(nothing, 404)
        assert theirs["detail"] == none["detail"]
    for verb in ("answer", "appeal"):
        boris.post(f"cases/{case.pk}/{verb}", {"text": "x"}, 404)
    boris.get("orders", 404, source="anna-site")
    boris.get("quote", 404, product="1", country="US", source="anna-site")
    everything = json.dumps(
        [boris.get(path) for path in ("orders", "sources", "cases", "referrals", "account")]
    )
    assert "anna" not in everything
    assert boris.get("orders")["items"]
    assert [one["id"] for one in anna.get("referrals")["items"]] == [of("boris").publisher_id]


def test_programmes_and_their_rules_are_told(anna):
    (told,) = anna.get("programmes")["items"]
    assert told["code"] == "aliexpress"
    assert told["card"]["referral_bp"] > 0
    entries = anna.get("programmes/aliexpress/rulebooks")["items"]
    assert [one["version"] for one in entries] == [1, 2, 3, 4]
    book = anna.get("programmes/aliexpress/rulebooks/4")
    assert book["rules"]
    assert book["standing"] == "in_force"
    anna.get("programmes/aliexpress/rulebooks/99", 404)
    anna.get("programmes/nothing/rulebooks", 404)


def test_a_source_is_added_and_its_moderation_followed(anna):
    told = anna.post(
        "sources",
        {"traffic_type": "content_site", "title": "Deals", "url": "https://deals.example.org/"},
    )
    assert told["moderation_state"] == "waiting"
    assert not told["approved"]
    assert told["rounds"][0]["grounds"] == ["The publisher added this source."]
    assert anna.get(f"sources/{told['code']}") == told
    assert {one["code"]: one["approved"] for one in anna.get("sources")["items"]} == {
        "anna-site": True, told["code"]: False,
    }  # fmt: skip
    words = {"name": "words.txt", "content": "a2V5d29yZDogcGhvbmVz"}
    added = anna.post("sources", {"traffic_type": "contextual", "title": "Ads", "keywords": words})
    assert Source.objects.get(code=added["code"]).files.get().size == 15
    assert (
        "web address"
        in anna.post("sources", {"traffic_type": "content_site", "title": "No address"}, 422)[
            "detail"
        ]
    )


def test_a_case_is_answered_appealed_and_tells_no_secrets_of_staff(anna):
    case = found_case("anna", "r1")
    anna.get(f"cases/{case.pk}", 404)  # just found: staff's alone
    now = timezone.now()
    ask_for_answer(case_id=case.pk, by=person("decider"), at=now, until=now + DAY)
    anna.post(f"cases/{case.pk}/answer", {"text": " "}, 400)
    anna.post(f"cases/{case.pk}/appeal", {"text": "No."}, 409)
    told = anna.post(f"cases/{case.pk}/answer", {"text": "It was not me."})
    assert told["events"][-1]["text"] == "It was not me."
    ask_block(case_id=case.pk, by=person("asker"), at=now, reason="A secret among staff.")
    assert "secret" not in json.dumps(anna.get(f"cases/{case.pk}"))
    warn_publisher(case_id=case.pk, by=person("decider"), at=now, reason="Take care.")
    told = anna.post(f"cases/{case.pk}/appeal", {"text": "It was not me."})
    assert told["status"] == "appealed"
    assert told["statements"][0]["decision"] == "warned"
    assert CaseEvent.objects.filter(from_publisher=True).count() == 2
    assert [one["id"] for one in anna.get("cases", status="appealed")["items"]] == [case.pk]


def test_staff_see_every_case_and_rulebook(robot):
    for code in ("anna", "boris"):
        found_case(code, "r1")
    assert {one["publisher"] for one in robot.get("cases")["items"]} == {"anna", "boris"}
    books = robot.get("rulebooks")["items"]
    assert [one["version"] for one in books] == [4, 3, 2, 1]
    assert robot.get(f"rulebooks/{books[0]['id']}")["rules"]
    robot.get("orders", 403)


def test_other_lists_cost_the_same_for_more_rows(anna, robot):
    def cost(calls: Machine, path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            calls.get(path)
        return len(asked)

    def more(number: int) -> None:
        for one in range(number):
            case = found_case("anna", f"{number}-{one}")
            warn_publisher(case_id=case.pk, by=person("d"), at=timezone.now(), reason="x")
            body = {"traffic_type": "content_site", "title": f"{number}-{one}",
                    "url": "https://deals.example.org/"}  # fmt: skip
            anna.post("sources", body)

    paths = [(anna, "sources"), (anna, "cases"), (robot, "cases"), (robot, "imports"),
             (anna, "balances"), (anna, "referrals")]  # fmt: skip
    more(2)
    for one in paths:
        cost(*one)  # the first use of a key is noted
    before = [cost(*one) for one in paths]
    more(8)
    assert [cost(*one) for one in paths] == before


# --- feeds ---------------------------------------------------------------------------------------


def feed(*numbers: int) -> bytes:
    return "".join(json.dumps(order(number)) + "\n" for number in numbers).encode()


def give(robot: Machine, body: bytes, key: str = "", **more):
    path = "feeds?amount_unit=cents&name=orders.ndjson"
    kind = more.pop("content_type", "application/x-ndjson")
    return robot.send(path, body, key=key, content_type=kind, **more)


def test_a_feed_is_taken_queued_and_followed(robot):
    body = feed(*range(50, 60)) + b'{"order_id": "x"}\n'
    response = give(robot, body, key="one")
    assert response.status_code == 202
    told = response.json()
    assert (told["state"], told["bytes_total"], told["percent"]) == ("queued", len(body), 0)
    kept = FeedImport.objects.get(pk=told["id"])
    with kept.stored_as.open() as stored:
        assert stored.read() == body
    assert kept.by.username == "clerk"
    assert robot.get(response.headers["Location"])["id"] == kept.pk
    again = give(robot, body, key="one")
    assert again.json() == told
    assert give(robot, feed(99), key="one").status_code == 422
    assert FeedImport.objects.filter(file_name="orders.ndjson", state="queued").count() == 1
    assert robot.post(f"imports/{kept.pk}/stop", status=202)["state"] == "cancelled"
    robot.post(f"imports/{kept.pk}/stop", status=409)
    assert kept.pk in {one["id"] for one in robot.get("imports", state="cancelled")["items"]}


def test_rows_that_could_not_be_read_are_listed(robot, programme, tmp_path):
    taken = take(programme, tmp_path, [order(n, paid_amount="1.2.3") for n in range(70, 75)])
    first = robot.get(f"imports/{taken.pk}/parked", limit=3)
    rest = robot.get(first["next"])
    assert [one["row"] for one in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert {one["field"] for one in rest["items"]} == {"paid_amount"}


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (b"", {"CONTENT_TYPE": "text/csv", "CONTENT_LENGTH": "0"}, 400),
        (b"x", {"content_type": "text/html"}, 415),
        (b"xyz", {"CONTENT_LENGTH": ""}, 411),
        (b"x", {"CONTENT_LENGTH": "9", "wsgi.input": BytesIO(b"xyz")}, 400),
        (b"x" * 2_000, {}, 413),
    ],
)  # fmt: skip
def test_a_feed_that_is_cut_short_or_too_large_leaves_nothing(robot, settings, body, more, status):
    settings.PERMILLE_API_LARGEST_FEED = 1_000
    before = FeedImport.objects.count()
    assert give(robot, body, **more).status_code == status
    assert FeedImport.objects.count() == before
    assert not list((settings.MEDIA_ROOT).rglob("*.ndjson"))


def test_a_feed_is_never_wholly_in_memory(robot):
    body = feed(50) * 80_000  # about 32 MB
    more = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    tracemalloc.start()
    assert give(robot, b"x", **more).status_code == 202
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(body) / 3
