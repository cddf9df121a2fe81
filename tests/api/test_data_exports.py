"""Copies of an account's data by the API: asked for, followed, loaded down, and gone."""

import io
import zipfile

import pytest
from django.utils import timezone

from config.data_export import make_exports
from publishers.data_exports import KEPT, ask_export
from publishers.enums import Scope
from publishers.models import AccountBlock, DataExport, Letter, Publisher
from tests.accounts import browser
from tests.api.callers import Machine, answer, machine, network, of, some_orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(tmp_path, settings) -> Machine:
    settings.MEDIA_ROOT = tmp_path / "media"
    some_orders(network(tmp_path), tmp_path, 2)
    return machine(of("anna"))


def file_of(calls: Machine, address: str) -> bytes:
    response = calls.client.get(address, headers={"accept": "application/zip"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert "no-store" in response.headers["Cache-Control"]
    assert 'attachment; filename="permille-anna-' in response.headers["Content-Disposition"]
    return b"".join(response.streaming_content)


def test_a_copy_is_asked_for_followed_loaded_down_and_gone_after_its_time(anna):
    response = anna.send("data-exports")
    told = answer(response, 202)
    assert (told["state"], told["file"], told["kept_until"]) == ("waiting", None, None)
    place = response.headers["Location"]
    assert anna.get(place) == told
    assert anna.post("data-exports", status=202) == told  # it is under way
    assert DataExport.objects.get().asked_by == of("anna")
    early = anna.client.get(f"{place}/file", headers={"accept": "application/zip"})
    answer(early, 404)
    at = timezone.now()
    make_exports(at=at)
    told = anna.get(place)
    assert (told["state"], told["parts"] > 3) == ("done", True)
    assert told["parts_done"] == told["parts"]
    assert told["kept_until"][:19] == (at + KEPT).isoformat()[:19]
    archive = zipfile.ZipFile(io.BytesIO(file_of(anna, told["file"])))
    assert b"boris" not in archive.read("orders.csv")
    assert archive.read("orders.csv").count(b"\n") == 3
    assert anna.get("data-exports")["items"] == [told]
    make_exports(at=at + KEPT)
    gone = anna.get(place)
    assert (gone["state"], gone["file"], gone["kept_until"]) == ("gone", None, None)
    anna.get(f"{place}/file", 404)
    assert anna.post("data-exports", status=202)["id"] != told["id"]


def test_a_copy_that_is_asked_for_twice_is_told_once(anna):
    anna.patch("account", {"language": "en"})
    for _time in range(2):
        anna.post("data-exports", status=202)
    letters = Letter.objects.filter(kind="security")
    assert ["A copy of all its data" in one.text for one in letters.all()] == [True]
    make_exports(at=timezone.now())
    anna.post("data-exports", status=202)
    assert letters.count() == DataExport.objects.count() == 2
    # People know what they ask for.
    browser(of("anna")).post("/api/v1/data-exports", headers={"idempotency-key": "k"})
    assert letters.count() == 2


def test_a_copy_is_more_than_any_scope_for_reading_opens(anna):
    address = _made(of("anna"), anna)
    reads = machine(of("anna"), *READING)
    assert reads.get("data-exports")["items"][0]["state"] == "done"
    assert reads.get(address, 403)["type"] == "urn:permille:problem:scope"
    reads.post("data-exports", status=403)


def test_owners_alone_have_copies_and_of_another_there_is_none(anna):
    address = _made(of("anna"), anna)
    boris = machine(of("boris"))
    for path in (address, address.removesuffix("/file")):
        boris.get(path, 404)
        for role in ("manager", "reader"):
            answer(browser(of("anna", role)).get(path), 403)
    assert boris.get("data-exports")["items"] == []


def test_a_blocked_account_has_its_data_still(anna):
    address = _made(of("anna"), anna)
    account = Publisher.objects.get(code="anna")
    AccountBlock.objects.create(publisher=account, ground="x", valid_from=timezone.now())
    client = browser(of("anna"))
    response = client.get(address)
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")
    asked = client.post("/api/v1/data-exports", headers={"idempotency-key": "k"})
    assert answer(asked, 202)["state"] == "waiting"


READING = (Scope.READ_ACCOUNT, Scope.READ_ORDERS, Scope.READ_CASES, Scope.READ_STATISTICS)


def _made(owner, calls: Machine) -> str:
    """The address of the file of a copy that is made."""
    export = ask_export(owner.publisher, by=owner, at=timezone.now())
    make_exports(at=timezone.now())
    return calls.get(f"data-exports/{export.pk}")["file"]
