"""Addresses of the publisher's pages about money."""

from django.urls import path

from commissions.portal.exports import (
    ask_file,
    export_file,
    export_page,
    export_progress,
    exports_page,
    orders_file,
)
from commissions.portal.orders import order_page, orders_page
from commissions.portal.quote import quote_page
from commissions.portal.statistics import statistics_csv, statistics_page, statistics_xlsx

urlpatterns = [
    path("statistics/", statistics_page, name="statistics"),
    path("statistics/table.csv", statistics_csv, name="statistics_csv"),
    path("statistics/table.xlsx", statistics_xlsx, name="statistics_xlsx"),
    path("orders/", orders_page, name="orders"),
    path("orders/file/", orders_file, name="orders_file"),
    path("orders/<int:line_id>/", order_page, name="order"),
    path("exports/", exports_page, name="exports"),
    path("exports/new/", ask_file, name="export_new"),
    path("exports/<int:number>/", export_page, name="export"),
    path("exports/<int:number>/progress/", export_progress, name="export_progress"),
    path("exports/<int:number>/file/", export_file, name="export_file"),
    path("quote/", quote_page, name="quote"),
]
