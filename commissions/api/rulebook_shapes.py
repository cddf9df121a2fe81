"""Rulebooks as the API gives and takes them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from commissions.engine.rulebook import OUTCOME_KINDS
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.rulebooks.checks import Severity, findings
from commissions.rulebooks.differences.difference import Kind, Subject
from commissions.rulebooks.document import document_of
from commissions.rulebooks.json_form import as_document
from publishers.enums import Permission

OUTCOMES = [(one, one) for one in OUTCOME_KINDS]
PERMISSIONS = [(one.value, one.value) for one in Permission]
# Of these the checks say what stands in the way.
UNPUBLISHED = {RulebookStatus.DRAFT, RulebookStatus.ASKED}


class RulebookShape(serializers.Serializer):
    """A version of a programme's rules."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.code")
    version = serializers.IntegerField()
    title_en = serializers.CharField()
    title_ru = serializers.CharField()
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in RulebookStatus])
    starts_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    cap_cents = serializers.IntegerField(allow_null=True)
    referral_bp = serializers.IntegerField()


class RowShape(serializers.Serializer):
    """A row of the decision table."""

    position = serializers.IntegerField()
    code = serializers.CharField()
    conditions = serializers.ListField(child=serializers.DictField())
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    rate_bp = serializers.IntegerField(allow_null=True)
    min_bp = serializers.IntegerField(allow_null=True)
    max_bp = serializers.IntegerField(allow_null=True)
    sentence_en = serializers.CharField()
    sentence_ru = serializers.CharField()


class LifeShape(serializers.Serializer):
    """How long a click counts."""

    countries = serializers.CharField(
        source="countries.code", default=None, allow_null=True, help_text="A set; null: all others."
    )
    days = serializers.IntegerField()


class SayingShape(serializers.Serializer):
    """What it says of a type of traffic."""

    traffic_type = serializers.CharField(source="traffic_type.code")
    permission = serializers.ChoiceField(choices=PERMISSIONS)
    note_en = serializers.CharField()
    note_ru = serializers.CharField()


class FindingShape(serializers.Serializer):
    """What the checks say of a version that is not published."""

    code = serializers.CharField(help_text="Which check.")
    severity = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Severity],
        help_text="An error forbids publication.",
    )
    text = serializers.CharField()
    rows = serializers.ListField(
        child=serializers.IntegerField(), help_text="Positions of the rules that it names."
    )
    example = serializers.CharField(help_text="A line that it happens to; or empty.")


class DraftCookieShape(serializers.Serializer):
    """How long a click counts."""

    countries = serializers.CharField(required=False, help_text="A set; without: all others.")
    days = serializers.IntegerField(min_value=0)


class DraftRuleShape(serializers.Serializer):
    """A row of the decision table; the first whose conditions all hold decides."""

    code = serializers.CharField(max_length=40)
    when = serializers.ListField(child=serializers.DictField(), required=False)
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    rate = serializers.CharField(required=False, help_text="Such as 5.50%, of the outcome rate.")
    lowest = serializers.CharField(required=False, help_text="Of the outcome feed_rate.")
    highest = serializers.CharField(required=False, help_text="Of the outcome feed_rate.")
    en = serializers.CharField(required=False, allow_blank=True)
    ru = serializers.CharField(required=False, allow_blank=True)


class DraftTrafficShape(serializers.Serializer):
    """What is said of a type of traffic."""

    type = serializers.CharField(help_text="Its code.")
    permission = serializers.ChoiceField(choices=PERMISSIONS)
    note_en = serializers.CharField(required=False, allow_blank=True)
    note_ru = serializers.CharField(required=False, allow_blank=True)


class RulebookDocumentShape(serializers.Serializer):
    """A rulebook in the form of its files, as JSON; a draft may be incomplete."""

    starts = serializers.CharField(
        help_text="A day (midnight on the programme's clock), or an instant with its offset."
    )
    title_en = serializers.CharField(required=False, allow_blank=True)
    title_ru = serializers.CharField(required=False, allow_blank=True)
    cap_cents = serializers.IntegerField(
        required=False, min_value=0, help_text="Of an order; without it there is none."
    )
    referral = serializers.CharField(help_text="Such as 5.00%.")
    cookies = DraftCookieShape(many=True, required=False)
    rules = DraftRuleShape(many=True, required=False)
    traffic = DraftTrafficShape(many=True, required=False)


class WholeRulebookShape(RulebookShape):
    """A version with everything that it says, and how it stands."""

    asked_at = serializers.DateTimeField(
        allow_null=True, help_text="Its publication was asked for."
    )
    refusal = serializers.CharField(help_text="Why the second person sent it back; or empty.")
    took_effect_at = serializers.DateTimeField(allow_null=True)
    rules = RowShape(many=True)
    cookie_lives = LifeShape(many=True)
    traffic = SayingShape(many=True)
    findings = FindingShape(many=True, help_text="Of a version that is not published.")
    document = RulebookDocumentShape(help_text="The same as a draft is uploaded.")


class DifferenceShape(serializers.Serializer):
    """One thing that is not as it was, in the language of the call."""

    kind = serializers.ChoiceField(choices=[(one.value, one.value) for one in Kind])
    subject = serializers.ChoiceField(choices=[(one.value, one.value) for one in Subject])
    what = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()
    old_position = serializers.IntegerField(allow_null=True, help_text="Of a row.")
    new_position = serializers.IntegerField(allow_null=True, help_text="Of a row.")
    language = serializers.CharField(help_text="Of a text that is in one language; or empty.")


class DifferencesShape(serializers.Serializer):
    """How one version differs from another."""

    old = RulebookShape()
    new = RulebookShape()
    items = DifferenceShape(many=True)


BOOK = {
    "id": 4, "programme": "aliexpress", "version": 4, "title_en": "Conditions of September 2020",
    "title_ru": "Условия с сентября 2020", "status": "published",
    "starts_at": "2020-09-10T07:00:00Z", "published_at": "2020-09-01T12:00:00Z",
    "cap_cents": 5000, "referral_bp": 500,
}  # fmt: skip
DOCUMENT = {
    "starts": "2020-09-10", "title_en": "Conditions of September 2020",
    "title_ru": "Условия с сентября 2020", "cap_cents": 5000, "referral": "5.00%",
    "cookies": [{"days": 30}],
    "rules": [{"code": "hot", "when": [{"fact": "hot", "is": True}], "outcome": "rate",
               "rate": "7.00%", "en": "Hot goods earn seven percent.", "ru": "Горячие: 7 %."}],
    "traffic": [{"type": "doorway", "permission": "forbidden", "note_en": "", "note_ru": ""}],
}  # fmt: skip
WHOLE = {
    **BOOK,
    "asked_at": "2020-08-31T12:00:00Z", "refusal": "", "took_effect_at": "2020-09-10T07:00:00Z",
    "rules": [{"position": 1, "code": "hot", "conditions": [{"fact": "hot", "is": True}],
               "outcome": "rate", "rate_bp": 700, "min_bp": None, "max_bp": None,
               "sentence_en": "Hot goods earn seven percent.", "sentence_ru": "Горячие: 7 %."}],
    "cookie_lives": [{"countries": None, "days": 30}],
    "traffic": [{"traffic_type": "doorway", "permission": "forbidden", "note_en": "",
                 "note_ru": ""}],
    "findings": [], "document": DOCUMENT,
}  # fmt: skip
DRAFT = {
    **WHOLE, "status": "draft", "published_at": None, "asked_at": None, "took_effect_at": None,
    "findings": [{"code": "no_rest", "severity": "error", "rows": [], "example": "",
                  "text": "No rule decides what is left."}],
}  # fmt: skip
DIFFERENCES = {
    "old": {**BOOK, "id": 3, "version": 3}, "new": BOOK,
    "items": [{"kind": "changed", "subject": "referral", "what": "referral rate", "old": "4.00 %",
               "new": "5.00 %", "old_position": None, "new_position": None, "language": ""}],
}  # fmt: skip


def book_record(book: Rulebook) -> dict[str, Any]:
    """A version as lists give it."""
    return dict(RulebookShape(book).data)


def whole_record(book: Rulebook, at: datetime) -> dict[str, Any]:
    """A version with everything; at: as of which the checks look at one that is not published."""
    book.findings = findings(book, at=at) if book.status in UNPUBLISHED else []  # type: ignore[attr-defined]
    zone = ZoneInfo(book.programme.time_zone)
    book.document = as_document(document_of(book), zone)  # type: ignore[attr-defined]
    return dict(WholeRulebookShape(book).data)
