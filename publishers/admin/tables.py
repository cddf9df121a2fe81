"""Lists that are exported to a CSV file, and imported from one, by the resources of their app."""

from typing import Any

from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from publishers.admin.backoffice import BackOfficeAdmin


class TableAdmin(ImportExportMixin, BackOfficeAdmin):
    """A model with `resource_classes`: the columns are those of a world's files."""

    resource_classes: tuple[Any, ...] = ()
    import_form_class = ImportForm
    export_form_class = ExportForm
    import_formats = (CSV,)
    export_formats = (CSV,)
    skip_admin_log = True  # A file of thousands of rows is one event, not thousands.
