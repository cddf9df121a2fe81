"""Exports of an account's own data: asked for, and when the next waits. A job makes the file."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from publishers.enums import ExportState
from publishers.models import DataExport, Publisher, User

KEPT = timedelta(days=7)


def ask_export(publisher: Publisher, *, by: User, at: datetime) -> DataExport:
    """An export of all that an account holds; the one that is under way, where there is one."""
    return begin_export(publisher, by=by, at=at)[0]


def begin_export(publisher: Publisher, *, by: User, at: datetime) -> tuple[DataExport, bool]:
    """The same, and whether it was begun by this asking."""
    with transaction.atomic():
        Publisher.objects.select_for_update().get(pk=publisher.pk)
        under_way = exports_of(publisher).filter(state__in=_UNDER_WAY).first()
        if under_way is not None:
            return under_way, False
        return DataExport.objects.create(publisher=publisher, asked_by=by, asked_at=at), True


def exports_of(publisher: Publisher) -> QuerySet[DataExport]:
    """A publisher's exports, the latest first."""
    return DataExport.objects.filter(publisher=publisher)


def finished_export(publisher: Publisher, export_id: int) -> DataExport | None:
    """An export of the publisher's own whose file there is."""
    export = exports_of(publisher).filter(pk=export_id, state=ExportState.DONE).first()
    return export if export is not None and export.file else None


def file_name(export: DataExport) -> str:
    """What a finished export is called where it is loaded down."""
    return f"permille-{export.publisher.code}-{export.asked_at:%Y-%m-%d}.zip"


def kept_until(export: DataExport) -> datetime | None:
    """When the file is deleted; None: there is none."""
    done = export.state == ExportState.DONE and export.finished_at is not None
    return export.finished_at + KEPT if done and export.finished_at else None


def export_waits(until: datetime) -> datetime | None:
    """When the first export was asked for that is not made, or the first file's time was over."""
    asked = DataExport.objects.filter(state__in=_UNDER_WAY).aggregate(first=Min("asked_at"))
    done = _done().aggregate(first=Min("finished_at"))["first"]
    times = [asked["first"], done + KEPT if done else None]
    return min((time for time in times if time is not None), default=None)


def forget_old_files(*, at: datetime) -> int:
    """Delete the files whose time is over; returns how many."""
    old = list(_done().filter(finished_at__lte=at - KEPT))
    for export in old:
        export.file.delete(save=False)
        export.state = ExportState.GONE
        export.save(update_fields=["file", "state"])
    return len(old)


def _done() -> QuerySet[DataExport]:
    return DataExport.objects.filter(~Q(file=""), state=ExportState.DONE)


_UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)
