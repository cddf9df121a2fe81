"""POST /api/v1/feeds, and what has become of feeds: for machines of the staff."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from commissions.api.programmes import the_programme
from commissions.enums import ImportState, ParkedState
from commissions.import_progress import progress_of
from commissions.models import FeedImport, ParkedRow
from commissions.operations.feed import ImportRefused, stop_import
from commissions.receiving import take_feed
from publishers.api.pages import Listed, PageParameters
from publishers.api.parameters import Parameter, Parameters, instant, one_of, require_period
from publishers.api.refusals import Conflict, LengthRequired, TooLarge
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written, key_of
from publishers.columns import UNSTORABLE, WrongCell, code
from publishers.enums import Scope

IMPORTS = Listed("imports", time="received_at")
PARKED = Listed("parked", time="row")
KINDS = ("application/x-ndjson", "text/csv", "application/json", "application/octet-stream")
UNITS = ("cents", "units")
STATES = tuple(state.value for state in ImportState)
PIECE = 1 << 20  # bytes held at a time
GIVES, SEES = "commissions.add_feedimport", "commissions.view_feedimport"


def _file_name(text: str) -> str:
    if not 1 <= len(text) <= 100 or "/" in text or "\\" in text or UNSTORABLE.search(text):
        raise WrongCell(_("Write a file name of 1 to 100 characters."))
    return text


class FeedParameters(Parameters):
    """What the file is."""

    programme = Parameter(
        code().read, required=False, help_text="Code of the programme, where there are several."
    )
    amount_unit = Parameter(
        one_of(*UNITS),
        shape={"type": "string", "enum": list(UNITS)},
        help_text="What amounts are in: 1050 is 10.50 in cents, 10.50 is written so in units.",
    )
    name = Parameter(
        _file_name,
        shape={"type": "string", "minLength": 1, "maxLength": 100},
        help_text="Of the file, by which people find it.",
    )


class ImportParameters(PageParameters):
    """Which imports."""

    state = Parameter(
        one_of(*STATES),
        required=False,
        shape={"type": "string", "enum": list(STATES)},
        help_text="Imports in this state alone.",
    )
    from_ = instant(help_text="Received at or after this instant.")
    to = instant(help_text="Received before this instant.")


class ImportShape(serializers.Serializer):
    """An import of a feed file, and how far it is."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.code")
    file_name = serializers.CharField()
    amount_unit = serializers.ChoiceField(choices=[(one, one) for one in UNITS])
    state = serializers.ChoiceField(choices=[(one, one) for one in STATES])
    received_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    stop_asked_at = serializers.DateTimeField(allow_null=True)
    bytes_total = serializers.IntegerField()
    bytes_done = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="Of the bytes, 0 to 100.")
    rows_per_second = serializers.IntegerField(allow_null=True)
    seconds_left = serializers.IntegerField(
        allow_null=True, help_text="At the rate so far; null: not known, or over."
    )
    rows_read = serializers.IntegerField()
    lines_new = serializers.IntegerField()
    lines_changed = serializers.IntegerField()
    rows_same = serializers.IntegerField(help_text="Rows that changed nothing.")
    rows_stale = serializers.IntegerField(help_text="Rows whose status was already overtaken.")
    rows_parked = serializers.IntegerField(help_text="Rows that could not be understood.")
    error = serializers.CharField(help_text="Why it failed or was refused; or empty.")


class ParkedShape(serializers.Serializer):
    """A row of a feed that could not be understood."""

    id = serializers.IntegerField()
    row = serializers.IntegerField(help_text="Its place in the file.")
    field = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField(help_text="What is wrong and what to write instead.")
    state = serializers.ChoiceField(choices=[(one.value, one.value) for one in ParkedState])
    raw = serializers.CharField(help_text="The row as it came.")


IMPORT = {
    "id": 12, "programme": "aliexpress", "file_name": "orders.ndjson", "amount_unit": "cents",
    "state": "running", "received_at": "2020-09-10T07:00:00Z",
    "started_at": "2020-09-10T07:00:01Z", "finished_at": None, "stop_asked_at": None,
    "bytes_total": 1000000, "bytes_done": 500000, "percent": 50, "rows_per_second": 20000,
    "seconds_left": 1, "rows_read": 20000, "lines_new": 19000, "lines_changed": 500,
    "rows_same": 490, "rows_stale": 6, "rows_parked": 4, "error": "",
}  # fmt: skip
PARKED_ROW = {
    "id": 3,
    "row": 117,
    "field": "paid_amount",
    "value": "12.5.0",
    "reason": "Write an amount in cents.",
    "state": "parked",
    "raw": "{…}",
}


class FeedsView(ApiView):
    """Takes a feed file."""

    scopes = {"POST": Scope.WRITE_FEEDS}
    staff_rights = {"POST": GIVES}
    for_publishers = False
    tag = "Feeds"

    @extend_schema(
        operation_id="give_feed",
        summary="Give a feed file",
        description=(
            "The body is the file itself: NDJSON, CSV, or a page of the merchant's API in JSON. It "
            "is kept, and its import queued; `Location` says where to look how far it is."
        ),
        parameters=described(FeedParameters),
        request=dict.fromkeys(KINDS, OpenApiTypes.BINARY),
        responses={202: ImportShape},
        examples=[
            OpenApiExample("Queued", value={**IMPORT, "state": "queued"}, status_codes=["202"],
                           response_only=True)
        ],
        extensions={"x-problems": ["411"]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        asked = self.asked(request, FeedParameters)
        key_of(request)  # before gigabytes are taken
        programme = the_programme(asked.get("programme"))
        with _received(request, asked["name"]) as (upload, digest):
            kept: list[FeedImport] = []

            def work(at: datetime) -> Written:
                row = take_feed(
                    programme=programme,
                    upload=upload,
                    amount_unit=asked["amount_unit"],
                    by=self.caller.user,
                    at=at,
                )
                kept.append(row)
                address = request.build_absolute_uri(reverse("api:import", args=[row.pk]))
                return Written(import_record(row, at), 202, {"Location": address})

            try:
                return self.write(request, work, content=digest)
            except Exception:
                # The row is gone with its transaction; a file does not know of transactions.
                for row in kept:
                    row.stored_as.delete(save=False)
                raise


class _received:  # noqa: N801 - read as a word: with _received(...)
    """The body as a file on disk and its digest, for as long as the block lasts."""

    def __init__(self, request: Request, name: str) -> None:
        self.size = _announced(request)
        self.request, self.name = request, name

    def __enter__(self) -> tuple[TemporaryUploadedFile, bytes]:
        kind = str(self.request.content_type)
        self.upload = TemporaryUploadedFile(self.name, kind, self.size, None)
        try:
            return self.upload, self._taken()
        except BaseException:
            self.upload.close()
            raise

    def _taken(self) -> bytes:
        digest, taken = hashlib.sha256(), 0
        try:
            while piece := self.request.stream.read(PIECE) if self.size else b"":
                digest.update(piece)
                self.upload.write(piece)
                taken += len(piece)
        except UnreadablePostError:
            taken = -1
        if taken != self.size or not taken:
            raise ParseError(_("The body is empty, or was cut short: send it again."))
        self.upload.seek(0)
        return digest.digest()

    def __exit__(self, *_error: object) -> None:
        self.upload.close()


def _announced(request: Request) -> int:
    """How many bytes the body has. Raises what says that it is not taken."""
    if str(request.content_type).partition(";")[0].strip().lower() not in KINDS:
        raise UnsupportedMediaType(str(request.content_type))
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise LengthRequired
    if int(length) > settings.PERMILLE_API_LARGEST_FEED:
        raise TooLarge(
            _("The file has more than %(most)d bytes: give it in parts.")
            % {"most": settings.PERMILLE_API_LARGEST_FEED}
        )
    return int(length)


class _OfImports(ApiView):
    scopes = {"GET": Scope.READ_FEEDS}
    staff_rights = {"GET": SEES}
    for_publishers = False
    tag = "Feeds"


class ImportsView(_OfImports):
    """The imports."""

    @extend_schema(
        operation_id="list_imports",
        summary="Imports of feed files",
        description="By the time at which they came, the newest first.",
        parameters=described(ImportParameters),
        responses=paged("Import", ImportShape),
        examples=[
            OpenApiExample("A page", value={"items": [IMPORT], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, ImportParameters)
        require_period(asked)
        wanted = {"state": "state", "from": "received_at__gte", "to": "received_at__lt"}
        rows = FeedImport.objects.select_related("programme")
        rows = rows.filter(**{wanted[one]: asked[one] for one in wanted if one in asked})
        now = timezone.now()
        return IMPORTS.page(request, asked, rows, lambda row: import_record(row, now))


class ImportView(_OfImports):
    """One import."""

    @extend_schema(
        operation_id="get_import",
        summary="How far an import is",
        responses=ImportShape,
        examples=[OpenApiExample("An import", value=IMPORT)],
    )
    def get(self, request: Request, import_id: int) -> Response:
        self.asked(request)
        return Response(import_record(_import(import_id), timezone.now()))


class ParkedView(_OfImports):
    """Rows that could not be understood."""

    @extend_schema(
        operation_id="list_parked_rows",
        summary="Rows of an import that could not be understood",
        description="The last of the file first.",
        parameters=described(PageParameters),
        responses=paged("ParkedRow", ParkedShape),
        examples=[
            OpenApiExample("A page", value={"items": [PARKED_ROW], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request, import_id: int) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        rows = ParkedRow.objects.filter(feed_import=_import(import_id))
        return PARKED.page(request, asked, rows, lambda row: dict(ParkedShape(row).data))


class StopView(ApiView):
    """Stops an import."""

    scopes = {"POST": Scope.WRITE_FEEDS}
    staff_rights = {"POST": GIVES}
    for_publishers = False
    tag = "Feeds"

    @extend_schema(
        operation_id="stop_import",
        summary="Ask that an import be stopped",
        description="It begins no further batch; what is booked stays.",
        request=None,
        responses={202: ImportShape},
        examples=[OpenApiExample("Asked to stop", value=IMPORT, status_codes=["202"])],
    )
    def post(self, request: Request, import_id: int) -> Response:
        self.asked(request)
        _import(import_id)

        def work(at: datetime) -> Written:
            try:
                row = stop_import(feed_import_id=import_id, by=self.caller.user, at=at)
            except ImportRefused as refused:
                raise Conflict(str(refused)) from refused
            return Written(import_record(row, at), 202)

        return self.write(request, work, content=b"")


def import_record(row: FeedImport, now: datetime) -> dict[str, Any]:
    """An import as the API gives it."""
    how_far = progress_of(row, now)
    figures = {
        "percent": int(how_far.share * 100),
        "rows_per_second": how_far.per_second,
        "seconds_left": how_far.seconds_left,
    }
    for name, value in figures.items():
        setattr(row, name, value)
    return dict(ImportShape(row).data)


def _import(import_id: int) -> FeedImport:
    found = FeedImport.objects.select_related("programme").filter(pk=import_id).first()
    if found is None:
        raise nothing_there()
    return found
