"""The editor of a draft: its page, and the answers to what the page sends."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from commissions.admin.rulebook_json import (
    fault,
    findings_json,
    posted,
    revision,
    vocabulary,
)
from commissions.admin.rulebook_page import MAKES
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.operations.rulebooks import RulebookRefused, save_draft
from commissions.programmes.rows import ProgrammeFileError
from commissions.rulebooks.checks import findings
from commissions.rulebooks.document import document_of, known_to
from commissions.rulebooks.json_form import as_document, read_document
from publishers.admin.backoffice import BackOfficeAdmin, on_the_clock, reader
from publishers.figures import in_own_language

BAD, CONFLICT = 400, 409


class RulebookEditor(BackOfficeAdmin):
    """`editor_urls`: the editor's page, which saves to itself, and the check without saving."""

    def editor_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/edit/",
                self.admin_site.admin_view(self.edit_view),
                name="commissions_rulebook_edit",
            ),
            path(
                "<int:object_id>/check/",
                self.admin_site.admin_view(self.check_view),
                name="commissions_rulebook_check",
            ),
        ]

    def edit_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The editor of a draft; a POST saves what it sends."""
        if not request.user.has_perm(MAKES):
            raise PermissionDenied
        if request.method == "POST":
            return self._answer(request, object_id, keep=True)
        book = self.get_object(request, str(object_id))
        if not isinstance(book, Rulebook):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if book.status != RulebookStatus.DRAFT:
            text = _("Only a draft is edited: take its request back, or make a copy.")
            self.message_user(request, text, messages.ERROR)
            return redirect("admin:commissions_rulebook_change", book.pk)
        return on_the_clock(lambda: self._editor(request, book))

    def check_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The findings of what the editor sends, which is not kept."""
        if not request.user.has_perm(MAKES):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return self._answer(request, object_id, keep=False)

    def _editor(self, request: HttpRequest, book: Rulebook) -> HttpResponse:
        document = as_document(document_of(book), ZoneInfo(book.programme.time_zone))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": book,
            "book": book,
            "title": _("Draft of version %(version)s") % {"version": book.version},
            "subtitle": in_own_language(book, "title"),
            "editor": {
                "document": document,
                "revision": revision(document),
                "findings": findings_json(findings(book, at=timezone.now())),
                "vocabulary": vocabulary(book.programme),
                "save": reverse("admin:commissions_rulebook_edit", args=[book.pk]),
                "check": reverse("admin:commissions_rulebook_check", args=[book.pk]),
            },
            "page_url": reverse("admin:commissions_rulebook_change", args=[book.pk]),
        }
        return TemplateResponse(request, "admin/commissions/rulebook/editor.html", context)

    def _answer(self, request: HttpRequest, object_id: int, *, keep: bool) -> JsonResponse:
        try:
            return JsonResponse(self._written(request, object_id, keep=keep))
        except ProgrammeFileError as error:
            return JsonResponse(fault(error), status=BAD)
        except RulebookRefused as refused:
            return JsonResponse({"error": str(refused)}, status=CONFLICT)

    @transaction.atomic
    def _written(self, request: HttpRequest, object_id: int, *, keep: bool) -> dict[str, Any]:
        """Write what was sent, and find what stands in its way; undone again unless to be kept.

        Raises ProgrammeFileError where it cannot be read, RulebookRefused where the draft is none
        any more or says something else by now than what the editor began with.
        """
        sent, at = posted(request.body), timezone.now()
        draft = Rulebook.objects.select_for_update(of=("self",)).filter(pk=object_id)
        book = draft.select_related("programme").first()
        if book is None:
            raise RulebookRefused(_("This draft was thrown away meanwhile: nothing is saved."))
        name = _("Version %(version)s") % {"version": book.version}
        given = read_document(sent.get("document"), name=name, known=known_to(book.programme))
        zone = ZoneInfo(book.programme.time_zone)
        before = as_document(document_of(book), zone)
        if keep and sent.get("revision") != revision(before):
            raise RulebookRefused(
                _(
                    "Somebody else has saved this draft since you opened it, and nothing of yours "
                    "is saved. Open it in another window, and bring the two together there."
                )
            )
        saved = save_draft(rulebook_id=book.pk, book=given, by=reader(request), at=at)
        after = as_document(document_of(saved), zone)
        if keep and after != before:
            self.log_change(request, saved, _("The draft is saved."))
        found = findings_json(findings(saved, at=at))
        if not keep:
            transaction.set_rollback(True)
        return {"revision": revision(after), "findings": found}
