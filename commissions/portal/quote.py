"""The page on which a publisher asks what a sale would earn (F24). Asked by its address."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commissions.admin.quote import QuoteForm, asked_quote
from commissions.quoting.words import quote_context
from publishers.admin.backoffice import on_the_clock
from publishers.models import Publisher
from publishers.portal.pages import portal_page, show
from publishers.public.countries import countries_by_name
from publishers.queries import sources_of


class OwnQuoteForm(QuoteForm):
    """What is sold, where to, through which of the publisher's own sources."""

    def __init__(self, sources: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """sources: (code, title)."""
        super().__init__(*args, **kwargs)
        named = [(code, f"{title} ({code})") for code, title in sources]
        self.fields["country"] = forms.ChoiceField(
            label=_("Country of delivery"),
            choices=[("", _("Choose a country")), *countries_by_name()],
        )
        self.fields["source"] = forms.ChoiceField(
            label=_("Your source"),
            choices=[("", _("Choose a source")), *named] if len(named) > 1 else named,
            error_messages={
                "invalid_choice": _(
                    "You have no source with the code %(value)s: choose one of yours."
                )
            },
        )
        # Those of the back office carry the classes of its theme.
        for name in ("product", "at", "price"):
            self.fields[name].widget = forms.TextInput()
        programme = self.fields.get("programme")
        if isinstance(programme, forms.ModelChoiceField):
            programme.widget = forms.Select()
            programme.widget.choices = programme.choices


@require_safe
@portal_page(staff="admin:quote")
def quote_page(request: HttpRequest, publisher: Publisher) -> HttpResponse:
    """What an order would earn, through one of the publisher's own sources. Nothing is booked."""
    sources = sources_of(publisher.pk)

    def page() -> HttpResponse:
        form = OwnQuoteForm(sources, request.GET if "product" in request.GET else None)
        quoted = asked_quote(form) if form.is_valid() else None
        context = {
            "form": form,
            "has_sources": bool(sources),
            **(quote_context(quoted) if quoted else {}),
        }
        return show(request, "quote", context, here="quote")

    return on_the_clock(page)
