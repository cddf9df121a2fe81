"""The client that is written for the API: its types hold, and it works against a running server."""

import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import pytest
from django.core.management import call_command
from django.http import FileResponse

from commissions.models import FeedImport, LineExport, OrderLine
from commissions.tasks import run_import, run_line_export
from config.api.client import client_source
from config.data_export import make_exports
from publishers.enums import Scope
from tests.api.callers import clerk, key_for, network, of, some_orders
from tests.house.files import PROJECT
from tests.journeys.orders import order

# What a program that uses the client may write, and what it may not.
GOOD = """
from datetime import UTC, date, datetime
from client import Client, OrderLine, Problem


def use(client: Client) -> list[OrderLine]:
    email: str = client.get_account()["email"]
    client.change_account(body={"time_zone": "Europe/Moscow"})
    client.choose_letters(body={"sources": True, "rules": True, "news": False})
    for person in client.all_people():
        client.change_role(user_id=person["id"], body={"role": "reader"})
        client.remove_person(user_id=person["id"])
    copy = client.ask_data_export()
    with open("copy.zip", "wb") as into:
        client.get_data_export_file(export_id=copy["id"], into=into)
    since = datetime(2019, 1, 1, tzinfo=UTC)
    lines = [one for one in client.all_orders(from_=since, status="confirmed", limit=2)]
    client.list_orders(to=since, date_kind="settled", lacking="click,rule", programme="aliexpress")
    client.make_export(format_="csv", from_=since, date_kind="clicked", lacking="sub1")
    told = client.get_statistics(from_=date(2019, 1, 1), to=date(2019, 2, 1), group_by="source")
    if "groups" in told:
        cents: int = told["groups"][0]["commission_cents"]
        then = told["total"].get("before")
        more: int = then["difference_cents"] if then else 0
    client.get_statistics(
        from_=date(2019, 1, 1), to=date(2019, 2, 1), group_by="day", include="before"
    )
    with open("clicks.csv", "wb") as file:
        client.get_clicks_file(into=file, source="anna-site", from_=since)
        client.get_statistics_file(
            from_=date(2019, 1, 1), to=date(2019, 2, 1), group_by="sub1", format_="xlsx", into=file
        )
    with open(email, "wb") as file:
        size: int = client.get_export_file(export_id=1, into=file)
    client.build_links(body=[{"source": email, "to": email, "sub1": "x"}], idempotency_key="mine")
    try:
        client.get_order(line_id=lines[0]["id"])
    except Problem as problem:
        pointers: list[str] = [one["pointer"] for one in problem.errors]
    return lines
"""
WRONG = [
    'client.list_orders(status="good")',
    'client.list_orders(from_="2019-01-01")',
    'client.list_orders(date_kind="paid")',
    'client.get_statistics_file(format_="csv", into=open("x", "wb"))',
    'client.get_clicks_file(from_="2019-01-01", into=open("x", "wb"))',
    'client.get_account()["earnings"]',
    'client.get_order(line_id="seven")',
    'client.get_export_file(export_id=1, into="orders.csv")',
    'client.change_role(user_id=1, body={"role": "king"})',
    "client.get_data_export_file(export_id=1)",
    'client.build_links(body=[{"source": "a"}])',
    'client.add_source(body={"title": "x", "traffic_type": "y", "colour": "z"})',
    "client.give_feed(name=b'x', amount_unit='cents', body=b'x')",
    "client.list_orders()['items'][0]['rate_bp'].upper()",
]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("client") / "client.py"
    call_command("api_client", "--out", str(path), verbosity=0)
    return path


@pytest.fixture
def client(written) -> ModuleType:
    spec = importlib.util.spec_from_file_location("client", written)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_client_and_what_uses_it_are_typed_strictly(written):
    (written.parent / "good.py").write_text(GOOD)
    wrong = "\n".join(f"    {one}" for one in WRONG)
    (written.parent / "wrong.py").write_text(
        f"from client import Client\n\n\ndef use(client: Client) -> None:\n{wrong}\n"
    )
    checked = run(written.parent, "mypy", "--strict", "--config-file=", "client.py", "good.py")
    assert checked.returncode == 0, checked.stdout
    refused = run(written.parent, "mypy", "--strict", "--config-file=", "wrong.py")
    lines = {int(one.split(":")[1]) for one in refused.stdout.splitlines() if ": error:" in one}
    assert lines == set(range(5, 5 + len(WRONG))), refused.stdout


def test_the_client_is_as_linters_want_it_and_needs_no_library(written):
    config = str(PROJECT / "pyproject.toml")
    checked = run(
        written.parent, "ruff", "check", "--ignore", "INP001", "--config", config, "client.py"
    )
    assert checked.returncode == 0, checked.stdout
    formatted = run(written.parent, "ruff", "format", "--check", "--config", config, "client.py")
    assert formatted.returncode == 0, formatted.stdout
    # Without the folders of installed packages.
    bare = [sys.executable, "-I", "-S", str(written)]
    assert subprocess.run(bare, check=False).returncode == 0


def test_a_name_that_python_keeps_for_itself_is_refused():
    shape = {"type": "object", "properties": {"class": {"type": "string"}}}
    told = {"paths": {}, "components": {"schemas": {"Thing": shape}}}
    with pytest.raises(ValueError, match=r"Thing\.class"):
        client_source(told)


@pytest.fixture
def served(transactional_db, tmp_path, settings, live_server):
    settings.MEDIA_ROOT = tmp_path / "media"
    some_orders(network(tmp_path), tmp_path, 7)
    return live_server.url


def feed(first: int, count: int) -> bytes:
    rows = [json.dumps(order(number)) for number in range(first, first + count)]
    return "\n".join([*rows, '{"order_id": "x"}', ""]).encode()


def test_a_publishers_program_reads_pages_adds_and_meets_refusals(client, served):
    anna = client.Client(served, key_for(of("anna"))[1])
    account = anna.get_account()
    assert (account["code"], account["role"]) == ("anna", "owner")
    everything = list(anna.all_orders(limit=2))
    expected = OrderLine.objects.filter(publisher__code="anna").order_by("-created_at", "-id")
    assert [one["id"] for one in everything] == list(expected.values_list("id", flat=True))
    assert len(everything) == 7
    early = anna.list_orders(to=datetime(2019, 3, 4, tzinfo=UTC), status="confirmed")
    assert 0 < len(early["items"]) < 7
    cut = anna.get_statistics(from_=date(2019, 2, 1), to=date(2019, 5, 1), group_by="source")
    assert cut["total"]["lines"] == 7
    with io.BytesIO() as file:
        size = anna.get_clicks_file(into=file)
        assert file.getvalue().startswith(b"click_id,source")
        assert size == len(file.getvalue())
    with io.BytesIO() as file:
        days = {"from_": date(2019, 2, 1), "to": date(2019, 5, 1)}
        anna.get_statistics_file(**days, group_by="source", format_="csv", into=file)
        assert b"anna-site" in file.getvalue()
    given = {"traffic_type": "content_site", "title": "Deals", "url": "https://deals.example.org/"}
    source = anna.add_source(body=given, idempotency_key="once")
    changed = anna.change_source(code=source["code"], body={"audience": "Thrifty people"})
    assert changed["said"] is not None
    assert changed["said"]["audience"] == "Thrifty people"
    assert anna.add_source(body=given, idempotency_key="once") == source
    assert [one["code"] for one in anna.all_sources(limit=1)] == [source["code"], "anna-site"]
    page = "https://www.aliexpress.com/item/5003.html"
    (link,) = anna.build_links(body=[{"source": source["code"], "to": page}])["items"]
    assert source["code"] in link["link"]
    with pytest.raises(client.Problem) as missing:
        anna.get_source(code="boris-cb")
    assert (missing.value.status, bool(missing.value.request_id)) == (404, True)
    with pytest.raises(client.Problem, match="web address") as refused:
        anna.add_source(body={"traffic_type": "content_site", "title": "No address"})
    assert refused.value.status == 422
    with pytest.raises(client.Problem) as wrong:
        anna.list_orders(limit=0)
    assert [one["pointer"] for one in wrong.value.errors] == ["#/limit"]


def test_a_file_comes_piece_by_piece_and_one_cut_short_is_no_file(client, served, monkeypatch):
    anna = client.Client(served, key_for(of("anna"))[1])
    asked = anna.make_export(format_="csv", to=datetime(2019, 3, 4, tzinfo=UTC))
    with pytest.raises(client.Problem) as early, io.BytesIO() as file:
        anna.get_export_file(export_id=asked["id"], into=file)
    assert early.value.status == 409
    assert run_line_export(asked["id"]) == "done"
    whole = anna.get_export(export_id=asked["id"])
    monkeypatch.setattr(client, "PIECE", 100)
    with io.BytesIO() as file:
        size = anna.get_export_file(export_id=asked["id"], into=file)
        content = file.getvalue()
    assert size == len(content) > 100
    assert content.decode().count("\n") == whole["lines_done"] + 1 > 1
    kept = LineExport.objects.get()
    with Path(kept.stored_as.path).open("ab") as stored:
        stored.truncate(150)
    real = FileResponse.set_headers

    def as_if_whole(answer: FileResponse, filelike: BinaryIO) -> None:
        real(answer, filelike)
        answer.headers["Content-Length"] = str(size)

    monkeypatch.setattr(FileResponse, "set_headers", as_if_whole)
    with pytest.raises(client.Unreachable), io.BytesIO() as file:
        anna.get_export_file(export_id=asked["id"], into=file)


def test_a_publishers_program_keeps_the_account(client, served, tmp_path):
    anna = client.Client(served, key_for(of("anna"))[1])
    assert anna.change_account(body={"time_zone": "Asia/Tokyo"})["time_zone"] == "Asia/Tokyo"
    wanted = {"sources": True, "rules": True, "news": False}
    assert anna.choose_letters(body=wanted) == anna.get_letters()
    max_ = of("anna", "manager", "max")
    anna.change_role(user_id=max_.pk, body={"role": "reader"})
    assert anna.remove_person(user_id=max_.pk, idempotency_key="once") is None
    assert anna.remove_person(user_id=max_.pk, idempotency_key="once") is None
    assert [one["role"] for one in anna.all_people()] == ["owner"]
    copy = anna.ask_data_export()
    path = tmp_path / "copy.zip"
    with path.open("wb") as into, pytest.raises(client.Problem) as early:
        anna.get_data_export_file(export_id=copy["id"], into=into)
    assert (early.value.status, path.stat().st_size) == (404, 0)
    make_exports(at=datetime.now(UTC))
    with path.open("wb") as into:
        anna.get_data_export_file(export_id=copy["id"], into=into)
    assert "orders.csv" in zipfile.ZipFile(path).namelist()


def test_a_program_of_the_staff_gives_a_feed_and_follows_its_import(client, served, tmp_path):
    rights = ("view_feedimport", "add_feedimport", "view_rulebook", "change_rulebook")
    robot = client.Client(served, key_for(clerk(*rights))[1])
    path = tmp_path / "given.ndjson"
    path.write_bytes(feed(50, 4))
    with path.open("rb") as file:
        given = robot.give_feed(body=file, amount_unit="cents", name="given.ndjson")
    assert (given["state"], given["bytes_total"]) == ("queued", path.stat().st_size)
    run_import(given["id"])
    done = robot.get_import(import_id=given["id"])
    assert (done["state"], done["lines_new"], done["rows_parked"]) == ("done", 4, 1)
    (parked,) = robot.all_parked_rows(import_id=given["id"])
    assert parked["row"] == 5
    with FeedImport.objects.get(pk=given["id"]).stored_as.open() as stored:
        assert stored.read() == feed(50, 4)
    with pytest.raises(client.Problem) as over:
        robot.stop_import(import_id=given["id"])
    assert over.value.status == 409
    book = robot.get_rulebook(rulebook_id=next(robot.all_rulebooks())["id"])
    draft = robot.upload_rulebook(body=book["document"])
    compared = robot.compare_rulebooks(rulebook_id=draft["id"], from_=book["id"])
    assert compared["items"] == []
    robot.discard_rulebook(rulebook_id=draft["id"])


def test_what_is_refused_or_out_of_reach_says_so(client, served):
    russian = client.Client(served, "no-such-key", language="ru")
    with pytest.raises(client.Problem) as unknown:
        russian.get_account()
    assert unknown.value.status == 401
    assert not unknown.value.detail.isascii()
    reading = client.Client(served, key_for(of("anna"), [Scope.READ_ACCOUNT])[1])
    with pytest.raises(client.Problem) as scope:
        reading.list_orders()
    assert scope.value.type == "urn:permille:problem:scope"
    nowhere = client.Client("http://127.0.0.1:9", "key", timeout=2)
    with pytest.raises(client.Unreachable) as unanswered:
        nowhere.add_source(body={"traffic_type": "x", "title": "x"}, idempotency_key="mine")
    assert unanswered.value.idempotency_key == "mine"
    with pytest.raises(ValueError, match="no address"):
        client.Client("permille.example", "key")
