"""GET /api/v1/orders/{id}/explanation: why a line earns what it earns, and when its money comes."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.advice import history, reason_of, what_to_do, when_it_comes
from commissions.api.orders import LINE, OrderLineShape
from commissions.expectation import Waits, expectation
from commissions.explanations import sentences
from commissions.ledger.keys import transfers_of_line
from commissions.models import OrderLine
from commissions.queries import explain_line
from commissions.rule_words import words_of
from commissions.rulebooks.editions import ruling
from publishers.api.views import ApiView, nothing_there
from publishers.enums import Scope


class CheckShape(serializers.Serializer):
    """A condition of a rule."""

    text = serializers.CharField(help_text="What is asked.")
    value = serializers.CharField(help_text="What the line had.")
    holds = serializers.BooleanField()


class StepShape(serializers.Serializer):
    """A step of the decision."""

    title = serializers.CharField()
    text = serializers.CharField()
    outcome = serializers.ChoiceField(
        choices=[(one, one) for one in ("passed", "stopped", "matched", "unmatched", "reckoned")]
    )
    checks = CheckShape(many=True)


class MovementShape(serializers.Serializer):
    """Money of the line that came, moved or was taken back."""

    at = serializers.DateTimeField()
    what = serializers.CharField()
    why = serializers.CharField()


class ExplanationShape(serializers.Serializer):
    """Why a line earns what it earns, when its money comes, and what moved; in sentences."""

    line = OrderLineShape()
    reason_sentence = serializers.CharField(help_text="Why it earns nothing; or empty.")
    what_to_do = serializers.CharField(help_text="About a line that earns nothing; or empty.")
    when = serializers.ListField(
        child=serializers.CharField(), help_text="When its money comes, in sentences."
    )
    waits_for = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Waits], help_text="What has to come first."
    )
    likely_on = serializers.DateField(
        allow_null=True, help_text="Half of such orders are confirmed by then; null: not known."
    )
    late_on = serializers.DateField(
        allow_null=True, help_text="Nine in ten are confirmed by then; null: not known."
    )
    due_status = serializers.CharField(help_text="By the facts as they stand at this moment.")
    due_commission_cents = serializers.IntegerField(
        help_text="By the facts as they stand; booked is `line.commission_cents`."
    )
    steps = StepShape(many=True)
    history = MovementShape(many=True, help_text="What moved in your accounts, in its order.")


EXPLANATION = {
    "line": LINE, "reason_sentence": "", "what_to_do": "",
    "when": ["It is confirmed: the money is available."], "waits_for": "nothing",
    "likely_on": None, "late_on": None, "due_status": "confirmed", "due_commission_cents": 700,
    "steps": [
        {"title": "The rate", "text": "10,000 × 7.00 % = 700 cents = 7.00 USD",
         "outcome": "reckoned", "checks": []},
    ],
    "history": [
        {"at": "2019-03-20T09:00:00Z", "what": "7.00 USD came: hold", "why": "the merchant's word"},
    ],
}  # fmt: skip


class ExplanationView(ApiView):
    """Why an order line earns what it earns."""

    scopes = {"GET": Scope.READ_ORDERS}
    tag = "Orders"

    @extend_schema(
        operation_id="explain_order",
        summary="Why a line earns what it earns",
        description="Decided anew by the facts as they stand, with every question and answer.",
        responses=ExplanationShape,
        examples=[OpenApiExample("An explanation", value=EXPLANATION)],
    )
    def get(self, request: Request, line_id: int) -> Response:
        self.asked(request)
        lines = OrderLine.objects.select_related("programme__confirmation_time", "source")
        line = lines.filter(pk=line_id, publisher_id=self.own()).first()
        if line is None:
            raise nothing_there()
        return Response(ExplanationShape(explained(line, timezone.now())).data)


def explained(line: OrderLine, at: datetime) -> dict[str, Any]:
    """What there is to say of a publisher's line; its programme is read."""
    # Told are the version in force and its rule; saved is nothing here.
    line.rulebook, line.rule = ruling(line)
    settled = explain_line(line.pk)
    words = words_of(line.programme, settled.decision.rulebook_id)
    awaited = expectation(line, at)
    transfers = transfers_of_line(line.pk).select_related("debit__programme", "credit__programme")
    zone = line.programme.time_zone
    return {
        "line": line,
        "reason_sentence": reason_of(line),
        "what_to_do": what_to_do(line),
        "when": when_it_comes(line, at),
        "waits_for": awaited.waits.value,
        "likely_on": awaited.likely,
        "late_on": awaited.late,
        "due_status": settled.status,
        "due_commission_cents": settled.commission_cents,
        "steps": sentences(settled.steps, words),
        "history": history(transfers, line.publisher_id or 0, zone),
    }
