"""What every page of the portal has: somebody of a publisher, a role, and the frame around it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from publishers.accounts import standing_of
from publishers.enums import Role
from publishers.models import User
from publishers.public.pages import every_page

# Asking alone changes nothing.
SAFE = ("GET", "HEAD", "OPTIONS")
Page = Callable[..., HttpResponseBase]


def portal_page(
    *,
    writes: Role = Role.MANAGER,
    reads: Role = Role.READER,
    while_blocked: bool = False,
    staff: str = "admin:index",
) -> Callable[[Page], Page]:
    """Makes `page(request, publisher, ...)` a page of the publisher that somebody signs in for.

    writes, reads: the role that sending and looking need. while_blocked: a blocked account may
    send too; without it, it may only look. staff: the page that staff are led to with the same
    question. Who has not signed in does so first.
    """

    def made(page: Page) -> Page:
        @wraps(page)
        @never_cache
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path(), reverse("public:sign_in"))
            publisher = user.publisher
            if publisher is None:
                return _to_staffs(request, user, staff)
            if not user.may(reads if request.method in SAFE else writes):
                raise PermissionDenied
            if request.method not in SAFE and not while_blocked and standing_of(publisher).is_shut:
                raise PermissionDenied
            return page(request, publisher, *args, **kwargs)

        return view

    return made


def _to_staffs(request: HttpRequest, user: User, name: str) -> HttpResponse:
    if not user.is_staff:
        raise PermissionDenied
    asked = request.GET.urlencode()
    return HttpResponseRedirect(reverse(name) + (f"?{asked}" if asked else ""))


def reader_of(request: HttpRequest) -> User:
    """Who is signed in; `portal_page` lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    here: str = "",
    status: int = 200,
) -> TemplateResponse:
    """The answer with a page of the portal.

    template: its name under `portal/`, without the ending; here: the menu entry that it belongs
    to, by the name of its address.
    """
    frame = portal_frame(request, here)
    return TemplateResponse(request, f"portal/{template}.html", {**frame, **context}, status=status)


def portal_frame(request: HttpRequest, here: str) -> dict[str, Any]:
    """What stands around every page of the portal. here: the menu entry that it belongs to."""
    user = request.user
    publisher = user.publisher if isinstance(user, User) else None
    standing = standing_of(publisher) if publisher is not None else None
    return {
        "publisher": publisher,
        "blocked": standing is not None and standing.is_blocked,
        "closed": standing is not None and standing.is_closed,
        "may_write": isinstance(user, User) and user.may(Role.MANAGER),
        "is_owner": isinstance(user, User) and user.may(Role.OWNER),
        "here": here,
        **every_page(request),
    }


def _letters_folder() -> str:
    """Where letters lie while no mail server is named; empty: they are sent."""
    return "" if settings.EMAIL_HOST else str(settings.EMAIL_FILE_PATH)


def settings_frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of the sign-in library's pages: the portal's for a publisher's people.

    `frame` is the template that they stand in.
    """
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    if not name.startswith(("mfa_", "account_")):
        return {}
    user = request.user
    if not (isinstance(user, User) and user.publisher_id):
        return {"frame": "public/base.html", "letters_folder": _letters_folder()}
    return {
        "letters_folder": _letters_folder(),
        "frame": "portal/base.html",
        "tab": name,
        "settings_tabs": True,
        **portal_frame(request, "settings"),
    }
