"""Cases opened of what the checks of a round found in a source."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import override

from compliance.kinds import KIND_OF_CLAUSE, clause_sentence
from compliance.models import Case, Moderation
from compliance.moderation.cases import breaches, open_case_of_round
from compliance.moderation.operations import Refused, agree
from compliance.statements.facts import facts_of
from publishers.models import User
from tests.backoffice import signed_in
from tests.sources import AT, REDIRECTS, applied, keyword_list, mailing, network, staff, toolbar

pytestmark = pytest.mark.django_db

IN_FORCE = datetime(2020, 7, 6, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def opened(moderation: Moderation, clause: str, at: datetime = AT) -> Case:
    return open_case_of_round(moderation_id=moderation.pk, clause=clause, by=staff(), at=at)


def clauses(moderation: Moderation) -> list[str]:
    return [breach.clause for breach in breaches(moderation)]


@pytest.mark.parametrize(
    ("traffic_type", "material", "clause", "kind"),
    [
        ("email_newsletter", mailing(leave=""), "F27", "mailing_without_consent"),
        ("contextual", keyword_list("aliexpress coupons"), "F26", "brand_in_advertising"),
        ("toolbars_plugins", toolbar(), "F31", "forbidden_traffic"),
    ],
    ids=["mailing", "keywords", "toolbar"],
)
def test_a_case_has_the_clause_and_the_kind_of_what_was_found(traffic_type, material, clause, kind):
    moderation = applied(traffic_type, material, code="s")
    assert clauses(moderation) == [clause]
    case = opened(moderation, clause)
    assert (case.kind, case.clause, case.source, case.found_by) == (
        kind, clause, moderation.source, staff(),
    )  # fmt: skip
    assert case.evidence_frozen["round"] == moderation.pk
    assert opened(moderation, clause) == case
    moderation.refresh_from_db()
    assert moderation.state == "waiting", "a case decides no round"


def test_what_was_found_is_told_in_the_language_of_the_reader():
    case = opened(applied("email_newsletter", mailing(leave="")), "F27")
    sentence = case.evidence_frozen["findings"][0]["sentence"]
    told = {}
    for language in ("en", "ru"):
        with override(language):
            told[language] = facts_of(case, "UTC")
        assert sentence[language] in told[language]
    assert not set(told["en"]) & set(told["ru"])


def test_what_is_not_forbidden_yet_is_no_ground_for_a_case():
    early = applied("toolbars_plugins", toolbar(REDIRECTS), code="early")
    agree(moderation_id=early.pk, by=staff(), at=AT, valid_from=AT, valid_to=None, note_of_it="x")
    assert clauses(early) == []
    with pytest.raises(Refused, match="found nothing against F4"):
        opened(early, "F4")
    late = applied("toolbars_plugins", toolbar(REDIRECTS), code="late", at=IN_FORCE)
    assert clauses(late) == ["F4"]
    assert opened(late, "F4", IN_FORCE).clause == "F4"
    assert Case.objects.count() == 1


def test_each_clause_that_checks_name_has_a_kind_and_a_sentence():
    for clause in KIND_OF_CLAUSE:
        assert clause_sentence(clause), clause


def test_only_those_who_decide_cases_open_one():
    moderation = applied("email_newsletter", mailing(leave=""))
    page = reverse("admin:compliance_moderation_change", args=[moderation.pk])
    button = reverse("admin:compliance_moderation_case", args=[moderation.pk])
    reading = signed_in("reader", is_staff=True)
    user = User.objects.get(username="reader")
    given = ("view_moderation", "change_moderation")
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    text = reading.get(page).content.decode()
    assert 'data-breach="F27"' in text
    assert 'data-action="case"' not in text
    assert reading.post(button, {"clause": "F27"}).status_code == 403
    assert not Case.objects.exists()
    user.user_permissions.add(*Permission.objects.filter(codename__in=("change_case", "view_case")))
    assert 'data-action="case"' in reading.get(page).content.decode()
    refused = reading.post(button, {"clause": "F4"}, follow=True)
    assert "found nothing against F4" in refused.content.decode()
    made = reading.post(button, {"clause": "F27"})
    assert made["Location"] == reverse("admin:compliance_case_change", args=[Case.objects.get().pk])
