"""A publisher's keys by the API: read and revoked there, made by a person in the portal alone."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishers.enums import Scope
from publishers.keys import revoke_key
from publishers.models import ApiKey
from tests.accounts import browser
from tests.api.callers import Machine, answer, key_for, machine, network, of
from tests.journeys.at_once import all_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(tmp_path) -> Machine:
    network(tmp_path)
    return machine(of("anna"))


def test_keys_are_told_without_what_opens_anything(anna):
    key, text = key_for(of("anna"), [Scope.READ_ORDERS])
    key_for(of("boris"))
    Machine(text).get("orders")
    told = anna.get("keys")
    assert len(told["items"]) == 2
    newest = told["items"][0]
    assert (newest["id"], newest["prefix"], newest["scopes"]) == (
        key.pk, key.prefix, ["read:orders"],
    )  # fmt: skip
    assert newest["last_used_at"]
    assert newest["revoked_at"] is None
    said = json.dumps(told)
    key.refresh_from_db()
    assert text.partition(".")[2] not in said
    assert key.hashed_key not in said


def test_a_key_found_where_it_should_not_be_is_revoked_by_another(anna):
    key, text = key_for(of("anna"))
    told = anna.post(f"keys/{key.pk}/revoke", status=200)
    assert told["revoked_at"]
    assert "revoked" in Machine(text).get("orders", 401)["detail"]
    assert anna.post(f"keys/{key.pk}/revoke", status=200) == told  # it stays as it was
    key.refresh_from_db()
    assert key.revoked_by == of("anna")
    assert anna.get("keys")["items"][0]["revoked_at"] == told["revoked_at"]


def test_a_key_revokes_itself_as_its_last_call(anna):
    key, text = key_for(of("anna"))
    own = Machine(text)
    assert own.post(f"keys/{key.pk}/revoke", status=200)["revoked_at"]
    own.post(f"keys/{key.pk}/revoke", status=401)
    own.get("account", 401)
    anna.get("account")


def test_somebody_elses_key_is_the_same_as_none(anna):
    key, text = key_for(of("boris"))
    theirs = anna.post(f"keys/{key.pk}/revoke", status=404)
    assert theirs["detail"] == anna.post("keys/99999999/revoke", status=404)["detail"]
    Machine(text).get("orders")


def test_owners_alone_see_and_revoke_keys(anna):
    key = ApiKey.objects.get()
    for role in ("manager", "reader"):
        client = browser(of("anna", role))
        answer(client.get("/api/v1/keys"), 403)
        sent = client.post(f"/api/v1/keys/{key.pk}/revoke", headers={"idempotency-key": "k"})
        answer(sent, 403)
    reads = machine(of("anna"), Scope.READ_ACCOUNT)
    assert reads.post(f"keys/{key.pk}/revoke", status=403)["type"].endswith(":scope")


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "keys"), ("delete", "account"), ("post", "account/closing"), ("post", "people"),
     ("put", "account"), ("post", "account/password"), ("delete", "keys/1")],
)  # fmt: skip
def test_what_takes_a_person_has_no_address(anna, method, path):
    assert anna.send(path, {}, method=method).status_code in (404, 405)


def test_more_keys_cost_no_more_questions(anna):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            anna.get("keys")
        return len(asked)

    key_for(of("anna"))
    questions()  # the first use of a key is noted
    some = questions()
    for _number in range(10):
        key_for(of("anna"))
    assert questions() == some


@pytest.mark.django_db(transaction=True)
def test_of_two_revocations_of_a_key_at_once_one_is_the_keys_own(tmp_path):
    network(tmp_path)
    owner = of("anna")
    for _number in range(3):
        key, text = key_for(owner)
        own = Machine(text)
        response, _revoked = all_at_once(
            lambda own=own, key=key: own.send(f"keys/{key.pk}/revoke"),
            lambda key=key: revoke_key(key_id=key.pk, by=owner, at=timezone.now()),
        )
        assert response.status_code in (200, 401)
        own.get("account", 401)
