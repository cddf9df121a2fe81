"""Adding a source, and saying something else of one: what its type demands, one domain call."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.models import Moderation
from compliance.moderation.enums import ModerationState
from compliance.moderation.operations import NotFound, Refused, apply_source, change_material
from compliance.moderation.telling import demanded
from compliance.portal.source_forms import ChangeForm, NewSourceForm
from compliance.portal.sources import own_standing
from publishers.allowances import Offer, offers
from publishers.demands import demands_of
from publishers.figures import in_own_language
from publishers.models import Publisher, SourceStatement
from publishers.portal.pages import portal_page, show

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@portal_page()
def new_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """First the type of traffic, then what it demands."""
    found = [_offered(one) for one in offers(publisher.pk, timezone.now())]
    chosen = next((one for one in found if one["code"] == request.GET.get("type")), None)
    if chosen is None or not chosen["may_be_added"]:
        context = {"refused": chosen, **_by_permission(found)}
        return show(request, "source_types", context, here="sources")
    sent = request.method == "POST"
    form = NewSourceForm(
        chosen["code"], request.POST if sent else None, request.FILES if sent else None
    )
    if sent and form.is_valid():
        try:
            moderation = apply_source(
                publisher_id=publisher.pk,
                traffic_type=chosen["code"],
                material=form.material(),
                code=form.cleaned_data["code"],
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _became(moderation))
            return _on_from(moderation)
    return show(request, "source_new", {"form": form, "type": chosen}, here="sources")


def _on_from(moderation: Moderation) -> HttpResponse:
    """To its links where a new source is approved already, else to all that is known of it."""
    code = moderation.source.code
    if moderation.state == ModerationState.APPROVED:
        return redirect(f"{reverse('portal:links')}?{urlencode({'source': code})}")
    return redirect("portal:source", code)


def _offered(offer: Offer) -> dict[str, Any]:
    """A type in words. Forbidden ones are added only under an agreement."""
    code = offer.of_type.code
    return {
        "code": code,
        "name": in_own_language(offer.of_type, "name"),
        "permission": offer.permission,
        "label": offer.permission.label,
        "may_use": offer.may_use,
        "may_be_added": offer.may_be_added,
        "conditions": [note for one in offer.sayings if (note := in_own_language(one, "note"))],
        "agreements": [(one.valid_from, one.valid_to) for one in offer.agreements],
        "agreed": offer.agreed,
        "demanded": demanded(code),
        "shows_ownership": demands_of(code).ownable and demands_of(code).address,
    }


def _by_permission(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Types that may be added now, those that first need an agreement, and those that never may."""
    return {
        "open": [one for one in found if one["may_use"]],
        "by_agreement": [one for one in found if one["may_be_added"] and not one["may_use"]],
        "forbidden": [one for one in found if not one["may_be_added"]],
    }


def _became(moderation: Moderation) -> str:
    """What happened to a statement as soon as it was given."""
    if moderation.state == ModerationState.APPROVED:
        return _("Approved at once: orders by clicks from now on count. Make your links.")
    if moderation.page_due_at is not None:
        return _("It is sent. Its page is looked at within a minute or so; a letter says the rest.")
    return _("It is sent. Staff look at it, and a letter says what they decide.")


@require_http_methods(FORM)
@portal_page()
def change_page(request: HttpRequest, publisher: Publisher, code: str) -> HttpResponse:
    """Mended material, or a source that says something else of itself: a round looks at it."""
    row = own_standing(publisher, code, timezone.now())
    source = row.source
    said = source.statements.select_related("keywords", "package").order_by("-id").first()
    sent = request.method == "POST"
    form = ChangeForm(
        source.traffic_type.code,
        request.POST if sent else None,
        request.FILES if sent else None,
        said=said,
        initial=_as_said(said) if said else {"title": source.title, "url": source.url},
    )
    if sent and form.is_valid():
        try:
            moderation = change_material(
                publisher_id=publisher.pk,
                source_id=source.pk,
                material=form.material(),
                words=form.cleaned_data["words"],
                at=timezone.now(),
            )
        except NotFound as gone:
            raise Http404 from gone
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _became(moderation))
            return redirect("portal:source", source.code)
    return show(request, "source_change", {"form": form, "row": row}, here="sources")


def _as_said(said: SourceStatement) -> dict[str, Any]:
    words = ("title", "url", "audience", "subscribe", "leave", "sample")
    return {**{name: getattr(said, name) for name in words}, "countries": ", ".join(said.countries)}
