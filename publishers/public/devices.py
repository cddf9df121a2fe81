"""In which browsers somebody is signed in, and when each was last seen."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from publishers.models import Device, User

# A row is written once in this while, however much is read meanwhile.
SEEN_EVERY = timedelta(minutes=5)
DEVICE, SEEN = "device", "device_seen"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_name(request: HttpRequest) -> str:
    """A browser and its system as people call them; else what it says of itself, cut."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    found = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    named = ", ".join(name for name in found if name)
    return named or re.sub(r"[^ -~]", "", agent)[:80] or "?"


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in names if mark in agent), "")


def devices_of(user: User) -> QuerySet[Device]:
    """Where somebody is signed in, the last seen first."""
    alive = Device.objects.filter(
        user=user, seen_at__gt=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    )
    return alive.filter(begun_at__gt=user.access_ended_at) if user.access_ended_at else alive


def end_devices(user: User, which: Q) -> int:
    """Sign somebody out of some of their own devices; returns how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    found = list(Device.objects.filter(which, user=user))
    for device in found:
        store.delete(device.session_key)
        device.delete()
    return len(found)


class DeviceMiddleware:
    """Notes now and then that a session was used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            now = timezone.now()
            seen = request.session.get(SEEN, "")
            moved = request.session.get(DEVICE) != request.session.session_key
            if moved or not seen or datetime.fromisoformat(seen) < now - SEEN_EVERY:
                note_device(request, request.user, now)
        return self.get_response(request)


def note_device(request: HttpRequest, user: User, now: datetime) -> None:
    """The row of this session, made or brought up to date; its key may have changed."""
    key = request.session.session_key
    if not key:
        return
    before = request.session.get(DEVICE)
    told = {"name": device_name(request), "address": get_client_ip(request), "seen_at": now}
    rows = Device.objects.filter(session_key__in=[key, before or key], user=user)
    if not rows.update(session_key=key, **told):
        Device.objects.create(user=user, session_key=key, begun_at=now, **told)
    request.session[DEVICE], request.session[SEEN] = key, now.isoformat()


def on_sign_in(sender: type, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """A session begins: another one of the same browser is over."""
    if request is not None and isinstance(user, User):
        request.session.pop(DEVICE, None)
        note_device(request, user, timezone.now())


def on_new_password(sender: type, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A new password ends every session but the one in which it was set."""
    here = [request.session.session_key, request.session.get(DEVICE)]
    end_devices(user, ~Q(session_key__in=[key for key in here if key]))


user_logged_in.connect(on_sign_in, dispatch_uid="publishers.devices")
for changed in (password_changed, password_reset):
    changed.connect(on_new_password, dispatch_uid="publishers.devices")
