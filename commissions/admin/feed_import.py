from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from commissions.admin.feed_progress import progress
from commissions.admin.feed_upload import UploadForm, take_upload
from commissions.enums import ImportState
from commissions.models import FeedImport
from commissions.operations.feed import ImportRefused, run_import_again, stop_import
from commissions.tasks import run_import
from publishers.admin.backoffice import ReadOnlyAdmin, list_of, on_the_clock, reader
from publishers.figures import instant, number
from publishers.models import User

STATE_LABELS = {
    ImportState.QUEUED: "info",
    ImportState.RUNNING: "warning",
    ImportState.DONE: "success",
    ImportState.REFUSED: "danger",
    ImportState.FAILED: "danger",
    ImportState.CANCELLED: "warning",
}
# Parked and stale rows shown on the page itself; the rest is a click away.
SHOWN = 20


@admin.register(FeedImport)
class FeedImportAdmin(ReadOnlyAdmin):
    """Deliveries of feed files: how far each is, and what came of it."""

    list_display = ("file_name", "shown_state", "received", "read", "new", "changed", "stale",
                    "parked", "by")  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("by", "programme")
    search_fields = ("file_name",)
    actions_list = ("upload",)
    change_form_template = "admin/commissions/feedimport/page.html"
    empty_hint = _("No feed has come yet: upload a feed file.")

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/progress/",
                self.admin_site.admin_view(self.progress_view),
                name="commissions_feedimport_progress",
            ),
            path(
                "<int:object_id>/stop/",
                self.admin_site.admin_view(self.stop_view),
                name="commissions_feedimport_stop",
            ),
            path(
                "<int:object_id>/again/",
                self.admin_site.admin_view(self.again_view),
                name="commissions_feedimport_again",
            ),
            *super().get_urls(),
        ]

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commissions.add_feedimport")

    @action(
        description=_("Upload a feed file"),
        url_path="upload",
        icon="upload_file",
        permissions=["upload"],
    )
    def upload(self, request: HttpRequest) -> HttpResponse:
        """The upload page, and its answer."""
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            feed_import = take_upload(form, by=reader(request), at=timezone.now())
            return redirect("admin:commissions_feedimport_change", feed_import.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a feed file"),
            "form": form,
        }
        return TemplateResponse(request, "admin/commissions/feedimport/upload.html", context)

    def progress_view(self, request: HttpRequest, object_id: int) -> JsonResponse:
        """How far an import is, for the page that watches it."""
        feed_import = FeedImport.objects.filter(pk=object_id).first()
        if feed_import is None or not self.has_view_permission(request, feed_import):
            raise Http404
        answer = on_the_clock(lambda: JsonResponse(progress(feed_import, timezone.now())))
        answer.headers["Cache-Control"] = "no-store"
        return answer  # type: ignore[return-value]

    def stop_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask that an import be stopped between two batches."""
        return self._pressed(request, object_id, stop_import, _("It was asked to stop."))

    def again_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Run an import that was stopped or failed once more."""
        return self._pressed(request, object_id, self._again, _("It was asked to run again."))

    def _again(self, *, feed_import_id: int, by: User | None, at: datetime) -> None:
        run_import_again(feed_import_id=feed_import_id, by=by, at=at)
        run_import.delay_on_commit(feed_import_id)

    def _pressed(
        self, request: HttpRequest, object_id: int, operation: Callable[..., object], done: Any
    ) -> HttpResponse:
        """Do it and note it in the log, both or neither; refused, back with the sentence."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        feed_import = FeedImport.objects.filter(pk=object_id).first()
        if feed_import is None or not self.has_view_permission(request, feed_import):
            raise Http404
        if not self.has_upload_permission(request):
            raise PermissionDenied
        try:
            with transaction.atomic():
                operation(feed_import_id=object_id, by=reader(request), at=timezone.now())
                self.log_change(request, feed_import, str(done))
        except ImportRefused as refused:
            self.message_user(request, str(refused), messages.WARNING)
        return redirect("admin:commissions_feedimport_change", object_id)

    def page_context(self, request: HttpRequest, row: FeedImport) -> dict[str, Any]:
        return {
            "feed_import": row,
            "progress": progress(row, timezone.now()),
            "may_run": self.has_upload_permission(request),
            "kept": bool(row.stored_as),
            "progress_url": reverse("admin:commissions_feedimport_progress", args=[row.pk]),
            "parked": row.parked_rows.order_by("row")[:SHOWN],
            "stale": row.stale_rows.order_by("row")[:SHOWN],
            "parked_list": list_of("commissions", "parkedrow", feed_import__id__exact=row.pk),
            "stale_list": list_of("commissions", "stalerow", feed_import__id__exact=row.pk),
        }

    @display(description=_("state"), label=STATE_LABELS)
    def shown_state(self, feed_import: FeedImport) -> tuple[str, Any]:
        return feed_import.state, ImportState(feed_import.state).label

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, feed_import: FeedImport) -> str:
        return instant(feed_import.received_at, feed_import.programme.time_zone)

    @admin.display(description=_("rows read"), ordering="rows_read")
    def read(self, feed_import: FeedImport) -> str:
        return number(feed_import.rows_read)

    @admin.display(description=_("new"), ordering="lines_new")
    def new(self, feed_import: FeedImport) -> str:
        return number(feed_import.lines_new)

    @admin.display(description=_("changed"), ordering="lines_changed")
    def changed(self, feed_import: FeedImport) -> str:
        return number(feed_import.lines_changed)

    @admin.display(description=_("stale"), ordering="rows_stale")
    def stale(self, feed_import: FeedImport) -> str:
        return number(feed_import.rows_stale)

    @admin.display(description=_("parked"), ordering="rows_parked")
    def parked(self, feed_import: FeedImport) -> str:
        return number(feed_import.rows_parked)
