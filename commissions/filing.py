"""Files of many lines: asked for by whatever door, and rung for once their row is safe."""

from datetime import datetime

from django.db import transaction

from commissions.models import LineExport
from commissions.operations.line_exports import ask_export
from commissions.portal.asking import OrdersForm
from commissions.tasks import run_line_export
from publishers.models import User


@transaction.atomic
def ask_file(
    *, form: OrdersForm, file_format: str, language: str, by: User | None, at: datetime
) -> LineExport:
    """Have the lines of a valid form made into a file in the background. Raises ExportRefused."""
    export = ask_export(
        publisher=form.publisher,
        asked=form.asked(),
        # The publisher may name another clock before the file is written.
        params=form.params() | {"zone": form.zone_asked},
        file_format=file_format,
        language=language,
        by=by,
        at=at,
    )
    run_line_export.delay_on_commit(export.pk)
    return export
