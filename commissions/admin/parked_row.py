from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from commissions.admin.mending import PAGE_TITLE, MendingForm
from commissions.enums import ParkedState
from commissions.feed_words import told
from commissions.models import OrderLine, ParkedRow
from commissions.operations.feed import StillUnreadable, fields_of_parked, replay_parked_row
from publishers.admin.backoffice import ReadOnlyAdmin, on_the_clock, page_of, reader


@admin.register(ParkedRow)
class ParkedRowAdmin(ReadOnlyAdmin):
    """Rows of feeds that could not be read: kept, to be mended and replayed."""

    list_display = ("told_reason", "field", "short_value", "of_import", "row", "shown_state")
    list_filter = ("state", "field")
    list_select_related = ("feed_import",)
    search_fields = ("=field", "value", "reason", "feed_import__file_name")
    search_help_text = _("Field, value, reason or file")
    actions = ("replay_as_they_are",)
    empty_hint = _("No row is parked: everything that came could be read.")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commissions.change_parkedrow")

    @action(description=_("Replay selected rows as they are"), permissions=["replay"])
    def replay_as_they_are(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Try rows again that may be readable by now, without mending them."""
        done, unread = 0, 0
        for parked in queryset.filter(state=ParkedState.PARKED).order_by("id"):
            fields = fields_of_parked(parked)
            try:
                replay_parked_row(
                    parked_id=parked.pk, fields=fields, by=reader(request), at=timezone.now()
                )
                done += 1
            except StillUnreadable:
                unread += 1
        if done:
            text = ngettext("%(n)d row is booked.", "%(n)d rows are booked.", done) % {"n": done}
            self.message_user(request, text, messages.SUCCESS)
        if unread:
            text = ngettext(
                "%(n)d row still cannot be read: open it and mend it.",
                "%(n)d rows still cannot be read: open and mend them.",
                unread,
            ) % {"n": unread}
            self.message_user(request, text, messages.WARNING)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        parked = self.get_object(request, object_id)
        if not isinstance(parked, ParkedRow):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, parked):
            raise PermissionDenied
        return on_the_clock(lambda: self._mend(request, parked))

    def _mend(self, request: HttpRequest, parked: ParkedRow) -> HttpResponse:
        form = MendingForm(parked, request.POST or None)
        if request.method == "POST":
            if not self.has_replay_permission(request):
                raise PermissionDenied
            if form.is_valid() and self._replay(request, parked, form):
                return redirect("admin:commissions_parkedrow_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": parked,
            "title": PAGE_TITLE,
            "form": form,
            "parked": parked,
            "import_link": page_of(parked.feed_import),
            "state": ParkedState(parked.state).label,
            "can_replay": parked.state == ParkedState.PARKED
            and self.has_replay_permission(request),
        }
        return TemplateResponse(request, "admin/commissions/parkedrow/page.html", context)

    def _replay(self, request: HttpRequest, parked: ParkedRow, form: MendingForm) -> bool:
        fields = form.given()
        try:
            replay_parked_row(
                parked_id=parked.pk, fields=fields, by=reader(request), at=timezone.now()
            )
        except StillUnreadable as unread:
            form.add_error(unread.field if unread.field in form.fields else None, told(str(unread)))
            return False
        booked = OrderLine.objects.filter(
            programme_id=parked.programme_id, sub_order_id=fields.get("sub_order_id", "")
        ).first()
        text = gettext("The row is mended and booked.")
        self.message_user(request, text, messages.SUCCESS)
        if booked:
            self.log_change(request, parked, f"{text} {booked.sub_order_id}")
        return True

    @admin.display(description=_("reason"), ordering="reason")
    def told_reason(self, parked: ParkedRow) -> str:
        return told(parked.reason)

    @admin.display(description=_("value"))
    def short_value(self, parked: ParkedRow) -> str:
        return Truncator(parked.value).chars(60)

    @admin.display(description=_("import"))
    def of_import(self, parked: ParkedRow) -> str:
        return page_of(parked.feed_import)

    @display(
        description=_("state"),
        label={ParkedState.PARKED: "warning", ParkedState.REPLAYED: "success"},
    )
    def shown_state(self, parked: ParkedRow) -> tuple[str, Any]:
        return parked.state, ParkedState(parked.state).label
