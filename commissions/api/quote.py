"""GET /api/v1/quote: affiliate or not, the rate and the commission of a sale (F24)."""

from typing import Any

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commissions.models import Programme
from commissions.quoting import Quote, QuoteRefused, quote, quote_record
from publishers.api.parameters import Parameter, Parameters, cents
from publishers.columns import code, country, identifier, read_instant, shown
from publishers.models import User
from publishers.queries import publisher_by_source

# What a quote calls its parts, where the address calls them otherwise.
PARAMETERS = {"price": "price_cents"}


def asks_of_every_source(user: User) -> bool:
    """Whether quotes may be asked for any source, and not for a publisher's own alone."""
    return user.is_staff and user.has_perm("commissions.view_rulebook")


class MayAsk(BasePermission):
    """A publisher's people, and staff who may read the rules."""

    message = gettext_lazy(
        "Your account belongs to no publisher and may not read the rules: ask an administrator "
        "for the right to view rulebooks."
    )

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        return isinstance(user, User) and (
            user.publisher_id is not None or asks_of_every_source(user)
        )


class Question(Parameters):
    """The parameters. at: now where it is not given; programme: where there are several."""

    product = Parameter(identifier().read)
    country = Parameter(country().read)
    # The framework's fields have an attribute of this name, which only their own kind sets.
    source = Parameter(code().read)  # type: ignore[assignment]
    at = Parameter(read_instant, required=False)
    price_cents = Parameter(cents().read, required=False)
    programme = Parameter(code().read, required=False)


@method_decorator(never_cache, name="dispatch")
class QuoteView(APIView):
    """Answers the record of a quote, and the currency of its cents."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [MayAsk]
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        asked = Question.read(request.query_params)
        programme = _programme(asked.get("programme"))
        _check_source(request.user, asked["source"])
        record = {**quote_record(_quoted(programme, asked)), "currency": programme.currency}
        user = request.user
        if not (isinstance(user, User) and asks_of_every_source(user)):
            # When somebody's last order of the product was placed is no business of another's.
            del record["feed_row_at"]
        return Response(record)


def _quoted(programme: Programme, asked: dict[str, Any]) -> Quote:
    price = asked.get("price_cents")
    try:
        return quote(
            programme=programme,
            product_id=asked["product"],
            country=asked["country"],
            source_code=asked["source"],
            at=asked["at"] if "at" in asked else timezone.now(),
            price_cents=None if price is None else int(price),
        )
    except QuoteRefused as refused:
        if refused.field == "source":
            raise _no_such("source", str(refused)) from refused
        parameter = PARAMETERS.get(refused.field, refused.field)
        raise ValidationError({parameter: [str(refused)]}) from refused


def _check_source(user: Any, source_code: str) -> None:
    """Somebody else's source is the same as none."""
    if asks_of_every_source(user):
        return
    if publisher_by_source([source_code]).get(source_code) != user.publisher_id:
        sentence = _("You have no source with the code %(code)s: write the code of one of yours.")
        raise _no_such("source", sentence % {"code": shown(source_code)})


def _programme(named: str | None) -> Programme:
    """The programme named; without a name the only one."""
    if named is not None:
        found = Programme.objects.filter(code=named).first()
        if found is None:
            sentence = _("There is no programme with the code %(code)s.")
            raise _no_such("programme", sentence % {"code": shown(named)})
        return found
    programmes = list(Programme.objects.order_by("pk"))
    if not programmes:
        raise NotFound(_("There is no programme yet."))
    if len(programmes) > 1:
        sentence = _("There are several programmes: say which by its code, one of %(codes)s.") % {
            "codes": ", ".join(one.code for one in programmes)
        }
        raise ValidationError({"programme": [sentence]}, code="required")
    return programmes[0]


def _no_such(parameter: str, sentence: str) -> NotFound:
    return NotFound({parameter: [ErrorDetail(sentence, code="not_found")]})
