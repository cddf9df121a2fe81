"""A toolbar from its application to two cases: agreed on, caught by a clause, warned, suspended.

The package redirects on the merchant's site. F4 forbids that from 6 July 2020 (Moscow).
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils.translation import override

from compliance.models import Case, Moderation
from compliance.moderation.operations import change_material
from compliance.operations import answer
from publishers.models import Letter, SourceApproval
from publishers.queries import is_payable
from tests.journeys.orders import balance, booked, line, order
from tests.journeys.staff_desk import clicked, desk, press, read
from tests.journeys.worlds_through import assert_books_agree, command, tick
from tests.sources import INNOCENT, REDIRECTS, applied, latest, network, publisher, toolbar

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
APPLIED = datetime(2020, 5, 1, 12, tzinfo=UTC)
CLAUSE_BEGINS = datetime(2020, 7, 5, 21, tzinfo=UTC)
WARNED = datetime(2020, 7, 8, 9, tzinfo=UTC)
SUSPENDED = datetime(2020, 7, 22, 9, tzinfo=UTC)
MENDED = datetime(2020, 8, 3, 9, tzinfo=UTC)
EARNED = 550  # cents of an order of 100.00 USD at 5.5 %
ROUND, CASE = "compliance_moderation", "compliance_case"


@pytest.fixture(autouse=True)
def _network():
    with override("en"):
        network()
        yield


def verdict(package, day: str) -> tuple[str, set[str]]:
    """What the command says of a package by the rules of a day: verdict, clauses broken then."""
    report = json.loads(command("check_extension", package, "--at", day).out)
    broken = {one["rule"] for one in report["findings"] if one["verdict"] == "violation"}
    return report["verdict"], broken


def by_click(number: int, click: str, placed: datetime, **more: str):
    """An order after a click; its instant as the feed tells it, on the clock of Los Angeles."""
    return order(
        number, source="toolbar", created_time=f"{placed - timedelta(hours=7):%Y-%m-%d %H:%M:%S}",
        custom_parameters=json.dumps({"af": "toolbar", "dp": click}), **more,
    )  # fmt: skip


def told(code: str = "anna") -> list[str]:
    """The letters that reached a publisher."""
    address = publisher(code).email
    return [str(letter.body) for letter in mail.outbox if letter.to == [address]]


def approved_toolbar() -> Moderation:
    """Applied for, refused without an agreement, agreed on and approved, in the back office."""
    moderation = applied("toolbars_plugins", toolbar(REDIRECTS), code="toolbar", at=APPLIED)
    with desk("olga", APPLIED + DAY) as client:
        text = read(client, f"{ROUND}_change", moderation.pk)
        assert "data-needs-agreement" in text
        assert 'data-action="approve"' not in text
        said = press(client, f"{ROUND}_approve", moderation.pk, seen=moderation.statement_id)
        assert "no agreement with anna is in force" in said
        assert not SourceApproval.objects.exists()
        press(client, f"{ROUND}_agree", moderation.pk, valid_from="2020-05-01",
              note="A letter of 1 May, signed by both.")  # fmt: skip
        assert 'data-breach="F4"' not in read(client, f"{ROUND}_change", moderation.pk)
        press(client, f"{ROUND}_approve", moderation.pk, seen=moderation.statement_id)
    assert latest(moderation).state == "approved"
    return moderation


def case_from(moderation: Moderation, at: datetime, by: str = "olga") -> Case:
    """A case of what broke F4, opened by the button on the round's page; once."""
    with desk(by, at) as client:
        assert 'data-clause="F4"' in read(client, f"{ROUND}_change", moderation.pk)
        page = press(client, f"{ROUND}_case", moderation.pk, clause="F4")
        case = Case.objects.latest("pk")
        assert f"Case {case.pk}" in page
        assert f"#{moderation.pk} toolbar" in page, "the case leads back to the round"
        press(client, f"{ROUND}_case", moderation.pk, clause="F4")
        assert Case.objects.latest("pk") == case
        text = read(client, f"{ROUND}_change", moderation.pk)
        assert f"/case/{case.pk}/" in text
        assert 'data-clause="F4"' not in text
    assert (case.kind, case.clause, case.source.code) == ("extension_conduct", "F4", "toolbar")
    assert (case.status, case.publisher.code, case.found_by.username) == ("found", "anna", by)
    return case


def warned(moderation: Moderation) -> Case:
    """Opened, answered, and left at a warning; the round is rejected, the approval goes on."""
    case = case_from(moderation, WARNED)
    with desk("olga", WARNED) as client:
        press(client, f"{CASE}_ask_answer", case.pk, days=7)
    case.refresh_from_db()
    assert (case.status, case.answer_until) == ("waiting", WARNED + 7 * DAY)
    answer(case_id=case.pk, publisher_id=case.publisher_id, at=WARNED + DAY,
           text="We did not know of the clause.")  # fmt: skip
    with desk("olga", WARNED + 2 * DAY) as client:
        assert "We did not know of the clause." in read(client, f"{CASE}_change", case.pk)
        press(client, f"{CASE}_warn", case.pk, reason="The clause is three days old: mend it.")
        found = client.get(f"/admin/compliance/moderation/{moderation.pk}/change/")
        names = [one[0] for one in found.context["page"]["choices"] if one[1] == "F4"]
        press(client, f"{ROUND}_reject", moderation.pk, reasons=names[:1])
    case.refresh_from_db()
    assert case.status == "warned"
    assert SourceApproval.objects.get().valid_to is None, "a warning takes no approval away"
    return case


def suspended() -> Case:
    """The same package two weeks later: looked at again by staff, and the source suspended."""
    source = SourceApproval.objects.get().source
    with desk("pavel", SUSPENDED - DAY) as client:
        press(client, f"{ROUND}_open", source.pk, words="Is the redirect gone?")
    again = Moderation.objects.latest("pk")
    assert (again.verdict, again.state) == ("violation", "waiting")
    case = case_from(again, SUSPENDED, by="pavel")
    with desk("pavel", SUSPENDED) as client:
        page = press(client, f"{CASE}_suspend", case.pk, source=source.pk,
                     reason="Warned once, and nothing was mended.")  # fmt: skip
        assert "source suspended" in page
    return case


def test_a_package_breaks_the_clause_from_its_day_on_and_not_the_day_before(tmp_path):
    package = tmp_path / "toolbar.zip"
    package.write_bytes(REDIRECTS)
    for day in ("2020-05-01", "2020-07-05", "2020-07-05T23:59:59+03:00"):
        assert verdict(package, day) == ("clear", set()), day
    for day in ("2020-07-06", "2021-01-01"):
        assert verdict(package, day) == ("violation", {"F4"}), day
    package.write_bytes(INNOCENT)
    assert verdict(package, "2020-07-06") == ("clear", set())


def test_a_toolbar_from_its_application_to_a_suspended_source_and_back(tmp_path):
    approved_toolbar()

    # F3 begins on 8 June and finds nothing; F4 on 6 July, and the source is taken up again.
    tick(CLAUSE_BEGINS.isoformat().replace("21:00", "20:59"))
    [by_f3] = Moderation.objects.filter(grounds__cause="rule")
    assert by_f3.verdict == "clear"
    with desk("olga", CLAUSE_BEGINS - DAY) as client:
        press(client, f"{ROUND}_approve", by_f3.pk, seen=by_f3.statement_id)
    tick(CLAUSE_BEGINS.isoformat())
    by_f4 = Moderation.objects.get(grounds__key="clause:F4")
    assert (by_f4.verdict, by_f4.state) == ("violation", "waiting")
    assert SourceApproval.objects.get().valid_to is None

    first = warned(by_f4)
    statement = first.statements.get()
    assert (statement.decision, statement.clause, statement.lines) == ("warned", "F4", 0)
    assert "No money moves" in statement.text_en
    tick((WARNED + 3 * DAY).isoformat())
    assert_books_agree()

    clicked(tmp_path, "toolbar", before=SUSPENDED - timedelta(hours=1), inside=SUSPENDED + DAY,
            after=MENDED + DAY)  # fmt: skip
    booked(by_click(1, "before", SUSPENDED - timedelta(minutes=5)), at=SUSPENDED)
    assert line(1).status == "confirmed"
    second = suspended()
    tick((SUSPENDED + DAY).isoformat())
    statement = second.statements.get()
    assert (statement.decision, statement.automatic) == ("source_suspended", False)
    assert_books_agree()

    # Placed during the suspension, by a click before it and by one inside it.
    booked(
        by_click(2, "before", SUSPENDED + DAY), by_click(3, "inside", SUSPENDED + DAY + DAY / 2),
        at=SUSPENDED + 2 * DAY,
    )  # fmt: skip
    assert [(line(n).status, line(n).reason) for n in (1, 2, 3)] == [
        ("confirmed", ""), ("confirmed", ""), ("rejected", "source_not_approved"),
    ]  # fmt: skip
    assert is_payable(publisher().pk), "what it earned before stays its own"

    mended_and_approved_anew()
    booked(
        by_click(4, "inside", MENDED + DAY), by_click(5, "after", MENDED + DAY + DAY / 2),
        at=MENDED + 3 * DAY,
    )  # fmt: skip
    tick((MENDED + 4 * DAY).isoformat())
    assert [(line(n).status, line(n).reason) for n in (3, 4, 5)] == [
        ("rejected", "source_not_approved"), ("rejected", "source_not_approved"),
        ("confirmed", ""),
    ]  # fmt: skip
    assert balance("anna") == 3 * EARNED
    assert_books_agree()
    assert_told(first, second)


def mended_and_approved_anew() -> None:
    """A package that keeps to the rules; to approve it staff must say why, a case stands."""
    source = SourceApproval.objects.get().source
    change_material(publisher_id=publisher().pk, source_id=source.pk, at=MENDED - DAY,
                    material=toolbar(INNOCENT, "toolbar-2.zip"))  # fmt: skip
    moderation = Moderation.objects.get(state="waiting")
    assert moderation.verdict == "clear"
    with desk("olga", MENDED) as client:
        seen = moderation.statement_id
        said = press(client, f"{ROUND}_approve", moderation.pk, seen=seen)
        assert "A case has suspended this source" in said
        press(client, f"{ROUND}_approve", moderation.pk, seen=seen, words="The redirect is gone.")
    assert latest(moderation).state == "approved"


def assert_told(first: Case, second: Case) -> None:
    """Every decision by a statement in both languages, and a letter in the publisher's own."""
    for case, reason in (
        (first, "The clause is three days old: mend it."),
        (second, "Warned once, and nothing was mended."),
    ):
        statement = case.statements.get()
        for text in (statement.text_en, statement.text_ru):
            assert reason in text
            assert "F4" in text
            assert "toolbar" in text
        finding = case.evidence_frozen["findings"][0]["sentence"]
        assert finding["en"] != finding["ru"]
        assert finding["en"] in statement.text_en
        assert finding["ru"] in statement.text_ru
        assert any(statement.text_ru in letter for letter in told())
    asked = Letter.objects.get(key=f"case-waiting:{first.pk}")
    assert first.evidence_frozen["findings"][0]["sentence"]["ru"] in asked.text
    assert asked.text in told()
    assert not told("boris")
