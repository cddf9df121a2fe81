"""GET /api/v1/cases, and what a publisher says to a case: its answer, its appeal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.enums import CaseStatus, CaseStep, Severity, ViolationKind
from compliance.models import Case
from compliance.operations import CaseNotFound, WrongMove, answer, appeal
from compliance.operations.moves import LONGEST_TEXT
from compliance.queries import cases_told
from compliance.statements.facts import facts_of
from publishers.api.bodies import Body, Words
from publishers.api.pages import Listed, PageParameters
from publishers.api.parameters import Parameter, instant, one_of, require_period
from publishers.api.refusals import Conflict
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.enums import Scope
from publishers.figures import in_own_language

CASES = Listed("cases", time="found_at")
SEES = "compliance.view_case"
STATUSES = tuple(status.value for status in CaseStatus)
KINDS = tuple(kind.value for kind in ViolationKind)
# What staff do among themselves is told to nobody else.
AMONG_STAFF = (CaseStep.BLOCK_ASKED, CaseStep.BLOCK_TAKEN_BACK, CaseStep.BLOCK_REFUSED)


class CaseParameters(PageParameters):
    """Which cases."""

    status = Parameter(
        one_of(*STATUSES),
        required=False,
        shape={"type": "string", "enum": list(STATUSES)},
        help_text="Cases of this status alone.",
    )
    kind = Parameter(
        one_of(*KINDS),
        required=False,
        shape={"type": "string", "enum": list(KINDS)},
        help_text="Cases of this kind alone.",
    )
    from_ = instant(help_text="Found at or after this instant.")
    to = instant(help_text="Found before this instant.")


class CaseShape(serializers.Serializer):
    """Something that is held against a publisher, and where that stands."""

    id = serializers.IntegerField()
    publisher = serializers.CharField(source="publisher.code")
    kind = serializers.ChoiceField(choices=[(one, one) for one in KINDS])
    severity = serializers.ChoiceField(choices=[(one.value, one.value) for one in Severity])
    clause = serializers.CharField(help_text="Of the conditions.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.code", default=None, allow_null=True, help_text="The source it is about."
    )
    status = serializers.ChoiceField(choices=[(one, one) for one in STATUSES])
    found_at = serializers.DateTimeField()
    answer_until = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(help_text="Empty: not decided yet.")
    decided_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True)
    appealed_at = serializers.DateTimeField(allow_null=True)


class EventShape(serializers.Serializer):
    """Something that happened to a case."""

    at = serializers.DateTimeField()
    step = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in CaseStep if one not in AMONG_STAFF]
    )
    from_publisher = serializers.BooleanField()
    text = serializers.CharField()


class MovedShape(serializers.Serializer):
    """What a decision moved in one currency. Below 0: taken; above: given back."""

    currency = serializers.CharField()
    commission_cents = serializers.IntegerField()
    referral_cents = serializers.IntegerField()


class StatementShape(serializers.Serializer):
    """What the publisher was told of a decision."""

    decision = serializers.CharField()
    made_at = serializers.DateTimeField()
    amounts = MovedShape(many=True)
    text = serializers.CharField()


class WholeCaseShape(CaseShape):
    """A case with its facts, its history and the statements of reasons."""

    facts = serializers.ListField(child=serializers.CharField())
    events = EventShape(many=True)
    statements = StatementShape(many=True)


class Said(Body):
    """What is said to a case."""

    text = Words(most=LONGEST_TEXT, help_text="In your own words.")


CASE = {
    "id": 7, "publisher": "anna", "kind": "review_link", "severity": 2, "clause": "F37",
    "source": None, "status": "waiting", "found_at": "2020-05-01T12:00:00Z",
    "answer_until": "2020-05-08T12:00:00Z", "answered_at": None, "decision": "",
    "decided_at": None, "appeal_until": None, "appealed_at": None,
}  # fmt: skip
WHOLE = {
    **CASE,
    "facts": ["A product review has a link of yours."],
    "events": [{"at": "2020-05-01T12:00:00Z", "step": "asked_for_answer",
                "from_publisher": False, "text": ""}],
    "statements": [],
}  # fmt: skip


class _OfCases(ApiView):
    staff_rights = {"GET": SEES}
    tag = "Cases"

    def cases(self) -> QuerySet[Case]:
        """Those that the caller may see."""
        publisher_id = self.caller.publisher_id
        found = Case.objects.all() if publisher_id is None else cases_told(publisher_id)
        return found.select_related("publisher", "source")

    def case(self, case_id: int) -> Case:
        """One of them. Raises NotFound."""
        found = self.cases().filter(pk=case_id).first()
        if found is None:
            raise nothing_there()
        return found


class CasesView(_OfCases):
    """Cases."""

    scopes = {"GET": Scope.READ_CASES}

    @extend_schema(
        operation_id="list_cases",
        summary="Cases",
        description="A publisher sees its own, staff everybody's; the latest first.",
        parameters=described(CaseParameters),
        responses=paged("Case", CaseShape),
        examples=[
            OpenApiExample("A page", value={"items": [CASE], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, CaseParameters)
        require_period(asked)
        wanted = {"status": "status", "kind": "kind", "from": "found_at__gte",
                  "to": "found_at__lt"}  # fmt: skip
        rows = self.cases().filter(**{wanted[one]: asked[one] for one in wanted if one in asked})
        return CASES.page(request, asked, rows, lambda case: dict(CaseShape(case).data))


class CaseView(_OfCases):
    """One case."""

    scopes = {"GET": Scope.READ_CASES}

    @extend_schema(
        operation_id="get_case",
        summary="A case with its facts and history",
        responses=WholeCaseShape,
        examples=[OpenApiExample("A case", value=WHOLE)],
    )
    def get(self, request: Request, case_id: int) -> Response:
        self.asked(request)
        return Response(whole_case(self.case(case_id)))


class _Saying(_OfCases):
    """A publisher says something to a case of its own; a blocked one may too."""

    scopes = {"POST": Scope.WRITE_CASES}
    staff_rights = {}
    while_blocked = True

    def said(self, request: Request, case_id: int, operation: Callable[..., Case]) -> Response:
        """Do it, once; the answer is the case as it is then."""
        self.asked(request)
        publisher_id = self.own()
        self.case(case_id)  # before the body is judged: somebody else's is none at all
        body = Said.read(request.data)

        def work(at: datetime) -> Written:
            try:
                operation(
                    case_id=case_id,
                    publisher_id=publisher_id,
                    text=body["text"],
                    at=at,
                    by=self.caller.user,
                )
            except CaseNotFound as missing:
                raise nothing_there() from missing
            except WrongMove as wrong:
                raise Conflict(str(wrong)) from wrong
            return Written(whole_case(self.case(case_id)))

        return self.write(request, work)


class AnswerView(_Saying):
    """Answers a case."""

    @extend_schema(
        operation_id="answer_case",
        summary="Answer a case that waits for it",
        request=Said,
        responses={201: WholeCaseShape},
        examples=[
            OpenApiExample("Said", value={"text": "It was not me."}, request_only=True),
            OpenApiExample("A case", value=WHOLE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request, case_id: int) -> Response:
        return self.said(request, case_id, answer)


class AppealView(_Saying):
    """Appeals a decision."""

    @extend_schema(
        operation_id="appeal_case",
        summary="Appeal the decision of a case",
        request=Said,
        responses={201: WholeCaseShape},
        examples=[
            OpenApiExample("Said", value={"text": "The text is older."}, request_only=True),
            OpenApiExample("A case", value=WHOLE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request, case_id: int) -> Response:
        return self.said(request, case_id, appeal)


def whole_case(case: Case) -> dict[str, Any]:
    """A case as the API gives it, with what its publisher was told."""
    events = case.events.exclude(step__in=AMONG_STAFF).values(
        "at", "step", "from_publisher", "text"
    )
    statements = [
        {"decision": one.decision, "made_at": one.made_at, "text": in_own_language(one, "text"),
         "amounts": one.amounts}
        for one in case.statements.all()
    ]  # fmt: skip
    return {
        **CaseShape(case).data,
        "facts": facts_of(case, "UTC"),
        "events": EventShape(events, many=True).data,
        "statements": StatementShape(statements, many=True).data,
    }
