"""The page that quotes a rate before a sale (F24). Asked by its address, so that it can be sent."""

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from commissions.models import Programme
from commissions.quoting import Quote, QuoteRefused, quote
from commissions.quoting.words import quote_context
from publishers.admin.backoffice import on_the_clock

# Digits with a point or a comma before the cents; nothing that parts the thousands.
_PRICE = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}))?")


class PriceField(forms.CharField):
    """A price in units of the currency; its value is in cents, None where nothing is given."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        found = _PRICE.fullmatch(text)
        if not found:
            raise ValidationError(
                _("%(value)s is not a price: write an amount such as 12.50, with at most two "
                  "decimals and nothing between the thousands.") % {"value": text}
            )  # fmt: skip
        units, cents = found.groups()
        return int(units) * 100 + int((cents or "").ljust(2, "0"))


class QuoteForm(forms.Form):
    """What is sold, where to, through whom; and when, and for how much, if that is known."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.order_by("pk"),
        to_field_name="code",
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        max_length=64,
        help_text=gettext_lazy("The merchant's number of the product, such as 4000000000."),
        widget=UnfoldAdminTextInputWidget,
    )
    country = forms.CharField(
        label=gettext_lazy("Country of delivery"),
        help_text=gettext_lazy("Two capitals, such as RU."),
        widget=UnfoldAdminTextInputWidget,
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("The code of the source, as its links carry it."),
        widget=UnfoldAdminTextInputWidget,
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When the order is placed"),
        required=False,
        help_text=gettext_lazy(
            "On the programme's clock, such as 2020-09-10 12:00. Empty: now."
        ),
        widget=UnfoldAdminTextInputWidget,
    )  # fmt: skip
    price = PriceField(
        label=gettext_lazy("Price"),
        required=False,
        help_text=gettext_lazy("What the buyer pays, such as 12.50. Empty: the rate alone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = list(Programme.objects.order_by("pk")[:2])
        self.only_programme = programmes[0] if len(programmes) == 1 else None
        if self.only_programme:
            del self.fields["programme"]


def asked_quote(form: QuoteForm) -> Quote | None:
    """The quote that a valid form asks for; None where it is refused, said at its field."""
    asked = form.cleaned_data
    try:
        return quote(
            programme=form.only_programme or asked["programme"],
            product_id=asked["product"],
            country=asked["country"],
            source_code=asked["source"],
            at=asked["at"] or timezone.now(),
            price_cents=asked["price"],
        )
    except QuoteRefused as refused:
        form.add_error(refused.field, str(refused))
        return None


def address_of(quoted: Quote) -> str:
    """The address at which the same question is asked again, of the same instant."""
    sale = quoted.sale
    asked = {
        "programme": quoted.programme.code,
        "product": sale.product_id,
        "country": sale.country,
        "source": sale.source_code,
        "at": sale.at.isoformat(),
    }
    if sale.price_cents is not None:
        asked["price"] = f"{sale.price_cents // 100}.{sale.price_cents % 100:02d}"
    return f"{reverse('admin:quote')}?{urlencode(asked)}"


def quote_view(request: HttpRequest) -> HttpResponse:
    """The page, for the admin site."""
    if not request.user.has_perm("commissions.view_rulebook"):
        raise PermissionDenied

    def page() -> HttpResponse:
        form = QuoteForm(request.GET if "product" in request.GET else None)
        quoted = asked_quote(form) if form.is_valid() else None
        context = {
            **admin.site.each_context(request),
            "title": _("Quote a rate"),
            "form": form,
            **(quote_context(quoted) if quoted else {}),
            "address": address_of(quoted) if quoted else "",
        }
        return TemplateResponse(request, "admin/commissions/quote.html", context)

    return on_the_clock(page)
