"""A database with at least one row of every model, as tests of all pages need it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import Group

from commissions.enums import SetKind
from commissions.models import (
    ConfirmationTime,
    LineExport,
    NamedSet,
    Product,
    SetMember,
    Store,
    VirtualRuling,
)
from compliance.image_references import add_reference
from compliance.models import (
    AutoApproval,
    Case,
    Observation,
    ObservationPolicy,
    PageLook,
    ReviewText,
    Threshold,
    ViolationPolicy,
    WatchMark,
)
from compliance.moderation.operations import apply_source, approve
from compliance.operations import suspend_source
from config.models import JobRun
from publishers.accounts import close_account
from publishers.data_exports import ask_export
from publishers.enums import Role
from publishers.keys import make_key
from publishers.models import (
    AccountBlock,
    Agreement,
    Click,
    Device,
    KeptAnswer,
    Letter,
    Publisher,
    Source,
    TermsConsent,
    TrafficType,
    User,
)
from publishers.payout_details import set_payout_details
from publishers.people import invite
from publishers.staff_roles import ask_role_change
from referrals.models import ReferralCredit
from tests import backoffice
from tests.backoffice import NOW, order
from tests.cases import person
from tests.rulebooks import book_of, draft_of, tried_on_the_past
from tests.sources import keyword_list, site


def one_of_each(folder: Path) -> None:
    """At least one row of every model, by the product's own ways where there are some."""
    programme = backoffice.facts(folder)
    anna, boris = Publisher.objects.order_by("code")
    kind = TrafficType.objects.first()
    Group.objects.get_or_create(name="support")
    good, late = order(1), order(1, status="Payment Completed")
    backoffice.take(programme, folder, [good, late, order(2, paid_amount="12.5")])
    Store.objects.create(programme=programme, store_id="1", seller_country="CN")
    Product.objects.create(programme=programme, product_id="1")
    VirtualRuling.objects.create(programme=programme, product_id="1", ruled_at=NOW)
    Agreement.objects.create(publisher=anna, traffic_type=kind)
    countries = NamedSet.objects.filter(kind=SetKind.COUNTRY).first()
    SetMember.objects.create(named_set=countries, value="ZZ")
    Click.objects.create(click_id="k", source=Source.objects.first(), clicked_at=NOW)
    AccountBlock.objects.create(publisher=boris, ground="case:1", valid_from=NOW)
    ReferralCredit.objects.create(programme=programme, referred=boris, referrer=anna)
    ConfirmationTime.objects.create(
        programme=programme, measured_at=NOW, lines=1, median_days=60, slow_days=70
    )
    Letter.objects.create(
        key="k", publisher=anna, address="a@example.net", language="en", subject="s", text="t",
        made_at=NOW,
    )  # fmt: skip
    draft = draft_of(programme, replace(book_of(programme, 1), cap_cents=1), NOW)
    tried_on_the_past(draft, NOW)
    JobRun.objects.create(job="tick", due_at=NOW, state="done", started_at=NOW)
    ReviewText.objects.create(review_id="r", posted_at=NOW, text="<b>fine</b>")
    AutoApproval.objects.create(traffic_type=kind)
    ads = keyword_list("buy phone", "aliexpress")
    apply_source(publisher_id=anna.pk, traffic_type="contextual", material=ads, at=NOW)
    seen = apply_source(publisher_id=anna.pk, traffic_type="content_site", material=site(), at=NOW)
    approve(moderation_id=seen.pk, by=person("moderator"), at=NOW)
    PageLook.objects.create(
        source=seen.source, approved=seen, at=NOW, outcome="same", evidence={}, reports=[]
    )
    ViolationPolicy.objects.create(kind="review_link", mode="person")
    add_reference(
        name="logo", by=User.objects.create(username="keeper"), at=NOW,
        picture=(Path(__file__).parent / "compliance/drawn_logo.png").read_bytes(),
    )  # fmt: skip
    make_key(
        user=person("keymaker"), name="k", scopes=["read:feeds"], by=person("keymaker"),
        expires_at=NOW + timedelta(days=1), at=NOW,
    )  # fmt: skip
    KeptAnswer.objects.create(caller="key:1", key="k", digest="d", status=201, body={}, at=NOW)
    Observation.objects.create(
        kind="cookie_stuffing", publisher=boris, severity=2, window_start=NOW, found_at=NOW,
        evidence={"signs": []},
    )  # fmt: skip
    ObservationPolicy.objects.create(kind="cookie_stuffing", mode="person")
    Threshold.objects.create(name="quick_orders", value=4)
    WatchMark.objects.create(pk=1)
    set_payout_details(publisher_id=boris.pk, kind="card", number="4111111111111111", at=NOW)
    case = Case.objects.create(
        kind="review_link", publisher=boris, evidence="r", clause="F37", found_at=NOW,
        evidence_frozen={"text": "see x", "links": [], "posted_at": "2020-01-01T00:00:00+00:00"},
    )  # fmt: skip
    source = Source.objects.get(publisher=boris)
    suspend_source(case_id=case.pk, source_id=source.pk, by=person("decider"), at=NOW, reason="x")
    ask_role_change(
        user_id=person("newclerk").pk, roles=["support"], reason="x",
        by=person("decider"), at=NOW,
    )  # fmt: skip
    LineExport.objects.create(publisher=boris, asked_at=NOW, params={}, file_format="csv")
    Case.objects.create(
        kind="other", publisher=boris, evidence="s", found_at=NOW, evidence_frozen={}
    )
    _account_of(boris)


def _account_of(publisher: Publisher) -> None:
    """What its people do with an account, once each."""
    owner = person("olga")
    Device.objects.create(user=owner, session_key="k", name="Firefox", begun_at=NOW, seen_at=NOW)
    TermsConsent.objects.create(
        publisher=publisher, user=owner, version=NOW.date(), accepted_at=NOW
    )
    invite(publisher, email="max@example.org", role=Role.READER, by=owner, at=NOW)
    ask_export(publisher, by=owner, at=NOW)
    close_account(publisher, by=owner, at=NOW)
