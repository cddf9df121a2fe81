"""The page that loads a world: several CSV files at once, or a zip of them."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from commissions.models import Programme
from config.admin.world_upload import FileReport, WorldRefused, load_upload
from config.worlds import FILES


class SeveralFilesWidget(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Files chosen together; its value is a list."""

    widget = SeveralFilesWidget

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(one, initial) for one in given]


class WorldForm(forms.Form):
    """The files of a world, and the programme that stores, lists and products belong to."""

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("pk"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    world = SeveralFilesField(
        label=_("Files"), help_text=_("CSV files of one world, or a zip of them.")
    )


def load_world_view(model_admin: ModelAdmin) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the page, for the admin site."""

    def load_world(request: HttpRequest) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        form = WorldForm(request.POST or None, request.FILES or None)
        reports: list[FileReport] | None = None
        if request.method == "POST" and form.is_valid():
            try:
                reports = load_upload(form.cleaned_data["world"], at=timezone.now(),
                                      programme=form.cleaned_data["programme"])  # fmt: skip
            except WorldRefused as refused:
                form.add_error("world", str(refused))
        context = {**model_admin.admin_site.each_context(request), "title": _("Load a world"),
                   "form": form, "reports": reports, "names": list(FILES)}  # fmt: skip
        return TemplateResponse(request, "admin/config/load_world.html", context)

    return load_world
