"""The link builder: from addresses of the merchant's site to links of a source (F21)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from publishers.enums import Role
from publishers.link_building import MOST_ADDRESSES, Built, built
from publishers.merchant_links import LONGEST_SUB, SUBS
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show
from publishers.queries import SourceState, source_states


class LinkForm(forms.Form):
    """Which source, which pages, and the sub ids that statistics will tell apart."""

    source = forms.ChoiceField(label=gettext_lazy("Source"))
    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Pages of the merchant's site as the browser shows them, one a line, 200 at most."
        ),
        error_messages={
            "required": gettext_lazy("Write the address of a page of the merchant's site.")
        },
    )

    def __init__(self, sources: Sequence[SourceState], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = forms.ChoiceField(
            label=_("Source"), choices=[(one.code, _named(one)) for one in sources]
        )
        self.fields["source"] = field
        for name in SUBS:
            self.fields[name] = forms.CharField(
                label=name, required=False, max_length=LONGEST_SUB, widget=forms.TextInput()
            )

    def clean_addresses(self) -> list[str]:
        """The lines that are not empty."""
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        given = [line for line in lines if line]
        if len(given) > MOST_ADDRESSES:
            sentence = _("%(count)s addresses are too many: give %(most)s at a time.")
            raise forms.ValidationError(
                sentence % {"count": len(given), "most": MOST_ADDRESSES}, code="too_many"
            )
        return given

    def subs(self) -> list[forms.BoundField]:
        """The fields of the sub ids."""
        return [self[name] for name in SUBS]

    def links(self) -> list[Built]:
        """What a valid form asks for."""
        asked = self.cleaned_data
        return [built(address, asked["source"], asked) for address in asked["addresses"]]


def _named(source: SourceState) -> str:
    name = f"{source.title} ({source.code})"
    return name if source.approved else _("%(source)s - not approved yet") % {"source": name}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(writes=Role.READER)
def links_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """Builds links; nothing is kept, so whoever may look may build."""
    sources = source_states(publisher.pk, timezone.now())
    sent = request.method == "POST"
    first = {"source": request.GET.get("source", "")}
    form = LinkForm(sources, request.POST if sent else None, initial=first)
    if first["source"]:
        form.fields["addresses"].widget.attrs["autofocus"] = True
    found = form.links() if sent and form.is_valid() else []
    chosen = form["source"].value() or (sources[0].code if sources else "")
    context = {
        "form": form,
        "sources": sources,
        "links": [one for one in found if one.link],
        "refused": [one for one in found if not one.link],
        "unapproved": found and not _approved(sources, chosen),
        "open_subs": any(form[name].value() or form[name].errors for name in SUBS),
    }
    return show(request, "links", context, here="links")


def _approved(sources: Sequence[SourceState], code: str) -> bool:
    return any(one.approved for one in sources if one.code == code)
