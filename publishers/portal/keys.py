"""Tools: the keys with which a publisher's machines call the API. Owners alone."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from publishers.admin.backoffice import on_the_clock
from publishers.enums import SCOPES_OF_PUBLISHERS, Role
from publishers.keys import LONGEST_NAME, KeyRefused, keys_of, make_key, revoke_key
from publishers.models import Publisher, User
from publishers.portal.pages import portal_page, show

SHOWN = 50  # keys; those that stand are fewer
LIVES = [
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (365, gettext_lazy("one year")),
    (730, gettext_lazy("two years")),
]


class KeyForm(forms.Form):
    """A key: what for, what it may, for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("What the machine is, or does: so that you know the key again."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may"),
        choices=[(scope.value, scope.label) for scope in SCOPES_OF_PUBLISHERS],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("No more than the machine needs."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("It ends after"), choices=LIVES, coerce=int, initial=90
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(reads=Role.OWNER, writes=Role.OWNER)
def keys_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """The keys, and a form for a new one: its text is on the answer to the form, and no more."""
    return on_the_clock(lambda: _page(request))


def _page(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    made = _made(request, form) if request.method == "POST" and form.is_valid() else ""
    owner = _owner(request)
    context: dict[str, Any] = {
        "form": KeyForm() if made else form,
        "made": made,
        "keys": _rows(owner),
    }
    return show(request, "keys", context, here="keys")


@require_POST
@portal_page(reads=Role.OWNER, writes=Role.OWNER, while_blocked=True)
def revoke(request: HttpRequest, publisher: Publisher, key_id: int) -> HttpResponse:
    """End a key at once."""
    try:
        key = revoke_key(key_id=key_id, by=_owner(request), at=timezone.now())
    except KeyRefused as refused:
        raise Http404(str(refused)) from refused
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
    return redirect(reverse("portal:keys"))


def _owner(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the page lets nobody else in
    return request.user


def _made(request: HttpRequest, form: KeyForm) -> str:
    """The text of the key made; an empty one where it was refused."""
    now, given = timezone.now(), form.cleaned_data
    owner = _owner(request)
    try:
        _key, text = make_key(
            user=owner,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=now + timedelta(days=given["days"]),
            by=owner,
            at=now,
        )
    except KeyRefused as refused:
        field = {"expires_at": "days"}.get(refused.field, refused.field)
        form.add_error(field or None, str(refused))
        return ""
    return text


def _rows(owner: User) -> list[dict[str, Any]]:
    """Keys as the page shows them: those that stand first."""
    now = timezone.now()
    found = keys_of(owner).select_related("made_by", "revoked_by")
    rows = [
        {"key": key, "stands": key.stands(now)}
        for key in found.order_by("revoked", "-made_at", "-id")[:SHOWN]
    ]
    return sorted(rows, key=lambda row: not row["stands"])
