"""What every page of the portal has: somebody of a publisher, a role, and the frame around it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from publishers.enums import Role
from publishers.models import User
from publishers.public.pages import every_page
from publishers.queries import is_blocked

# Asking alone changes nothing.
SAFE = ("GET", "HEAD", "OPTIONS")
Page = Callable[..., HttpResponse]


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
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path(), reverse("public:sign_in"))
            publisher = user.publisher
            if publisher is None:
                return _to_staffs(request, user, staff)
            if not user.may(reads if request.method in SAFE else writes):
                raise PermissionDenied
            if request.method not in SAFE and not while_blocked and is_blocked(publisher.pk):
                raise PermissionDenied
            return page(request, publisher, *args, **kwargs)

        return view

    return made


def _to_staffs(request: HttpRequest, user: User, name: str) -> HttpResponse:
    if not user.is_staff:
        raise PermissionDenied
    asked = request.GET.urlencode()
    return HttpResponseRedirect(reverse(name) + (f"?{asked}" if asked else ""))


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
    user = request.user
    publisher = user.publisher if isinstance(user, User) else None
    frame = {
        "publisher": publisher,
        "blocked": publisher is not None and is_blocked(publisher.pk),
        "may_write": isinstance(user, User) and user.may(Role.MANAGER),
        "is_owner": isinstance(user, User) and user.may(Role.OWNER),
        "here": here,
        **every_page(request),
    }
    return TemplateResponse(request, f"portal/{template}.html", {**frame, **context}, status=status)
