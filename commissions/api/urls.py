"""Addresses of the API about money and rules."""

from django.urls import path

from commissions.api.explanations import ExplanationView
from commissions.api.exports import ExportFileView, ExportsView, ExportView
from commissions.api.feeds import FeedsView, ImportsView, ImportView, ParkedView, StopView
from commissions.api.news import NewsView
from commissions.api.orders import OrdersView, OrderView
from commissions.api.programmes import CalendarView, ConditionsView, ProgrammesView
from commissions.api.quote import QuoteView
from commissions.api.rulebooks import (
    DifferencesView,
    DiscardView,
    RulebooksView,
    RulebookView,
)
from commissions.api.statistics import BalancesView, StatisticsView
from commissions.api.statistics_files import StatisticsFileView
from publishers.api.numbers import register_row_numbers

register_row_numbers()

urlpatterns = [
    path("orders", OrdersView.as_view(), name="orders"),
    path("orders/<number:line_id>", OrderView.as_view(), name="order"),
    path("orders/<number:line_id>/explanation", ExplanationView.as_view(), name="explanation"),
    path("exports", ExportsView.as_view(), name="exports"),
    path("exports/<number:export_id>", ExportView.as_view(), name="export"),
    path("exports/<number:export_id>/file", ExportFileView.as_view(), name="export_file"),
    path("statistics", StatisticsView.as_view(), name="statistics"),
    path("statistics/file", StatisticsFileView.as_view(), name="statistics_file"),
    path("balances", BalancesView.as_view(), name="balances"),
    path("programmes", ProgrammesView.as_view(), name="programmes"),
    path("programmes/<slug:code>/rulebooks", CalendarView.as_view(), name="calendar"),
    path("programmes/<slug:code>/news", NewsView.as_view(), name="news"),
    path(
        "programmes/<slug:code>/rulebooks/<number:version>",
        ConditionsView.as_view(),
        name="conditions",
    ),
    path("quote", QuoteView.as_view(), name="quote"),
    path("feeds", FeedsView.as_view(), name="feeds"),
    path("imports", ImportsView.as_view(), name="imports"),
    path("imports/<number:import_id>", ImportView.as_view(), name="import"),
    path("imports/<number:import_id>/parked", ParkedView.as_view(), name="parked"),
    path("imports/<number:import_id>/stop", StopView.as_view(), name="stop"),
    path("rulebooks", RulebooksView.as_view(), name="rulebooks"),
    path("rulebooks/<number:rulebook_id>", RulebookView.as_view(), name="rulebook"),
    path(
        "rulebooks/<number:rulebook_id>/differences",
        DifferencesView.as_view(),
        name="differences",
    ),
    path("rulebooks/<number:rulebook_id>/discard", DiscardView.as_view(), name="discard"),
]
