"""Addresses of the API about sources and cases."""

from django.urls import path

from compliance.api.cases import AnswerView, AppealView, CasesView, CaseView
from compliance.api.sources import SourcesView, SourceView
from publishers.api.numbers import register_row_numbers

register_row_numbers()

urlpatterns = [
    path("sources", SourcesView.as_view(), name="sources"),
    path("sources/<slug:code>", SourceView.as_view(), name="source"),
    path("cases", CasesView.as_view(), name="cases"),
    path("cases/<number:case_id>", CaseView.as_view(), name="case"),
    path("cases/<number:case_id>/answer", AnswerView.as_view(), name="answer"),
    path("cases/<number:case_id>/appeal", AppealView.as_view(), name="appeal"),
]
