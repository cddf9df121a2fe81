"""P11: pages of the staff's order list, as the back office makes them, over the filled books."""

import statistics
import time

from django.conf import settings
from django.test import Client
from django.urls import reverse

from commissions.models import OrderLine
from config.bench.results import Results
from publishers.admin.pages_by_key import NEWER, OLDER
from publishers.models import User

LOOKS = 20  # of each page, in turn


class StaffListFailed(Exception):
    """A page of the list was not answered; the message says which, and how."""


def measure_staff_list(rounds: int, results: Results) -> None:
    """The last page and one in the middle against the first, whichever is slower."""
    reader = _reader()
    address = reverse("admin:commissions_orderline_changelist")
    keys = OrderLine.objects.order_by("pk").values_list("pk", flat=True)
    lowest, highest = keys[0], keys.reverse()[0]
    pages = {
        "first": address,
        "middle": f"{address}?{OLDER}={(lowest + highest) // 2}",
        "last": f"{address}?{NEWER}=0",
    }
    for _round in range(rounds):
        took: dict[str, list[float]] = {name: [] for name in pages}
        for look in range(LOOKS + 1):
            for name, page in pages.items():
                seconds = _seconds(reader, page)
                if look:  # the first warms up templates and statements
                    took[name].append(seconds)
        medians = {name: statistics.median(times) for name, times in took.items()}
        results.add("P11", max(medians["middle"], medians["last"]), medians["first"])
        results.note("P11", **medians)


def _reader() -> Client:
    """A superuser of the scratch database, signed in."""
    user, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    host = next((name for name in settings.ALLOWED_HOSTS if name[0] not in ".*"), "localhost")
    reader = Client(headers={"host": host})
    reader.force_login(user)
    return reader


def _seconds(reader: Client, page: str) -> float:
    begun = time.perf_counter()
    answer = reader.get(page)
    seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        raise StaffListFailed(f"{page} was answered {answer.status_code}.")
    return seconds
