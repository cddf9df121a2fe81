"""Rulebooks as files: exported from their page, taken as new drafts."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from commissions.admin.rulebook_page import MAKES
from commissions.models import Programme, Rulebook
from commissions.operations.rulebooks import import_rulebook
from commissions.programmes.rows import ProgrammeFileError
from commissions.rulebooks.document import document_of, known_to
from commissions.rulebooks.files import LARGEST, as_toml, read_rulebook_file
from publishers.admin.backoffice import BackOfficeAdmin, reader


class RulebookFileForm(forms.Form):
    """A rulebook's file: whose programme's."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.order_by("pk"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A rulebook in TOML, such as “Export as a file” gives."),
        widget=UnfoldAdminFileFieldWidget,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file has %(size)d bytes; a rulebook has at most %(most)d."),
                params={"size": file.size, "most": LARGEST},
            )
        return file


class RulebookFiles(BackOfficeAdmin):
    """`file_urls`: the export; `new_from_file`: the import, a button of the list."""

    def file_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:object_id>/export/",
                self.admin_site.admin_view(self.export_view),
                name="commissions_rulebook_export",
            )
        ]

    def export_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The rulebook as a file, to review, to keep, to bring back."""
        book = self.get_object(request, str(object_id))
        if not isinstance(book, Rulebook):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if not self.has_view_permission(request, book):
            raise PermissionDenied
        code, zone = book.programme.code, ZoneInfo(book.programme.time_zone)
        text = as_toml(document_of(book), programme_code=code, zone=zone)
        answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
        name = f"{code}-{book.version}-{book.starts_at.astimezone(zone).date()}.toml"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def has_make_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAKES)

    @action(
        description=gettext_lazy("New draft from a file"),
        url_path="new-from-file",
        icon="upload_file",
        permissions=["make"],
    )
    def new_from_file(self, request: HttpRequest) -> HttpResponse:
        """The page that takes a file, and its answer."""
        if not self.has_make_permission(request):
            raise PermissionDenied
        form = RulebookFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            draft = self._draft_from(request, form)
            if draft is not None:
                return redirect("admin:commissions_rulebook_change", draft.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("New draft from a file"),
            "form": form,
        }
        return TemplateResponse(request, "admin/commissions/rulebook/from_file.html", context)

    @transaction.atomic
    def _draft_from(self, request: HttpRequest, form: RulebookFileForm) -> Rulebook | None:
        """The draft that the file makes; None, and a sentence at the field, where it cannot."""
        programme, file = form.cleaned_data["programme"], form.cleaned_data["file"]
        try:
            book = read_rulebook_file(file.read(), name=file.name, known=known_to(programme))
        except ProgrammeFileError as error:
            form.add_error("file", str(error))
            return None
        draft = import_rulebook(
            programme_id=programme.pk, book=book, by=reader(request), at=timezone.now()
        )
        text = _("A new draft is made from the file %(name)s.") % {"name": file.name}
        self.log_addition(request, draft, text)
        self.message_user(request, text, messages.SUCCESS)
        return draft
