"""Writes that are sent again, at once, or while their key is revoked: real connections."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from compliance.models import Moderation
from compliance.operations import ask_for_answer
from publishers.api.writes import KEPT_FOR, forget_answers
from publishers.enums import Scope
from publishers.keys import revoke_key
from publishers.models import ApiKey, KeptAnswer, Source
from tests.api.callers import DAY, Machine, key_for, machine, network, of
from tests.cases import person
from tests.journeys.at_once import Begun, all_at_once, until_waiting
from tests.journeys.orders import found_case

SITE = {"traffic_type": "content_site", "title": "Deals", "url": "https://deals.example.org/"}


@pytest.fixture
def anna(db, tmp_path) -> Machine:
    cache.clear()
    network(tmp_path)
    return machine(of("anna"))


@pytest.fixture
def at_once(transactional_db, tmp_path) -> Machine:
    """anna's program, where several connections see what is committed."""
    cache.clear()
    network(tmp_path)
    return machine(of("anna"))


def sources() -> int:
    return Source.objects.filter(publisher__code="anna").count()


# --- one after another ---------------------------------------------------------------------------


def test_the_same_write_again_writes_nothing_and_is_answered_the_same(anna):
    first = anna.send("sources", SITE, key="one")
    again = anna.send("sources", dict(reversed(SITE.items())), key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (sources(), Moderation.objects.count(), KeptAnswer.objects.count()) == (2, 1, 1)
    assert anna.client.get(first.headers["Location"]).status_code == 200


def test_the_same_key_with_another_write_is_refused(anna):
    anna.post("sources", SITE, key="one")
    told = anna.post("sources", {**SITE, "title": "Other"}, 422, key="one")
    assert told["type"] == "urn:permille:problem:idempotency"
    assert sources() == 2


def test_keys_are_each_callers_own(anna):
    anna.post("sources", SITE, key="one")
    machine(of("anna")).post("sources", {**SITE, "title": "Other"}, key="one")
    machine(of("boris")).post("sources", {**SITE, "title": "Third"}, key="one")
    assert sources() == 3


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "é", "a\tb"])
def test_a_write_without_a_key_is_refused(anna, key):
    response = anna.client.post(
        "/api/v1/sources", SITE, content_type="application/json",
        headers={"idempotency-key": key} if key else {},
    )  # fmt: skip
    assert response.status_code == 400
    assert response.json()["pointer"] == "#/Idempotency-Key"
    assert sources() == 1


def test_what_is_refused_is_not_kept_and_may_be_mended(anna):
    anna.post("sources", {**SITE, "traffic_type": "nothing"}, 422, key="one")
    assert not KeptAnswer.objects.exists()
    anna.post("sources", SITE, key="one")


def test_answers_are_kept_for_two_days(anna):
    text = key_for(of("anna"), [Scope.WRITE_SOURCES], life=10 * DAY)[1]
    anna = Machine(text)
    start = timezone.now()
    anna.post("sources", SITE, key="one")
    kept = KeptAnswer.objects.get().at
    assert forget_answers(at=kept + KEPT_FOR - timedelta(seconds=1)) == 0
    with time_machine.travel(start + KEPT_FOR + timedelta(minutes=1), tick=False):
        anna.post("sources", {**SITE, "title": "Later"}, key="one")
        assert KeptAnswer.objects.count() == 1
        assert forget_answers(at=timezone.now() + KEPT_FOR) == 1


# --- at once -------------------------------------------------------------------------------------


def test_sent_twice_at_once_it_is_written_once(at_once):
    def send():
        return at_once.send("sources", SITE, key="one")

    answers = all_at_once(send, send)
    assert sorted({one.status_code for one in answers}) in ([201], [201, 409])
    for one in answers:
        if one.status_code == 409:
            assert one.json()["type"] == "urn:permille:problem:in-flight"
            assert one.headers["Retry-After"] == "1"
    assert (sources(), KeptAnswer.objects.count()) == (2, 1)
    assert at_once.send("sources", SITE, key="one").headers["Idempotent-Replayed"] == "true"


def test_while_one_is_under_way_the_other_is_told_to_wait(at_once):
    with transaction.atomic():
        # The first stands before its publisher's row, its key taken.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM publishers_publisher FOR UPDATE")
        first = Begun(lambda: at_once.send("sources", SITE, key="one"))
        until_waiting(1)
        second = Begun(lambda: at_once.send("sources", SITE, key="one")).result()
        assert second.status_code == 409
        assert not first.is_over
    assert first.result().status_code == 201
    assert sources() == 2


def test_a_key_revoked_while_it_writes_loses(at_once):
    owner, key = of("anna"), ApiKey.objects.get()
    with transaction.atomic():
        revoke_key(key_id=key.pk, by=owner, at=timezone.now())
        writing = Begun(lambda: at_once.send("sources", SITE))
        until_waiting(1)
    assert writing.result().status_code == 401
    assert (sources(), KeptAnswer.objects.count()) == (1, 0)


def test_a_key_revoked_after_the_write_comes_second(at_once):
    owner, key = of("anna"), ApiKey.objects.get()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM publishers_apikey FOR SHARE")
        revoking = Begun(lambda: revoke_key(key_id=key.pk, by=owner, at=timezone.now()))
        until_waiting(1)
        reading = Begun(lambda: at_once.client.get("/api/v1/orders")).result()
        assert reading.status_code == 200
    assert revoking.result().revoked
    at_once.get("orders", 401)


def test_revocation_and_write_at_once_have_one_winner(at_once):
    owner = of("anna")
    for number in range(5):
        key, text = key_for(owner)
        before = sources()
        calls = Machine(text)
        response, _revoked = all_at_once(
            lambda calls=calls, number=number: calls.send(
                "sources", {**SITE, "title": f"{number}"}
            ),
            lambda key=key: revoke_key(key_id=key.pk, by=owner, at=timezone.now()),
        )
        assert response.status_code in (201, 401)
        assert sources() - before == (1 if response.status_code == 201 else 0)


def test_an_answer_sent_twice_at_once_is_said_once(at_once):
    case = found_case("anna", "r1")
    ask_for_answer(
        case_id=case.pk, by=person("decider"), at=timezone.now(), until=timezone.now() + DAY
    )

    def send():
        return at_once.send(f"cases/{case.pk}/answer", {"text": "No."}, key="one")

    all_at_once(send, send)
    assert case.events.filter(step="answered").count() == 1
