"""GET /api/v1/statistics/file: the file of the portal's page of statistics, for programs."""

from django.http import FileResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from commissions.api.cuts import periods_of, question_of
from commissions.api.exports import FORMATS, KINDS
from commissions.api.line_filters import chosen
from commissions.api.programmes import the_programme
from commissions.api.statistics import PeriodParameters
from commissions.cuts.compared import compared_as_shown
from commissions.cuts.enums import CutBy, FileFormat
from commissions.cuts.files import cut_csv, cut_xlsx, file_name
from commissions.cuts.names import names_of
from publishers.api.files import FileView
from publishers.api.parameters import require_period
from publishers.api.schema import described
from publishers.downloads import csv_answer
from publishers.enums import Scope
from publishers.spreadsheets import XLSX


class StatisticsFileParameters(PeriodParameters):
    """A cut, and as what it is written."""

    group_by = chosen(CutBy.values, "What the rows are.", required=True)
    format = chosen(FORMATS, "Of the file.", required=True)


class StatisticsFileView(FileView):
    """A cut as a file."""

    scopes = {"GET": Scope.READ_STATISTICS}
    tag = "Money"

    @extend_schema(
        operation_id="get_statistics_file",
        summary="Statistics as a file",
        description=(
            "The file that the statistics page gives: every group, however many there are, with "
            "the commission of the period before beside it, and their total in the last row."
        ),
        parameters=described(StatisticsFileParameters),
        responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS.values()},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = self.asked(request, StatisticsFileParameters)
        require_period(asked)
        programme = the_programme(asked.get("programme"))
        question, by = question_of(self.own(), programme, asked)
        span, before = periods_of(question)
        found = compared_as_shown(question, by, before)
        names = names_of(found.now, programme)
        name = f"{file_name(by, span)}.{asked['format']}"
        if asked["format"] == FileFormat.CSV:
            # Made at once: the language of the names is the request's.
            return csv_answer(request, list(cut_csv(found, names, programme.currency)), name)
        file = cut_xlsx(found, names, programme.currency, span)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
