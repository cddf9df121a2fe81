"""Sources from application to earning: looked at, decided with reasons, and the books after it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from commissions.models import OrderLine
from compliance.models import Moderation
from compliance.moderation.operations import (
    Refused,
    agree,
    apply_source,
    approve,
    change_material,
    reject,
)
from publishers.models import Letter, Source, SourceApproval, SourceStatement
from publishers.source_material import Material
from tests.journeys.orders import booked, line, order
from tests.journeys.worlds_through import assert_books_agree, tick
from tests.sources import (
    AT,
    REDIRECTS,
    applied,
    keyword_list,
    latest,
    mailing,
    network,
    publisher,
    staff,
    toolbar,
)

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def steps(moderation: Moderation) -> set[str]:
    return {
        finding["step"]
        for run in moderation.runs.all()
        for report in run.reports
        for finding in report["findings"]
    }


def reason_of(moderation: Moderation, step: str) -> dict[str, str]:
    """The finding as a reason for the publisher."""
    return next(
        {"rule": finding["rule"], **finding["sentence"]}
        for run in moderation.runs.all()
        for report in run.reports
        for finding in report["findings"]
        if finding["step"] == step
    )


def letters(moderation: Moderation, name: str) -> list[Letter]:
    return list(Letter.objects.filter(key__startswith=f"moderation:{moderation.pk}:{name}:"))


def decided(number: int) -> tuple[str, str]:
    found = line(number)
    return found.status, found.reason


def test_a_list_with_the_brand_is_rejected_and_a_mended_one_is_approved():
    bad = applied("contextual", keyword_list("buy phone", "aliexpress coupons"), code="ads")
    assert bad.verdict == "violation"
    assert "entries" in steps(bad)
    reject(moderation_id=bad.pk, by=staff(), at=AT, reasons=[reason_of(bad, "entries")])

    good = change_material(publisher_id=publisher().pk, source_id=bad.source_id,
                           material=keyword_list("buy phone"), at=AT + DAY)  # fmt: skip
    assert good.verdict == "clear"
    approve(moderation_id=good.pk, by=staff(), at=AT + DAY)
    booked(order(1, source="ads", created_time="2020-05-03 10:00:00"))
    assert line(1).status == "confirmed"
    contents = [bytes(file.content) for file in Source.objects.get(code="ads").files.all()]
    assert sum(b"aliexpress coupons" in content for content in contents) == 1
    tick((AT + 5 * DAY).isoformat())
    assert_books_agree()


def test_a_toolbar_from_application_through_agreement_to_a_clause_that_it_breaks():
    moderation = applied("toolbars_plugins", toolbar(REDIRECTS), code="toolbar")
    assert steps(moderation) >= {"needs_agreement"}
    with pytest.raises(Refused, match="no agreement with anna"):
        approve(moderation_id=moderation.pk, by=staff(), at=AT + DAY)
    assert not SourceApproval.objects.exists()

    agree(moderation_id=moderation.pk, by=staff(), at=AT + DAY, valid_from=AT, valid_to=None,
          note_of_it="Letter of 1 May 2020, signed by both.")  # fmt: skip
    assert latest(moderation).verdict == "clear"
    approve(moderation_id=moderation.pk, by=staff(), at=AT + DAY)
    booked(
        order(1, source="toolbar", created_time="2020-05-01 10:00:00"),
        order(2, source="toolbar", created_time="2020-05-04 10:00:00"),
    )
    assert decided(1) == ("rejected", "source_not_approved")
    assert line(2).status == "confirmed"

    # F3 comes on 8 June: looked at again, and nothing is found.
    tick("2020-06-07T20:59:00Z")
    assert Moderation.objects.count() == 1
    tick("2020-06-08T00:00:00Z")
    by_f3 = Moderation.objects.latest("pk")
    assert [ground.key for ground in by_f3.grounds.all()] == ["clause:F3"]
    assert by_f3.verdict == "clear"
    approve(moderation_id=by_f3.pk, by=staff(), at=datetime(2020, 6, 9, tzinfo=UTC))
    assert SourceApproval.objects.count() == 1

    # F4 comes on 6 July: the same package breaks it, and not the day before.
    tick("2020-07-05T20:59:00Z")
    assert Moderation.objects.count() == 2
    tick("2020-07-05T21:00:00Z")
    by_f4 = Moderation.objects.latest("pk")
    assert [ground.key for ground in by_f4.grounds.all()] == ["clause:F4"]
    assert by_f4.verdict == "violation"
    assert len(letters(by_f4, "opened")) == 1
    assert SourceApproval.objects.get().valid_to is None
    tick("2020-07-06T12:00:00Z")
    assert Moderation.objects.count() == 3

    with pytest.raises(Refused, match="breaks a rule"):
        approve(moderation_id=by_f4.pk, by=staff(), at=datetime(2020, 7, 7, tzinfo=UTC))
    broken = next(
        {"rule": finding["rule"], **finding["sentence"]}
        for report in by_f4.runs.get(part="material").reports
        for finding in report["findings"]
        if finding["rule"] == "F4"
    )
    reject(moderation_id=by_f4.pk, by=staff(), at=datetime(2020, 7, 7, tzinfo=UTC),
           reasons=[broken], ends_approval=True)  # fmt: skip
    booked(
        order(3, source="toolbar", created_time="2020-07-05 10:00:00"),
        order(4, source="toolbar", created_time="2020-07-08 10:00:00"),
        at=datetime(2020, 7, 9, tzinfo=UTC),
    )
    tick("2020-07-10T00:00:00Z")
    assert line(2).status == line(3).status == "confirmed"
    assert decided(4) == ("rejected", "source_not_approved")
    assert OrderLine.objects.filter(commission_cents__gt=0).count() == 2
    assert_books_agree()


def test_a_change_goes_on_earning_as_approved_until_staff_decide():
    moderation = applied("email_newsletter", mailing(), code="letters")
    approve(moderation_id=moderation.pk, by=staff(), at=AT)
    change = change_material(publisher_id=publisher().pk, source_id=moderation.source_id,
                             material=mailing(leave="Nobody can unsubscribe."),
                             at=AT + DAY)  # fmt: skip
    assert change.verdict == "violation"
    booked(order(1, source="letters", created_time="2020-05-03 10:00:00"))
    assert line(1).status == "confirmed"
    reject(moderation_id=change.pk, by=staff(), at=AT + 3 * DAY,
           reasons=[reason_of(change, "cannot_leave")])  # fmt: skip
    assert SourceApproval.objects.get().valid_to is None
    booked(order(2, source="letters", created_time="2020-05-10 10:00:00"), at=AT + 10 * DAY)
    assert line(2).status == "confirmed"
    assert SourceStatement.objects.count() == 2


def test_an_agreement_that_ends_suspends_what_it_allowed_and_nothing_is_approved_after_it():
    moderation = applied("toolbars_plugins", toolbar(), code="toolbar")
    agree(moderation_id=moderation.pk, by=staff(), at=AT, valid_from=AT,
          valid_to=AT + 10 * DAY, note_of_it="For ten days.")  # fmt: skip
    with pytest.raises(Refused, match="no agreement"):
        approve(moderation_id=moderation.pk, by=staff(), at=AT + 10 * DAY)
    approve(moderation_id=moderation.pk, by=staff(), at=AT + 9 * DAY)
    booked(
        order(1, source="toolbar", created_time="2020-05-10 20:00:00"),
        order(2, source="toolbar", created_time="2020-05-12 20:00:00"),
        at=AT + 20 * DAY,
    )
    assert line(1).status == "confirmed"
    assert decided(2) == ("rejected", "forbidden_traffic")


def test_the_code_of_a_source_is_made_where_none_is_given():
    first, second = applied(), applied()
    codes = [one.source.code for one in (first, second)]
    assert codes == ["anna-1", "anna-2"]
    with pytest.raises(Refused, match="is taken"):
        apply_source(publisher_id=publisher("boris").pk, traffic_type="content_site",
                     material=Material(title="B", url="https://b.example.org/"),
                     code="anna-1", at=AT)  # fmt: skip
