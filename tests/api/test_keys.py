"""Keys: made, shown once, used, ended; by whom, and what they open."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishers.enums import SCOPES_OF_PUBLISHERS, SCOPES_OF_STAFF, Scope
from publishers.keys import MOST_STANDING, KeyRefused, make_key, revoke_key
from publishers.models import AccountBlock, ApiKey, Publisher, User
from publishers.operations import end_access
from tests.api.callers import DAY, V1, Machine, answer, clerk, key_for, machine, network, of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anna_and_boris(tmp_path) -> None:
    network(tmp_path)


def make(user: User, **changed):
    now = timezone.now()
    given = {"name": "k", "scopes": ["read:orders"], "expires_at": now + DAY, "by": user, "at": now}
    return make_key(user=user, **{**given, **changed})


def test_a_key_opens_what_its_scopes_say_and_nothing_else():
    reads = machine(of("anna"), Scope.READ_ORDERS)
    assert reads.get("orders")["items"] == []
    refused = reads.get("balances", 403)
    assert refused["type"] == "urn:permille:problem:scope"
    assert "read:account" in refused["detail"]


def test_of_a_key_only_a_hash_is_kept():
    key, text = key_for(of("anna"))
    columns = " ".join(
        str(value) for value in ApiKey.objects.filter(pk=key.pk).values()[0].values()
    )
    assert text not in columns
    assert text.partition(".")[2] not in columns
    assert text.startswith(key.prefix)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "Bearer ab.cd", "Bearer " + "x" * 5_000, "Bearer \xff\xfe",
     "Bearer '; DROP", "Basic YTpi", "bearer"],
)  # fmt: skip
def test_what_is_no_key_is_told_so(header):
    response = Client(headers={"authorization": header}).get(f"{V1}/orders")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    answer(response, 401)


def test_a_key_with_one_letter_changed_opens_nothing():
    _key, text = key_for(of("anna"))
    changed = text[:-1] + ("a" if text[-1] != "a" else "b")
    assert "no such key" in Machine(changed).get("orders", 401)["detail"]


def test_a_key_ends_at_its_end():
    start = timezone.now()
    _key, text = key_for(of("anna"), at=start, life=timedelta(hours=1))
    with time_machine.travel(start + timedelta(minutes=59, seconds=59), tick=False):
        Machine(text).get("orders")
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        assert "ended" in Machine(text).get("orders", 401)["detail"]


def test_a_revoked_key_opens_nothing_and_stays_revoked():
    owner = of("anna")
    key, text = key_for(owner)
    revoke_key(key_id=key.pk, by=owner, at=timezone.now())
    assert "revoked" in Machine(text).get("orders", 401)["detail"]
    with pytest.raises(DatabaseError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(revoked=False, revoked_at=None, revoked_by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).delete()


def test_a_key_dies_with_the_access_of_whoever_made_it():
    owner = of("anna")
    of("anna", name="stays")  # a publisher keeps an owner
    calls = machine(owner)
    calls.get("orders")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert "no access any more" in calls.get("orders", 401)["detail"]
    User.objects.filter(pk=owner.pk).update(is_active=True, publisher=None)
    calls.get("orders", 401)
    other = Publisher.objects.get(code="boris")
    User.objects.filter(pk=owner.pk).update(publisher=other)
    calls.get("orders", 401)


def test_a_key_never_may_more_than_its_person():
    owner = of("anna")
    of("anna", name="stays")  # a publisher keeps an owner
    calls = machine(owner)
    User.objects.filter(pk=owner.pk).update(role="reader")
    calls.get("orders")
    assert "role" in calls.post("sources", {}, 403)["detail"]


def test_the_key_of_staff_loses_what_its_person_loses():
    person = clerk("view_case")
    calls = machine(person)
    calls.get("cases")
    calls.get("imports", 403)
    clerk()
    calls.get("cases", 403)
    User.objects.filter(pk=person.pk).update(is_staff=False)
    calls.get("cases", 401)


def test_a_block_ends_every_key_of_the_account():
    anna = Publisher.objects.get(code="anna")
    first, second, boriss = machine(of("anna")), machine(of("anna")), machine(of("boris"))
    end_access(publisher_id=anna.pk, at=timezone.now())
    assert "revoked" in first.get("orders", 401)["detail"]
    second.get("orders", 401)
    boriss.get("orders")


def test_a_blocked_account_has_no_keys_and_makes_none():
    calls = machine(of("anna"))
    anna = Publisher.objects.get(code="anna")
    AccountBlock.objects.create(publisher=anna, ground="x", valid_from=timezone.now())
    assert "blocked" in calls.get("orders", 401)["detail"]
    with pytest.raises(KeyRefused, match="blocked"):
        make(of("anna"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read:feeds"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": timezone.now() - DAY}, "expires_at"),
        ({"expires_at": timezone.now() + 733 * DAY}, "expires_at"),
    ],
)
def test_what_cannot_be_a_key_is_refused_at_its_field(changed, field):
    with pytest.raises(KeyRefused) as refused:
        make(of("anna"), **changed)
    assert refused.value.field == field
    assert not ApiKey.objects.exists()


def test_who_may_make_a_key_for_whom():
    root = User.objects.create_superuser("root")
    assert make(clerk(), scopes=["read:cases"])
    assert make(clerk(name="robot"), by=root, scopes=["read:cases"])
    for user, by in [
        (of("anna", "manager"), of("anna", "manager")), (of("anna"), of("boris")),
        (of("anna"), root), (root, clerk()), (clerk(), of("anna")),
    ]:  # fmt: skip
        with pytest.raises(KeyRefused):
            make(user, by=by, scopes=["read:cases"])


def test_nobody_revokes_somebody_elses_key():
    key, text = key_for(of("anna"))
    for by in (of("boris"), of("anna", "manager"), clerk()):
        with pytest.raises(KeyRefused, match="no such key"):
            revoke_key(key_id=key.pk, by=by, at=timezone.now())
    Machine(text).get("orders")
    revoke_key(key_id=key.pk, by=clerk("change_apikey"), at=timezone.now())
    Machine(text).get("orders", 401)


def test_there_are_only_so_many():
    for _number in range(MOST_STANDING):
        make(of("anna"))
    with pytest.raises(KeyRefused, match="revoke one"):
        make(of("anna"))


def test_use_is_noted_at_most_once_a_minute():
    start = timezone.now()
    key, text = key_for(of("anna"), at=start)

    def used(seconds: int):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            Machine(text).get("orders")
        return ApiKey.objects.get(pk=key.pk).last_used_at - start

    assert [used(second).total_seconds() for second in (1, 59, 60, 61, 200)] == [1, 1, 1, 61, 200]


# --- the page ------------------------------------------------------------------------------------

PAGE = "/en/my/keys/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_owner_makes_a_key_sees_it_once_and_revokes_it():
    client = browser(of("anna"))
    assert "You have no key yet" in client.get(PAGE).content.decode()
    given = {"name": "Nightly", "scopes": ["read:orders"], "days": "90"}
    text = client.post(PAGE, given).context["made"]
    assert Machine(text).get("orders") == {"items": [], "next": None, "previous": None}
    again = client.get(PAGE).content.decode()
    assert text not in again
    assert "Nightly" in again
    key = ApiKey.objects.get()
    assert key.expiry_date - key.made_at == timedelta(days=90)
    assert client.post(f"{PAGE}{key.pk}/revoke/").status_code == 302
    Machine(text).get("orders", 401)
    assert "revoked" in client.get(PAGE).content.decode()


def test_what_is_wrong_is_told_and_no_key_is_made():
    client = browser(of("anna"))
    answered = client.post(PAGE, {"name": "", "scopes": ["read:feeds"], "days": "9"})
    assert list(answered.context["form"].errors) == ["name", "scopes", "days"]
    assert answered.context["made"] == ""
    assert not ApiKey.objects.exists()


def test_nobody_but_the_owner_sees_the_page():
    for user, status in [(of("anna", "manager"), 403), (of("anna", "reader"), 403), (clerk(), 302)]:
        assert browser(user).get(PAGE).status_code == status
    assert Client().get(PAGE).status_code == 302


def test_somebody_elses_key_is_the_same_as_none():
    key, text = key_for(of("anna"))
    client = browser(of("boris"))
    assert client.post(f"{PAGE}{key.pk}/revoke/").status_code == 404
    assert client.post(f"{PAGE}{key.pk + 9}/revoke/").status_code == 404
    Machine(text).get("orders")


def test_more_keys_cost_no_more_queries():
    client = browser(of("anna"))
    counts = []
    for more in (3, 15):
        for _number in range(more):
            make(of("anna"))
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_scope_is_offered_to_somebody():
    assert {scope.value for scope in Scope} == {
        scope.value for scope in (*SCOPES_OF_PUBLISHERS, *SCOPES_OF_STAFF)
    }


def test_staff_make_a_key_in_the_back_office_and_see_it_once():
    client = browser(clerk("add_apikey", "view_apikey", "view_case"))
    page = "/admin/publishers/apikey/make/"
    who = User.objects.get(username="clerk")
    day = (timezone.now() + DAY).date().isoformat()
    given = {"user": who.pk, "name": "Robot", "scopes": ["read:cases"], "expires_on": day}
    shown = client.post(page, given)
    text = shown.context["key"]
    Machine(text).get("cases")
    assert browser(clerk("view_apikey", name="other")).get(page).status_code == 403
    assert not client.post(page, {**given, "expires_on": "2001-01-01"}).context["key"]
    assert not client.post(page, {**given, "user": of("anna").pk}).context["key"]
