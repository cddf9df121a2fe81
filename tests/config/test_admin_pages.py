"""Every model of the back office: its list, its search, its pages, and who may see them."""

import io
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commissions.models import (
    FeedImport,
    NamedSet,
    OrderLine,
    ParkedRow,
    Product,
    Transfer,
)
from config.admin.world_upload import WorldRefused, load_upload
from config.unfold import UNFOLD
from publishers.models import (
    Publisher,
    Source,
    TrafficType,
    User,
)
from tests import backoffice
from tests.backoffice import order, signed_in, superuser
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db

ROOMS = {"publishers", "commissions", "referrals", "compliance", "config", "auth"}
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in ROOMS),
    key=lambda model: model._meta.label,
)
# Their key is of several columns, which no list of the admin has: pages of their own show them.
TOTALS = {"commissions.ConfirmedTotal", "commissions.DailyTotal", "commissions.NetworkTotal"}
# What the product writes by itself, and staff only read.
WRITTEN_BY_PRODUCT = {
    "publishers.AccountClosing", "publishers.DataExport", "publishers.Device",
    "publishers.Invitation", "publishers.TermsConsent",
    "commissions.ConfirmationTime", "commissions.CookieLife", "commissions.FeedImport",
    "commissions.LedgerAccount", "commissions.LineExport",
    "commissions.OrderLine", "commissions.ParkedRow",
    "commissions.Rule", "commissions.Rulebook", "commissions.StaleRow", "commissions.Touch",
    "commissions.Transfer", "commissions.TrafficStatement", "commissions.WhatIf",
    "commissions.WhatIfFigure", "commissions.WhatIfLine", "compliance.Case", "compliance.CaseEvent",
    "compliance.Moderation", "compliance.ModerationEvent", "compliance.ModerationGround",
    "compliance.PreflightRun", "compliance.SourceOwnership", "compliance.PageLook",
    "compliance.PageWatch",
    "compliance.ReviewText", "compliance.StatementOfReasons", "config.JobRun",
    "auth.Group", "publishers.AccountBlock", "publishers.ApiKey", "publishers.Click",
    "publishers.KeptAnswer", "publishers.Letter",
    "publishers.SourceApproval", "publishers.SourceFile", "publishers.SourceStatement",
    "publishers.SourceSuspension", "publishers.TrafficPermission",
    "compliance.Observation", "compliance.WatchMark", "publishers.PayoutDetails",
    "referrals.Referral", "referrals.ReferralCredit",
}  # fmt: skip


@pytest.fixture
def theme(settings) -> None:
    """The back office's own theme, whatever the settings in force say."""
    settings.UNFOLD = UNFOLD


def page(model: type[models.Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def a_row_of_each(tmp_path: Path) -> None:
    one_of_each(tmp_path)


def test_every_model_of_ours_is_registered():
    ours = {
        model._meta.label
        for model in admin.site._registry
        if model._meta.app_label in ROOMS - {"auth"}
    }
    wanted = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS - {"auth"} and not model._meta.proxy
    }
    assert ours == wanted - TOTALS


@pytest.mark.usefixtures("a_row_of_each")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_every_model_answers_a_superuser(language):
    client = superuser()
    client.cookies["django_language"] = language
    for model in MODELS:
        assert client.get(page(model, "changelist")).status_code == 200, model
        assert client.get(page(model, "changelist"), {"q": "7"}).status_code == 200, model
        row = model._default_manager.first()
        assert row is not None, f"no row of {model._meta.label} to look at"
        assert client.get(page(model, "change", row.pk)).status_code == 200, model
        may_add = model._meta.label not in WRITTEN_BY_PRODUCT
        assert client.get(page(model, "add")).status_code == (200 if may_add else 403), model


@pytest.mark.usefixtures("a_row_of_each")
def test_nobody_else_sees_a_page():
    clients = {"anonymous": Client(), "publisher": signed_in("anna")}
    clerk = signed_in("clerk", is_staff=True)
    for model in MODELS:
        row = model._default_manager.first()
        for address in (page(model, "changelist"), page(model, "change", row.pk)):
            for who, client in clients.items():
                assert client.get(address).status_code == 302, (who, address)
            assert clerk.get(address).status_code == 403, address


@pytest.mark.usefixtures("a_row_of_each")
def test_what_the_product_writes_is_not_changed_by_hand():
    client = superuser()
    for model in MODELS:
        if model._meta.label in WRITTEN_BY_PRODUCT:
            row = model._default_manager.first()
            assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
            assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.usefixtures("a_row_of_each")
def test_rows_that_the_books_refer_to_are_never_deleted():
    client = superuser()
    for model in (Publisher, Source, TrafficType, NamedSet):
        row = model._default_manager.first()
        assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", [OrderLine, Transfer, ParkedRow, FeedImport])
def test_a_list_asks_no_more_for_more_rows(tmp_path, model):
    programme = backoffice.facts(tmp_path)
    client = superuser()
    client.get(page(model, "changelist"))
    backoffice.take(programme, tmp_path, [order(1), order(101, paid_amount="x")])
    with CaptureQueriesContext(connection) as few:
        client.get(page(model, "changelist"))
    rows = [order(n) for n in range(2, 20)]
    rows += [order(n, paid_amount="x") for n in range(102, 120)]
    backoffice.take(programme, tmp_path, rows)
    with CaptureQueriesContext(connection) as many:
        client.get(page(model, "changelist"))
    assert len(many) == len(few), "\n".join(query["sql"] for query in many)


@pytest.mark.usefixtures("a_row_of_each")
def test_a_publishers_page_draws_its_tree_and_says_that_it_is_blocked():
    boris = Publisher.objects.get(code="boris")
    text = superuser().get(page(Publisher, "change", boris.pk)).content.decode()
    assert "The account is blocked since" in text
    assert "pm-member-subject" in text
    assert page(Publisher, "change", Publisher.objects.get(code="anna").pk) in text


def test_pages_write_no_script_of_ours_into_themselves():
    templates = Path(__file__).resolve().parents[2] / "templates"
    for path in templates.rglob("*.html"):
        text = path.read_text()
        assert "<script>" not in text, path
        assert "onclick" not in text, path


def test_a_world_is_loaded_by_upload_and_reported_by_file(tmp_path):
    backoffice.facts(tmp_path)
    files = [
        SimpleUploadedFile("products.csv", b"product_id,store_id,category_id,title\n1,2,3,T\n"),
        SimpleUploadedFile("stores.csv", b"no,such,columns\n1,2,3\n"),
        SimpleUploadedFile("readme.txt", b"hello"),
    ]
    answer = superuser().post(
        reverse("admin:load_world"),
        {"programme": backoffice.facts(tmp_path).pk, "world": files},
    )
    came = {report.name: report.accepted for report in answer.context["reports"]}
    assert came == {"products.csv": True, "stores.csv": False, "readme.txt": False}
    assert Product.objects.get().title == "T"


def test_a_world_with_paths_is_refused_before_anything_is_loaded(tmp_path):
    programme = backoffice.facts(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../products.csv", "product_id,store_id,category_id,title\n1,2,3,T\n")
    upload = SimpleUploadedFile("world.zip", packed.getvalue())
    with pytest.raises(WorldRefused, match="folder"):
        load_upload([upload], programme=programme, at=timezone.now())
    assert not Product.objects.exists()


def test_only_a_superuser_loads_a_world():
    assert signed_in("clerk", is_staff=True).get(reverse("admin:load_world")).status_code == 403


@pytest.mark.usefixtures("theme")
def test_the_sidebar_offers_nothing_that_its_reader_may_not_see(rf: RequestFactory):
    request = rf.get("/admin/")
    request.user = User.objects.create_user("clerk", is_staff=True)
    groups = admin.site.get_sidebar_list(request)
    offered = [
        item["title"] for group in groups for item in group["items"] if item["has_permission"]
    ]
    assert [str(title) for title in offered] == ["Front page"]
