"""The account by the API: what the settings of the portal do, by a program and by its rules."""

import pytest
from django.utils import timezone

from publishers.accounts import REOPENED_WITHIN, close_account
from publishers.enums import Scope
from publishers.models import Publisher
from tests.accounts import browser
from tests.api.callers import Machine, answer, key_for, machine, network, of

pytestmark = pytest.mark.django_db
SETTINGS = "/en/my/settings/"


@pytest.fixture
def anna(tmp_path) -> Machine:
    network(tmp_path)
    return machine(of("anna"))


def test_what_a_program_says_stands_in_the_portal_and_the_rest_stays(anna):
    before = anna.get("account")
    told = anna.patch("account", {"name": "  Anna & co ", "time_zone": "Europe/Moscow"})
    assert told == {**before, "name": "Anna & co", "time_zone": "Europe/Moscow"}
    assert anna.get("account") == told
    form = browser(of("anna")).get(SETTINGS).context["form"]
    assert (form["name"].value(), form["time_zone"].value()) == ("Anna & co", "Europe/Moscow")
    told = anna.patch("account", {"country": "", "language": "ru", "time_zone": ""})
    assert (told["country"], told["language"], told["time_zone"]) == ("", "ru", "")
    assert anna.patch("account", {}) == told


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": " "}, "Write something"), ({"name": "x" * 201}, "at most 200"),
        ({"name": None}, ""), ({"country": "XX"}, 'no country "XX"'),
        ({"country": "ru"}, "two capital letters"), ({"language": "de"}, "one of en, ru"),
        ({"language": 1}, "one of en, ru"), ({"time_zone": "Etc/GMT+3"}, "Europe/Moscow"),
        ({"time_zone": "Mars/Base"}, 'no time zone "Mars/Base"'),
        ({"code": "other"}, "There is no"), ({"email": "a@example.org"}, "There is no"),
    ],
)  # fmt: skip
def test_what_the_portal_does_not_take_is_pointed_at_and_nothing_is_written(anna, said, sentence):
    before = anna.get("account")
    told = anna.patch("account", {"name": "Another", **said}, 400)
    assert told["pointer"] == f"#/{next(iter(said))}"
    assert sentence in told["detail"]
    assert anna.get("account") == before


def test_a_change_is_a_write_like_any_other(anna):
    first = anna.send("account", {"name": "Once"}, key="one", method="patch")
    anna.patch("account", {"name": "Twice"})
    again = anna.send("account", {"name": "Once"}, key="one", method="patch")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert answer(again, 200) == answer(first, 200)
    assert anna.get("account")["name"] == "Twice"
    reads = machine(of("anna"), Scope.READ_ACCOUNT)
    assert reads.patch("account", {"name": "x"}, 403)["type"] == "urn:permille:problem:scope"


def test_who_is_no_owner_any_more_changes_letters_but_not_the_account(anna):
    of("anna", name="stays")  # a publisher keeps an owner
    owner = of("anna")
    owner.role = "manager"
    owner.save()
    assert "owner" in anna.patch("account", {"name": "x"}, 403)["detail"]
    assert anna.put("account/letters", {"sources": True, "rules": True, "news": False})
    owner.role = "reader"
    owner.save()
    anna.put("account/letters", {"sources": True, "rules": True, "news": True}, 403)
    assert anna.get("account/letters")["news"] is False


def test_a_closed_account_says_until_when_it_can_be_opened_and_changes_nothing(anna):
    assert anna.get("account")["closed"] is None
    owner = of("anna")
    closing = close_account(owner.publisher, by=owner, at=timezone.now())
    assert "revoked" in anna.get("account", 401)["detail"]
    client = browser(of("anna"))
    told = client.get("/api/v1/account").json()["closed"]
    until = closing.closed_at + REOPENED_WITHIN
    assert [one[:19] for one in told.values()] == [
        one.isoformat()[:19] for one in (closing.closed_at, until)
    ]
    response = client.patch(
        "/api/v1/account", {"name": "x"}, content_type="application/json",
        headers={"idempotency-key": "k"},
    )  # fmt: skip
    assert answer(response, 403)["type"] == "urn:permille:problem:closed"


# --- letters -------------------------------------------------------------------------------------


def test_letters_are_chosen_as_in_the_portal(anna):
    everything = dict.fromkeys(("security", "cases", "sources", "rules", "news"), True)
    assert anna.get("account/letters") == everything
    wanted = {**everything, "news": False, "rules": False}
    assert anna.put("account/letters", wanted) == wanted == anna.get("account/letters")
    kinds = browser(of("anna")).get(f"{SETTINGS}letters/").context["kinds"]
    assert {kind["value"]: kind["sent"] for kind in kinds} == wanted
    assert Publisher.objects.get(code="anna").letters_off == ["rules", "news"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({"security": False}, "#/security"), ({"cases": False}, "#/cases"),
     ({"news": "no"}, "#/news"), ({"news": 0}, "#/news"), ({"other": True}, "#/other")],
)  # fmt: skip
def test_letters_about_safety_and_cases_cannot_be_done_without(anna, said, pointer):
    told = anna.put("account/letters", {"sources": False, "rules": True, "news": True, **said}, 400)
    assert told["pointer"] == pointer
    assert "always sent" in told["detail"] or pointer not in ("#/security", "#/cases")
    assert all(anna.get("account/letters").values())
    assert anna.put("account/letters", {"sources": True}, 400)["pointer"] == "#/rules"


def test_everybody_has_an_account_of_their_own(anna):
    boris = Machine(key_for(of("boris"))[1])
    boris.patch("account", {"name": "Boris alone"})
    boris.put("account/letters", {"sources": False, "rules": False, "news": False})
    assert anna.get("account")["name"] != "Boris alone"
    assert all(anna.get("account/letters").values())
