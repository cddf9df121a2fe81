from base64 import b64encode
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from compliance.image_references import ReferenceRefused, add_reference, fingerprinted
from compliance.models import ReferenceImage
from compliance.models.reference_image import LARGEST_PICTURE
from publishers.admin.backoffice import BackOfficeAdmin, reader
from publishers.figures import instant

# Shown in the page itself. A drawing (SVG) may carry a script, and is not shown.
SHOWN = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}


class ReferenceForm(forms.ModelForm):
    """A picture of the merchant's, read and fingerprinted before it is kept."""

    upload = forms.FileField(
        label=_("Picture"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("PNG, JPEG, GIF, WebP or ICO of at most 1 MB: a logo or a favicon."),
    )

    class Meta:
        model = ReferenceImage
        fields = ("name", "note")

    def clean_upload(self) -> bytes:
        upload: UploadedFile = self.cleaned_data["upload"]
        # One byte more than may be kept is enough to refuse it.
        picture: bytes = upload.read(LARGEST_PICTURE + 1)
        try:
            fingerprinted(self.cleaned_data.get("name", ""), picture)
        except ReferenceRefused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return picture


@admin.register(ReferenceImage)
class ReferenceImageAdmin(BackOfficeAdmin):
    """The merchant's logos and favicons, which pictures of sources are compared with (F33)."""

    list_display = ("name", "added", "added_by", "note")
    search_fields = ("name", "=sha256")
    empty_hint = _(
        "There is nothing to compare with: every picture of a source waits for a person. "
        "Add the merchant's logos and favicons, new and old."
    )

    form = ReferenceForm

    def get_form(
        self, request: HttpRequest, obj: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm]:
        # What was added is never another picture: only its name and note may be mended.
        form = {"form": forms.ModelForm} if obj else {}
        return super().get_form(request, obj, **kwargs, **form)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            super().save_model(request, obj, form, change)
            return
        given = form.cleaned_data
        obj.pk = add_reference(
            name=given["name"], picture=given["upload"], by=reader(request), at=timezone.now(),
            note=given["note"],
        ).pk  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["name", "upload", "note"]
        return ["name", "shown", "note", "sha256", "added_at", "added_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("shown", "sha256", "added_at", "added_by") if obj else ()

    @admin.display(description=_("added"), ordering="added_at")
    def added(self, reference: ReferenceImage) -> str:
        return instant(reference.added_at)

    @admin.display(description=_("picture"))
    def shown(self, reference: ReferenceImage) -> SafeString | str:
        picture = bytes(reference.picture)
        kind = next((kind for start, kind in SHOWN.items() if picture.startswith(start)), None)
        if kind is None:
            return str(_("This kind of picture is not shown here."))
        return format_html(
            '<img src="data:image/{};base64,{}" alt="{}" height="64">',
            kind, b64encode(picture).decode(), reference.name,
        )  # fmt: skip
