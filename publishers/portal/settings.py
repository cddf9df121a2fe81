"""What a publisher says of itself, which letters it wants, and where its people are signed in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from publishers.accounts import Profile, choose_letters, describe, is_sent
from publishers.enums import ALWAYS_SENT, LetterKind, Role
from publishers.models import Publisher
from publishers.places import zones_of_places
from publishers.portal.pages import portal_page, reader_of, show
from publishers.public.countries import countries_by_name
from publishers.public.devices import devices_of, end_devices

FIELDS = ("name", "country", "language", "time_zone")


class ProfileForm(forms.Form):
    """What a publisher says of itself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of letters"), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            required=False,
            choices=[("", _("Not said")), *countries_by_name()],
        )
        named = [(zone, zone.replace("_", " ")) for zone in zones_of_places()]
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", _("As the programme's")), *named],
            help_text=_("In which days your statistics are counted."),
        )
        self.order_fields(FIELDS)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(writes=Role.OWNER)
def profile(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Name, country, language and time zone."""
    said = {field: getattr(publisher, field) for field in FIELDS}
    said["language"] = "ru" if said["language"].lower().startswith("ru") else "en"
    form = ProfileForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        describe(publisher, Profile(**form.cleaned_data))
        messages.success(request, _("Saved."))
        return redirect("portal:settings")
    return show(request, "settings/profile", {"form": form, "tab": "settings"}, here="settings")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(writes=Role.MANAGER)
def letters(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Which letters come by e-mail."""
    if request.method == "POST":
        choose_letters(publisher, request.POST.getlist("kind"))
        messages.success(request, _("Saved."))
        return redirect("portal:settings_letters")
    kinds = [
        {
            "value": kind.value,
            "label": kind.label,
            "always": kind in ALWAYS_SENT,
            "sent": is_sent(publisher, kind),
        }
        for kind in LetterKind
    ]
    context = {"kinds": kinds, "tab": "settings_letters"}
    return show(request, "settings/letters", context, here="settings")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(writes=Role.READER, while_blocked=True)
def devices(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Where one is signed in oneself, and an end to any of it."""
    user = reader_of(request)
    here = request.session.session_key or ""
    if request.method == "POST":
        chosen = request.POST.get("device", "")
        own = Q(pk=int(chosen)) if chosen.isdecimal() and len(chosen) < 19 else Q()
        ended = end_devices(user, own & ~Q(session_key=here))
        said = ngettext("%(n)d device was signed out.", "%(n)d devices were signed out.", ended)
        messages.success(request, said % {"n": ended})
        return redirect("portal:settings_devices")
    listed = [(device, device.session_key == here) for device in devices_of(user)[:50]]
    context = {"devices": listed, "others": len(listed) > 1, "tab": "settings_devices"}
    return show(request, "settings/devices", context, here="settings")
