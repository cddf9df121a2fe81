import zlib
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.moderation_page import STATE_LABELS, everything
from compliance.admin.moderation_records import SEVERITY_LABELS
from compliance.admin.moderation_steps import DECIDES, STEPS, Press
from compliance.admin.open_for import OpenFor
from compliance.models import Case, Moderation, PreflightRun
from compliance.moderation.enums import ModerationState, Severity
from compliance.moderation.operations import NotFound, Refused, look_now, open_round
from publishers.admin.backoffice import ReadOnlyAdmin, on_the_clock, page_of, reader, step_pages
from publishers.figures import in_own_language, instant
from publishers.models import Source, SourceFile


class WaitingFor(admin.SimpleListFilter):
    """Whose turn it is; at first, what waits for staff."""

    title = _("waits for")
    parameter_name = "waits_for"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("staff", _("staff")),
            ("publisher", _("the publisher")),
            ("nobody", _("nobody: it is decided")),
            ("all", _("all")),
        ]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "staff") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = self.value() or ("all" if request.GET.get("q") else "staff")
        if wanted == "staff":
            return queryset.filter(state=ModerationState.WAITING)
        if wanted == "publisher":
            return queryset.filter(state=ModerationState.ASKED)
        if wanted == "nobody":
            return queryset.filter(decided_at__isnull=False)
        return queryset


class SinceFilter(OpenFor):
    """Rounds by how long ago they were opened."""

    opened = "opened_at"


@admin.register(Moderation)
class ModerationAdmin(ReadOnlyAdmin):
    """The queue of sources to be looked at, and a page with everything about each."""

    list_display = (
        "number",
        "of_source",
        "of_publisher",
        "of_type",
        "shown_state",
        "shown_verdict",
        "opened",
        "waiting_since",
    )
    list_filter = (WaitingFor, SinceFilter, "verdict", "source__traffic_type")
    list_select_related = ("source__publisher", "source__traffic_type")
    ordering = ("opened_at", "id")
    search_fields = ("=source__code", "=source__publisher__code", "source__title", "source__url")
    search_help_text = _("Code of the source or of its publisher, name or address")
    change_form_template = "admin/compliance/moderation/page.html"
    empty_hint = _("No source waits. Choose another filter to see those that are decided.")

    def get_urls(self) -> list[URLPattern]:
        def of(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            *step_pages(self, STEPS),
            path("file/<int:file_id>/", of(self.file_view), name="compliance_moderation_file"),
            path("evidence/<int:run_id>/", of(self.evidence_view),
                 name="compliance_moderation_evidence"),
            path("source/<int:source_id>/", of(self.open_view), name="compliance_moderation_open"),
            path("source/<int:source_id>/page/", of(self.look_view),
                 name="compliance_moderation_look_now"),
            *super().get_urls(),
        ]  # fmt: skip

    def page_context(self, request: HttpRequest, row: Moderation) -> dict[str, Any]:
        return {"page": everything(row, request, timezone.now())}

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Take a step; where it is refused, say why and change nothing."""
        step = STEPS[name]
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perms(step.needs):
            raise PermissionDenied
        moderation = self.get_object(request, str(object_id))
        if not isinstance(moderation, Moderation):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        press = Press(moderation, request.POST, by=reader(request), at=timezone.now())
        try:
            with transaction.atomic():
                made = step.run(press)
                self.log_change(request, moderation, str(step.done))
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, str(step.done), messages.SUCCESS)
            if isinstance(made, Case):
                return redirect("admin:compliance_case_change", made.pk)
        return redirect("admin:compliance_moderation_change", object_id)

    def open_view(self, request: HttpRequest, source_id: int) -> HttpResponse:
        """Open a round for a source, with the reason why."""
        if not request.user.has_perm(DECIDES):
            raise PermissionDenied
        source = Source.objects.filter(pk=source_id).first()
        if source is None:
            raise Http404
        if request.method == "POST":
            try:
                moderation = open_round(
                    source_id=source_id,
                    by=reader(request),
                    at=timezone.now(),
                    words=request.POST.get("words", ""),
                )
            except (Refused, NotFound) as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.log_addition(request, moderation, str(_("Staff look at this source again.")))
                return redirect("admin:compliance_moderation_change", moderation.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Look at a source again"),
            "source": page_of(source),
            "rounds": [
                (page_of(one), ModerationState(one.state).label, instant(one.opened_at))
                for one in source.moderations.order_by("-id")
            ],
            "back": reverse("admin:publishers_source_change", args=[source.pk]),
        }
        return on_the_clock(
            lambda: TemplateResponse(request, "admin/compliance/moderation/open.html", context)
        )

    def look_view(self, request: HttpRequest, source_id: int) -> HttpResponse:
        """Let the page of a source be looked at now; where it is refused, say why."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(DECIDES):
            raise PermissionDenied
        source = Source.objects.filter(pk=source_id).first()
        if source is None:
            raise Http404
        asked = _("The page is looked at within a minute or two.")
        try:
            look_now(source_id=source_id, at=timezone.now())
        except (Refused, NotFound) as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.log_change(request, source, str(asked))
            self.message_user(request, str(asked), messages.SUCCESS)
        return redirect("admin:publishers_source_change", source_id)

    def file_view(self, request: HttpRequest, file_id: int) -> HttpResponse:
        """A file of a source, to be kept and never to be run here."""
        self._require_view(request)
        file = SourceFile.objects.filter(pk=file_id).first()
        if file is None:
            raise Http404
        return _download(bytes(file.content), file.name)

    def evidence_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """A page as it was fetched."""
        self._require_view(request)
        run = PreflightRun.objects.filter(pk=run_id, page_body__isnull=False).first()
        if run is None or run.page_body is None:
            raise Http404
        return _download(zlib.decompress(run.page_body), f"page-{run.pk}.html.txt")

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    @admin.display(description=_("round"), ordering="pk")
    def number(self, moderation: Moderation) -> str:
        return f"#{moderation.pk}"

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, moderation: Moderation) -> str:
        return f"{moderation.source.title} ({moderation.source.code})"

    @admin.display(description=_("publisher"), ordering="source__publisher__code")
    def of_publisher(self, moderation: Moderation) -> str:
        return page_of(moderation.source.publisher)

    @admin.display(description=_("traffic type"), ordering="source__traffic_type__code")
    def of_type(self, moderation: Moderation) -> str:
        return in_own_language(moderation.source.traffic_type, "name")

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def shown_state(self, moderation: Moderation) -> tuple[str, Any]:
        return moderation.state, ModerationState(moderation.state).label

    @display(description=_("verdict"), ordering="verdict", label=SEVERITY_LABELS)
    def shown_verdict(self, moderation: Moderation) -> tuple[str, Any]:
        return moderation.verdict, Severity(moderation.verdict).label

    @admin.display(description=_("opened"), ordering="opened_at")
    def opened(self, moderation: Moderation) -> str:
        return instant(moderation.opened_at)

    @admin.display(description=_("in this state since"), ordering="since")
    def waiting_since(self, moderation: Moderation) -> str:
        return instant(moderation.since)


def _download(content: bytes, name: str) -> HttpResponse:
    """Bytes that no browser shows or runs."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
