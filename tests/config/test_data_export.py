"""All of an account's own data as one file, and nothing of anybody else's."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from commissions.models import OrderLine
from config.data_export import make_exports
from publishers.data_exports import KEPT, ask_export, export_waits
from publishers.enums import Role
from publishers.models import DataExport, Publisher
from tests.accounts import browser, person
from tests.journeys.orders import NOW, booked, golden_facts, order

DATA = "/en/my/settings/data/"


@pytest.fixture
def anna() -> Publisher:
    golden_facts()
    booked(order(1, source="anna-site"), order(2, source="boris-cash"))
    found = Publisher.objects.get(code="anna")
    person(found)
    return found


@pytest.mark.django_db
def test_the_file_holds_ones_own_and_is_deleted_after_its_time(anna):
    client = browser(anna.users.get())
    assert export_waits(NOW) is None
    assert client.post(DATA).status_code == 302
    assert client.post(DATA).status_code == 302
    asked = DataExport.objects.get()
    assert export_waits(NOW) == asked.asked_at
    assert make_exports(at=asked.asked_at)["made"] == 1
    page = client.get(DATA).content.decode()
    assert f"{DATA}{asked.pk}/" in page
    body = b"".join(client.get(f"{DATA}{asked.pk}/").streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(body))
    rows = list(csv.DictReader(io.StringIO(archive.read("orders.csv").decode())))
    own = OrderLine.objects.filter(publisher_id=anna.pk)
    assert [row["sub_order_id"] for row in rows] == [line.sub_order_id for line in own]
    assert rows
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert json.loads(archive.read("people.json"))[0]["username"] == "anna"
    assert "boris" not in everything
    assert anna.users.get().password not in everything
    later = asked.asked_at + KEPT
    assert export_waits(later) == later
    assert make_exports(at=later) == {"made": 0, "failed": 0, "deleted": 1}
    assert client.get(f"{DATA}{asked.pk}/").status_code == 404
    assert export_waits(later + timedelta(days=1)) is None


@pytest.mark.django_db
def test_another_publishers_file_is_no_file(anna):
    boris = Publisher.objects.get(code="boris")
    export = ask_export(anna, by=anna.users.get(), at=NOW)
    make_exports(at=NOW)
    client = browser(person(boris))
    assert client.get(f"{DATA}{export.pk}/").status_code == 404
    reader = browser(person(anna, "reader", Role.READER))
    assert reader.get(f"{DATA}{export.pk}/").status_code == 403


@pytest.mark.django_db
def test_one_that_fails_says_so_and_stops_no_other(anna, monkeypatch):
    boris = Publisher.objects.get(code="boris")
    for one in (anna, boris):
        ask_export(one, by=anna.users.get(), at=NOW)
    real = DataExport.file.field.storage.save

    def save(name, *args, **kwargs):
        if "anna" in name:
            raise OSError("No space left.")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(DataExport.file.field.storage, "save", save)
    assert make_exports(at=NOW) == {"made": 1, "failed": 1, "deleted": 0}
    assert "No space left" in anna.exports.get().error
    assert make_exports(at=NOW) == {"made": 0, "failed": 0, "deleted": 0}
