"""The API's quote: who may ask, what is answered, and that no question makes it stumble."""

import json
from datetime import timedelta
from io import StringIO
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import NotFound, ValidationError

from commissions.models import Product, Programme, Rulebook
from publishers.api.problems import pointer, problem
from publishers.models import AccountBlock, Publisher, Source, User
from tests.backoffice import signed_in, superuser
from tests.journeys.orders import NOW, booked, golden_facts, order

pytestmark = pytest.mark.django_db

PAGE = "/api/v1/quote"
DRESS = {"product": "5003", "country": "US", "source": "anna-site", "at": "2019-03-01T10:00:00Z"}


@pytest.fixture(autouse=True)
def golden() -> None:
    golden_facts()
    Product.objects.filter(product_id="5003").update(affiliate=True, hot_rate_bp=4500)


def of_publisher(code: str) -> Client:
    """A browser in which somebody of a publisher is signed in."""
    client = signed_in(code)
    User.objects.filter(username=code).update(publisher=Publisher.objects.get(code=code))
    return client


def staff_with(*rights: str) -> Client:
    client = signed_in("clerk", is_staff=True)
    found = Permission.objects.filter(codename__in=rights)
    User.objects.get(username="clerk").user_permissions.set(found)
    return client


def ask(client: Client, status: int = 200, **changed: str | None) -> dict:
    """The answer to the question about the dress, with what is changed in it; None leaves out."""
    asked = {key: value for key, value in {**DRESS, **changed}.items() if value is not None}
    response = client.get(PAGE, asked, headers={"x-request-id": "asked"})
    assert response.status_code == status, response.content
    assert "no-store" in response.headers["Cache-Control"]
    kind = "application/json" if status == 200 else "application/problem+json"
    assert response.headers["Content-Type"] == kind
    answer = response.json()
    if status != 200:
        assert {"type", "title", "status", "detail"} <= answer.keys()
        assert answer["status"] == status
    return answer


# --- who may ask ---------------------------------------------------------------------------------


def blocked_anna() -> Client:
    anna = Publisher.objects.get(code="anna")
    AccountBlock.objects.create(publisher=anna, ground="case:1", valid_from=NOW)
    return of_publisher("anna")


def staff_of_anna() -> Client:
    client = staff_with()
    User.objects.update(publisher=Publisher.objects.get(code="anna"))
    return client


WHO = {
    "anonymous": Client,
    "of anna": lambda: of_publisher("anna"),
    "of boris": lambda: of_publisher("boris"),
    "of anna, blocked": blocked_anna,
    "of nobody": lambda: signed_in("stray"),
    "staff without the right": staff_with,
    "staff without the right, of anna": staff_of_anna,
    "staff with the right": lambda: staff_with("view_rulebook"),
    "superuser": superuser,
}


@pytest.mark.parametrize(
    ("who", "annas", "boriss", "nobodys"),
    [
        ("anonymous", 401, 401, 401),
        ("of anna", 200, 404, 404),
        ("of boris", 404, 200, 404),
        ("of anna, blocked", 200, 404, 404),
        ("of nobody", 403, 403, 403),
        ("staff without the right", 403, 403, 403),
        ("staff without the right, of anna", 200, 404, 404),
        ("staff with the right", 200, 200, 404),
        ("superuser", 200, 200, 404),
    ],
)
def test_each_asks_for_what_is_theirs(who, annas, boriss, nobodys):
    client = WHO[who]()
    for source, status in (("anna-site", annas), ("boris-cb", boriss), ("nobody", nobodys)):
        ask(client, status, source=source)


def test_a_source_of_somebody_else_is_the_same_as_none():
    client = of_publisher("anna")
    other, none = (ask(client, 404, source=source) for source in ("boris-cb", "boris-xx"))
    assert other["pointer"] == "#/source"
    assert other["type"] == "urn:permille:problem:not-found"
    assert json.dumps(other).replace("boris-cb", "boris-xx") == json.dumps(none)
    # Whatever else is wrong with the sale.
    assert ask(client, 404, source="boris-cb", country="ZZ") == other


def test_a_right_without_being_staff_is_none():
    client = signed_in("stray")
    may_read = Permission.objects.get(codename="view_rulebook")
    User.objects.get(username="stray").user_permissions.add(may_read)
    ask(client, 403)


def test_who_is_no_longer_active_is_nobody():
    client = of_publisher("anna")
    gone = list(User.objects.values_list("pk", flat=True))
    signed_in("stays")  # a publisher keeps an owner
    User.objects.filter(username="stays").update(publisher=Publisher.objects.get(code="anna"))
    User.objects.filter(pk__in=gone).update(is_active=False)
    ask(client, 401)


def test_a_password_in_the_header_is_no_way_in():
    of_publisher("anna")
    wrong = Client(headers={"authorization": "Basic YW5uYTphIGxvbmcgd29yZCBvZiBwYXNzYWdl"})
    assert wrong.get(PAGE, DRESS).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_is_only_read(method):
    response = getattr(of_publisher("anna"), method)(PAGE)
    assert response.status_code == 405
    assert response.json()["type"] == "about:blank"


# --- what is answered ----------------------------------------------------------------------------


def by_command(**asked: str | None) -> dict:
    out = StringIO()
    names = {"price_cents": "price"}
    arguments = {names.get(key, key): value for key, value in {**DRESS, **asked}.items() if value}
    call_command("quote", "--json", *(f"--{k}={v}" for k, v in arguments.items()), stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"price_cents": "1290"},
        {"price_cents": "0"},
        {"price_cents": "1000000000000"},
        {"product": "999", "price_cents": "1290"},
        {"product": "999", "at": "2020-10-01T12:00:00+03:00", "country": "RU"},
        {"source": "anna-new"},
        {"at": "2018-09-20T00:00:00Z"},
        {"programme": "aliexpress"},
    ],
)
def test_the_answer_is_the_commands_own_and_the_currency(asked):
    booked(order(1, product_id="999", is_affiliate_product="N"))
    answer = ask(of_publisher("anna"), **asked)
    assert answer.pop("currency") == "USD"
    told = by_command(**asked)
    # When somebody's last order of the product was placed is no business of another publisher's.
    told.pop("feed_row_at")
    assert answer == told


def test_an_answer_is_as_quoted():
    answer = ask(of_publisher("anna"), price_cents="1290")
    shown = {key: answer[key] for key in ("affiliate", "rule", "rate_percent", "commission_cents")}
    assert shown == {
        "affiliate": "Y", "rule": "hot_sale", "rate_percent": "45.00", "commission_cents": 580,
    }  # fmt: skip


def test_a_blocked_account_is_told_so():
    answer = ask(blocked_anna(), price_cents="1290")
    assert (answer["status"], answer["reason"]) == ("rejected", "account_blocked")
    assert (answer["rate_percent"], answer["commission_cents"]) == ("45.00", 0)


def test_without_an_instant_it_is_now(monkeypatch):
    monkeypatch.setattr("commissions.api.quote.timezone.now", lambda: NOW)
    assert ask(of_publisher("anna"), at=None)["at"] == "2021-06-01T00:00:00Z"


def test_the_answer_can_be_asked_for_again_to_the_microsecond():
    client = of_publisher("anna")
    answer = ask(client, at="2019-03-01T10:00:00.000001Z")
    assert answer["at"] == "2019-03-01T10:00:00.000001Z"
    assert ask(client, at=answer["at"]) == answer


def test_where_there_are_several_programmes_one_is_named():
    client = of_publisher("anna")
    Programme.objects.create(
        code="other", name="Other", time_zone="UTC", currency="EUR", feed_time_zone="UTC"
    )
    wrong = ask(client, 400)
    assert wrong["pointer"] == "#/programme"
    assert "aliexpress, other" in wrong["detail"]
    answer = ask(client, programme="other")
    assert (answer["currency"], answer["reason"]) == ("EUR", "no_rulebook")
    assert ask(client, 404, programme="third")["pointer"] == "#/programme"


def test_it_asks_as_few_questions_whatever_there_is():
    client = of_publisher("anna")
    anna = Publisher.objects.get(code="anna")
    banner = Source.objects.get(code="anna-site").traffic_type

    def questions() -> list[int]:
        counts = []
        for product in ("5003", "999"):
            with CaptureQueriesContext(connection) as asked:
                ask(client, product=product, price_cents="1290")
            counts.append(len(asked))
        return counts

    few = questions()
    Source.objects.bulk_create(
        Source(code=f"s{n}", publisher=anna, traffic_type=banner, title="S") for n in range(50)
    )
    last = Rulebook.objects.order_by("-version").first()
    for n in range(5, 15):
        Rulebook.objects.create(
            programme=last.programme, version=n, starts_at=last.starts_at + timedelta(days=n),
            title_en="T", title_ru="T", referral_bp=500, shipped=True, status="published",
            published_at=NOW,
        )  # fmt: skip
    assert questions() == few
    assert max(few) <= 20


# --- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "kind", "sentence"),
    [
        ({"product": None}, "required", "product is empty. Write an id"),
        ({"product": ""}, "invalid", "product is empty. Write an id"),
        ({"product": "a b"}, "invalid", 'product is "a b". Write an id'),
        ({"product": "5\x003"}, "invalid", r'product is "5\u00003". Write an id'),
        ({"product": "9" * 65}, "invalid", "Write an id of 1 to 64"),
        ({"country": "us"}, "invalid", 'country is "us". Write a country as two capitals'),
        ({"country": "ZZ"}, "invalid", '"ZZ" is no country'),
        ({"source": "a\x00"}, "invalid", "Write a code of 1 to 64"),
        ({"source": "a" * 65}, "invalid", "Write a code of 1 to 64"),
        ({"at": ""}, "invalid", "at is empty. Write an instant"),
        ({"at": "2019-03-01T10:00:00"}, "invalid", "Write an instant with its offset"),
        ({"at": "2019-03-01T10:00:00 03:00"}, "invalid", "a plus sign is written %2B"),
        ({"at": "1969-03-01T10:00:00Z"}, "invalid", "of the years 1970 to 9998"),
        ({"price_cents": "12.50"}, "invalid", "Write whole cents in digits alone"),
        ({"price_cents": "-1"}, "invalid", "Write whole cents in digits alone"),
        ({"price_cents": "１２"}, "invalid", "Write whole cents in digits alone"),
        ({"price_cents": "1000000000001"}, "invalid", "whole cents from 0 to 1000000000000"),
        ({"price": "1"}, "unknown", 'no parameter "price": leave it out. Known are product, '),
        ({"format": "xml"}, "unknown", 'no parameter "format"'),
        ({"programme": "a b"}, "invalid", 'programme is "a b"'),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(changed, kind, sentence):
    answer = ask(of_publisher("anna"), 400, **changed)
    assert answer["type"] == f"urn:permille:problem:{kind}"
    assert answer["pointer"] == f"#/{next(iter(changed))}"
    assert sentence in answer["detail"]


def test_everything_that_is_wrong_is_told_at_once():
    response = of_publisher("anna").get(PAGE, {"product": "5003", "at": "x"})
    answer = response.json()
    assert [one["pointer"] for one in answer["errors"]] == ["#/country", "#/source", "#/at"]
    assert all(one["detail"] in answer["detail"] for one in answer["errors"])


@pytest.mark.parametrize("again", ["5003", "999", ""])
def test_a_parameter_given_twice_is_refused(again):
    response = of_publisher("anna").get(f"{PAGE}?{urlencode(DRESS)}&product={again}")
    assert response.status_code == 400
    answer = response.json()
    assert answer["type"] == "urn:permille:problem:repeated"
    assert answer["detail"] == "product is given more than once: give it once."


def test_sentences_are_in_the_readers_language():
    response = of_publisher("anna").get(PAGE, headers={"accept-language": "ru"})
    assert "Укажите код" in response.json()["detail"]


def test_only_json_is_spoken():
    client = of_publisher("anna")
    refused = client.get(PAGE, DRESS, headers={"accept": "application/xml"})
    assert refused.status_code == 406
    assert refused.headers["Content-Type"] == "application/problem+json"


NASTY = [
    b"%00", b"%ED%A0%80", b"%FF%FE", b"%C0%80", b"%", b"%zz", b"+", b"&&==", b"9" * 100_000,
    b"%E2%80%AE", b"ali%E2%80%8Bexpress", b"1e999", b"NaN", b"-0", b"0x10", b"1_000", b"%0A1",
    b"1%0A", b"true", b"2020-02-31T00:00:00Z", b"2020-01-01T24:00:00Z", b"infinity",
    b"9999-12-31T23:59:59-14:00", b"0000-01-01T00:00:00Z", b"0001-01-01T00:00:00%2B14:00",
    b"2020-01-01T00:00:60Z", b"2020-01-01T00:00:00%2B25:00", b"%D9%A1%D9%A2", b"' OR 1=1 --",
    b"{{7*7}}", b"<script>", b"../../etc/passwd", b"[" * 5_000, b"\xed\xa0\x80", b"\xff", b";",
]  # fmt: skip


@pytest.mark.parametrize("name", [*DRESS, "price_cents", "programme", "other"])
def test_nothing_nasty_makes_it_stumble(name):
    kept = {key: value for key, value in DRESS.items() if key != name}
    for client in (of_publisher("anna"), superuser()):
        for value in NASTY:
            raw = f"{urlencode(kept)}&{name}=".encode() + value
            response = client.get(PAGE, QUERY_STRING=raw.decode("latin-1"))
            # A right-to-left mark, or a formula, may stand in a merchant's id as well.
            expected = (200, 400, 404) if name == "product" else (400, 404)
            assert response.status_code in expected, (name, value)
            if response.status_code != 200:
                assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "%FF", "9" * 5_000])
def test_what_is_no_text_or_far_too_long_is_refused_everywhere(value):
    client = of_publisher("anna")
    for name in (*DRESS, "price_cents", "programme"):
        kept = {key: text for key, text in DRESS.items() if key != name}
        response = client.get(f"{PAGE}?{urlencode(kept)}&{name}={value}")
        assert response.status_code == 400
        assert response.json()["pointer"] == f"#/{name}"
        assert len(response.content) < 2_000


def test_far_too_many_parameters_are_a_problem_too():
    response = of_publisher("anna").get(f"{PAGE}?{'&'.join(f'p{n}=1' for n in range(2_000))}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    st.dictionaries(
        st.sampled_from([*DRESS, "price_cents"]) | st.text(max_size=8),
        st.text(st.characters(exclude_categories=())) | st.sampled_from(list(DRESS.values())),
        max_size=6,
    )
)
def test_no_text_makes_it_stumble(asked):
    client = Client()
    user, _made = User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)
    client.force_login(user)
    raw = "&".join(
        f"{percent_encoded(name.encode('utf-8', 'surrogatepass'))}="
        f"{percent_encoded(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in asked.items()
    )
    assert client.get(f"{PAGE}?{raw}").status_code in (200, 400, 404)


# --- problems at large ---------------------------------------------------------------------------


def test_a_pointer_is_written_as_the_fragment_of_an_address():
    assert pointer("a~b/c", "ж") == "#/a~0b~1c/%D0%B6"


def test_errors_of_any_depth_are_pointed_at():
    error = ValidationError({"rows": {"2": {"price": ["No."]}}, "non_field_errors": ["All."]})
    answer = problem(error, {}).data
    assert answer["errors"] == [{"detail": "No.", "pointer": "#/rows/2/price"}]
    assert answer["detail"] == "No. All."


def test_an_error_about_nothing_single_points_nowhere():
    answer = problem(NotFound("Gone."), {}).data
    assert answer == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "Gone.",
    }  # fmt: skip


def test_an_error_of_ours_is_not_explained_away():
    assert problem(RuntimeError("ours"), {}) is None
