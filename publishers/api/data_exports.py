"""/api/v1/data-exports: copies of all that an account holds, made by a job, kept for days."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from publishers.api.pages import Listed, PageParameters
from publishers.api.rendering import Json
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.data_exports import (
    begin_export,
    exports_of,
    file_name,
    finished_export,
    kept_until,
)
from publishers.enums import ExportState, Role, Scope
from publishers.models import DataExport

EXPORTS = Listed("data-exports", time="id")
ZIP = "application/zip"


class DataExportShape(serializers.Serializer):
    """A copy of the account's data, and how far it is."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=[(one.value, one.value) for one in ExportState])
    asked_at = serializers.DateTimeField()
    parts_done = serializers.IntegerField()
    parts = serializers.IntegerField(help_text="0: it has not begun.")
    finished_at = serializers.DateTimeField(allow_null=True)
    kept_until = serializers.DateTimeField(allow_null=True, help_text="Null: there is no file.")
    file = serializers.URLField(allow_null=True, help_text="Its address; null: there is none.")


WAITING = {
    "id": 4, "state": "waiting", "asked_at": "2020-09-10T07:00:00Z", "parts_done": 0, "parts": 0,
    "finished_at": None, "kept_until": None, "file": None,
}  # fmt: skip
DONE = {
    **WAITING, "state": "done", "parts_done": 14, "parts": 14,
    "finished_at": "2020-09-10T07:01:00Z", "kept_until": "2020-09-17T07:01:00Z",
    "file": "https://permille.example/api/v1/data-exports/4/file",
}  # fmt: skip


class _OfExports(ApiView):
    """A copy has more in it than any other scope opens: owners alone, and a scope of its own."""

    roles = {"GET": Role.OWNER, "POST": Role.OWNER}
    while_blocked = True
    tag = "Account"


class DataExportsView(_OfExports):
    """Copies of the account's data."""

    scopes = {"GET": Scope.READ_ACCOUNT, "POST": Scope.WRITE_ACCOUNT}

    @extend_schema(
        operation_id="list_data_exports",
        summary="Copies of all that your account holds",
        description="The newest first. For owners.",
        parameters=described(PageParameters),
        responses=paged("DataExport", DataExportShape),
        examples=[
            OpenApiExample("A page", value={"items": [DONE], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        rows = exports_of(self.account())
        return EXPORTS.page(request, asked, rows, lambda row: _told(request, row))

    @extend_schema(
        operation_id="ask_data_export",
        summary="Ask for a copy of all that your account holds",
        description="A job makes it; `Location` says where to look how far it is. While one is "
                    "under way it is that one. For owners.",
        request=None,
        responses={202: DataExportShape},
        examples=[OpenApiExample("Waiting", value=WAITING, status_codes=["202"])],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        self.asked(request)
        account = self.account()

        def work(at: datetime) -> Written:
            export, begun = begin_export(account, by=self.caller.user, at=at)
            if begun:
                self.tell(account, lambda: _("A copy of all its data was asked for."), at=at)
            address = reverse("api:data_export", args=[export.pk])
            headers = {"Location": request.build_absolute_uri(address)}
            return Written(_told(request, export), 202, headers)

        return self.write(request, work, content=b"")


class DataExportView(_OfExports):
    """One copy."""

    scopes = {"GET": Scope.READ_ACCOUNT}

    @extend_schema(
        operation_id="get_data_export",
        summary="How far a copy of your data is",
        description="For owners.",
        responses=DataExportShape,
        examples=[OpenApiExample("Done", value=DONE)],
    )
    def get(self, request: Request, export_id: int) -> Response:
        self.asked(request)
        found = exports_of(self.account()).filter(pk=export_id).first()
        if found is None:
            raise nothing_there()
        return Response(_told(request, found))


class Zip(Json):
    """Lets a caller ask for a ZIP by name; what it is told instead of one is JSON."""

    media_type = ZIP
    format = "zip"


class DataExportFileView(_OfExports):
    """The file of a copy."""

    scopes = {"GET": Scope.WRITE_ACCOUNT}
    renderer_classes = [Json, Zip]

    @extend_schema(
        operation_id="get_data_export_file",
        summary="The file of a copy of your data",
        description="Orders, cases, people and payouts are in it: it takes the scope with which "
                    "copies are asked for. 404 while it is not made, and once it is deleted. "
                    "For owners.",
        responses={(200, ZIP): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, export_id: int) -> FileResponse:
        self.asked(request)
        export = finished_export(self.account(), export_id)
        if export is None:
            raise nothing_there()
        return FileResponse(
            export.file.open("rb"),
            as_attachment=True,
            filename=file_name(export),
            content_type=ZIP,
        )


def _told(request: Request, export: DataExport) -> dict[str, Any]:
    names = ("id", "state", "asked_at", "parts_done", "parts", "finished_at")
    until = kept_until(export)
    address = reverse("api:data_export_file", args=[export.pk]) if until else None
    told = {
        **{name: getattr(export, name) for name in names},
        "kept_until": until,
        "file": address and request.build_absolute_uri(address),
    }
    return dict(DataExportShape(told).data)
