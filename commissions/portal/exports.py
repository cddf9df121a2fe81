"""Orders as files: sent at once where they are few, made in the background where they are many."""

import tempfile
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
)
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commissions import filing
from commissions.cuts.asked import Asked
from commissions.cuts.enums import ExportState, FileFormat
from commissions.cuts.line_files import lines_csv, write_xlsx
from commissions.export_progress import export_figures
from commissions.models import LineExport
from commissions.operations.line_exports import (
    KEPT,
    MOST_AT_ONCE,
    ExportRefused,
    is_big,
)
from commissions.portal.asking import OrdersForm, address
from publishers.downloads import csv_answer
from publishers.enums import Role
from publishers.figures import instant, number
from publishers.models import Publisher, User
from publishers.portal.pages import portal_page, show
from publishers.spreadsheets import XLSX


def _format(given: Any) -> FileFormat:
    if given not in FileFormat.values:
        raise Http404
    return FileFormat(given)


@require_safe
@portal_page()
def orders_file(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The lines of the list as a file; where they are many, the page that offers to make it."""
    form = OrdersForm(request.GET, publisher, timezone.now())
    file_format = _format(request.GET.get("format"))
    if not form.is_valid():
        return redirect(address("orders", form.params()))
    asked = form.asked()
    if is_big(asked):
        context = {"params": form.params(), "format": file_format, "most": number(MOST_AT_ONCE)}
        return show(request, "export_offer", context, here="orders")
    return _sent(request, asked, form.zone_asked, file_format)


def _sent(request: HttpRequest, asked: Asked, zone: str, file_format: FileFormat) -> HttpResponse:
    if file_format == FileFormat.CSV:
        return csv_answer(request, lines_csv(asked, zone), "orders.csv")  # type: ignore[return-value]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    write_xlsx(file, asked, zone)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="orders.xlsx", content_type=XLSX)  # type: ignore[return-value]


@require_POST
@portal_page(writes=Role.READER, while_blocked=True)
def ask_file(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Have a file of many lines made."""
    now = timezone.now()
    form = OrdersForm(request.POST, publisher, now)
    file_format = _format(request.POST.get("format"))
    if not form.is_valid():
        return redirect(address("orders", form.params()))
    try:
        export = filing.ask_file(
            form=form,
            file_format=file_format,
            language=get_language() or "en",
            by=request.user if isinstance(request.user, User) else None,
            at=now,
        )
    except ExportRefused as refused:
        messages.warning(request, str(refused))
        return redirect("portal:exports")
    return redirect("portal:export", export.pk)


@require_safe
@portal_page()
def exports_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The files made of late."""
    found = LineExport.objects.filter(publisher=publisher)[:50]
    rows = [
        {
            "export": one,
            "asked": instant(one.asked_at),
            "format": FileFormat(one.file_format).label,
            "state": ExportState(one.state).label,
            "lines": number(one.lines_total),
        }
        for one in found
    ]
    return show(request, "exports", {"rows": rows, "kept_days": KEPT.days}, here="orders")


@require_safe
@portal_page()
def export_page(request: HttpRequest, publisher: Publisher, number: int) -> HttpResponse:
    """How far a file is; the way to it when it is there."""
    export = _export(publisher, number)
    context = {
        "export": export,
        "progress": progress(export, timezone.now()),
        "kept_days": KEPT.days,
        "again": address("orders", export.params),
    }
    return show(request, "export", context, here="orders")


@require_safe
@portal_page()
def export_progress(request: HttpRequest, publisher: Publisher, number: int) -> HttpResponse:
    """The same for the page's own script."""
    return JsonResponse(progress(_export(publisher, number), timezone.now()))


@require_safe
@portal_page()
def export_file(request: HttpRequest, publisher: Publisher, number: int) -> HttpResponse:
    """The file itself."""
    export = _export(publisher, number)
    if export.state != ExportState.DONE:
        return redirect("portal:export", export.pk)
    kind = XLSX if export.file_format == FileFormat.XLSX else "text/csv; charset=utf-8"
    name = f"orders-{export.pk}.{export.file_format}"
    file = export.stored_as.open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)  # type: ignore[return-value]


def progress(export: LineExport, now: datetime) -> dict[str, Any]:
    """How far a file is, in the words and figures that its page shows."""
    done, total, figures = export.lines_done, export.lines_total, export_figures(export, now)
    told = _("%(done)s of %(total)s") % {"done": number(done), "total": number(total)}
    return {
        "over": figures.over,
        "state": export.state,
        "percent": int(100 * figures.share),
        "texts": {
            "state": str(ExportState(export.state).label),
            "lines": told if total is not None else "–",
        },
    }


def _export(publisher: Publisher, export_id: int) -> LineExport:
    found = LineExport.objects.filter(pk=export_id, publisher=publisher).first()
    if found is None:
        raise Http404
    return found
