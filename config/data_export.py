"""All that an account holds, as one ZIP: made by a job, part by part, with its progress told."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files import File
from django.db.models import QuerySet

from commissions.exports import exported_lines
from publishers.data_exports import forget_old_files
from publishers.enums import ExportState
from publishers.models import (
    Agreement,
    DataExport,
    Device,
    Letter,
    PayoutDetails,
    Publisher,
    Source,
    SourceApproval,
    SourceStatement,
    SourceSuspension,
    TermsConsent,
    User,
)
from referrals.models import Referral, ReferralCredit

Rows = Iterable[Mapping[str, Any]]
README = (
    "Your account's data. JSON files hold one list each; orders.csv has one row a sub-order, "
    "amounts in cents, as in every other export. Instants are UTC.\n"
)
# Where a number of an account or a key would be: it is kept as a hash, or is somebody else's.
LEFT_OUT = frozenset({"password", "secret_hash", "session_key", "fingerprint"})


def make_exports(*, at: datetime) -> dict[str, int]:
    """Make every export that was asked for, and delete the files whose time is over.

    Returns how many were `made`, `failed` and `deleted`. One that fails says so, and stops no
    other.
    """
    done = {"made": 0, "failed": 0, "deleted": forget_old_files(at=at)}
    waiting = DataExport.objects.filter(state__in=[ExportState.WAITING, ExportState.RUNNING])
    for export in waiting.select_related("publisher").order_by("pk"):
        try:
            _make(export, at)
        except Exception as error:  # noqa: BLE001 - one that breaks must not keep others waiting
            export.state, export.error = (
                ExportState.FAILED,
                f"{type(error).__name__}: {error}"[:500],
            )
            export.finished_at = at
            export.save(update_fields=["state", "error", "finished_at"])
        done["made" if export.state == ExportState.DONE else "failed"] += 1
    return done


def _make(export: DataExport, at: datetime) -> None:
    parts = _parts(export.publisher)
    export.state, export.parts, export.parts_done = ExportState.RUNNING, len(parts), 0
    export.save(update_fields=["state", "parts", "parts_done"])
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README)
            for name, rows in parts.items():
                with archive.open(name, "w", force_zip64=True) as member:
                    write = _csv if name.endswith(".csv") else _json
                    for piece in write(rows()):
                        member.write(piece.encode())
                export.parts_done += 1
                export.save(update_fields=["parts_done"])
        file.seek(0)
        name = f"{export.publisher.code}-{export.pk}.zip"
        export.file.save(name, File(file), save=False)
    export.state, export.finished_at, export.error = ExportState.DONE, at, ""
    export.save(update_fields=["state", "finished_at", "file", "error"])


def _parts(publisher: Publisher) -> dict[str, Callable[[], Rows]]:
    """What the archive holds, by the names of its files; each is read when its turn comes."""
    people = User.objects.filter(publisher=publisher)
    sources = Source.objects.filter(publisher=publisher)
    found: dict[str, QuerySet[Any]] = {
        "account.json": Publisher.objects.filter(pk=publisher.pk),
        "people.json": people,
        "consents.json": TermsConsent.objects.filter(publisher=publisher),
        "devices.json": Device.objects.filter(user__in=people),
        "sources.json": sources,
        "source_statements.json": SourceStatement.objects.filter(source__in=sources),
        "source_approvals.json": SourceApproval.objects.filter(source__in=sources),
        "source_suspensions.json": SourceSuspension.objects.filter(source__in=sources),
        "agreements.json": Agreement.objects.filter(publisher=publisher),
        "payout_details.json": PayoutDetails.objects.filter(publisher=publisher),
        "letters.json": Letter.objects.filter(publisher=publisher),
        "referrals.json": Referral.objects.filter(referrer=publisher),
        "referral_credits.json": ReferralCredit.objects.filter(referrer=publisher),
    }
    parts: dict[str, Callable[[], Rows]] = {
        name: partial(_told, rows.order_by("pk")) for name, rows in found.items()
    }
    return {**parts, "orders.csv": partial(exported_lines, publisher.pk)}


def _told(rows: QuerySet[Any]) -> Rows:
    """Rows by the names of their columns, without what is secret or only ours."""
    for row in rows.values().iterator(chunk_size=1_000):
        yield {name: value for name, value in row.items() if name not in LEFT_OUT}


def _json(rows: Rows) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield ("," if number else "") + "\n" + json.dumps(row, default=str, ensure_ascii=False)
    yield "\n]\n"


def _csv(rows: Rows) -> Iterator[str]:
    line = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(line, list(row))
            writer.writeheader()
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()
