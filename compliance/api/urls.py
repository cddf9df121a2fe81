"""Addresses of the API about sources and cases."""

from django.urls import path

from compliance.api.cases import AnswerView, AppealView, CasesView, CaseView
from compliance.api.source_moves import (
    SourceAnswerView,
    SourceChangeView,
    SourceLookView,
    SourceWithdrawView,
)
from compliance.api.sources import SourcesView, SourceView
from compliance.api.traffic_types import TrafficTypesView
from publishers.api.numbers import register_row_numbers

register_row_numbers()

urlpatterns = [
    path("traffic-types", TrafficTypesView.as_view(), name="traffic_types"),
    path("sources", SourcesView.as_view(), name="sources"),
    path("sources/<slug:code>", SourceView.as_view(), name="source"),
    path("sources/<slug:code>/answer", SourceAnswerView.as_view(), name="source_answer"),
    path("sources/<slug:code>/change", SourceChangeView.as_view(), name="source_change"),
    path("sources/<slug:code>/look", SourceLookView.as_view(), name="source_look"),
    path("sources/<slug:code>/withdraw", SourceWithdrawView.as_view(), name="source_withdraw"),
    path("cases", CasesView.as_view(), name="cases"),
    path("cases/<number:case_id>", CaseView.as_view(), name="case"),
    path("cases/<number:case_id>/answer", AnswerView.as_view(), name="answer"),
    path("cases/<number:case_id>/appeal", AppealView.as_view(), name="appeal"),
]
