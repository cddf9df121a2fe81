"""The pages of the daily watch, in both languages."""

import pytest
from django.urls import reverse

from compliance.models import Case, Observation, Threshold
from publishers.models import Publisher
from publishers.payout_details import set_payout_details
from tests import backoffice
from tests.backoffice import signed_in, superuser
from tests.compliance.watching.clicked import START, clicks, orders, watched

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _facts(tmp_path):
    backoffice.facts(tmp_path)


@pytest.fixture
def observation() -> Observation:
    some = clicks("bad", 40, dest="iframe", referrer="https://x.example/<script>")
    orders(some, [1] * 4 + [500 * n for n in range(2, 20)])
    watched(2)
    return Observation.objects.get()


def page(name: str, *args: object) -> str:
    return reverse(f"admin:compliance_{name}", args=args)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_observations_page_shows_its_evidence_without_running_it(observation, language):
    client = superuser()
    client.cookies["django_language"] = language
    text = client.get(page("observation_change", observation.pk)).content.decode()
    assert "https://x.example/&lt;script&gt;" in text
    assert "x.example/<script>" not in text
    assert text.count('class="pm-chart-after"') == 11
    assert "bad-0" in text
    assert "quick_seconds" in text
    assert "100.00 %" in text or "100,00 %" in text
    if language == "en":
        assert "Orders placed less than 5 s after their click: 4 of 22 (18.18 %;" in text


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    "filters", [{}, {"severity__exact": "3"}, {"age": "7"}, {"status__exact": "new"}, {"q": "anna"}]
)
def test_the_list_is_filtered_by_severity_and_age(observation, language, filters):
    client = superuser()
    client.cookies["django_language"] = language
    text = client.get(page("observation_changelist"), filters).content.decode()
    assert page("observation_change", observation.pk) in text


def test_the_gravest_stand_first_and_of_those_the_oldest():
    found = [(1, 0), (3, 5), (2, 0), (3, 1)]
    for place, (severity, day) in enumerate(found):
        at = START.replace(day=1 + day)
        Observation.objects.create(
            kind="cookie_stuffing", publisher=Publisher.objects.get(code="anna"),
            window_start=at.replace(hour=place), severity=severity, found_at=at, evidence={},
        )  # fmt: skip
    answer = superuser().get(page("observation_changelist"))
    shown = [(row.severity, row.found_at.day - 1) for row in answer.context["cl"].result_list]
    assert shown == [(3, 1), (3, 5), (2, 0), (1, 0)]


def test_a_case_is_opened_from_the_page_by_a_post_alone(observation):
    client = superuser()
    address = page("observation_open_case", observation.pk)
    assert "It blocks nothing yet" in client.get(address).content.decode()
    assert not Case.objects.exists()
    answer = client.post(address, follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == page("case_change", case.pk)
    assert "Clicks loaded by an element of a page" in answer.content.decode()
    text = client.post(address, follow=True).content.decode()
    assert "is decided already" in text
    assert Case.objects.count() == 1
    text = client.get(page("observation_change", observation.pk)).content.decode()
    assert page("case_change", case.pk) in text
    assert page("observation_dismiss", observation.pk) not in text


def test_an_observation_is_dismissed_from_the_page_with_a_reason(observation):
    client = superuser()
    address = page("observation_dismiss", observation.pk)
    client.post(address, {"reason": ""})
    observation.refresh_from_db()
    assert observation.status == "new"
    text = client.post(address, {"reason": "Our own widget."}, follow=True).content.decode()
    assert "Our own widget." in text
    observation.refresh_from_db()
    assert (observation.status, observation.decided_by.username) == ("dismissed", "root")


def test_who_may_not_change_observations_decides_none(observation):
    clerk = signed_in("clerk", is_staff=True)
    for name in ("open_case", "dismiss"):
        assert clerk.post(page(f"observation_{name}", observation.pk)).status_code == 403
    observation.refresh_from_db()
    assert observation.status == "new"


def test_shared_details_are_shown_masked():
    for code in ("anna", "boris"):
        owner = Publisher.objects.get(code=code)
        set_payout_details(publisher_id=owner.pk, kind="card", number="4111111111111111", at=START)
    watched(2)
    one = Observation.objects.get()
    client = superuser()
    text = client.get(page("observation_change", one.pk)).content.decode()
    assert "•••• 1111" in text
    assert "anna &gt; boris" in text
    listed = client.get(reverse("admin:publishers_payoutdetails_changelist")).content.decode()
    assert "•••• 1111" in listed
    assert "4111" not in text + listed


@pytest.mark.parametrize("language", ["en", "ru"])
def test_thresholds_are_listed_with_what_is_in_force(language):
    client = superuser()
    client.cookies["django_language"] = language
    text = client.get(page("threshold_changelist")).content.decode()
    assert "idle_orders" in text
    Threshold.objects.create(name="idle_orders", value=77)
    text = client.get(page("threshold_changelist")).content.decode()
    assert "<strong>77</strong>" in text


def test_a_threshold_out_of_its_bounds_is_refused_and_a_stored_one_stays():
    client = superuser()
    form = {"name": "quick_seconds", "value": "61", "valid_from_0": "2021-01-01",
            "valid_from_1": "00:00", "note": ""}  # fmt: skip
    text = client.post(page("threshold_add"), form).content.decode()
    assert "Give a value from 1 to 60; this one is 61." in text
    client.post(page("threshold_add"), {**form, "value": "9"})
    row = Threshold.objects.get()
    client.post(page("threshold_change", row.pk), {**form, "value": "10", "note": "Why not"})
    row.refresh_from_db()
    assert (row.value, row.note) == (9, "Why not")
    assert client.post(page("threshold_delete", row.pk), {"post": "yes"}).status_code == 403
