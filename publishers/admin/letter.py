from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from publishers.admin.backoffice import BigListAdmin, page_of
from publishers.figures import instant
from publishers.letters import ATTEMPTS
from publishers.models import Letter

STATES = {
    "sent": pgettext_lazy("letter", "sent"),
    "waiting": pgettext_lazy("letter", "waits to be sent"),
    "kept": pgettext_lazy("letter", "kept, not sent"),
    "failed": pgettext_lazy("letter", "could not be sent"),
}


def state_of(letter: Letter) -> str:
    """Whether a letter was sent, will be tried, is not wanted, or is left for staff."""
    if letter.sent_at is not None:
        return "sent"
    if not letter.wanted:
        return "kept"
    return "failed" if letter.attempts >= ATTEMPTS else "waiting"


class StateFilter(admin.SimpleListFilter):
    """Letters that were sent, that will be tried, that staff have to look at."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "sent":
            return queryset.filter(sent_at__isnull=False)
        if self.value() == "waiting":
            return queryset.filter(sent_at__isnull=True, wanted=True, attempts__lt=ATTEMPTS)
        if self.value() == "kept":
            return queryset.filter(sent_at__isnull=True, wanted=False)
        if self.value() == "failed":
            return queryset.filter(sent_at__isnull=True, attempts__gte=ATTEMPTS)
        return queryset


@admin.register(Letter)
class LetterAdmin(BigListAdmin):
    """Letters to publishers. The product writes and sends them."""

    list_display = ("subject", "of_publisher", "language", "written", "sent", "state")
    list_filter = (StateFilter, "kind", "language")
    list_select_related = ("publisher",)
    exact_search = ("publisher__code",)
    search_help_text = _("Code of the publisher")
    empty_hint = _("No letter was written yet: a published rulebook writes to every publisher.")
    actions = ("try_again",)
    fields = (
        "publisher",
        "address",
        "language",
        "kind",
        "subject",
        "text",
        "written",
        "sent",
        "attempts",
        "error",
        "key",
    )
    readonly_fields = ("written", "sent")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publishers.change_letter")

    @action(description=_("Try to send again"), permissions=["resend"])
    def try_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Let the job try letters again that it had given up."""
        again = queryset.filter(sent_at__isnull=True, attempts__gt=0).update(attempts=0)
        if again:
            text = ngettext(
                "%(n)d letter is tried again within a minute.",
                "%(n)d letters are tried again within a minute.",
                again,
            )
            self.message_user(request, text % {"n": again}, messages.SUCCESS)
        else:
            text = gettext("None of these letters has failed: there is nothing to try again.")
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=_("publisher"))
    def of_publisher(self, letter: Letter) -> str:
        return page_of(letter.publisher)

    @admin.display(description=_("written"))
    def written(self, letter: Letter) -> str:
        return instant(letter.made_at)

    @admin.display(description=_("sent"))
    def sent(self, letter: Letter) -> str:
        return instant(letter.sent_at)

    @display(
        description=_("state"), label={"sent": "success", "waiting": "info", "failed": "danger"}
    )
    def state(self, letter: Letter) -> tuple[str, Any]:
        return state_of(letter), STATES[state_of(letter)]
