"""The back office's theme: its header, its sidebar, its own style sheet."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _file(name: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(name)


def _can_view(label: str) -> Callable[[HttpRequest], bool]:
    app, model = label.split(".")
    return lambda request: request.user.has_perm(f"{app}.view_{model}")


def _list(label: str, title: Any, icon: str) -> dict[str, Any]:
    """A line of the sidebar: the list of one model, for those who may see it."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{label.replace('.', '_')}_changelist"),
        "permission": _can_view(label),
    }


def _superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def _on_runs(request: HttpRequest) -> bool:
    """The page that loads a world lies under the runs, and has a line of its own."""
    return "/config/jobrun/" in request.path and "load-world" not in request.path


NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            {"title": _("Front page"), "icon": "home", "link": reverse_lazy("admin:index")},
        ]
    },
    {
        "title": _("Orders"),
        "separator": True,
        "items": [
            _list("commissions.orderline", _("Order lines"), "receipt_long"),
            _list("commissions.lineexport", _("Files of orders"), "download"),
            _list("commissions.feedimport", _("Feed imports"), "upload_file"),
            _list("commissions.parkedrow", _("Parked rows"), "car_crash"),
            _list("commissions.stalerow", _("Stale rows"), "history"),
            _list("commissions.touch", _("Waiting re-ratings"), "sync"),
        ],
    },
    {
        "title": _("Publishers"),
        "separator": True,
        "items": [
            _list("publishers.publisher", _("Publishers"), "groups"),
            _list("publishers.source", _("Sources"), "hub"),
            _list("publishers.agreement", _("Agreements"), "handshake"),
            _list("publishers.click", _("Clicks"), "ads_click"),
            _list("publishers.payoutdetails", _("Payout details"), "credit_card"),
            _list("referrals.referral", _("Referrals"), "account_tree"),
            _list("referrals.referralcredit", _("Referral credits"), "redeem"),
            _list("publishers.letter", _("Letters"), "mail"),
        ],
    },
    {
        "title": _("Money"),
        "separator": True,
        "items": [
            _list("commissions.ledgeraccount", _("Accounts"), "account_balance"),
            _list("commissions.transfer", _("Transfers"), "swap_horiz"),
            {
                "title": _("Daily totals"),
                "icon": "bar_chart",
                "link": reverse_lazy("admin:daily_totals"),
                "permission": _can_view("commissions.dailytotal"),
            },
        ],
    },
    {
        "title": _("Rules"),
        "separator": True,
        "items": [
            _list("commissions.rulebook", _("Rulebooks"), "gavel"),
            _list("commissions.whatif", _("What-ifs"), "science"),
            {
                "title": _("Quote a rate"),
                "icon": "calculate",
                "link": reverse_lazy("admin:quote"),
                "permission": _can_view("commissions.rulebook"),
            },
            _list("commissions.namedset", _("Named sets"), "category"),
            _list("commissions.setmember", _("Members of sets"), "list"),
            _list("commissions.store", _("Stores"), "storefront"),
            _list("commissions.product", _("Products"), "inventory_2"),
            _list("commissions.virtualruling", _("Virtual products"), "cloud"),
            _list("publishers.traffictype", _("Traffic types"), "traffic"),
            _list("publishers.trafficpermission", _("Traffic permissions"), "rule"),
            _list("commissions.programme", _("Programmes"), "public"),
        ],
    },
    {
        "title": _("Compliance"),
        "separator": True,
        "items": [
            _list("compliance.moderation", _("Moderation of sources"), "fact_check")
            | {"badge": "compliance.moderation.queue.waiting_for_staff"},
            _list("compliance.observation", _("Observations"), "visibility"),
            _list("compliance.case", _("Cases"), "policy"),
            _list("publishers.accountblock", _("Account blocks"), "block"),
            _list("compliance.reviewtext", _("Review texts"), "rate_review"),
            _list("compliance.violationpolicy", _("Policies"), "balance"),
            _list("compliance.referenceimage", _("Reference pictures"), "image_search"),
            _list("compliance.autoapproval", _("Approvals without a person"), "rule_settings"),
            _list("compliance.observationpolicy", _("Policies of observations"), "tune"),
            _list("compliance.threshold", _("Thresholds"), "straighten"),
        ],
    },
    {
        "title": _("System"),
        "separator": True,
        "items": [
            _list("config.jobrun", _("Runs of jobs"), "schedule") | {"active": _on_runs},
            _list("django_celery_beat.periodictask", _("Calendar of beat"), "event"),
            _list("publishers.user", _("Users"), "person"),
            _list("publishers.apikey", _("Keys of the API"), "key"),
            _list("auth.group", _("Groups"), "group"),
            _list("publishers.rolechange", _("Changes of roles"), "how_to_reg"),
            {
                "title": _("Load a world"),
                "icon": "public",
                "link": reverse_lazy("admin:load_world"),
                "permission": _superuser,
            },
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Permille",
    "SITE_HEADER": "Permille",
    "SITE_SUBHEADER": _("Back office"),
    "SITE_SYMBOL": "percent",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.admin.front_page.front_page",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("permille/icon.svg")}],
    "STYLES": [_file("permille/admin.css")],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": NAVIGATION,
    },
}
