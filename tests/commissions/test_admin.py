"""Back office of commissions: uploads, parked rows, the page of a line, the search."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from commissions.admin.order_line import numbers_of_lines
from commissions.enums import ImportState, ParkedState
from commissions.models import FeedImport, OrderLine, ParkedRow
from tests import backoffice
from tests.backoffice import order, signed_in, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Imports that the upload page rang for; no worker answers."""
    calls: list[int] = []
    monkeypatch.setattr("commissions.receiving.run_import.delay_on_commit", calls.append)
    return calls


def test_an_uploaded_file_is_kept_queued_and_rung_for(tmp_path, settings, rung):
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = backoffice.facts(tmp_path)
    answer = superuser().post(
        reverse("admin:commissions_feedimport_upload"),
        {
            "programme": programme.pk,
            "amount_unit": "cents",
            "file": SimpleUploadedFile("../feed.ndjson", b"{}\n"),
        },
    )
    feed_import = FeedImport.objects.get()
    assert answer.url == reverse("admin:commissions_feedimport_change", args=[feed_import.pk])
    assert feed_import.state == ImportState.QUEUED
    assert Path(feed_import.stored_as.path).read_bytes() == b"{}\n"
    assert Path(feed_import.stored_as.path).is_relative_to(settings.MEDIA_ROOT)
    assert feed_import.by.username == "root"
    assert rung == [feed_import.pk]


def test_who_may_not_add_imports_does_not_upload():
    client = signed_in("clerk", is_staff=True)
    assert client.get(reverse("admin:commissions_feedimport_upload")).status_code == 403


def test_an_imports_progress_is_told_in_figures(tmp_path):
    programme = backoffice.facts(tmp_path)
    done = backoffice.take(programme, tmp_path, [order(1), order(2, paid_amount="x")])
    client = superuser()
    told = client.get(reverse("admin:commissions_feedimport_progress", args=[done.pk])).json()
    assert told["over"] is True
    assert told["percent"] == 100
    assert told["texts"]["rows_read"] == "2"
    assert told["texts"]["lines_new"] == "1"
    assert told["texts"]["rows_parked"] == "1"
    page = client.get(reverse("admin:commissions_feedimport_change", args=[done.pk]))
    assert ParkedRow.objects.get().reason in page.content.decode().replace("&quot;", '"')


def test_progress_is_not_told_to_others(tmp_path):
    done = backoffice.take(backoffice.facts(tmp_path), tmp_path, [order(1)])
    address = reverse("admin:commissions_feedimport_progress", args=[done.pk])
    assert signed_in("clerk", is_staff=True).get(address).status_code == 404


def parked(tmp_path: Path, **wrong: str) -> ParkedRow:
    backoffice.take(backoffice.facts(tmp_path), tmp_path, [order(1, **wrong)])
    return ParkedRow.objects.get()


def as_shown(answer) -> dict[str, str]:
    """The fields of the form as the page shows them."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_parked_row_is_mended_and_replayed(tmp_path):
    row = parked(tmp_path, paid_amount="12.5")
    client = superuser()
    address = reverse("admin:commissions_parkedrow_change", args=[row.pk])
    shown = client.get(address)
    assert next(iter(shown.context["form"].fields)) == "paid_amount"
    fields = as_shown(shown)
    assert fields["paid_amount"] == "12.5"
    answer = client.post(address, {**fields, "paid_amount": "1250"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == ParkedState.REPLAYED
    assert row.replayed_by.username == "root"
    assert OrderLine.objects.get().paid_cents == 1250


def test_a_row_still_unreadable_is_told_at_its_field_and_nothing_is_saved(tmp_path):
    row = parked(tmp_path, paid_amount="12.5")
    address = reverse("admin:commissions_parkedrow_change", args=[row.pk])
    client = superuser()
    fields = as_shown(client.get(address))
    answer = client.post(address, {**fields, "paid_amount": "1e3"})
    assert answer.status_code == 200
    assert "1e3" in answer.context["form"].errors["paid_amount"][0]
    row.refresh_from_db()
    assert (row.state, row.mended) == (ParkedState.PARKED, None)
    assert not OrderLine.objects.exists()


def test_selected_rows_are_replayed_as_they_are(tmp_path):
    row = parked(tmp_path, ship_to_country="??")
    ParkedRow.objects.update(raw=row.raw.replace("??", "US"))  # readable by now
    superuser().post(
        reverse("admin:commissions_parkedrow_changelist"),
        {"action": "replay_as_they_are", "_selected_action": [row.pk]},
    )
    row.refresh_from_db()
    assert row.state == ParkedState.REPLAYED


def test_who_may_only_look_does_not_replay(tmp_path):
    from django.contrib.auth.models import Permission

    row = parked(tmp_path, paid_amount="12.5")
    client = signed_in("clerk", is_staff=True)
    may_look = Permission.objects.get(codename="view_parkedrow")
    may_look.user_set.add(*may_look.user_set.model.objects.filter(username="clerk"))
    address = reverse("admin:commissions_parkedrow_change", args=[row.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 403


def test_a_lines_page_explains_its_amount(tmp_path):
    backoffice.take(backoffice.facts(tmp_path), tmp_path, [order(1, cents=12_345)])
    line = OrderLine.objects.get()
    answer = superuser().get(reverse("admin:commissions_orderline_change", args=[line.pk]))
    text = re.sub(r"\s+", " ", answer.content.decode())
    assert "12,345 × 5.50 % = 678.975, cut down to 678 cents = 6.78 USD" in text
    assert "A re-rating is waiting" not in text
    steps = answer.context["page"]["steps"]
    assert [one.step.outcome for one in steps].count("matched") == 1
    assert any(one.passed_over for one in steps)


def test_a_lines_page_says_when_the_facts_have_moved_on(tmp_path):
    backoffice.take(backoffice.facts(tmp_path), tmp_path, [order(1)])
    OrderLine.objects.update(commission_cents=1)
    line = OrderLine.objects.get()
    answer = superuser().get(reverse("admin:commissions_orderline_change", args=[line.pk]))
    assert "A re-rating is waiting" in answer.content.decode()


def test_lines_are_found_by_either_number_or_the_networks_own(tmp_path):
    rows = [order(1, order_id=9_100_001), order(2, order_id=9_100_001), order(3)]
    backoffice.take(backoffice.facts(tmp_path), tmp_path, rows)
    lines = dict(OrderLine.objects.values_list("sub_order_id", "pk"))
    assert numbers_of_lines("9100001") == sorted([lines["8000001"], lines["8000002"]])
    assert numbers_of_lines("8000003") == [lines["8000003"]]
    assert numbers_of_lines(str(lines["8000002"])) == [lines["8000002"]]
    assert numbers_of_lines("80000") == sorted(lines.values())
    assert numbers_of_lines("800") == []
    assert numbers_of_lines("'; --") == []
