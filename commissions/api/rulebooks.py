"""/api/v1/rulebooks: every version of the rules, and drafts made by machines of the staff.

A machine uploads a draft, compares it and throws it away. Publishing takes two people, and is done
in the back office alone.
"""

import re
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.programmes import SEES_RULES, no_such, the_programme
from commissions.api.rulebook_shapes import (
    BOOK,
    DIFFERENCES,
    DOCUMENT,
    DRAFT,
    WHOLE,
    DifferencesShape,
    RulebookDocumentShape,
    RulebookShape,
    WholeRulebookShape,
    book_record,
    whole_record,
)
from commissions.models import Programme, Rulebook
from commissions.operations.rulebooks import RulebookRefused, delete_draft, import_rulebook
from commissions.programmes.rows import ProgrammeFileError
from commissions.programmes.shapes import RulebookFile
from commissions.rulebooks import calendar
from commissions.rulebooks.differences import differences
from commissions.rulebooks.document import known_to
from commissions.rulebooks.json_form import read_document
from publishers.api.bodies import require_storable
from publishers.api.pages import Listed, PageParameters
from publishers.api.parameters import Parameter, Parameters
from publishers.api.refusals import Conflict, Unprocessable
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.columns import WrongCell, code
from publishers.enums import Scope
from publishers.models import User

RULEBOOKS = Listed("rulebooks", time="starts_at")
MAKES_RULES = "commissions.change_rulebook"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise WrongCell(_("Write the id of a rulebook, such as 4."))
    return int(text)


class UploadParameters(Parameters):
    """Whose rules."""

    programme = Parameter(
        code().read, required=False, help_text="Code of the programme, where there are several."
    )


class ComparedParameters(Parameters):
    """With which other version."""

    from_ = Parameter(
        _number,
        required=False,
        shape={"type": "integer", "minimum": 1},
        help_text="Id of the version to compare with; without it what rules at its start else.",
    )


class _OfRulebooks(ApiView):
    scopes = {"GET": Scope.READ_RULEBOOKS}
    staff_rights = {"GET": SEES_RULES}
    for_publishers = False
    tag = "Rulebooks"


class RulebooksView(_OfRulebooks):
    """Every version, and new drafts."""

    scopes = {"GET": Scope.READ_RULEBOOKS, "POST": Scope.WRITE_RULEBOOKS}
    staff_rights = {"GET": SEES_RULES, "POST": MAKES_RULES}

    @extend_schema(
        operation_id="list_rulebooks",
        summary="Versions of the rules, drafts too",
        description="By their start, the last first.",
        parameters=described(PageParameters),
        responses=paged("Rulebook", RulebookShape),
        examples=[
            OpenApiExample("A page", value={"items": [BOOK], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        rows = Rulebook.objects.select_related("programme")
        return RULEBOOKS.page(request, asked, rows, book_record)

    @extend_schema(
        operation_id="upload_rulebook",
        summary="Upload a draft of a rulebook",
        description=(
            "The body is a rulebook in the form of its files, as JSON. It becomes a new draft, "
            "complete or not; `findings` say what stands in the way of its publication. "
            "Publishing takes two people, and is done in the back office alone."
        ),
        parameters=described(UploadParameters),
        request=RulebookDocumentShape,
        responses={201: WholeRulebookShape},
        examples=[
            OpenApiExample("A rulebook", value=DOCUMENT, request_only=True),
            OpenApiExample("A draft", value=DRAFT, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        asked = self.asked(request, UploadParameters)
        programme = the_programme(asked.get("programme"))
        book = _read(request.data, programme)
        by = self.caller.user

        def work(at: datetime) -> Written:
            made = import_rulebook(programme_id=programme.pk, book=book, by=by, at=at)
            _note(by, made, ADDITION, _("Uploaded by the API."))
            address = reverse("api:rulebook", args=[made.pk])
            location = {"Location": request.build_absolute_uri(address)}
            return Written(whole_record(_book(made.pk), at), headers=location)

        return self.write(request, work)


class RulebookView(_OfRulebooks):
    """One version."""

    @extend_schema(
        operation_id="get_rulebook",
        summary="A version with its rules, and how it stands",
        responses=WholeRulebookShape,
        examples=[OpenApiExample("A rulebook", value=WHOLE)],
    )
    def get(self, request: Request, rulebook_id: int) -> Response:
        self.asked(request)
        return Response(whole_record(_book(rulebook_id), timezone.now()))


class DifferencesView(_OfRulebooks):
    """What a version changes."""

    @extend_schema(
        operation_id="compare_rulebooks",
        summary="How a version differs from another",
        description="Parameters first, then rules from the top of the table down.",
        parameters=described(ComparedParameters),
        responses=DifferencesShape,
        examples=[OpenApiExample("Differences", value=DIFFERENCES)],
    )
    def get(self, request: Request, rulebook_id: int) -> Response:
        asked = self.asked(request, ComparedParameters)
        new = _book(rulebook_id)
        old = _other(new, asked.get("from"))
        told = {"old": old, "new": new, "items": differences(old, new).entries}
        return Response(DifferencesShape(told).data)


class DiscardView(ApiView):
    """Throws a draft away."""

    scopes = {"POST": Scope.WRITE_RULEBOOKS}
    staff_rights = {"POST": MAKES_RULES}
    for_publishers = False
    tag = "Rulebooks"

    @extend_schema(
        operation_id="discard_rulebook",
        summary="Throw a draft away",
        description="Its what-ifs go with it. The answer is what it was.",
        request=None,
        responses={200: RulebookShape},
        examples=[
            OpenApiExample("What it was", value={**BOOK, "status": "draft", "published_at": None})
        ],
    )
    def post(self, request: Request, rulebook_id: int) -> Response:
        self.asked(request)
        by = self.caller.user

        def work(at: datetime) -> Written:
            # Inside: sent again, the same write finds no draft any more.
            draft = _books().select_for_update(of=("self",)).filter(pk=rulebook_id).first()
            if draft is None:
                raise nothing_there()
            _note(by, draft, DELETION, _("Thrown away by the API."))
            try:
                delete_draft(rulebook_id=draft.pk, by=by, at=at)
            except RulebookRefused as refused:
                raise Conflict(str(refused)) from refused
            return Written(book_record(draft), 200)

        return self.write(request, work, content=b"")


def _books() -> QuerySet[Rulebook]:
    return Rulebook.objects.select_related("programme")


def _book(rulebook_id: int) -> Rulebook:
    rows = _books().prefetch_related("rules", "cookie_lives__countries", "traffic__traffic_type")
    found = rows.filter(pk=rulebook_id).first()
    if found is None:
        raise nothing_there()
    return found


def _other(new: Rulebook, old_id: int | None) -> Rulebook:
    """The version to compare with. Raises NotFound."""
    if old_id is None:
        found = calendar.before(new)
        sentence = _("Nothing rules before it: say by its id with which version to compare it.")
    else:
        found = _books().filter(pk=old_id, programme=new.programme_id).first()
        sentence = _("The programme has no rulebook with the id %(id)s.") % {"id": old_id}
    if found is None:
        raise no_such("from", sentence)
    return found


def _note(by: User, book: Rulebook, flag: int, told: str) -> None:
    """In the log of the back office, where the pages note the same."""
    rows = Rulebook.objects.filter(pk=book.pk)
    LogEntry.objects.log_actions(by.pk, rows, flag, told, single_object=True)


def _read(data: Any, programme: Programme) -> RulebookFile:
    """The rulebook of a body. Raises ParseError, Unprocessable with where it is wrong."""
    require_storable(data)
    name = _("The rulebook")
    try:
        return read_document(data, name=name, known=known_to(programme))
    except ProgrammeFileError as error:
        raise Unprocessable(_placed(error)) from error


def _placed(error: ProgrammeFileError) -> Any:
    """The sentence at the value that it is of."""
    placed: Any = [str(error)]
    for step in reversed(error.place):
        placed = {str(step): placed}
    return placed if error.place else str(error)
